"""Dissolves: stretches in which one scene is mixed into another.

What moves evenly along a line between two pictures may still be a slow pan, a zoom, light that changes or
lettering that fades in. Two things only a mix of unrelated pictures has: its detail dips in the middle, as a mix
of two pictures has a quarter of the energy of each (Alattar 1993; Lienhart 2001), and its ends show two scenes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ops.shots.likeness import Kinship
from ops.shots.measure import CELLS
from ops.shots.mixing import Fits
from ops.shots.window import Window

__all__ = ["Dissolve", "find_dissolves"]

_ODDS = 16.0
_LIKENESS_ODDS = 15.5
_COVERAGE_ODDS = 1.7
_BEST_LOOK = 0.36 * -_LIKENESS_ODDS + _COVERAGE_ODDS
"""The log odds of a dissolve, with the weights in `_score`: a logistic regression on 85 dissolves and 801 other
windows of the synthetic edits of seeds 0 to 9 and of clips outside the benchmark (4 missed, 1 false there).
`_BEST_LOOK` is the most that a look at the two ends can still add."""

_SMALLEST_COVERAGE = 0.28
"""Share of the picture that must change (participation ratio): a film title that fades in has 0.23."""

_LEAST_TEXTURE = 0.35
"""Share of textured blocks at either end. The true dissolves had 0.54 or more; a flat picture or a title on
black has next to none, and what leads there is a fade."""

_SAME_SCENE = 0.8
"""Likeness of the two ends from which they are one scene, moved or lit otherwise."""

_CERTAINLY_SAME = 0.88
"""Likeness beyond which no other window around needs looking at."""

_AS_GOOD = 1.5
_REACH_ODDS = 0.1
_LOOKS = 4
"""Windows within 1.5 log odds of the best are as good, and one is preferred where its ends are further apart:
10 luma steps make up for 1. Four looks settle nearly all candidates."""

_BEYOND = 1.3
"""How much further apart the ends of a larger mix must be for this to be only a part of it."""

_APART = 5
"""Frames that a shot must stand still between two dissolves."""

_SETTLED = 0.03
"""Share of the other shot that compression, noise and motion pretend."""


@dataclass(frozen=True)
class Dissolve:
    """A dissolve: `old_end` is the last frame wholly of the old shot, `new_start` the first of the new."""

    old_end: int
    new_start: int


def find_dissolves(window: Window, fits: Fits) -> list[Dissolve]:
    """The dissolves whose middle lies in the window's core, in order."""
    score = _score(fits)
    looked = np.zeros(len(window), bool)
    found: list[Dissolve] = []
    for best in map(int, np.argsort(-score)):
        if score[best] + _BEST_LOOK < 0:
            break
        centre, quarter = int(fits.centre[best]), int(fits.half[best]) // 2
        near = slice(max(0, centre - quarter), centre + quarter + 1)
        if looked[near].any():
            continue
        looked[near] = True
        dissolve = _look(window, fits, score, best)
        if dissolve is not None:
            looked[dissolve.old_end - window.first : dissolve.new_start - window.first + 1] = True
            found.append(dissolve)
    return [each for each in _merged(found) if window.judges((each.old_end + each.new_start) // 2)]


def _score(fits: Fits) -> np.ndarray:
    """Log odds as far as the line and the dip tell."""
    return (
        _ODDS
        - 37 * fits.residue
        - 33 * fits.bend
        - 2.5 * np.abs(np.clip(fits.dip, -0.5, 2) - 1)
        - 6.3 * np.clip(fits.dip_miss, 0, 2)
        - 0.31 * np.log(fits.scale)
    )


def _look(window: Window, fits: Fits, score: np.ndarray, best: int) -> Dissolve | None:
    """Judge the windows around the best one, the furthest-reaching of those that fit as well first.

    The best fit is often a part of the dissolve, where neither shot had time to move.
    """
    near = np.abs(fits.centre - fits.centre[best]) <= np.maximum(fits.half, fits.half[best]) // 2
    rivals = np.flatnonzero(near & (score > score[best] - _AS_GOOD))
    reach = score[rivals] + _REACH_ODDS * fits.distance[rivals]
    for rival in map(int, rivals[np.argsort(-reach)][:_LOOKS]):
        dissolve, kin = _measure(window, fits, score, rival)
        if min(kin.texture) < _LEAST_TEXTURE:
            return None  # a fade to or from a flat picture or a title, of which this is a part
        if dissolve is not None:
            return None if _is_part_of_fade(window, fits, near, rival) else _agreed(window, fits, rivals)
        if kin.likeness > _CERTAINLY_SAME:
            return None
    return None


def _measure(window: Window, fits: Fits, score: np.ndarray, fit: int) -> tuple[Dissolve | None, Kinship]:
    """Find a candidate's true ends, and look whether they show two scenes."""
    first, last = fits.span(fit, len(window))
    way = window.seen.cells[last].astype(np.float32) - window.seen.cells[first]
    old_end, new_start = _ends(window, first, last)
    kin = window.kinship(max(0, min(old_end, first + 2)), min(len(window) - 1, max(new_start, last - 2)))
    difference = np.abs(way[:CELLS])
    coverage = float(difference.sum() ** 2 / (CELLS * float(difference @ difference) + 1e-6))
    odds = float(score[fit]) - _LIKENESS_ODDS * kin.likeness + _COVERAGE_ODDS * coverage
    if odds < 0 or coverage < _SMALLEST_COVERAGE or kin.likeness >= _SAME_SCENE or new_start - old_end < 2:
        return None, kin
    return Dissolve(window.first + max(0, old_end), window.first + min(len(window) - 1, new_start)), kin


def _agreed(window: Window, fits: Fits, rivals: np.ndarray) -> Dissolve:
    """The dissolve whose ends are what most of the windows that fit as well say."""
    ends = np.array([_ends(window, *fits.span(int(rival), len(window))) for rival in rivals])
    old_end, new_start = (int(end) for end in np.median(ends, axis=0))
    return Dissolve(window.first + max(0, old_end), window.first + min(len(window) - 1, max(new_start, old_end + 2)))


def _ends(window: Window, first: int, last: int) -> tuple[int, int]:
    """Where the mix within two frames begins and ends, by the straight line through its middle part.

    The line's ends are drawn in to where the mix has settled: a scene in motion bends the line.
    """
    cells = window.seen.cells[first : last + 1].astype(np.float32)
    way = cells[-1] - cells[0]
    share = (cells - cells[0]) @ way / max(float(way @ way), 1.0)
    settled_before = int(np.flatnonzero(share <= _SETTLED)[-1])
    settled_after = int(np.flatnonzero(share >= 1 - _SETTLED)[0])
    rising = np.flatnonzero((share > 0.15) & (share < 0.85))
    if len(rising) >= 2:
        slope, start = np.polyfit(rising, share[rising], 1)
        if slope > 0:
            settled_before = max(round(-start / slope), settled_before)
            settled_after = min(round((1 - start) / slope), settled_after)
    return first + settled_before, first + settled_after


def _is_part_of_fade(window: Window, fits: Fits, near: np.ndarray, fit: int) -> bool:
    """Whether a longer mix around a find leads from or to a flat picture or a title."""
    furthest = int(np.flatnonzero(near)[np.argmax(fits.distance[near])])
    if fits.distance[furthest] < _BEYOND * fits.distance[fit]:
        return False
    return min(window.kinship(*fits.span(furthest, len(window))).texture) < _LEAST_TEXTURE


def _merged(found: Sequence[Dissolve]) -> list[Dissolve]:
    """Finds that overlap or touch as one: parts of a long dissolve whose scenes move."""
    merged: list[Dissolve] = []
    for dissolve in sorted(found, key=lambda each: each.old_end):
        if merged and dissolve.old_end < merged[-1].new_start + _APART:
            merged[-1] = Dissolve(merged[-1].old_end, max(merged[-1].new_start, dissolve.new_start))
        else:
            merged.append(dissolve)
    return merged
