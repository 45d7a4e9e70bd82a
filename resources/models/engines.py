"""The engines of one process, each loaded when it is first asked for and kept."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

from ops.aesthetics import AestheticJudge
from ops.embedding import ImageEmbedder
from ops.faces import FaceDetector
from ops.objects import ObjectDetector
from ops.painting import ImagePainter
from ops.safety.image_gate import ImageSafety
from ops.safety.text_gate import TextGate
from ops.safety.wordlist import house_words, read_words
from ops.scenes.feeling import FaceEmotion, SpeechEmotion
from ops.writing import Writer
from resources.models.choice import EngineChoice
from resources.settings import Settings

if TYPE_CHECKING:
    from ops.blend.session import BlendSession
    from ops.speech.diarisation.embedding import VoiceEmbedder
    from ops.transcript.recognition import Aligner, Recogniser
    from ops.translation.rewriter import Rewriter
    from ops.translation.translator import Translator

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
        choice = self.choice("faces_engine")
        if choice.embedded:
            from resources.models.faces import CascadeFaces

            return CascadeFaces()
        from resources.models.mediapipe_faces import load_mediapipe_faces

        return load_mediapipe_faces(choice)

    @cached_property
    def embedder(self) -> ImageEmbedder:
        """Turns pictures into vectors; with `clip`, words as well (an `ImageTextEmbedder`)."""
        choice = self.choice("embedding_engine")
        if choice.embedded:
            from resources.models.embedding import DescriptorEmbedder

            return DescriptorEmbedder()
        from resources.models.clip import load_clip

        return load_clip(choice, device=self._settings.device)

    @cached_property
    def objects(self) -> ObjectDetector:
        """Finds what a picture is of."""
        choice = self.choice("objects_engine")
        if choice.engine == "yolo":
            from resources.models.yolo import load_yolo

            return load_yolo(choice, device=self._settings.device)
        if choice.engine == "rtdetr":
            from resources.models.rtdetr import load_rtdetr

            return load_rtdetr(choice, device=self._settings.device)
        from resources.models.subject import SalientSubject

        return SalientSubject()

    @cached_property
    def aesthetics(self) -> AestheticJudge:
        """Judges how pleasing a picture is."""
        choice, clip = self.choice("aesthetics_engine"), self.choice("embedding_engine")
        if choice.embedded:
            from resources.models.aesthetics import StillAesthetics

            return StillAesthetics()
        from resources.models.laion import load_laion, require_clip

        require_clip(choice, clip)  # before gigabytes are loaded for nothing
        return load_laion(choice, embedder=self.embedder, clip=clip)

    @cached_property
    def speech_emotion(self) -> SpeechEmotion | None:
        """Hears what voices feel; None where features of the sound speak alone, as no model is embedded."""
        choice = self.choice("speech_emotion_engine")
        if choice.embedded:
            return None
        from resources.models.emotion import load_speech_emotion

        return load_speech_emotion(choice, device=self._settings.device)

    @cached_property
    def face_emotion(self) -> FaceEmotion | None:
        """Sees what faces feel; None where no model is chosen, as none is embedded."""
        choice = self.choice("face_emotion_engine")
        if choice.embedded:
            return None
        from resources.models.emotion import load_face_emotion

        return load_face_emotion(choice, device=self._settings.device)

    @cached_property
    def voices(self) -> VoiceEmbedder:
        """Tells voices apart."""
        choice = self.choice("voices_engine")
        if choice.embedded:
            from ops.speech.voice_print import VoicePrint

            return VoicePrint()
        from resources.models.voices import load_voices

        return load_voices(choice, device=self._settings.device)

    # -- words
    # -------------------------------------------------------------------------------------------------

    @cached_property
    def recogniser(self) -> Recogniser:
        """Turns speech into words."""
        choice = self.choice("recogniser_engine")
        if choice.embedded:
            return self._sphinx
        from resources.models.whisper.engine import load_whisper

        return load_whisper(choice, device=self._settings.device)

    @cached_property
    def aligner(self) -> Aligner:
        """Finds the times of words that are known to be said; the recogniser's other half."""
        recogniser = self.recogniser
        assert hasattr(recogniser, "align"), "every recogniser of the house aligns as well"
        return cast("Aligner", recogniser)

    @cached_property
    def _sphinx(self) -> Recogniser:
        from resources.models.sphinx import Sphinx

        return Sphinx()

    @cached_property
    def translator(self) -> Translator | None:
        """Translates sentences; None where no engine is chosen, as none is embedded."""
        choice = self.choice("translation_engine")
        if choice.embedded:
            return None
        if choice.engine == "apertium":
            from resources.models.translation.apertium import load_apertium

            return load_apertium(choice)
        if choice.engine == "madlad":
            from resources.models.translation.madlad import load_madlad

            return load_madlad(choice, device=self._settings.device)
        from resources.models.translation.nllb import load_nllb

        return load_nllb(choice, device=self._settings.device)

    @cached_property
    def rewriter(self) -> Rewriter | None:
        """Shortens lines that are too long to read; None where no model is chosen, as none is embedded."""
        choice = self.choice("subtitle_rewriter")
        if choice.embedded:
            return None
        from resources.models.rewriting import load_rewriter

        return load_rewriter(choice, device=self._settings.device)

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
    def blend_session(self) -> BlendSession:
        """Paints blends, by the network that the settings choose and where they say."""
        from ops.blend.session import BlendSession
        from resources.models.weights import need, torch_device

        choice = self.choice("blend_features")
        need(choice, "torch")
        device = torch_device(self._settings.device)
        if choice.embedded:
            return BlendSession(device=device)
        from resources.models.blend_features import load_blend_features

        return BlendSession(load_blend_features(choice), device=device)

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

    @cached_property
    def image_safety(self) -> ImageSafety | None:
        """Judges generated pictures; None where a person does, as no checker is embedded."""
        choice = self.choice("image_safety_engine")
        if choice.embedded:
            return None
        from resources.models.image_safety import load_image_safety

        return load_image_safety(choice, device=self._settings.device)

    @cached_property
    def words(self) -> TextGate:
        """Judges words that are to stand on pictures, by the house's lists and the customer's."""
        own = self._settings.blocked_words
        return TextGate(house_words() + read_words(own.expanduser()) if own else house_words())
