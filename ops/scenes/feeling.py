"""Feelings as two numbers, how pleasant and how stirred, and the models that hear and see them.

What judges is an engine (`resources/models/emotion.py` has those); the craft asks for it by `SpeechEmotion` and
`FaceEmotion`. Both name an emotion; where it lies on Russell's circumplex ("A circumplex model of affect", 1980) is
told here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np

__all__ = ["CIRCUMPLEX", "FaceEmotion", "Feeling", "SpeechEmotion", "emotion_named", "feeling_of"]

CIRCUMPLEX: Mapping[str, tuple[float, float]] = {
    "neutral": (0.0, 0.0),
    "happy": (0.81, 0.51),
    "excited": (0.62, 0.75),
    "surprised": (0.40, 0.67),
    "angry": (-0.51, 0.59),
    "fearful": (-0.64, 0.60),
    "disgusted": (-0.60, 0.35),
    "frustrated": (-0.64, 0.52),
    "sad": (-0.63, -0.27),
    "bored": (-0.65, -0.62),
    "calm": (0.68, -0.46),
}
"""Pleasure and arousal, each -1 to 1: the means that Russell and Mehrabian asked for ("Evidence for a three-factor
theory of emotions", Journal of Research in Personality 11, 1977); calm is their "relaxed", neutral the origin."""

_NAMES: Mapping[str, str] = {
    "neu": "neutral", "normal": "neutral",
    "hap": "happy", "happiness": "happy", "joy": "happy", "joyful": "happy",
    "exc": "excited", "excitement": "excited",
    "sur": "surprised", "surprise": "surprised", "pleasant_surprise": "surprised", "ps": "surprised",
    "ang": "angry", "anger": "angry",
    "fea": "fearful", "fear": "fearful", "afraid": "fearful", "scared": "fearful",
    "dis": "disgusted", "disgust": "disgusted",
    "fru": "frustrated", "frustration": "frustrated",
    "sadness": "sad",
    "boredom": "bored",
    "calmness": "calm", "relaxed": "calm",
}  # fmt: skip
"""How data sets of speech and faces spell them."""


@dataclass(frozen=True)
class Feeling:
    """What is felt.

    Attributes:
        valence: -1 unpleasant to 1 pleasant.
        arousal: -1 drowsy to 1 stirred.
    """

    valence: float
    arousal: float


class SpeechEmotion(Protocol):
    """Hears what a voice feels."""

    @property
    def name(self) -> str:
        """The engine and its model, as a manifest names them."""
        ...

    def hear(self, sound: np.ndarray) -> Feeling:
        """Of a few seconds of speech, (N,) float32 at 16 kHz, ±1 full scale."""
        ...


class FaceEmotion(Protocol):
    """Sees what a face feels."""

    @property
    def name(self) -> str:
        """The engine and its model, as a manifest names them."""
        ...

    def read(self, face: np.ndarray) -> Feeling:
        """Of a face from brow to chin with a little around it, (H, W, 3) uint8 RGB."""
        ...


def emotion_named(label: str) -> str | None:
    """The emotion of `CIRCUMPLEX` that a model's label means; None where it is none of them."""
    plain = "_".join(label.lower().replace("-", " ").split())
    plain = _NAMES.get(plain, plain)
    return plain if plain in CIRCUMPLEX else None


def feeling_of(chances: Mapping[str, float]) -> Feeling:
    """The mean place of emotions of `CIRCUMPLEX`, each with its probability."""
    total = sum(chances.values())
    valence = sum(CIRCUMPLEX[name][0] * chance for name, chance in chances.items())
    arousal = sum(CIRCUMPLEX[name][1] * chance for name, chance in chances.items())
    return Feeling(valence / total, arousal / total) if total > 0 else Feeling(0.0, 0.0)
