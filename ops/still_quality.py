"""What a still is like technically: sharp or soft, well or badly exposed, flat or rich, colourful or grey.

Everything is measured at one size, because most of it depends on scale: the variance of the Laplacian of one and the
same frame is 25 at 1280 pixels and 350 at 320.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

__all__ = ["StillQuality", "colourfulness", "still_quality"]

_WIDTH = 640
"""Motion blur that a full-size thumbnail shows is gone at 320; at 640 it still tells."""
_TILES = (6, 8)
_BEST = 0.25
"""Share of the tiles that are asked: a subject in focus before a soft background is a sharp picture."""
_FOCUS = (0.40, 0.64)
"""Share of an edge's slope that a blur of 2 pixels takes away: in blurred frames of films, and in sharp ones."""
_EDGE = 40.0
"""Weakest slope, in luma of Sobel's operator, that counts as an edge."""
_TONES = 32
_NEAR = 10
"""Luma and chroma within which a pixel belongs to the ground tone."""


@dataclass(frozen=True)
class StillQuality:
    """Measurements of one still.

    Attributes:
        focus: 0 to 1; how steep its steepest edges are, whatever their contrast: 0 is motion blur or out of focus.
        detail: log10 of the edge energy in its busiest quarter; 1 is little, 3 much. Compare within a film.
        exposure: 0 to 1; 1 where the mean tone lies in the middle and little is crushed or blown.
        contrast: Standard deviation of luma, 0 to 1.
        colourfulness: Hasler and Süsstrunk's M; 0 grey, 59 quite, 109 extremely colourful.
        plainness: Share of the picture that is one plain tone: near 1 for a title card or a blank wall.
    """

    focus: float
    detail: float
    exposure: float
    contrast: float
    colourfulness: float
    plainness: float


def still_quality(rgb: np.ndarray) -> StillQuality:
    """Measure an (H, W, 3) uint8 RGB picture without black bars."""
    height, width = rgb.shape[:2]
    scale = min(1.0, _WIDTH / width)
    size = (max(8, round(width * scale)), max(8, round(height * scale)))
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    luma = grey.astype(np.float32) / 255
    return StillQuality(
        focus=_focus(grey),
        detail=_detail(grey),
        exposure=_exposure(luma),
        contrast=float(luma.std()),
        colourfulness=colourfulness(small),
        plainness=_plainness(small),
    )


def colourfulness(rgb: np.ndarray) -> float:
    """M of Hasler and Süsstrunk, "Measuring colourfulness in natural images", SPIE 5007, 2003."""
    red, green, blue = (rgb[..., channel].astype(np.float32) for channel in range(3))
    red_green, yellow_blue = red - green, (red + green) / 2 - blue
    spread = np.hypot(red_green.std(), yellow_blue.std())
    return float(spread + 0.3 * np.hypot(red_green.mean(), yellow_blue.mean()))


def _focus(grey: np.ndarray) -> float:
    """How much of the steepest edges' slope another blur takes: much from a sharp edge, little from a soft one.

    The principle is that of Crete et al., "The blur effect", SPIE 6492, 2007; here on the strongest edges only, tile
    by tile, so that neither an empty sky nor low contrast passes for blur.
    """
    smooth = cv2.GaussianBlur(grey, (0, 0), 0.6).astype(np.float32)
    slopes = _slopes(smooth)
    blurred = _slopes(cv2.GaussianBlur(smooth, (0, 0), 2.0))
    rows, columns = (max(1, side // tiles) for side, tiles in zip(grey.shape, _TILES, strict=True))
    lost = []
    for top, left in np.ndindex(_TILES):
        tile = np.s_[top * rows : (top + 1) * rows, left * columns : (left + 1) * columns]
        if not slopes[tile].size:
            continue
        edges = slopes[tile] >= np.percentile(slopes[tile], 97)
        steep = float(slopes[tile][edges].mean())
        if steep > _EDGE:
            lost.append(1 - float(blurred[tile][edges].mean()) / steep)
    if not lost:
        return 0.0
    best = np.sort(lost)[-max(1, round(_BEST * len(lost))) :]
    return float(np.interp(best.mean(), _FOCUS, (0, 1)))


def _slopes(grey: np.ndarray) -> np.ndarray:
    return np.hypot(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))


def _detail(grey: np.ndarray) -> float:
    """Energy of the Laplacian, tile by tile, after a blur that takes out grain and coding noise."""
    smooth = cv2.GaussianBlur(grey, (0, 0), 0.8).astype(np.float32)
    energy = cv2.resize(cv2.Laplacian(smooth, cv2.CV_32F) ** 2, _TILES[::-1], interpolation=cv2.INTER_AREA).ravel()
    return float(np.log10(1.0 + np.sort(energy)[-round(_BEST * energy.size) :].mean()))


def _exposure(luma: np.ndarray) -> float:
    mean = float(luma.mean())
    tone = float(np.interp(mean, (0.03, 0.28, 0.68, 0.97), (0.0, 1.0, 1.0, 0.0)))
    crushed = max(0.0, float((luma <= 4 / 255).mean()) - 0.05)
    blown = max(0.0, float((luma >= 251 / 255).mean()) - 0.03)
    return float(np.clip(tone - 0.8 * crushed - 1.5 * blown, 0.0, 1.0))


def _plainness(rgb: np.ndarray) -> float:
    """The share of pixels near the commonest colour, and not on an edge."""
    small = cv2.resize(rgb, (160, 90), interpolation=cv2.INTER_AREA)
    ycc = cv2.cvtColor(small, cv2.COLOR_RGB2YCrCb).reshape(-1, 3).astype(np.int32)
    codes = (ycc * _TONES) >> 8
    keys = (codes[:, 0] * _TONES + codes[:, 1]) * _TONES + codes[:, 2]
    values, counts = np.unique(keys, return_counts=True)
    ground = np.median(ycc[keys == values[counts.argmax()]], axis=0)
    return float((np.abs(ycc - ground) <= _NEAR).all(axis=1).mean())
