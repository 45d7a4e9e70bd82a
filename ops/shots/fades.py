"""Fades: where the picture goes to a flat colour, or comes from one.

Film people fade to black, white or grey; nothing else in a film is flat for even one frame, but for flashes and
lettering on black. So the flat frames are found, and how the film enters and leaves them decides what they are.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

__all__ = ["UNEVEN", "Course", "Fade", "find_fades", "flat_runs"]

UNEVEN = 0.1
"""Share of cells that may stand out of a flat frame: a watermark or a line of lettering on black."""

_PICTURE = 0.25
"""Share of uneven cells that a fade-in must reach: less is a title that comes up on the flat picture."""

_LEAD_IN = 3
"""Flat frames at the head of a film from which they count as a shot of their own."""

_LONGEST_S = 5.0
"""How far from the flat frames a fade is followed."""

_STALL = 3
"""Frames without gain of contrast after which a fade is over."""

_BLINK_S = 0.16
"""Flat frames fewer than this between two cuts are part of the change: one change, not two."""


@dataclass(frozen=True, eq=False)
class Course:
    """The few numbers a frame by which fades are found, for a whole film of T frames.

    Attributes:
        rate: Frames a second.
        change: (T,) float32; see `Measurements`.
        spread: (T,) float32; see there.
        uneven: (T,) float32; see there.
    """

    rate: float
    change: np.ndarray
    spread: np.ndarray
    uneven: np.ndarray


@dataclass(frozen=True)
class Fade:
    """A change through a flat picture.

    Attributes:
        out_start: First frame that is darker (or lighter) on the way out; `flat_start` where it cut to flat.
        flat_start: First flat frame.
        new_start: First frame that is no longer flat.
        in_end: First frame that is wholly there; `new_start` where it cut from flat.
    """

    out_start: int
    flat_start: int
    new_start: int
    in_end: int


def find_fades(seen: Course, cuts: Collection[int], flashes: Sequence[tuple[int, int]]) -> tuple[list[Fade], set[int]]:
    """Find the fades of a whole film.

    Args:
        seen: The film.
        cuts: Frames at which hard cuts were found.
        flashes: Frames (start, end exclusive) that only interrupt a shot.

    Returns:
        The fades in order; and the frames of those cuts that turned out to be part of one.
    """
    flat = seen.uneven <= UNEVEN
    for start, stop in flashes:
        flat[start:stop] = False
    hard = set(cuts)
    blink = max(1, round(_BLINK_S * seen.rate))
    fades: list[Fade] = []
    spent: set[int] = set()
    for first, end in flat_runs(flat, hard):
        if end == len(flat):
            continue
        cut_in = first in hard
        cut_out = next((frame for frame in (end, end - 1, end + 1) if frame in hard and frame > first), None)
        if cut_in and end - first < blink:
            spent.add(first)
        if (cut_in or first == 0) and cut_out is not None:
            continue
        new_start = _first_rise(seen.change, first, end) if cut_out is None else cut_out
        in_end = new_start if cut_out is not None else _follow(seen, end, 1, hard)
        if first == 0 and new_start < _LEAD_IN:
            continue
        if cut_out is None and seen.uneven[end : in_end + 1].max() < _PICTURE:
            continue
        if cut_out is not None:
            spent.add(cut_out)
        out_start = first if cut_in or first == 0 else _follow(seen, first, -1, hard)
        fades.append(Fade(out_start, first, new_start, in_end))
    return fades, spent


def flat_runs(flat: np.ndarray, cuts: Collection[int] = ()) -> list[tuple[int, int]]:
    """Runs of flat frames (start, end exclusive), broken at cuts from one flat picture to another."""
    runs: list[tuple[int, int]] = []
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flat, [False]]).astype(np.int8)))
    for first, end in edges.reshape(-1, 2).tolist():
        breaks = [frame for frame in range(first + 1, end) if frame in cuts]
        runs += pairwise([first, *breaks, end])
    return runs


def _first_rise(change: np.ndarray, first: int, end: int) -> int:
    """The frame of the flat run from which it keeps changing: the fade-in's first, still nearly flat, steps."""
    still = float(np.median(change[first + 1 : end])) if end - first > 2 else 0.0
    frame = end
    while frame - 1 > first and change[frame - 1] > max(0.3, 3 * still):
        frame -= 1
    return frame


def _follow(seen: Course, frame: int, step: int, cuts: set[int]) -> int:
    """Where the fade that touches the flat run at `frame` begins (step -1) or is over (step 1).

    Followed as long as the picture keeps gaining contrast away from the flat run.
    """
    here = frame - 1 if step < 0 else frame
    highest, at = 0.0, here
    for walked in range(max(2, round(_LONGEST_S * seen.rate))):
        place = here + step * walked
        joint = place + 1 if step < 0 else place  # the frame that a cut between this one and the last begins
        if not 0 <= place < len(seen.spread) or (walked and joint in cuts):
            break
        if seen.spread[place] > highest * 1.01:
            highest, at = float(seen.spread[place]), place
        elif abs(place - at) > _STALL:
            break
    return at + 1 if step < 0 else at
