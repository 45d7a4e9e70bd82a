"""Watercolour: thin washes on white paper, darker where they dried at their edge, grainy where pigment settled."""

from __future__ import annotations

import cv2
import numpy as np

from ops.style.filters.easel import on_easel, working_size
from ops.style.filters.paper import clouds, paper_tooth
from ops.style.filters.strokes import abstracted
from ops.style.stages import Build, PictureFilter, Tick

__all__ = ["watercolour"]

_HEIGHT = 540
_WOBBLE = 1 / 480
"""How far a wash's edge strays, over the picture's height."""


def watercolour(given: Build) -> PictureFilter:
    """Washes whose pigment thickens and thins: C' = C (1 − (1 − C)(d − 1)), after Bousseau et al. 2006.

    The density d is one, plus the tooth of the paper (granulation), slow turbulence (water), and the wash's own
    edges. Paper lies still; washes move with the film.

    Settings: bleed, 0…1, of washes into each other; edges, 0…1, their dark rim; paper, 0…1, its tooth.
    """
    return on_easel(given, _Watercolour(given))


class _Watercolour:
    def __init__(self, given: Build) -> None:
        self._size = width, height = working_size(given, _HEIGHT)
        self._full = (given.canvas.width, given.canvas.height)
        self._unit = height / _HEIGHT
        self._bleed, self._edges = given.number("bleed", 0.5), given.number("edges", 0.6)
        paper, seed = given.number("paper", 0.5), given.seed
        self._tooth = paper * paper_tooth(*self._full[::-1], 17 + seed)
        self._water = 0.17 * clouds(height, width, 1 / 9, 5 + seed) + 0.08 * clouds(height, width, 1 / 28, 6 + seed)
        reach = np.float32(_WOBBLE * height)
        columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        self._astray = (
            columns + reach * clouds(height, width, 1 / 26, 7 + seed),
            rows + reach * clouds(height, width, 1 / 26, 8 + seed),
        )

    def __call__(self, rgb: np.ndarray, tick: Tick) -> np.ndarray:
        small = cv2.resize(rgb, self._size, interpolation=cv2.INTER_AREA)
        wash = abstracted(small, 2.7 * self._unit) / 255.0
        wet = cv2.GaussianBlur(wash, (0, 0), max(0.6, 7.0 * self._unit))
        wash = wash + 0.35 * self._bleed * (wet - wash)
        wash = cv2.remap(wash, *self._astray, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        wash = _thinned(wash)
        # where pigment is thick the water's drift does not show: dark scenes would cloud over
        thin = 0.25 + 0.75 * wash.mean(axis=2)
        density = 1.0 + thin * self._water + self._rims(wash)
        large = cv2.resize(wash, self._full, interpolation=cv2.INTER_CUBIC)
        density = cv2.resize(density, self._full, interpolation=cv2.INTER_LINEAR) + 0.20 * self._tooth
        painted = large * (1.0 - (1.0 - large) * (density[..., None] - 1.0))
        painted *= (1.0 + 0.018 * self._tooth)[..., None]  # the paper itself, lit from the side
        return np.clip(255.0 * painted + 0.5, 0, 255).astype(np.uint8)

    def _rims(self, wash: np.ndarray) -> np.ndarray:
        """(h, w) float32: pigment carried to where a wash ends."""
        luma = wash @ np.array([0.2126, 0.7152, 0.0722], np.float32)
        soft = cv2.GaussianBlur(luma, (0, 0), max(0.6, 1.0 * self._unit))
        steep = np.hypot(cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)) * self._unit
        return 1.5 * self._edges * np.tanh(2.2 * steep)


def _thinned(wash: np.ndarray) -> np.ndarray:
    """Transparent colour on white: shadows are thin, lights are the paper, hues are clear."""
    grey = wash.mean(axis=2, keepdims=True)
    clear = np.clip(grey + 1.18 * (wash - grey), 0.0, 1.0)
    return 0.11 + 0.89 * (1.0 - (1.0 - clear) ** 1.22)
