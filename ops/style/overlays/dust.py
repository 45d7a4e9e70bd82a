"""Dust: motes that hang in the light, and what an old print carries: specks, hairs and scratches."""

from __future__ import annotations

import cv2
import numpy as np

__all__ = ["Dust"]

_LINES = 540
_SUB = 4


class Dust:
    """The alphas of light and of dark dust.

    Args:
        size: (width, height) in pixels.
        seed: Of chance.
        motes: 0…1, of dust in the air, out of focus at different distances.
        wear: 0…1, of the print: specks and hairs that last a frame or a moment, scratches that wander.
    """

    def __init__(self, size: tuple[int, int], seed: int, *, motes: float, wear: float) -> None:
        self._size = size
        self._unit = size[1] / _LINES
        self._seed = seed
        chance = np.random.default_rng([seed, 3])
        self._motes = chance.random((round(150 * motes), 8))
        self._wear = wear
        self._scratches = chance.random((round(4 * wear), 5))
        self._hairs = chance.random((round(8 * wear), 8))

    def __call__(self, place: float) -> np.ndarray:
        """(h, w, 2) uint8 at a place of the loop: what is lighter, what is darker."""
        light, dark = np.zeros(self._size[::-1], np.uint8), np.zeros(self._size[::-1], np.uint8)
        self._draw_specks(light, dark, place)
        self._draw_hairs(dark, place)
        light = np.maximum(light, self._scratched(place))
        soft = cv2.GaussianBlur(cv2.merge([light, dark]), (0, 0), max(0.35, 0.55 * self._unit))
        soft[..., 0] = cv2.add(soft[..., 0], self._hanging(place))
        return soft

    def _hanging(self, place: float) -> np.ndarray:
        """Motes in the air: the further out of focus, the larger and the fainter."""
        near, far = np.zeros(self._size[::-1], np.uint8), np.zeros(self._size[::-1], np.uint8)
        width, height = self._size
        for x, y, depth, phase, turn, drift, rise, glint in self._motes:
            angle = 2 * np.pi * (place + phase)
            across = x * width + height * (0.05 + 0.05 * drift) * np.sin(angle)
            down = y * height + height * 0.04 * (rise + 0.3) * np.cos(angle + 2 * np.pi * turn)
            radius = (0.8 + 7.0 * depth**3) * self._unit
            shade = 255 * (0.66 - 0.44 * depth) * (0.55 + 0.45 * np.sin((1 + int(2 * glint)) * angle))
            centre = (round(across * 2**_SUB), round(down * 2**_SUB))
            cv2.circle(far if depth > 0.6 else near, centre, round(radius * 2**_SUB), shade, -1, cv2.LINE_AA, _SUB)
        far = cv2.GaussianBlur(far, (0, 0), max(0.5, 2.6 * self._unit))
        return cv2.add(far, cv2.GaussianBlur(near, (0, 0), max(0.35, 0.7 * self._unit)))

    def _draw_specks(self, light: np.ndarray, dark: np.ndarray, place: float) -> None:
        """Dirt of one frame alone: dust on the negative prints white, dust on the print is black."""
        chance = np.random.default_rng([self._seed, 4, round(place * 2**20)])
        for _ in range(chance.poisson(12 * self._wear)):
            layer = light if chance.random() < 0.35 else dark
            centre = chance.random(2) * self._size
            around = centre + chance.normal(0, (0.6 + 1.6 * chance.random() ** 3) * self._unit * 1.4, (5, 2))
            hull = cv2.convexHull(np.round(around * 2**_SUB).astype(np.int32))
            cv2.fillConvexPoly(layer, hull, float(chance.uniform(110, 220)), cv2.LINE_AA, _SUB)

    def _draw_hairs(self, dark: np.ndarray, place: float) -> None:
        """Curled fibres that stay for a tenth to a third of the loop, and tremble."""
        for x, y, start, stay, turn, bend, curl, shake in self._hairs:
            if (place - start) % 1.0 > 0.06 + 0.16 * stay:
                continue
            along = np.linspace(0, 1, 14)
            angle = 2 * np.pi * turn + (bend - 0.5) * 5 * along + (curl - 0.5) * 9 * along**2
            step = (16 + 40 * stay) * self._unit / 14
            tremble = 0.7 * self._unit * np.sin(2 * np.pi * (17 * place + shake))
            points = np.stack([np.cumsum(np.cos(angle)), np.cumsum(np.sin(angle))], axis=-1) * step
            points += np.array([x, y]) * self._size + tremble
            drawn = np.round(points * 2**_SUB).astype(np.int32).reshape(-1, 1, 2)
            cv2.polylines(dark, [drawn], False, 150.0, max(1, round(self._unit)), cv2.LINE_AA, _SUB)

    def _scratched(self, place: float) -> np.ndarray:
        """Upright scratches, as a grain of sand in the gate draws them: they wander, fade and break."""
        width, height = self._size
        scratched = np.zeros((height, width), np.uint8)
        rows = np.arange(height, dtype=np.float32) / height
        for x, start, stay, wander, fade in self._scratches:
            since = (place - start) % 1.0
            if since > 0.15 + 0.35 * stay:
                continue
            across = (x + 0.006 * np.sin(2 * np.pi * (2 * place + wander))) * width
            broken = np.clip(np.sin(2 * np.pi * (rows * (1 + 3 * fade) + 9 * place + wander)) + 0.6, 0, 1)
            column = min(width - 2, max(0, int(across)))
            part = across - column
            strength = 105 * broken * (0.5 + 0.5 * fade)
            scratched[:, column] = strength * (1 - min(1.0, max(0.0, part)))
            scratched[:, column + 1] = strength * min(1.0, max(0.0, part))
        return scratched
