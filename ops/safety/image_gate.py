"""The image gate: a generated picture is shown only where a checker judged it safe, or a person did.

It fails closed. Without a checker, with one that raises, or with one that answers nonsense, the picture waits for a
person; what a checker finds unsafe waits as well, because a person can tell a false alarm.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "NO_CHECKER",
    "GateState",
    "ImageSafety",
    "Judgement",
    "Opinion",
    "is_generated",
    "judge_picture",
    "needs_a_person",
]

NO_CHECKER = "none"
"""The checker's name where there is none."""

_TRAINED = "trainedalgorithmicmedia"


class GateState(StrEnum):
    """Whether a picture may be shown."""

    PASSED = "passed"
    PENDING = "pending_review"


@dataclass(frozen=True)
class Opinion:
    """What a checker says of one picture.

    Attributes:
        safe: Whether it may be shown.
        score: How likely it is unsafe, 0 to 1.
        reason: Why, for people.
    """

    safe: bool
    score: float
    reason: str


class ImageSafety(Protocol):
    """Judges whether a picture may be shown to anyone."""

    @property
    def name(self) -> str:
        """The engine and its model, as a manifest names them: "classifier:Falconsai/nsfw_image_detection"."""
        ...

    def judge(self, rgb: np.ndarray) -> Opinion:
        """Judge a picture: (H, W, 3) uint8 RGB, full range. Whatever it raises counts as unsafe."""
        ...


@dataclass(frozen=True)
class Judgement:
    """What the gate decided of one picture, and who said so."""

    state: GateState
    checker: str
    score: float | None
    reason: str

    def to_json(self) -> dict[str, Any]:
        """JSON values; the score to three decimals, which the same model gives on any machine."""
        score = None if self.score is None else round(self.score, 3)
        return {"state": str(self.state), "checker": self.checker, "score": score, "reason": self.reason}


def judge_picture(checker: ImageSafety | None, rgb: np.ndarray) -> Judgement:
    """Let a checker judge a generated picture, (H, W, 3) uint8 RGB; never raises, never passes in doubt."""
    if checker is None:
        return Judgement(GateState.PENDING, NO_CHECKER, None, "no image checker is set: a person decides")
    try:
        name, opinion = checker.name, checker.judge(rgb)
        score = float(opinion.score)
    except Exception as error:  # noqa: BLE001  (a gate that breaks is shut)
        return Judgement(GateState.PENDING, _name_of(checker), None, f"the checker failed ({type(error).__name__})")
    if not math.isfinite(score) or not 0 <= score <= 1:
        return Judgement(GateState.PENDING, name, None, "the checker gave no score")
    state = GateState.PASSED if opinion.safe is True else GateState.PENDING
    return Judgement(state, name, score, opinion.reason)


def _name_of(checker: ImageSafety) -> str:
    try:
        return checker.name
    except Exception:  # noqa: BLE001  (the same)
        return type(checker).__name__


def is_generated(variant: Mapping[str, Any]) -> bool:
    """Whether a variant of `variants.json` is a trained model's work, in whole or in part; either mark will do."""
    return bool(variant.get("generated")) or _TRAINED in str(variant.get("digital_source_type", "")).lower()


def needs_a_person(variant: Mapping[str, Any]) -> bool:
    """Whether a variant of `variants.json` may be shown only once a person approved it: generated, and not passed."""
    picture = (variant.get("safety") or {}).get("picture") or {}
    return is_generated(variant) and picture.get("state") != GateState.PASSED
