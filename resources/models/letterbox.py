"""A picture of any shape inside a square one, as YOLO's networks see it, and boxes found there carried back."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

__all__ = ["Letterbox", "letterboxed"]

_GREY = 114
"""What stands beside the picture: the networks were trained with this tone there."""


@dataclass(frozen=True)
class Letterbox:
    """Where a picture stands in its square.

    Attributes:
        across: Pixels of the square per pixel of the picture, horizontally.
        down: The same vertically; the two differ by the rounding of the picture's size alone.
        left: Pixels of grey left of it.
        top: Pixels of grey above it.
        size: The picture's own width and height in pixels.
    """

    across: float
    down: float
    left: int
    top: int
    size: tuple[int, int]

    def back(self, boxes: np.ndarray) -> np.ndarray:
        """(N, 4) left, top, right, bottom in pixels of the square → fractions of the picture, inside it."""
        width, height = self.size
        shift = np.array([self.left, self.top, self.left, self.top])
        scale = np.array([self.across * width, self.down * height] * 2)
        return np.clip((boxes - shift) / scale, 0.0, 1.0)


def letterboxed(rgb: np.ndarray, width: int, height: int) -> tuple[np.ndarray, Letterbox]:
    """The picture in the middle of a (height, width) one, as large as it fits, with grey beside it.

    Args:
        rgb: (H, W, 3) uint8 RGB.
        width: Of the network's input, in pixels.
        height: The same.

    Returns:
        (height, width, 3) uint8 RGB, and where the picture stands in it.
    """
    tall, wide = rgb.shape[:2]
    scale = min(width / wide, height / tall)
    inner = (max(1, round(wide * scale)), max(1, round(tall * scale)))
    small = cv2.resize(rgb, inner, interpolation=cv2.INTER_LINEAR)
    left, top = (width - inner[0]) // 2, (height - inner[1]) // 2
    out = np.full((height, width, 3), _GREY, np.uint8)
    out[top : top + inner[1], left : left + inner[0]] = small
    return out, Letterbox(inner[0] / wide, inner[1] / tall, left, top, (wide, tall))
