"""Flashes: a few frames of light, or of nothing, after which the scene goes on as if nothing had been."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ops.shots.fades import UNEVEN, flat_runs
from ops.shots.window import Window

__all__ = ["BACK_AGAIN", "LONGEST_S", "Flash", "find_flashes"]

LONGEST_S = 0.25
"""Longest flash, lightning or glitch; what takes longer is a shot, however short."""

BACK_AGAIN = 0.7
"""Likeness from which the scene after a flash is the scene before it, a few frames on."""

_SLOPE = 4
"""Frames over which a flash may rise or die away, on either side of its flat frames."""


@dataclass(frozen=True)
class Flash:
    """Frames `start` to `end` (exclusive) of the film that interrupt a scene which then goes on."""

    start: int
    end: int


def find_flashes(window: Window) -> list[Flash]:
    """Flashes that blow the picture out (or black it out) altogether, anywhere in the window."""
    flat = window.seen.uneven <= UNEVEN
    found: list[Flash] = []
    for first, end in flat_runs(flat):
        if end - first > window.frames(LONGEST_S):
            continue
        for slope in range(1, _SLOPE + 1):
            before, after = first - slope, end - 1 + slope
            if before < 0 or after >= len(window):
                break
            if np.any(flat[[before, after]]) or not _sudden(window, before, first):
                continue
            if window.kinship(before, after).likeness >= BACK_AGAIN:
                found.append(Flash(window.first + before + 1, window.first + after))
                break
    return found


def _sudden(window: Window, before: int, first: int) -> bool:
    """Whether the picture was at rest up to `before`, measured by what it then went through up to `first`."""
    change = window.seen.change
    earlier = change[max(1, before - 2) : before + 1]
    return not len(earlier) or float(np.median(earlier)) < 0.3 * float(change[before + 1 : first + 1].max())
