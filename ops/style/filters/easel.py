"""Where a paint works: at its own size, held still by the film's motion, as strong as it is asked to be."""

from __future__ import annotations

import cv2
import numpy as np

from ops.style.stages import Build, PictureFilter, Tick
from ops.style.steady import steady

__all__ = ["on_easel", "working_size"]


def working_size(given: Build, height: int) -> tuple[int, int]:
    """The width and height that a paint works at: no higher than `height`, less where less effort is to be made."""
    canvas = given.canvas
    lines = max(16, min(canvas.height, height) // given.effort.value)
    return max(16, round(canvas.width * lines / canvas.height)), lines


def on_easel(given: Build, paint: PictureFilter, *, kept: float = 0.7) -> PictureFilter:
    """A paint, steadied, and laid over the film by its strength."""
    held = steady(paint, given.canvas, kept=kept)
    strength = min(1.0, max(0.0, given.strength))

    def laid(rgb: np.ndarray, tick: Tick) -> np.ndarray:
        painted = held(rgb, tick)
        return painted if strength >= 1.0 else cv2.addWeighted(painted, strength, rgb, 1.0 - strength, 0.0)

    return laid
