"""Light leaks: sun that comes into a camera past its door, and washes warm over a side of the film."""

from __future__ import annotations

import numpy as np

__all__ = ["LEAK_S", "LightLeaks"]

LEAK_S = 14
"""Seconds in which leaks come, go and come again: they are slow, and so small that they need no store."""

_HEIGHT = 54

_COLOURS = np.array([[1.0, 0.42, 0.10], [1.0, 0.24, 0.16], [1.0, 0.66, 0.26], [0.95, 0.30, 0.42]], np.float32)
"""Amber, red, gold and a magenta, as colour negative answers to light from its back: red first."""


class LightLeaks:
    """The light that is added.

    Args:
        aspect: Width over height of the picture.
        seed: Of chance.
        warmth: 0…1: 0 is pale and silvery, 1 deep amber.
    """

    def __init__(self, aspect: float, seed: int, *, warmth: float) -> None:
        chance = np.random.default_rng([seed, 5])
        self._leaks = chance.random((7, 8)).astype(np.float32)
        grey = _COLOURS.mean(axis=1, keepdims=True) + 0.1
        self._colours = grey + warmth * (_COLOURS - grey)
        rows, columns = np.mgrid[0:_HEIGHT, 0 : max(8, round(_HEIGHT * aspect))].astype(np.float32)
        self._x, self._y = columns / columns.max(), rows / rows.max()

    def __call__(self, place: float) -> np.ndarray:
        """(54, w, 3) float32, 0…1, RGB at a place of the loop, 0 ≤ place < 1."""
        light = np.zeros((*self._x.shape, 3), np.float32)
        for number, (side, height, phase, reach, lean, swell, tint, drift) in enumerate(self._leaks):
            angle = 2 * np.pi * (place + phase)
            strength = max(0.0, 0.5 + 0.5 * np.sin((1 + number % 2) * angle)) ** 2 * (0.5 + 0.5 * swell)
            edge = self._x if side < 0.5 else 1.0 - self._x
            edge = edge + (lean - 0.5) * 0.7 * (self._y - 0.5) - 0.05 * np.sin(angle)
            middle = height + 0.22 * np.sin(angle + 2 * np.pi * drift)
            width = (0.13 + 0.24 * reach) * (1.0 + 0.25 * np.sin(2 * angle))
            fall = np.exp(-((np.maximum(edge, 0.0) / width) ** 1.25)) * np.exp(-(((self._y - middle) / 0.55) ** 2))
            hot = np.exp(-np.maximum(edge, 0.0) / (0.35 * width)) * fall
            colour = self._colours[int(tint * 3.999)]
            light += strength * (fall[..., None] * colour + 0.4 * hot[..., None] * np.array([1.0, 0.62, 0.22]))
        most = light.max(axis=2, keepdims=True) + np.float32(1e-6)
        return light / most * (1.0 - np.exp(-1.9 * most))  # film saturates, and the leak keeps its colour
