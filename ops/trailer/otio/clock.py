"""Times of a stranger's timeline as frames of the trailer: exact first, rounded last."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import opentimelineio as otio

__all__ = ["LONGEST_S", "MOST_EVENTS", "Clock", "nearest", "number"]

LONGEST_S = 600
"""A trailer of ten minutes is none; a file that claims one is not rendered."""

MOST_EVENTS = 2_000
"""As many in picture, and as many in sound."""

_NTSC_NEAR = 0.005
"""Tools write 24000/1001 as 23.976 or 23.98."""


@dataclass(frozen=True)
class Clock:
    """Counts frames of one rate; a ValueError says which time is none."""

    rate: Fraction

    def exact(self, time: otio.opentime.RationalTime) -> Fraction:
        """A time in frames, not rounded."""
        if not 0 < time.rate < 1000:
            raise ValueError(f"it counts time at {time.rate:g} a second")
        if not math.isfinite(time.value):
            raise ValueError(f"one of its times is {time.value:g}")
        return Fraction(time.value) * self.rate / _true_rate(time.rate)

    def frames(self, time: otio.opentime.RationalTime) -> int:
        """A time in whole frames."""
        return nearest(self.exact(time))

    def placed(self, track: Any) -> Iterator[tuple[Any, int, int]]:
        """Each item of a track, and between which frames it lies; a transition lies on its cut.

        The edges are rounded, not the lengths: many short items do not drift from what other tracks hold.
        """
        import opentimelineio as otio

        at = Fraction(0)
        for item in track:
            if isinstance(item, otio.schema.Transition):
                yield item, nearest(at), nearest(at)
                continue
            until = at + self.exact(item.trimmed_range().duration)
            yield item, nearest(at), nearest(until)
            at = until

    def source(self, clip: Any, frames: int, most: int) -> int:
        """The film's frame at which a clip begins.

        Args:
            clip: It.
            frames: Its length, as rounded.
            most: The film's frames; a clip up to the last one is not pushed beyond it by rounding.
        """
        start = self.exact(clip.trimmed_range().start_time)
        reference = clip.media_reference
        if reference is not None and reference.available_range is not None:
            # other tools count from the media's own timecode; the film's first picture is our frame 0
            start -= self.exact(reference.available_range.start_time)
        first = nearest(start)
        return first - 1 if first + frames == most + 1 and first else first


def nearest(frames: Fraction) -> int:
    """Whole frames; halves upwards, so that what is moved by whole frames is rounded alike."""
    return math.floor(frames + Fraction(1, 2))


def number(value: Any, least: float, most: float, what: str) -> float:
    """A number out of a stranger's metadata; a ValueError where it is none or beyond its bounds."""
    found = float(value)
    if not least <= found <= most:
        raise ValueError(f"{what} is {found:g}, not {least:g} to {most:g}")
    return found


def _true_rate(rate: float) -> Fraction:
    whole = round(rate * 1.001)
    if rate != round(rate) and abs(rate - whole / 1.001) < _NTSC_NEAR:
        return Fraction(whole * 1000, 1001)
    return Fraction(rate).limit_denominator(1001)
