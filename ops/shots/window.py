"""A stretch of a film under examination, with frames before and after that give it context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import numpy as np

from ops.shots.likeness import Kinship, kinship
from ops.shots.measure import Measurements

__all__ = ["Window", "join", "stretch"]

_USUAL_RATE = 30

_REACH = 100
"""Frames beyond the core where a finding may still bear on it: half of the longest mix (31), a neighbour that it
merges with, and some room."""


def stretch(rate: float) -> float:
    """How many times more frames the same change takes in a film of a rate than in one of up to 30 a second."""
    return max(1.0, rate / _USUAL_RATE)


@dataclass(frozen=True, eq=False)
class Window:
    """Measurements of frames `first` to `end` of a film, of which `core` are to be judged now.

    Attributes:
        first: Number of the window's first frame in the film.
        seen: The measurements.
        core: Frames (start, end) of the film to report on; the others are context.
        rate: Frames a second, on average.
        compared: What comparing two frames of the film has shown; windows overlap, and share it.
    """

    first: int
    seen: Measurements
    core: tuple[int, int]
    rate: float
    compared: dict[tuple[int, int], Kinship] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.seen.change)

    @property
    def near(self) -> range:
        """The places that are looked at: the core's, and those whose findings may bear on it."""
        reach = round(_REACH * stretch(self.rate))
        start, end = self.core
        return range(max(0, start - self.first - reach), min(len(self), end - self.first + reach))

    def judges(self, frame: int) -> bool:
        """Whether a frame of the film is in the core."""
        return self.core[0] <= frame < self.core[1]

    def frames(self, seconds: float) -> int:
        """How many frames a duration is, in a film slower or faster than usual: at least one."""
        return max(1, round(seconds * self.rate))

    def kinship(self, one: int, other: int) -> Kinship:
        """How alike two frames of the window are, by their places in it."""
        pair = self.first + one, self.first + other
        if pair not in self.compared:
            self.compared[pair] = kinship(self.seen.thumbs[one], self.seen.thumbs[other])
        return self.compared[pair]


def join(parts: Sequence[Measurements]) -> Measurements:
    """Consecutive measurements as one."""
    return Measurements(
        **{each.name: np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Measurements)}
    )
