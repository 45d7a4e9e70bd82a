"""The embedded object engine: one box around what stands out, by saliency; it knows no names."""

from __future__ import annotations

import numpy as np

from ops.box import Box
from ops.objects import SALIENT, DetectedObject
from ops.saliency import saliency

__all__ = ["SalientSubject"]

_STANDS_OUT = 1.5
"""Standard deviations above the mean from which a place speaks for the subject; below, it speaks against."""

_CLEAR = (1.5, 3.2)
"""How many times more salient than the rest a subject is: in a meadow, and with one clear figure
(as `ops.thumbnails.composition` has it)."""

_BLANK = 1.5
"""Standard deviation of a picture's tones below which there is nothing in it."""


class SalientSubject:
    """See `ops.objects.ObjectDetector`: at most one object, labelled `SALIENT`."""

    name = "embedded/saliency"

    def detect(self, rgb: np.ndarray) -> list[DetectedObject]:
        """See ObjectDetector."""
        if float(rgb[::4, ::4].std()) < _BLANK:
            return []
        seen = saliency(rgb)
        left, top, right, bottom = _heaviest(seen - (seen.mean() + _STANDS_OUT * seen.std()))
        inside = np.zeros(seen.shape, bool)
        inside[top:bottom, left:right] = True
        if inside.all():
            return []
        clear = float(seen[inside].mean()) / max(float(seen[~inside].mean()), 1e-6)
        height, width = seen.shape
        box = Box(left / width, top / height, (right - left) / width, (bottom - top) / height)
        return [DetectedObject(SALIENT, float(np.interp(clear, _CLEAR, (0.0, 1.0))), box)]


def _heaviest(weights: np.ndarray) -> tuple[int, int, int, int]:
    """The rectangle with the largest sum, as left, top, right, bottom: Kadane's rule along x for every pair of rows."""
    height, width = weights.shape
    above = np.concatenate([np.zeros((1, width)), weights.cumsum(axis=0)])
    tops, bottoms = np.triu_indices(height + 1, 1)
    strips = above[bottoms] - above[tops]
    sums = np.concatenate([np.zeros((len(strips), 1)), strips.cumsum(axis=1)], axis=1)
    gains = sums - np.minimum.accumulate(sums, axis=1)
    strip, right = np.unravel_index(int(gains.argmax()), gains.shape)
    left = int(sums[strip, : right + 1].argmin())
    return left, int(tops[strip]), max(int(right), left + 1), int(bottoms[strip])
