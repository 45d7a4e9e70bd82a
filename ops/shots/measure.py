"""From small planes to numbers: every per-frame signal, and the reduced pictures that shot detection compares.

All of it is measured inside letterbox bars. OpenCV works frame by frame where its kernels are vectorised;
what is left (a few hundred values a frame) is done for a whole batch at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ops.shots.bars import PictureArea
from ops.shots.reduction import Batch

__all__ = ["CELLS", "Measurements", "Measurer"]

_FULL = 255 / 219
"""Limited-range luma steps to full-range ones (ITU-R BT.709, table 3.5)."""
_FULL_CHROMA = 255 / 224

_CRUSHED = int(16 + 4 / _FULL)
_BLOWN = int(np.ceil(16 + 251 / _FULL))

CELLS = 144
"""Cells of the 16×9 grid: the coarsest picture, in which a mix of two shots is a mix of two vectors."""


@dataclass(frozen=True, eq=False)
class Measurements:
    """What detection and the signals need of n consecutive frames.

    Attributes:
        luma, contrast, clipped, motion, sharpness, colourfulness: (n,) float32; see `FrameSignals`.
        colour: (n, 3) uint8, mean RGB.
        thumbs: (n, 72, 128) or (n, 128, 72) uint8, limited-range luma.
        cells: (n, 432) uint8, the 16×9 means of luma, Cb and Cr.
        change: (n,) float32, how much the coarse picture differs from the one before: mean absolute difference
            of 32×18 luma plus those of 16×9 Cb and Cr.
        jolt: (n,) float32, root mean square difference of the thumbs to the one before: what small bright
            lettering changes, which a mean hides.
        spread: (n,) float32, standard deviation of the cells of that plane (Y, Cb, Cr) where it is largest.
        uneven: (n,) float32, share of cells more than 3 steps off their plane's median, where it is largest.
    """

    luma: np.ndarray
    contrast: np.ndarray
    clipped: np.ndarray
    motion: np.ndarray
    sharpness: np.ndarray
    colourfulness: np.ndarray
    colour: np.ndarray
    thumbs: np.ndarray
    cells: np.ndarray
    change: np.ndarray
    jolt: np.ndarray
    spread: np.ndarray
    uneven: np.ndarray


class Measurer:
    """Measures batch after batch of one film."""

    def __init__(self) -> None:
        self._area: PictureArea | None = None
        self._before: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None

    def measure(self, batch: Batch) -> Measurements:
        """Measure the next batch; the first frame of the film differs from nothing."""
        count, height, width = batch.luma.shape
        if self._area is None:
            self._area = PictureArea(height, width)
        rows, columns = self._area.look(batch.luma)
        luma = batch.luma[:, rows, columns]
        half = slice(rows.start // 2, rows.stop // 2), slice(columns.start // 2, columns.stop // 2)
        size = (128, 72) if width >= height else (72, 128)

        thumbs = _shrunk(luma, *size)
        rough = _shrunk(thumbs, 32, 18)
        chroma = np.stack([_shrunk(plane[:, *half], 64, 36) for plane in (batch.cb, batch.cr)])
        cells = np.stack([_shrunk(rough, 16, 9), *(_shrunk(plane, 16, 9) for plane in chroma)], axis=1)
        mean, contrast, clipped, sharpness = np.empty((4, count), np.float32)
        for i, picture in enumerate(luma):
            average, deviation = cv2.meanStdDev(picture)
            mean[i], contrast[i] = average[0, 0], deviation[0, 0]
            clipped[i] = 1 - cv2.countNonZero(cv2.inRange(picture, _CRUSHED + 1, _BLOWN - 1)) / picture.size
            # A Laplacian has next to no mean, so its variance is its mean square.
            sharpness[i] = cv2.norm(cv2.Laplacian(picture, cv2.CV_16S), cv2.NORM_L2SQR) / picture.size

        colour, colourfulness = _colour(mean, chroma.reshape(2, count, -1).astype(np.float32), batch.weights)
        grid = cells.reshape(count, 3, CELLS)
        motion, jolt, change = self._differences(thumbs, rough, grid)
        return Measurements(
            luma=np.clip((mean - 16) * _FULL, 0, 255),
            contrast=contrast * np.float32(_FULL),
            clipped=clipped,
            motion=motion * np.float32(_FULL),
            sharpness=sharpness * np.float32(_FULL**2),
            colourfulness=colourfulness,
            colour=colour,
            thumbs=thumbs,
            cells=grid.reshape(count, -1),
            change=change,
            jolt=jolt,
            spread=grid.std(axis=2, dtype=np.float32).max(axis=1),
            uneven=_share_off_median(grid, 3),
        )

    def _differences(
        self, thumbs: np.ndarray, rough: np.ndarray, grid: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Motion, jolt and change of each frame against the one before, across batches."""
        thumb_before, rough_before, grid_before = self._before or (thumbs[0], rough[0], grid[0])
        self._before = thumbs[-1], rough[-1], grid[-1]
        motion = np.empty(len(thumbs), np.float32)
        jolt = np.empty(len(thumbs), np.float32)
        for i, thumb in enumerate(thumbs):
            motion[i] = cv2.norm(thumb, thumb_before, cv2.NORM_L1) / thumb.size
            jolt[i] = cv2.norm(thumb, thumb_before, cv2.NORM_L2) / thumb.size**0.5
            thumb_before = thumb
        change = _step(rough.reshape(len(rough), -1), rough_before.ravel())
        for plane in (1, 2):
            change += _step(grid[:, plane], grid_before[plane])
        return motion, jolt, change


