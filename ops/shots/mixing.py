"""Stretches of film in which one picture turns steadily into another: the raw material of dissolves and wipes.

Seen as a vector of 16×9 cells, each frame of a mix lies between the pictures at its two ends, and moves from one
to the other evenly. All windows of ten lengths are fitted with that at once, by way of the inner products of
neighbouring frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ops.shots.window import Window, stretch

__all__ = ["Fits", "fit_windows"]

_HALVES = (3, 4, 6, 8, 10, 13, 16, 20, 25, 31)
"""Half lengths of the windows, in frames up to 30 a second; a longer mix is found by its middle."""

_SMALLEST_DISTANCE = 8.0
"""Root mean square difference of the two ends' cells, in luma steps: less is motion, or noise."""

_LARGEST_STEP = 0.5
_LARGEST_RETREAT = 0.2
_LARGEST_BEND = 0.17
_LARGEST_RESIDUE = 0.25
"""Bounds outside which nothing was ever a mix: largest share that one frame goes forwards or back, mean
departure from even speed, energy off the straight line."""


@dataclass(frozen=True, eq=False)
class Fits:
    """Windows that could hold a mix, one entry each.

    Attributes:
        centre: Place in the window of its middle frame.
        half: Frames from there to either end.
        scale: The same in frames of usual length.
        distance: Root mean square difference of the ends, in luma steps.
        residue: Mean energy of the frames' distance from the line between the ends, as a share of its length's.
        bend: Mean departure from even speed, as a share of the way.
        dip: How much fine detail is lost in the middle, 1 where it is what mixing unrelated pictures loses.
        dip_miss: Departure of the detail's course from that, 0 where it follows it exactly.
    """

    centre: np.ndarray
    half: np.ndarray
    scale: np.ndarray
    distance: np.ndarray
    residue: np.ndarray
    bend: np.ndarray
    dip: np.ndarray
    dip_miss: np.ndarray

    def __len__(self) -> int:
        return len(self.centre)

    def span(self, fit: int, frames: int) -> tuple[int, int]:
        """First and last frame of a fit, within a window of so many frames."""
        centre, half = int(self.centre[fit]), int(self.half[fit])
        return max(0, centre - half), min(frames - 1, centre + half)


def fit_windows(window: Window, cuts: Sequence[int]) -> Fits:
    """Fit all windows around the frames near the core that no cut interrupts (`cuts`: places of the new shots)."""
    cells = window.seen.cells.astype(np.float32)
    longer = stretch(window.rate)
    halves = sorted({round(half * longer) for half in _HALVES})
    margin = halves[-1]
    padded = np.pad(cells - cells.mean(axis=0), ((margin, margin), (0, 0)), mode="edge")
    detail = np.pad(window.seen.sharpness, margin, mode="edge").astype(np.float32)
    products = padded @ padded.T
    cut_by = np.zeros(len(window) + 1, int)
    cut_by[[cut + 1 for cut in cuts]] = 1
    cut_by = np.cumsum(cut_by)
    parts = []
    for half in halves:
        every = max(1, half // 6)
        start = -(-window.near.start // every) * every
        centre = np.arange(margin + start, margin + window.near.stop, every)
        first, last = np.maximum(centre - half - margin, 0), np.minimum(centre + half - margin, len(window) - 1)
        whole = cut_by[last + 1] == cut_by[first + 1]
        distance = _distance(products, centre, half) / cells.shape[1] ** 0.5
        centre = centre[whole & (distance > _SMALLEST_DISTANCE)]
        if len(centre):
            parts.append(
                _fit(products, detail, centre, half=half, scale=half / longer, width=cells.shape[1], margin=margin)
            )
    if not parts:
        return Fits(*(np.zeros(0, int), np.zeros(0, int), *(np.zeros(0, np.float32) for _ in range(6))))
    return Fits(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _distance(products: np.ndarray, centre: np.ndarray, half: int) -> np.ndarray:
    energy = np.diagonal(products)
    first, last = centre - half, centre + half
    return np.sqrt(np.maximum(energy[first] + energy[last] - 2 * products[first, last], 1.0))


def _fit(
    products: np.ndarray, detail: np.ndarray, centre: np.ndarray, *, half: int, scale: float, width: int, margin: int
) -> tuple[np.ndarray, ...]:
    """The columns of `Fits` for windows of one length, less those out of bounds.

    Args:
        products: (T, T) inner products of the frames' cells, `margin` frames added at both ends.
        detail: (T,) energy of the frames' fine detail.
        centre: (n,) middle frames.
        half: Half the windows' length, in frames.
        scale: The same in frames of usual length.
        width: Cells a frame.
        margin: Frames added.
    """
    span = 2 * half
    first, last = centre - half, centre + half
    inside = first[:, None] + np.arange(span + 1)
    energy = np.diagonal(products)
    length = _distance(products, centre, half) ** 2
    to_first = products[inside, first[:, None]]
    along = products[inside, last[:, None]] - to_first - (products[first, last] - energy[first])[:, None]
    share = along / length[:, None]
    off = np.maximum(energy[inside] + energy[first][:, None] - 2 * to_first - share * along, 0)
    residue = off[:, 1:-1].mean(axis=1) / length
    bend = np.abs(share - np.arange(span + 1, dtype=np.float32) / span).mean(axis=1)
    steps = np.diff(share, axis=1)
    kept = (
        (steps.max(axis=1) < _LARGEST_STEP)
        & (steps.min(axis=1) > -_LARGEST_RETREAT)
        & (bend < _LARGEST_BEND)
        & (residue < _LARGEST_RESIDUE)
    )
    dip, dip_miss = _dip(np.clip(share[kept], 0, 1), detail[inside[kept]])
    count = int(kept.sum())
    return (
        centre[kept] - margin,
        np.full(count, half),
        np.full(count, scale),
        np.sqrt(length[kept] / width),
        residue[kept],
        bend[kept],
        dip,
        dip_miss,
    )


def _dip(share: np.ndarray, detail: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How the detail of (n, frames) windows dips against what mixing two unrelated pictures predicts."""
    before, after = detail[:, :1], detail[:, -1:]
    even = (1 - share) * before + share * after
    sag = even - ((1 - share) ** 2 * before + share**2 * after)
    lost = even - detail
    dip = (lost * sag).sum(axis=1) / ((sag * sag).sum(axis=1) + 1e-6)
    return dip, np.abs(lost - sag).sum(axis=1) / (sag.sum(axis=1) + 1e-6)
