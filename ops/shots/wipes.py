"""Wipes: the new shot covers the old one part by part, along an edge that crosses the picture.

Each cell of the picture then turns once, from what the old shot shows there to what the new one does, without
being anything in between, and the turning runs across the picture as an edge would: straight, or from the middle
out. A pan, an actor who walks through or a dissolve does none of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ops.shots.measure import CELLS
from ops.shots.mixing import Fits
from ops.shots.window import Window

__all__ = ["Wipe", "find_wipes"]

_SMALLEST_DISTANCE = 15.0
_LARGEST_BEND = 0.15
_SMALLEST_RESIDUE = 0.04
"""What a window must show before it is looked at: a wipe is far off the straight line between two pictures."""

_CLEAR = 12.0
"""Summed difference of a cell's three planes from which its turning can be told."""

_LEAST_CELLS = 0.45
"""Share of cells whose turning must be told."""

_SOFTEST = 0.085
_MOST_TURNS = 1.15
_LEAST_ORDER = 0.88
_LIKEST = 0.72
"""How far cells may be from either shot on average, how often they may turn, how well a moving edge must explain
when they turn, how alike the two ends may be. Wipes had at most 0.062, 1.03, at least 0.94, at most 0.66; of
900 other windows over 100 edits and 18 clips none came within these bounds on every count."""

_COLUMN, _ROW = (axis.ravel().astype(np.float32) for axis in np.meshgrid(np.arange(16), np.arange(9)))
_EDGES = (
    np.stack([np.ones(CELLS, np.float32), _COLUMN, _ROW], axis=1),
    np.stack([np.ones(CELLS, np.float32), np.hypot((_COLUMN - 7.5) / 8, (_ROW - 4) / 4.5)], axis=1),
)
"""What the time of a cell's turning may depend on: its place along a direction, or its distance from the middle."""


@dataclass(frozen=True)
class Wipe:
    """A wipe: `old_end` is the last frame wholly of the old shot, `new_start` the first of the new."""

    old_end: int
    new_start: int


def find_wipes(window: Window, fits: Fits) -> list[Wipe]:
    """The wipes whose middle lies in the window's core, in order."""
    worth = np.flatnonzero(
        (fits.distance > _SMALLEST_DISTANCE) & (fits.bend < _LARGEST_BEND) & (fits.residue > _SMALLEST_RESIDUE)
    )
    spans = np.array([fits.span(int(fit), len(window)) for fit in worth], int).reshape(-1, 2)
    trials = [
        (order, first, last)
        for first, last in spans[_glance(window, spans)].tolist()
        if (order := _order(window, first, last))
    ]
    taken = np.zeros(len(window), bool)
    found: list[Wipe] = []
    for _, first, last in sorted(trials, reverse=True):
        if taken[first : last + 1].any() or window.kinship(first, last).likeness > _LIKEST:
            continue
        taken[first : last + 1] = True
        covered = _covered(window, first, last)[0].mean(axis=1)
        old_end = first + int(np.flatnonzero(covered <= 0.02)[-1])
        new_start = first + int(np.flatnonzero(covered >= 0.98)[0])
        found.append(Wipe(window.first + old_end, window.first + new_start))
    inside = (wipe for wipe in found if window.judges((wipe.old_end + wipe.new_start) // 2))
    return sorted(inside, key=lambda wipe: wipe.old_end)


def _glance(window: Window, spans: np.ndarray) -> np.ndarray:
    """(n,) bool: whether three frames in each of (n, 2) spans look like either end, cell by cell, if roughly."""
    first, last = spans.T
    inner = first + (last - first) * np.array([[1], [2], [3]]) // 4
    cells = window.seen.cells.reshape(len(window), -1, CELLS).astype(np.int16)
    contrast = np.abs(cells[last] - cells[first]).sum(axis=1)
    told = contrast > np.maximum(_CLEAR, 0.35 * np.median(contrast, axis=1, keepdims=True))
    from_old, from_new = (np.abs(cells[inner] - cells[end]).sum(axis=2) for end in (first, last))
    softness = np.minimum(from_old, from_new) / (from_old + from_new + 1e-3)
    seen = (softness * told).sum(axis=(0, 2)) / np.maximum(3 * told.sum(axis=1), 1)
    return (told.mean(axis=1) >= _LEAST_CELLS) & (seen < 2 * _SOFTEST)


def _covered(window: Window, first: int, last: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which cells show the new shot, how near each is to being either, and which can be told.

    Returns:
        (frames, told) bool, nearer to the last picture than to the first; (frames, told) float32, 0 to 0.5;
        (cells,) float32, difference of the two pictures, 0 where it cannot be told.
    """
    cells = window.seen.cells[first : last + 1].reshape(last - first + 1, -1, CELLS).astype(np.float32)
    contrast = np.abs(cells[-1] - cells[0]).sum(axis=0)
    told = contrast > max(_CLEAR, 0.35 * float(np.median(contrast)))
    from_old = np.abs(cells - cells[0]).sum(axis=1)[:, told]
    from_new = np.abs(cells - cells[-1]).sum(axis=1)[:, told]
    share = from_old / (from_old + from_new + 1e-3)
    return share >= 0.5, np.minimum(share, 1 - share), np.where(told, contrast, 0)


def _order(window: Window, first: int, last: int) -> float:
    """How well a moving edge explains when the cells turn, 0 where they do not turn as in a wipe."""
    new, softness, contrast = _covered(window, first, last)
    told = contrast > 0
    if told.mean() < _LEAST_CELLS or softness[1:-1].mean() > _SOFTEST:
        return 0.0
    if np.abs(np.diff(new.astype(np.int8), axis=0)).sum(axis=0).mean() > _MOST_TURNS:
        return 0.0
    turned = (~new).sum(axis=0).astype(np.float32)
    weight = contrast[told]
    about = turned - np.average(turned, weights=weight)
    spread = float(weight @ (about * about))
    best = 0.0
    for edge in _EDGES:
        root = np.sqrt(weight)
        fit, *_ = np.linalg.lstsq(edge[told] * root[:, None], turned * root, rcond=None)
        missed = turned - edge[told] @ fit
        best = max(best, 1 - float(weight @ (missed * missed)) / (spread + 1e-6))
    return best if best > _LEAST_ORDER else 0.0
