"""Which engine a setting asks for: its name, and the model it loads.

A choice is written `engine` or `engine:reference`, for example `embedded`, `clip`, `clip:openai/clip-vit-base-patch32`,
`yolo:/models/yolov8n.onnx`, `causal-lm:models:/taglines@champion`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

__all__ = ["EMBEDDED", "ENGINES", "JUDGED_BY", "STANDS_ON", "EngineChoice", "engine_validator", "engines_named"]

EMBEDDED = "embedded"

ENGINES: Mapping[str, Mapping[str, str]] = {
    "embedding_engine": {"clip": "openai/clip-vit-large-patch14"},
    "faces_engine": {"mediapipe": ""},
    "objects_engine": {"yolo": "", "rtdetr": "PekingU/rtdetr_v2_r18vd"},
    "aesthetics_engine": {"laion": ""},
    "text_engine": {"causal-lm": "microsoft/Phi-3.5-mini-instruct"},
    "image_engine": {"sdxl-turbo": "stabilityai/sdxl-turbo"},
    "image_safety_engine": {"classifier": "Falconsai/nsfw_image_detection"},
    "speech_emotion_engine": {"speech-classifier": ""},
    "face_emotion_engine": {"face-classifier": "trpakov/vit-face-expression"},
    "voices_engine": {"xvector": ""},
    "recogniser_engine": {"whisper": "openai/whisper-large-v3"},
    "subtitle_rewriter": {"causal-lm": "microsoft/Phi-3.5-mini-instruct"},
    "blend_features": {"vgg19": "", "resnet50": ""},
    "translation_engine": {
        "nllb": "facebook/nllb-200-distilled-600M",
        "madlad": "google/madlad400-3b-mt",
        "apertium": "",
    },
}
"""The pre-trained engines of every capability by its setting, each with the model it loads where none is named;
an empty one has no public default and must be named."""

PROGRAMS = frozenset({"apertium"})
"""Engines that are programs with data of their own: they load no model."""

STANDS_ON: Mapping[str, str] = {"laion": "embedding_engine"}
"""Engines that work on what another pre-trained engine gives, with the setting that chooses that one."""

JUDGED_BY: Mapping[str, tuple[str, ...]] = {"sdxl-turbo": ("image_safety_engine", "embedding_engine")}
"""Engines whose work others judge, embedded or not: what is kept of it changes with them."""


@dataclass(frozen=True)
class EngineChoice:
    """One engine and its model.

    Attributes:
        setting: The setting's field, which errors name.
        engine: The engine's name.
        reference: A hub id, a local path or `models:/name@alias`; empty for embedded engines.
    """

    setting: str
    engine: str
    reference: str = ""

    @classmethod
    def parse(cls, setting: str, text: str) -> EngineChoice:
        """Read `engine` or `engine:reference`.

        Raises:
            ValueError: There is no such engine, or it needs a model that is not named.
        """
        engine, _, reference = text.partition(":")
        known = ENGINES[setting]
        if engine != EMBEDDED and engine not in known:
            raise ValueError(f"{engine!r} is not an engine; choose {', '.join([EMBEDDED, *known])}")
        if engine == EMBEDDED and reference:
            raise ValueError("the embedded engine loads no model")
        reference = reference or known.get(engine, "")
        if engine != EMBEDDED and not reference and engine not in PROGRAMS:
            raise ValueError(f"name the model file: {engine}:/path/to/model")
        return cls(setting, engine, reference)

    @property
    def embedded(self) -> bool:
        """Whether it needs no weights."""
        return self.engine == EMBEDDED

    def __str__(self) -> str:
        return f"{self.engine}:{self.reference}" if self.reference else self.engine


def engines_named(settings: object, uses: Iterable[str]) -> list[str]:
    """The pre-trained engines among those that something uses, and what they stand on, as a manifest names them.

    Args:
        settings: What has the fields of `ENGINES`.
        uses: Those fields that matter.
    """
    named: list[str] = []
    waiting = list(uses)
    for setting in waiting:
        choice = EngineChoice.parse(setting, getattr(settings, setting))
        if not choice.embedded and str(choice) not in named:
            lora = getattr(settings, "image_lora", None) if setting == "image_engine" else None
            named.append(f"{choice}+lora:{lora}" if lora else str(choice))
            waiting += [STANDS_ON[choice.engine]] if choice.engine in STANDS_ON else []
            waiting += JUDGED_BY.get(choice.engine, ())
    return named


def engine_validator(setting: str) -> Callable[[str], str]:
    """Checks a setting's text and writes the model's name out where it was left to the default."""

    def validated(text: str) -> str:
        return str(EngineChoice.parse(setting, text))

    return validated
