"""The sizes of a ladder: the usual classes by the shorter side, in the film's own shape, never above the film."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

__all__ = ["CLASSES", "Rung", "plan_rungs"]

CLASSES = (1080, 720, 480, 360)
"""Shorter sides, so that an upright film's "720p" has as many pixels as a wide one's."""


@dataclass(frozen=True, order=True)
class Rung:
    """One size of a ladder; both sides are even, as 4:2:0 asks."""

    height: int
    width: int

    @property
    def lines(self) -> int:
        """The shorter side."""
        return min(self.width, self.height)

    @property
    def name(self) -> str:
        """What viewers call it: "720p"."""
        return f"{self.lines}p"


def plan_rungs(width: int, height: int) -> tuple[Rung, ...]:
    """The rungs that a film of this display size can have, the largest first.

    The top is 1080 lines or, for a smaller film, the film's own size; the classes below it follow.

    Raises:
        ValueError: A side is shorter than two pixels.
    """
    if min(width, height) < 2:
        raise ValueError(f"no ladder for a picture of {width}x{height}")
    source = min(width, height)
    top = min(source // 2 * 2, CLASSES[0])
    lines = [top, *(each for each in CLASSES if each < top)]
    return tuple(_rung(width, height, each) for each in lines)


def _rung(width: int, height: int, lines: int) -> Rung:
    """The even size nearest to the film's shape, and not above the film."""
    ratio = Fraction(max(width, height), min(width, height))
    longer = min(2 * round(lines * ratio / 2), max(width, height) // 2 * 2)
    return Rung(width=longer, height=lines) if width >= height else Rung(width=lines, height=longer)
