"""The frames that a film's cues are counted in.

A film of constant rate is its own grid. One of variable rate gets the standard rate nearest to its mean: rules of
frames ("two between cues") mean something at rates that subtitles are made for, and times on the grid are exact
fractions. Time 0 is the film's first picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

from ops.shots.model import Shot, ShotList, Transition

__all__ = ["STANDARD_RATES", "FilmGrid"]

STANDARD_RATES = (
    Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(50),
    Fraction(60000, 1001), Fraction(60),
)  # fmt: skip


@dataclass(frozen=True)
class FilmGrid:
    """The grid of one film.

    Attributes:
        rate: Frames a second, exactly.
        frames: How many the film fills.
        cuts: First frames of the shots that begin with a cut, in order. Dissolves, wipes and fades are none: a cue may
            stand over them.
        nominal: Whether the film's own rate varies.
    """

    rate: Fraction
    frames: int
    cuts: tuple[int, ...]
    nominal: bool = False

    @classmethod
    def of(cls, shots: ShotList) -> FilmGrid:
        """The grid of a film of these shots."""
        cut = [shot for shot in shots.shots if shot.transition_in is Transition.CUT]
        if shots.fps is not None:
            return cls(shots.fps, shots.frames, tuple(shot.start for shot in cut))
        lasts = _since_first(shots, shots.shots[-1].end_pts)
        mean = shots.frames / lasts
        rate = min(STANDARD_RATES, key=lambda each: (abs(each - mean), each))
        frames = max(1, math.floor(lasts * rate))
        # rounded up: a cue that comes with a cut never comes before it
        placed = {math.ceil(_since_first(shots, shot.start_pts) * rate) for shot in cut}
        return cls(rate, frames, tuple(sorted(place for place in placed if place < frames)), nominal=True)

    def frame(self, seconds: float | Fraction) -> int:
        """The frame nearest to a time since the first picture; times before it are frame 0."""
        return max(0, math.floor(Fraction(seconds) * self.rate + Fraction(1, 2)))

    def seconds(self, frame: int) -> Fraction:
        """When a frame comes, since the first picture."""
        return frame / self.rate

    @staticmethod
    def shift_s(shots: ShotList) -> float:
        """What is taken from a time on the stream's clock to have it since the first picture."""
        first: Shot = shots.shots[0]
        return shots.start_s(first)


def _since_first(shots: ShotList, pts: int) -> Fraction:
    return (pts - shots.shots[0].start_pts) * shots.time_base
