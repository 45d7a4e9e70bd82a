"""Pencil: outlines, and tones hatched along the form on toothy paper."""

from __future__ import annotations

import cv2
import numpy as np

from ops.style.filters.easel import on_easel, working_size
from ops.style.filters.paper import clouds, paper_tooth
from ops.style.filters.strokes import Grain, along, directions
from ops.style.stages import Build, PictureFilter, Tick

__all__ = ["pencil"]

_HEIGHT = 600
_SHEET = np.array([250.0, 248.0, 242.0], np.float32)
_LEAD = np.array([52.0, 50.0, 54.0], np.float32)


def pencil(given: Build) -> PictureFilter:
    """Hatching as noise drawn out along the structure tensor, pressed as hard as the tone is dark.

    Two layers: one along the form, a second at a fixed slant where shadows ask for cross-hatching. Outlines are a
    difference of Gaussians along the edges.

    Settings: hatching, 0…1; outlines, 0…1; colour, 0 for graphite, 1 for coloured pencils; paper, 0…1.
    """
    return on_easel(given, _Pencil(given))


class _Pencil:
    def __init__(self, given: Build) -> None:
        self._size = width, height = working_size(given, _HEIGHT)
        self._full = (given.canvas.width, given.canvas.height)
        self._unit = height / _HEIGHT
        self._hatching, self._outlines = given.number("hatching", 0.6), given.number("outlines", 0.7)
        self._colour = given.number("colour", 0.0)
        self._tooth = given.number("paper", 0.5) * paper_tooth(*self._full[::-1], 29 + given.seed)
        self._lead = clouds(height, width, 1.9 / 600, 3 + given.seed)
        slant = np.full((height, width), np.float32(0.7071))
        down_right = Grain(slant, slant, slant)
        second = clouds(height, width, 2.0 / 600, 4 + given.seed)
        drawn = along(along(second, down_right, 14 * self._unit, 5), down_right, 9 * self._unit, 4)
        self._across = _stretched(drawn)

    def __call__(self, rgb: np.ndarray, tick: Tick) -> np.ndarray:
        small = cv2.resize(rgb, self._size, interpolation=cv2.INTER_AREA)
        luma = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
        pressed = np.clip(self._hatched(luma) + self._outlined(luma), 0.0, 1.0)
        large = cv2.resize(pressed, self._full, interpolation=cv2.INTER_CUBIC)
        large = np.clip(large * (1.0 + 0.28 * self._tooth), 0.0, 1.0)[..., None]
        lead = _LEAD if self._colour <= 0 else self._leads(rgb)
        sheet = _SHEET * (1.0 + 0.008 * self._tooth)[..., None]
        return np.clip(sheet + large * (lead - sheet) + 0.5, 0, 255).astype(np.uint8)

    def _hatched(self, luma: np.ndarray) -> np.ndarray:
        """(h, w) float32, 0…1: the pressure of the shading."""
        tone = cv2.GaussianBlur(luma, (0, 0), max(0.8, 2.2 * self._unit)).astype(np.float32) / 255.0
        # a draughtsman leaves a night scene's paper light: tones are taken against what lies around them
        wide = cv2.GaussianBlur(
            cv2.resize(tone, None, fx=1 / 8, fy=1 / 8, interpolation=cv2.INTER_AREA), (0, 0), self._size[1] / 48
        )
        wide = cv2.resize(wide, self._size, interpolation=cv2.INTER_LINEAR)
        dark = 0.80 * (1.0 - np.clip(tone / (0.30 + 0.70 * wide), 0.0, 1.0) ** 0.6)
        grain = directions(luma, max(1.5, 6.0 * self._unit), resting=5.0)
        form = _stretched(along(along(self._lead, grain, 12 * self._unit, 4), grain, 7 * self._unit, 2))
        first = dark + 0.28 * self._hatching * np.minimum(1.0, 3.0 * dark) * (1.0 - 0.4 * dark) * form
        second = np.clip(dark - 0.42, 0.0, 1.0) * (0.35 + self._hatching * self._across)
        return np.clip(first, 0.0, 1.0) + np.clip(second, 0.0, 0.5)

    def _outlined(self, luma: np.ndarray) -> np.ndarray:
        """(h, w) float32, 0…1: the pressure of the outlines."""
        plain = cv2.bilateralFilter(luma, 5, 24, 2.5).astype(np.float32)
        sigma = max(0.6, 1.1 * self._unit)
        difference = cv2.GaussianBlur(plain, (0, 0), sigma) - cv2.GaussianBlur(plain, (0, 0), 1.6 * sigma)
        drawn = along(difference, directions(plain, max(1.0, 3.0 * self._unit)), 5.0 * self._unit)
        return self._outlines * np.tanh(np.maximum(-drawn - 1.1, 0.0) * 0.42)

    def _leads(self, rgb: np.ndarray) -> np.ndarray:
        """(H, W, 3) float32: the pencil that each place is drawn with."""
        soft = cv2.GaussianBlur(rgb, (0, 0), 4.0 * self._full[1] / 720).astype(np.float32)
        grey = soft.mean(axis=2, keepdims=True)
        vivid = np.clip(0.62 * (grey + 1.7 * (soft - grey)), 20, 220)
        return _LEAD + self._colour * (vivid - _LEAD)


def _stretched(noise: np.ndarray) -> np.ndarray:
    """Noise that was smeared, brought back to a deviation of about 1."""
    return noise * np.float32(1.0 / (float(noise.std()) + 1e-6))
