"""Snow in three depths: fine far flakes, flakes in focus, and soft discs close to the lens."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ops.style.overlays.loops import passes

__all__ = ["Snow"]

_LINES = 540
_SUB = 4


@dataclass(frozen=True)
class _Depth:
    """One layer of flakes: how many at amount 1, speed (heights a second), radius and blur (pixels of 540), opacity,
    and how far each flutters (share of the height)."""

    flakes: int
    speed: float
    radius: float
    blur: float
    alpha: float
    flutter: float


_DEPTHS = (
    _Depth(900, 0.25, 1.1, 0.5, 0.75, 0.010),
    _Depth(300, 0.5, 2.3, 0.7, 0.90, 0.018),
    _Depth(48, 0.75, 8.0, 3.2, 0.55, 0.030),
)


class Snow:
    """The alpha of falling snow.

    Args:
        size: (width, height) in pixels.
        seed: Of chance.
        amount: 0…1, a few flakes to a snowfall.
        wind: −1…1: at 1 flakes drift half as fast as they fall.
    """

    def __init__(self, size: tuple[int, int], seed: int, *, amount: float, wind: float) -> None:
        self._size = size
        self._unit = size[1] / _LINES
        self._wind = wind * 0.5
        chance = np.random.default_rng([seed, 2])
        self._layers = [(depth, chance.random((max(1, round(depth.flakes * amount)), 6))) for depth in _DEPTHS]

    def __call__(self, place: float) -> np.ndarray:
        """(h, w) uint8 at a place of the loop."""
        total = np.zeros(self._size[::-1], np.float32)
        for depth, flakes in self._layers:
            total += self._layer(depth, flakes, place)
        return np.clip(total, 0, 255).astype(np.uint8)

    def _layer(self, depth: _Depth, flakes: np.ndarray, place: float) -> np.ndarray:
        width, height = self._size
        across, start, phase, size, bright, sway = flakes.T
        fallen = start + passes(depth.speed) * place
        swings = 1 + np.floor(2.999 * sway)  # whole swings a loop, so that they join
        flutter = depth.flutter * np.sin(2 * np.pi * (swings * place + phase))
        aspect = width / height
        margin = 4 * depth.radius / _LINES
        x = (across * (aspect + 0.4) + self._wind * (fallen % 1.0) + flutter) % (aspect + 0.4) - 0.2
        y = (
            (fallen % 1.0) * (1 + 2 * margin)
            - margin
            + 0.4 * depth.flutter * np.cos(2 * np.pi * (swings * place + phase))
        )
        radius = np.maximum(0.35, (0.55 + 0.9 * size) * depth.radius * self._unit)
        layer = np.zeros((height, width), np.uint8)
        centres = np.round(np.stack([x, y], axis=-1) * height * 2**_SUB).astype(np.int32)
        shades = 255 * depth.alpha * (0.45 + 0.55 * bright) * np.minimum(1.0, 0.4 + radius)
        for centre, reach, shade in zip(centres, np.round(radius * 2**_SUB).astype(int), shades, strict=True):
            cv2.circle(layer, centre.tolist(), int(reach), float(shade), -1, cv2.LINE_AA, _SUB)
        return cv2.GaussianBlur(layer, (0, 0), max(0.3, depth.blur * self._unit)).astype(np.float32)
