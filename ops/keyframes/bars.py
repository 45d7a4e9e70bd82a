"""Black bars around the picture, told from dark scenes: per shot, with the rest of the film as a witness.

A bar is black in every frame of its shot and ends in a hard straight line. A dark scene can be black at its edges
too, but it fades into them. Where a shot is too dark to show the line, the bars of the film's other shots hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ops.box import WHOLE, Box

__all__ = ["INSET", "Edges", "picture_areas", "read_edges"]

_BLACK = 28
"""Luma up to which a line may belong to a bar: video black, coding noise, the lifted black of scanned film."""
_STEP = 8.0
"""Luma by which most of the first picture line must differ from the bar."""
INSET = 0.004
"""Cut off beyond the bar's end, as a fraction of the side: scaling smears it over a pixel or two."""
_LEAST_SIDE = 0.25
"""No picture is narrower than this share of the frame (9:16 inside 16:9 has 0.32)."""


@dataclass(frozen=True)
class Edges:
    """What the four sides of one shot look like: top, bottom, left, right.

    Attributes:
        dark: How far each side is black in every frame, as a fraction of the frame.
        hard: Whether that black ends in a straight line.
        paired: Whether top and bottom, and left and right, are black to one depth and may be bars of a dark scene.
    """

    dark: tuple[float, float, float, float]
    hard: tuple[bool, bool, bool, bool]
    paired: tuple[bool, bool]


def read_edges(frames: Sequence[np.ndarray]) -> Edges:
    """Look at the sides of a shot in its (H, W, 3) uint8 RGB frames, all of one size."""
    lumas = [frame.astype(np.float32) @ np.array([0.2126, 0.7152, 0.0722], np.float32) for frame in frames]
    brightest = np.max(lumas, axis=0)
    rows = np.percentile(brightest, 99, axis=1)
    columns = np.percentile(brightest, 99, axis=0)
    sides = [
        _side(rows, brightest),
        _side(rows[::-1], brightest[::-1]),
        _side(columns, brightest.T),
        _side(columns[::-1], brightest.T[::-1]),
    ]
    top, bottom, left, right = sides
    return Edges(
        dark=(top.depth, bottom.depth, left.depth, right.depth),
        hard=(top.hard, bottom.hard, left.hard, right.hard),
        paired=(_pairs(top, bottom), _pairs(left, right)),
    )


def picture_areas(shots: Sequence[Edges]) -> list[Box]:
    """The picture area of every shot."""
    usual = [_usual(shots, side) for side in range(4)]
    return [_area([_depth(shot, side, usual[side]) for side in range(4)]) for shot in shots]


def _usual(shots: Sequence[Edges], side: int) -> float:
    """How deep the bar is where the film shows one; where it is dark throughout, pairs of black sides must do."""
    depths = [shot.dark[side] for shot in shots if shot.hard[side]]
    depths = depths or [shot.dark[side] for shot in shots if shot.paired[side // 2]]
    return float(np.median(depths)) if depths else 0.0


def _depth(shot: Edges, side: int, usual: float) -> float:
    if shot.hard[side]:
        return shot.dark[side]
    return usual if usual and shot.dark[side] >= usual - 0.01 else 0.0


def _area(depths: Sequence[float]) -> Box:
    top, bottom, left, right = (depth + INSET if depth else 0.0 for depth in depths)
    area = Box(left, top, 1 - left - right, 1 - top - bottom)
    return area if area.w >= _LEAST_SIDE and area.h >= _LEAST_SIDE else WHOLE


@dataclass(frozen=True)
class _Side:
    depth: float
    hard: bool
    likely: bool


def _side(profile: np.ndarray, lines: np.ndarray) -> _Side:
    """How deep a side is black, and whether it ends hard; `lines[0]` is the outermost line."""
    lit = np.flatnonzero(profile > _BLACK)
    if not len(lit) or lit[0] == 0:
        return _Side(0.0, hard=False, likely=False)
    depth, size = int(lit[0]), len(profile)
    bar = lines[: max(1, depth - 1)]
    inside = lines[min(depth + max(1, size // 120), size - 1)]
    step = inside - bar[-1]
    plain = float(bar.std()) < 6.0
    # Along most of the line the picture is brighter than the bar beside it; along a part of it, in a dark scene.
    return _Side(
        depth / size,
        hard=plain and float(np.percentile(step, 40)) > _STEP,
        likely=plain and float(np.percentile(step, 60)) > _STEP,
    )


def _pairs(side: _Side, opposite: _Side) -> bool:
    """Whether two opposite sides are black to the same depth, as bars are and scenes are not."""
    return side.likely and opposite.likely and side.depth > 0.02 and abs(side.depth - opposite.depth) < 0.012
