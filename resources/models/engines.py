"""The engines of one process, each loaded when it is first asked for and kept."""

from __future__ import annotations

from functools import cached_property

from ops.embedding import ImageEmbedder
from ops.faces import FaceDetector
from ops.painting import ImagePainter
from ops.writing import Writer
from resources.models.choice import EngineChoice
from resources.settings import Settings

__all__ = ["Engines"]


class Engines:
    """The models behind the Protocols of `ops`, as the settings choose them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def choice(self, setting: str) -> EngineChoice:
        """What a setting, for example "faces_engine", asks for."""
        return EngineChoice.parse(setting, getattr(self._settings, setting))

    # -- understanding
    # -------------------------------------------------------------------------------------------------

    @cached_property
    def faces(self) -> FaceDetector:
        """Finds faces."""
        from resources.models.faces import CascadeFaces

        return CascadeFaces()

    @cached_property
    def embedder(self) -> ImageEmbedder:
        """Turns pictures into vectors."""
        from resources.models.embedding import DescriptorEmbedder

        return DescriptorEmbedder()

    # -- making
    # -------------------------------------------------------------------------------------------------

    @cached_property
    def painter(self) -> ImagePainter | None:
        """Paints pictures; None where no image model is chosen, as none is embedded."""
        choice = self.choice("image_engine")
        if choice.embedded:
            return None
        from resources.models.sdxl import SdxlPainter

        return SdxlPainter(choice, device=self._settings.device, lora=self._settings.image_lora)

    @cached_property
    def writer(self) -> Writer:
        """Writes taglines and pictures' descriptions."""
        choice = self.choice("text_engine")
        if choice.embedded:
            from ops.thumbnails.templates import TemplateWriter

            return TemplateWriter()
        from resources.models.causal_lm import CausalLmWriter

        return CausalLmWriter(choice, device=self._settings.device)

    # -- safety
    # -------------------------------------------------------------------------------------------------
