"""Cartoon: cel paint in a few soft steps of light, inside clean ink lines."""

from __future__ import annotations

import cv2
import numpy as np

from ops.style.filters.easel import on_easel, working_size
from ops.style.filters.strokes import along, directions
from ops.style.stages import Build, PictureFilter, Tick

__all__ = ["cartoon"]

_HEIGHT = 480
"""Lines narrower than a four hundred and eightieth of the picture are no ink lines."""

_STEP_SOFTNESS = 2.6
"""How steep the edge between two steps of light is; hard ones (above 8) crawl on skin with every frame's noise."""


def cartoon(given: Build) -> PictureFilter:
    """Edge-preserving smoothing, quantised light, and lines from an extended difference of Gaussians.

    After Winnemöller et al., "Real-Time Video Abstraction" (2006), and "XDoG" (2012), with the differences smoothed
    along the edges as in Kang et al. 2007, which closes lines and drops specks.

    Settings: steps, 2…32, of light from black to white; lines, 0…1, their weight; colour, 0…3 times the film's.
    """
    return on_easel(given, _Cartoon(given))


class _Cartoon:
    def __init__(self, given: Build) -> None:
        self._size = working_size(given, _HEIGHT)
        self._full = (given.canvas.width, given.canvas.height)
        self._unit = self._size[1] / _HEIGHT
        self._lines = given.number("lines", 0.6)
        self._light = _steps_of_light(given.number("steps", 7.0))
        self._colour = given.number("colour", 1.25)

    def __call__(self, rgb: np.ndarray, tick: Tick) -> np.ndarray:
        small = cv2.resize(rgb, self._size, interpolation=cv2.INTER_AREA)
        flat = small
        for _ in range(3):
            flat = cv2.bilateralFilter(flat, 7, 22, 3.0 * max(0.5, self._unit))
        painted = self._painted(flat)
        if self._lines <= 0:
            return painted
        ink = cv2.resize(self._ink(flat), self._full, interpolation=cv2.INTER_CUBIC)
        return cv2.multiply(painted, cv2.cvtColor(_inked(ink, self._lines), cv2.COLOR_GRAY2RGB), scale=1 / 255)

    def _painted(self, flat: np.ndarray) -> np.ndarray:
        """Light in steps and colour a little stronger; the steps are taken at full size, so their edges are clean."""
        lab = cv2.cvtColor(cv2.resize(flat, self._full, interpolation=cv2.INTER_CUBIC), cv2.COLOR_RGB2LAB)
        colour = np.clip(128.0 + self._colour * (np.arange(256) - 128.0), 0, 255).astype(np.uint8)
        table = np.stack([self._light, colour, colour], axis=-1)[None]
        return cv2.cvtColor(cv2.LUT(lab, table), cv2.COLOR_LAB2RGB)

    def _ink(self, flat: np.ndarray) -> np.ndarray:
        """(h, w) float32: how much darker a place is than what lies around it, along its edge."""
        luma = cv2.cvtColor(flat, cv2.COLOR_RGB2GRAY).astype(np.float32)
        sigma = max(0.6, 1.0 * self._unit)
        difference = cv2.GaussianBlur(luma, (0, 0), sigma) - 0.99 * cv2.GaussianBlur(luma, (0, 0), 1.6 * sigma)
        grain = directions(luma, 2.5 * max(0.6, self._unit))
        return along(along(difference, grain, 4.0 * self._unit), grain, 4.0 * self._unit)


def _steps_of_light(steps: float) -> np.ndarray:
    """(256,) uint8: lightness drawn to the middle of its step, softly."""
    width = 255.0 / max(2.0, steps)
    light = np.arange(256, dtype=np.float32)
    middle = (np.floor(light / width) + 0.5) * width
    edge = np.floor(light / width + 0.5) * width  # the nearest edge between two steps
    away = (light - edge) / width
    drawn = edge + 0.5 * width * np.tanh(_STEP_SOFTNESS * 2.0 * away) / np.tanh(_STEP_SOFTNESS)
    mixed = np.where(np.abs(light - middle) <= width / 2, drawn, light)
    return np.clip(mixed, 0, 255).astype(np.uint8)


def _inked(difference: np.ndarray, weight: float) -> np.ndarray:
    """(H, W) uint8, 255 where there is no line."""
    line = 1.0 + np.tanh(1.3 * np.minimum(difference + (2.6 - 2.0 * weight), 0.0))
    return (255.0 * (1.0 - min(1.0, 0.55 + 0.5 * weight) * (1.0 - line))).astype(np.uint8)
