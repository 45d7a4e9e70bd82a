"""Oil paint: dabs that follow the form, thick enough to catch the light, on linen."""

from __future__ import annotations

import cv2
import numpy as np

from ops.style.filters.easel import on_easel, working_size
from ops.style.filters.paper import canvas_weave, clouds
from ops.style.filters.strokes import Grain, abstracted, along, directions
from ops.style.stages import Build, PictureFilter, Tick

__all__ = ["oil_paint"]

_HEIGHT = 540


def oil_paint(given: Build) -> PictureFilter:
    """Kuwahara dabs drawn out along the structure tensor, lit from the upper left as relief.

    Settings: brush, 0.25…4, 1 for dabs an eightieth of the picture's height; relief, 0…1, of the paint; linen, 0…1.
    """
    return on_easel(given, _OilPaint(given))


class _OilPaint:
    def __init__(self, given: Build) -> None:
        self._size = working_size(given, _HEIGHT)
        self._full = (given.canvas.width, given.canvas.height)
        self._radius = max(1.0, given.number("brush", 1.0) * self._size[1] / 175)
        self._relief = given.number("relief", 0.5)
        width, height = self._size
        self._bristles = clouds(height, width, 1.6 / 540, given.seed + 31)
        self._linen = 1.0 + 0.045 * given.number("linen", 0.4) * canvas_weave(*self._full[::-1])[..., None]

    def __call__(self, rgb: np.ndarray, tick: Tick) -> np.ndarray:
        small = cv2.resize(rgb, self._size, interpolation=cv2.INTER_AREA)
        dabs = abstracted(small, self._radius)
        grain = directions(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), 2.0 * self._radius, resting=0.4)
        drawn = along(dabs, grain, 1.3 * self._radius)
        drawn += 0.5 * (drawn - cv2.GaussianBlur(drawn, (0, 0), self._radius))  # paint has edges
        lit = drawn * (1.0 + self._thickness(drawn, grain))[..., None]
        large = cv2.resize(lit, self._full, interpolation=cv2.INTER_CUBIC) * self._linen
        return np.clip(large + 0.5, 0, 255).astype(np.uint8)

    def _thickness(self, drawn: np.ndarray, grain: Grain) -> np.ndarray:
        """(h, w) float32 around 0: what the relief of the paint adds to its light."""
        bristles = along(along(self._bristles, grain, 3.2 * self._radius), grain, 1.6 * self._radius)
        luma = drawn @ np.array([0.2126, 0.7152, 0.0722], np.float32)
        height = 3.2 * bristles + 0.16 * (luma - cv2.GaussianBlur(luma, (0, 0), 2.0 * self._radius))
        slope = cv2.Sobel(height, cv2.CV_32F, 1, 0) + cv2.Sobel(height, cv2.CV_32F, 0, 1)
        return self._relief * 0.16 * np.tanh(0.11 * slope)
