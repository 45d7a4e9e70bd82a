"""How good a live stream is now: the steps that it goes down before it would stall, and up again when it may.

Resolution goes first, as an eye forgives it longest; then the cost of the filters; the rung itself, and so the decoder,
never changes. What a step costs is not guessed for long: each segment tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from ops.ladder.rungs import Rung
from ops.style.stages import Effort

__all__ = ["STEPS", "Pace", "Step"]


@dataclass(frozen=True)
class Step:
    """One quality.

    Attributes:
        scale: Of both sides, at which the look is made.
        effort: How much work a frame may be.
        share: Of the best step's time, roughly: what is expected until something was measured.
    """

    scale: Fraction
    effort: Effort
    share: float

    def working(self, rung: Rung) -> tuple[int, int]:
        """The size at which the look is made for a rung, even."""
        return max(2, int(rung.width * self.scale) // 2 * 2), max(2, int(rung.height * self.scale) // 2 * 2)

    def told(self, rung: Rung) -> str:
        """For people: "720p, made at 640x360, least effort"."""
        if self is STEPS[0]:
            return f"{rung.name}, full"
        width, height = self.working(rung)
        effort = "" if self.effort is Effort.FULL else f", {self.effort.name.lower()} effort"
        return f"{rung.name}, made at {width}x{height}{effort}"


STEPS = (
    Step(Fraction(1), Effort.FULL, 1.0),
    Step(Fraction(3, 4), Effort.FULL, 0.68),
    Step(Fraction(1, 2), Effort.FULL, 0.45),
    Step(Fraction(1, 2), Effort.REDUCED, 0.35),
    Step(Fraction(1, 2), Effort.LEAST, 0.3),
)
"""The best first."""

_TIGHT = 0.85
"""Of a segment's length that its making may take: the rest is delivery, and a slower scene."""

_EASY = 0.6
"""Below that, expected one step up, a stream may climb."""

_PATIENCE = 4
"""Easy segments in a row before a climb; doubled by each climb that had to be taken back, up to eight times that."""


class Pace:
    """The step at which one stream's segments are made.

    Told of each segment, it goes down at once, further the later the segment was, and climbs slowly. Not for several
    threads at once.
    """

    def __init__(self) -> None:
        self.step = 0
        self._easy = 0
        self._patience = _PATIENCE
        self._climbed = False

    def took(self, seconds: float, length_s: float) -> None:
        """A segment of this length was made at the present step in so many seconds, its waiting included."""
        share = seconds / length_s
        if share > _TIGHT:
            self._sink(share)
            return
        if self._climbed:  # the climb held
            self._climbed, self._patience = False, max(_PATIENCE, self._patience // 2)
        above = STEPS[max(0, self.step - 1)].share / STEPS[self.step].share
        self._easy = self._easy + 1 if share * above < _EASY else 0
        if self.step and self._easy >= self._patience:
            self.step, self._easy, self._climbed = self.step - 1, 0, True

    def shed(self) -> None:
        """The workers had no room for it."""
        self._sink(1.0)

    def _sink(self, share: float) -> None:
        if self._climbed:
            self._climbed, self._patience = False, min(8 * _PATIENCE, 2 * self._patience)
        here, self._easy = STEPS[self.step].share, 0
        wanted = here * _TIGHT / share
        lower = [number for number in range(self.step + 1, len(STEPS)) if STEPS[number].share <= wanted]
        self.step = lower[0] if lower else len(STEPS) - 1
