"""Whether a title can be read where lists show it: at 120 pixels across, in contrast and in size.

Contrast is WCAG 2.2's ratio of relative luminances (1.4.3 asks 4.5), measured on the finished picture after it was
scaled down, so that thin strokes which fade away count for what is left of them.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ops.thumbnails.palette import luminance

__all__ = ["LEAST_CAP", "LEAST_CONTRAST", "LIST_WIDTH", "Legibility", "read_at_list_size"]

LIST_WIDTH = 120
"""Pixels: the narrowest that front pages show a title's picture."""

LEAST_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3."""

LEAST_CAP = 6.0
"""Pixels that capitals must have at 120: below, the counters of e and a close (seen on the three typefaces)."""


@dataclass(frozen=True)
class Legibility:
    """How a title reads at 120 pixels.

    Attributes:
        contrast: Of its strokes against their surroundings, as WCAG's ratio, 1 to 21.
        cap: Height of its smallest capitals in pixels, a tagline's among them.
        headline: Height of the capitals of the title alone.
    """

    contrast: float
    cap: float
    headline: float

    @property
    def fine(self) -> bool:
        """Whether both are enough."""
        return self.contrast >= LEAST_CONTRAST and self.cap >= LEAST_CAP - 0.05


def read_at_list_size(picture: np.ndarray, ink: np.ndarray, *, cap: float, headline: float) -> Legibility:
    """Measure a title on a finished picture.

    Args:
        picture: (H, W, 3) uint8 RGB with the title on it.
        ink: (H, W) float32, 0 to 1, where its letters are.
        cap: Height of its smallest capitals in pixels of the picture.
        headline: The same of the title without its tagline.
    """
    height, width = picture.shape[:2]
    size = (LIST_WIDTH, max(1, round(LIST_WIDTH * height / width)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    cover = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)
    strokes = cover >= max(0.35, float(np.percentile(cover[cover > 0.1], 60))) if (cover > 0.1).any() else cover > 1
    near = cv2.dilate((cover > 0.1).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    around = near & (cover < 0.05)
    if not strokes.any() or not around.any():
        return Legibility(1.0, LIST_WIDTH * cap / width, LIST_WIDTH * headline / width)
    shine = luminance(small)
    lettered, behind = float(np.median(shine[strokes])), float(np.percentile(shine[around], 80))
    bright, dark = max(lettered, behind), min(lettered, behind)
    contrast = (bright + 0.05) / (dark + 0.05)
    return Legibility(contrast, LIST_WIDTH * cap / width, LIST_WIDTH * headline / width)
