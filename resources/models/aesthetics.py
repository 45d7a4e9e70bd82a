"""The embedded aesthetics engine: a formula over what the house measures of every still, with no model to download.

    score = richness × (0.40 focus + 0.25 exposure + 0.20 contrast + 0.15 colour)

Each term is 0 to 1: focus and exposure as `ops.still_quality` has them; contrast counts in full at a standard deviation
of luma of 0.22, colour at "quite colourful" (59 on Hasler and Süsstrunk's scale), and richness is 1 less what a plain
tone takes beyond a quarter of the picture. The weights are those of a thumbnail's own terms, in their proportions:
it tells a poor still from a good one, and has no taste.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ops.still_quality import StillQuality, still_quality

__all__ = ["StillAesthetics"]

_WIDTH = 320
"""Pixels at which it looks: a quarter of the time that 640 take, and what a list shows is smaller still."""

_CONTRAST = 0.22
_COLOURFUL = 59.0
_PLAIN = (0.25, 0.95)


class StillAesthetics:
    """See `ops.aesthetics.AestheticJudge`."""

    name = "embedded/still-quality"
    independent = False

    def judge(self, images: Sequence[np.ndarray]) -> np.ndarray:
        """See AestheticJudge."""
        return np.array([_score(still_quality(_small(image))) for image in images], np.float32)


def _small(image: np.ndarray) -> np.ndarray:
    height, width = image.shape[:2]
    if width <= _WIDTH:
        return image
    return cv2.resize(image, (_WIDTH, max(8, round(height * _WIDTH / width))), interpolation=cv2.INTER_AREA)


def _score(still: StillQuality) -> float:
    contrast = min(1.0, still.contrast / _CONTRAST)
    colour = min(1.0, still.colourfulness / _COLOURFUL)
    richness = float(np.interp(still.plainness, _PLAIN, (1.0, 0.0)))
    return richness * (0.40 * still.focus + 0.25 * still.exposure + 0.20 * contrast + 0.15 * colour)
