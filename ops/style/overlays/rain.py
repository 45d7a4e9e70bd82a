"""Rain in three depths: a far veil, the rain that is seen, and drops close to the lens, out of focus."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ops.style.overlays.loops import passes

__all__ = ["Rain"]

_LINES = 540
_SUB = 4
"""Bits of a pixel that lines are placed by."""


@dataclass(frozen=True)
class _Depth:
    """One layer of drops: how many at amount 1, how fast (heights a second), how long (share of the height), how wide
    (pixels of 540), how opaque, and how far out of focus (σ in pixels of 540)."""

    drops: int
    speed: float
    length: float
    width: float
    alpha: float
    blur: float


_DEPTHS = (
    _Depth(1500, 1.6, 0.036, 0.8, 0.30, 0.5),
    _Depth(420, 2.3, 0.075, 1.2, 0.52, 0.45),
    _Depth(46, 3.4, 0.160, 2.8, 0.42, 1.5),
)
"""Streaks are as long as a drop falls while a shutter of 180° is open (1/48 s), and a half longer, as the eye keeps
them; the nearest are few, wide and soft, or they read as scratches."""


class Rain:
    """The alpha of falling rain.

    Args:
        size: (width, height) in pixels.
        seed: Of chance.
        amount: 0…1, a drizzle to a downpour.
        wind: −1…1, to the left or the right: at 1 drops fall at 25°.
    """

    def __init__(self, size: tuple[int, int], seed: int, *, amount: float, wind: float) -> None:
        self._size = size
        self._unit = size[1] / _LINES
        self._wind = wind * 0.46
        chance = np.random.default_rng([seed, 1])
        self._layers = [(depth, *_drops(depth, amount, chance)) for depth in _DEPTHS]

    def __call__(self, place: float) -> np.ndarray:
        """(h, w) uint8 at a place of the loop."""
        total = np.zeros(self._size[::-1], np.float32)
        for depth, across, start, bright in self._layers:
            total += self._layer(depth, across, start, bright, place)
        return np.clip(total, 0, 255).astype(np.uint8)

    def _layer(
        self, depth: _Depth, across: np.ndarray, start: np.ndarray, bright: np.ndarray, place: float
    ) -> np.ndarray:
        width, height = self._size
        fallen = start + across.shape[1] * place
        turn = np.floor(fallen).astype(int) % across.shape[1]  # every pass of a drop is elsewhere
        x = across[np.arange(len(start)), turn] * 1.5 - 0.25
        y = (fallen % 1.0) * (1.0 + 2 * depth.length) - depth.length
        lean = self._wind + 0.10 * (x - 0.5)  # what falls past the lens fans out
        head = np.stack([x * width + lean * (y - 0.5) * height, y * height], axis=-1)
        tail = head - np.stack([lean, np.ones_like(lean)], axis=-1) * (depth.length * height)
        layer = np.zeros((height, width), np.uint8)
        thickness = max(1, round(depth.width * self._unit))
        thin = min(1.0, max(0.35, depth.width * self._unit) / thickness)
        points = np.round(np.stack([tail, head], axis=1) * 2**_SUB).astype(np.int32)
        for (first, last), light in zip(points, bright, strict=True):
            shade = float(light) * depth.alpha * thin * 255
            cv2.line(layer, first.tolist(), last.tolist(), shade, thickness, cv2.LINE_AA, _SUB)
        soft = cv2.GaussianBlur(layer, (0, 0), sigmaX=max(0.3, depth.blur * self._unit), sigmaY=0.3 + 2 * self._unit)
        return soft.astype(np.float32) * 1.25


def _drops(depth: _Depth, amount: float, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(n, passes) places across, (n,) where in its fall each begins, (n,) how bright it is."""
    count = max(1, round(depth.drops * amount))
    turns = passes(depth.speed)
    return chance.random((count, turns)), chance.random(count), chance.uniform(0.4, 1.0, count)
