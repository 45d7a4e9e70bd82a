"""Hard cuts: where a picture follows that cannot have come from the one before.

A frame is suspected where it changes far more than the frames around it do, which is PySceneDetect's adaptive
idea with a median for the mean, so that a shot of one frame does not hide its own two cuts. The suspicion is
then judged by looking: a cut shows another scene; a whip pan, a close passer-by, a jump of exposure, a pulled-down
frame does not, and a flash gives the old scene back.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ops.shots.fades import UNEVEN
from ops.shots.flashes import BACK_AGAIN, LONGEST_S, Flash, find_flashes
from ops.shots.likeness import Kinship
from ops.shots.window import Window

__all__ = ["Cut", "find_cuts"]

_SMALLEST_CHANGE = 3.0
_SMALLEST_JOLT = 3.0
"""Least differences worth a look, in luma steps; compression alone moves a still picture by 0.3 to 1.5."""

_OUTSTANDING = 2.4
"""How many times its neighbours' median a change must be; the true cuts that stood out least had 2.7."""

_OUTSTANDING_JOLT = 2.8
"""The same for jolts. A linear fade stands out 2.0 times at either end."""

_AT_ONCE = 2.0
"""The same where one side is flat; the steps of a fade to or from flatness are all of a size."""

_NEARLY_FLAT = 0.1
"""Share of textured blocks below which a picture says too little to be recognised again."""

_NEIGHBOURS = 3
"""Frames on either side that say how much the scene moves by itself."""

_NOISE = 0.3
"""Added to the neighbours' median: what a still picture changes by."""


@dataclass(frozen=True)
class Cut:
    """A cut: `frame` (in the film) is the first of the new shot, `change` how much it differed."""

    frame: int
    change: float


def find_cuts(window: Window) -> tuple[list[Cut], list[Flash]]:
    """The cuts and the flashes near the window's core, in order."""
    seen = window.seen
    standing = seen.change / (_neighbours_median(seen.change) + _NOISE)
    jolting = seen.jolt / (_neighbours_median(seen.jolt) + _NOISE)
    suspects = ((seen.change >= _SMALLEST_CHANGE) & (standing >= _OUTSTANDING)) | (
        (seen.jolt >= _SMALLEST_JOLT) & (jolting >= _OUTSTANDING_JOLT)
    )
    even = seen.uneven <= UNEVEN
    suspects |= even & (seen.jolt >= _SMALLEST_JOLT)  # lettering on black, however much fades around it
    suspects[0] = False  # the window's first frame has nothing before it
    flashes = find_flashes(window)
    for flash in flashes:
        suspects[flash.start - window.first : flash.end - window.first + 1] = False
    cuts: list[Cut] = []
    spent = 0
    for place in map(int, np.flatnonzero(suspects)):
        if place < spent or place not in window.near:
            continue
        kin = window.kinship(place - 1, place)
        if min(kin.texture) < _NEARLY_FLAT:
            if not _at_once(window, place, kin):
                continue
        elif kin.likeness >= min(0.78, 0.5 + 0.1 * np.log2(max(standing[place], jolting[place]))):
            continue  # the more a change stands out, the less unlike its two sides need to be
        back = _scene_returns(window, place, kin)
        if back:
            spent = place + back + 1
            flashes.append(Flash(window.first + place, window.first + place + back))
            continue
        cuts.append(Cut(window.first + place, float(seen.change[place])))
    return _without_blends(window, cuts), flashes


def _at_once(window: Window, place: int, kin: Kinship) -> bool:
    """Whether a picture comes out of flatness, or goes into it, from one frame to the next.

    What appears is measured by how much goes on changing afterwards, what vanishes by what changed before.
    """
    jolt = window.seen.jolt
    before = jolt[max(0, place - _NEIGHBOURS) : place] if kin.texture[0] >= kin.texture[1] else ()
    after = jolt[place + 1 : place + 1 + _NEIGHBOURS] if kin.texture[0] <= kin.texture[1] else ()
    moving = max(float(np.median(beside)) if len(beside) else 0.0 for beside in (before, after))
    return float(jolt[place]) >= _AT_ONCE * (moving + _NOISE)


def _scene_returns(window: Window, place: int, kin: Kinship) -> int:
    """Frames after which the scene before `place` is back, 0 where it stays away.

    A few frames of another, well exposed scene are an insert, not a flash: both their ends are cuts.
    """
    seen = window.seen
    if not kin.flat[1] and kin.likeness < 0.5 and kin.texture[1] > 0.5 * kin.texture[0]:
        return 0
    cells = seen.cells[place - 1 : place + 1 + window.frames(LONGEST_S)].astype(np.int16)
    away = np.abs(cells[1:] - cells[0]).mean(axis=1)
    for ahead in range(1, len(away)):
        if away[ahead] < 0.5 * away[:ahead].max() and window.kinship(place - 1, place + ahead).likeness >= BACK_AGAIN:
            return ahead
    return 0


def _without_blends(window: Window, cuts: list[Cut]) -> list[Cut]:
    """One cut where two in a row enclose a single frame that mixes both shots, as converted frame rates have."""
    kept: list[Cut] = []
    for cut in cuts:
        if kept and cut.frame == kept[-1].frame + 1 and _is_blend(window, kept[-1].frame - window.first):
            if cut.change > kept[-1].change:
                kept[-1] = cut
            continue
        kept.append(cut)
    return kept


def _is_blend(window: Window, place: int) -> bool:
    before, middle, after = window.seen.cells[place - 1 : place + 2].astype(np.float32)
    way = after - before
    share = float((middle - before) @ way / max(float(way @ way), 1.0))
    miss = middle - before - share * way
    return 0.08 < share < 0.92 and float(miss @ miss) < 0.05 * float(way @ way)


def _neighbours_median(values: np.ndarray) -> np.ndarray:
    """Median of up to three values on either side of each, without itself."""
    padded = np.pad(values.astype(np.float32), _NEIGHBOURS, constant_values=np.nan)
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * _NEIGHBOURS + 1)
    others = np.delete(around, _NEIGHBOURS, axis=1)
    if len(values) == 1:
        return np.zeros(1, np.float32)
    return np.nanmedian(others, axis=1)