def _shrunk(pictures: np.ndarray, width: int, height: int) -> np.ndarray:
    """(n, H, W) uint8 pictures as (n, height, width), each pixel the mean of its area.

    Where the rows go up evenly into the new ones, pictures stacked into a tall one do not mix: one call for all.
    """
    count, rows, columns = pictures.shape
    if rows % height == 0:
        tall = pictures.reshape(count * rows, columns)
        return cv2.resize(tall, (width, count * height), interpolation=cv2.INTER_AREA).reshape(count, height, width)
    return np.stack([cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA) for picture in pictures])


def _share_off_median(grid: np.ndarray, steps: int) -> np.ndarray:
    """Of (n, 3, cells) uint8, the share of cells further than `steps` from the median, of the worst plane."""
    middle = grid.shape[2] // 2
    median = np.partition(grid, middle, axis=2)[:, :, middle].astype(np.int16)
    return (np.abs(grid - median[:, :, None]) > steps).mean(axis=2, dtype=np.float32).max(axis=1)


def _step(values: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Mean absolute difference of each row of uint8 values to the row above."""
    signed = np.vstack([before[None], values]).astype(np.int16)
    return np.abs(np.diff(signed, axis=0)).mean(axis=1, dtype=np.float32)


def _colour(luma: np.ndarray, chroma: np.ndarray, weights: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Mean RGB (n, 3) uint8, and Hasler and Süsstrunk's colourfulness (n,), from mean luma and (2, n, P) chroma.

    Both opponent axes of that measure, R-G and (R+G)/2-B, are linear in Cb and Cr alone, luma cancels: their
    means and deviations follow from the chroma planes' means and covariances.
    """
    kr, kb = weights
    red_cr = 2 * (1 - kr)
    blue_cb = 2 * (1 - kb)
    green_cb, green_cr = -kb * blue_cb / (1 - kr - kb), -kr * red_cr / (1 - kr - kb)
    cb, cr = chroma.mean(axis=2)
    cb_part, cr_part = chroma[0] - cb[:, None], chroma[1] - cr[:, None]
    cb_var, cr_var = (np.einsum("np,np->n", part, part) / part.shape[1] for part in (cb_part, cr_part))
    covariance = np.einsum("np,np->n", cb_part, cr_part) / cb_part.shape[1]
    cb, cr = (cb - 128) * _FULL_CHROMA, (cr - 128) * _FULL_CHROMA
    cb_var, cr_var, covariance = (moment * _FULL_CHROMA**2 for moment in (cb_var, cr_var, covariance))

    def axis(on_cb: float, on_cr: float) -> tuple[np.ndarray, np.ndarray]:
        mean = on_cb * cb + on_cr * cr
        return mean, on_cb**2 * cb_var + on_cr**2 * cr_var + 2 * on_cb * on_cr * covariance

    rg, rg_var = axis(-green_cb, red_cr - green_cr)
    yb, yb_var = axis(green_cb / 2 - blue_cb, (red_cr + green_cr) / 2)
    colourfulness = np.sqrt(np.maximum(rg_var + yb_var, 0)) + 0.3 * np.hypot(rg, yb)

    full = (luma - 16) * _FULL
    rgb = np.stack([full + red_cr * cr, full + green_cb * cb + green_cr * cr, full + blue_cb * cb], axis=1)
    return np.clip(np.round(rgb), 0, 255).astype(np.uint8), colourfulness.astype(np.float32)
