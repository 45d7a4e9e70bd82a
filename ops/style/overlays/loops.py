"""Loops of what falls: seamless, rendered once, kept while they are small."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

__all__ = ["LOOP_S", "Loop", "passes"]

LOOP_S = 4
"""Seconds after which a loop begins again."""

_MOST_BYTES = 64 * 1024 * 1024
"""A loop that is larger than this is drawn frame by frame: half a 1080p canvas at 24 frames a second takes 50 MB."""


class Loop:
    """Frames that go round: frame `length` is frame 0.

    Args:
        draw: The (h, w) or (h, w, n) uint8 alpha at a place of the loop, 0 ≤ place < 1; the last joins the first.
        rate: Frames a second.
    """

    def __init__(self, draw: Callable[[float], np.ndarray], rate: Fraction) -> None:
        self.length = max(2, round(LOOP_S * rate))
        self._draw = draw
        self._kept: dict[int, np.ndarray] = {}
        self._bytes = 0

    def __call__(self, frame: int) -> np.ndarray:
        """The alpha over a frame of the film."""
        number = frame % self.length
        if number in self._kept:
            return self._kept[number]
        alpha = self._draw(number / self.length)
        if self._bytes + alpha.nbytes <= _MOST_BYTES:
            self._kept[number] = alpha
            self._bytes += alpha.nbytes
        return alpha


def passes(heights_a_second: float) -> int:
    """How often something that falls so fast crosses the picture in a loop: a whole number, so that it joins."""
    return max(1, round(heights_a_second * LOOP_S))
