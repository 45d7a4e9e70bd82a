"""Edges near cuts: which places are clean, and where an edge that lies badly goes.

A subtitle that appears or goes just beside a cut flickers. Zones by Netflix's timing guidelines, section 2.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from ops.subtitles.profile import CutZones

__all__ = ["clean_in", "cuts_near", "cuts_within", "is_clean_in", "is_clean_out"]


def cuts_near(cuts: Sequence[int], frame: int, reach: int) -> Sequence[int]:
    """The cuts at most `reach` frames from a frame; `cuts` in order."""
    return cuts[bisect_left(cuts, frame - reach) : bisect_right(cuts, frame + reach)]


def cuts_within(cuts: Sequence[int], start: int, end: int) -> Sequence[int]:
    """The cuts that a cue from `start` to `end` stands over: after its first frame, before its last is over."""
    return cuts[bisect_right(cuts, start) : bisect_left(cuts, end)]


def is_clean_in(frame: int, cuts: Sequence[int], zones: CutZones) -> bool:
    """Whether an in-time lies on a cut or clear of all."""
    near = cuts_near(cuts, frame, max(zones.after, zones.before) - 1)
    return frame in near or not any(-zones.before < frame - cut < zones.after for cut in near)


def is_clean_out(frame: int, cuts: Sequence[int], zones: CutZones, gap: int) -> bool:
    """Whether an out-time (one past the last frame) lies a gap before a cut or clear of all."""
    near = cuts_near(cuts, frame, zones.out + gap)
    return frame + gap in near or not any(abs(frame - cut) < zones.out for cut in near)


def clean_in(frame: int, cuts: Sequence[int], zones: CutZones, earliest: int) -> int:
    """Where an in-time goes.

    Onto a cut shortly before it or right after it; to half a second before one that is not quite so near. Where cuts
    lie so dense that nowhere near is clean, or nothing from `earliest` on is, it stays.

    Args:
        frame: The in-time.
        cuts: In order.
        zones: At the film's rate.
        earliest: The first frame that is free.
    """
    if is_clean_in(frame, cuts, zones):
        return frame
    snaps, pulls = [], []
    for cut in cuts_near(cuts, frame, max(zones.after, zones.before) - 1):
        if cut <= frame or cut - frame <= zones.snap:
            snaps.append(cut)
        else:
            pulls += [cut - zones.before, cut]  # onto the cut only where half a second before it is not free
    for place in [*sorted(snaps, key=lambda cut: (abs(cut - frame), cut)), *pulls]:
        if place >= earliest and is_clean_in(place, cuts, zones):
            return place
    return frame
