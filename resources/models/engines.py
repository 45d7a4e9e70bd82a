"""The engines of one process, each loaded when it is first asked for and kept."""

from __future__ import annotations

from functools import cached_property

from ops.embedding import ImageEmbedder
from ops.faces import FaceDetector

__all__ = ["Engines"]


class Engines:
    """The models behind the Protocols of `ops`."""

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
