"""Whether something lives in a shot: a figure that moves before a background that does not.

A bird on a branch makes a better still than the meadow before it, and no detector of human faces tells them apart. A
camera move changes the whole picture, a still life none of it.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

__all__ = ["life"]

_SIZE = (96, 54)
_CHANGED = 16.0
"""Luma by which a place differs from how it usually looks in the shot."""
_SHARE = (0.006, 0.03)
"""Share of the picture that changes: below the first nothing lives."""
_TOGETHER = (0.48, 0.72)
"""Share of the changes that lie within two fifths of the width: a camera move's are everywhere, a figure's together.
Medians of shots: pans and tilts 0.41 to 0.50, people and animals before a still camera 0.68 to 0.90."""
_WINDOW = (0.8, 0.4)


def life(frames: Sequence[np.ndarray]) -> float:
    """0 to 1 for a shot, from two or more of its (H, W, 3) uint8 RGB frames, without titles; 0 from one."""
    if len(frames) < 2:
        return 0.0
    small = np.stack([_small(frame) for frame in frames])
    changed = np.abs(small - np.median(small, axis=0)) > _CHANGED
    lively = [_together(each) for each in changed if each.mean() > _SHARE[0]]
    if not lively:
        return 0.0
    return float(np.interp(changed.mean(), _SHARE, (0, 1)) * np.interp(np.median(lively), _TOGETHER, (0, 1)))


def _together(changed: np.ndarray) -> float:
    """The share of the changed places that the best window holds."""
    down, across = (round(side * share) for side, share in zip(changed.shape, _WINDOW, strict=True))
    sums = cv2.integral(changed.astype(np.uint8))
    held = sums[down:, across:] - sums[:-down, across:] - sums[down:, :-across] + sums[:-down, :-across]
    return float(held.max() / changed.sum())


def _small(rgb: np.ndarray) -> np.ndarray:
    grey = cv2.cvtColor(cv2.resize(rgb, _SIZE, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    return cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 1.0)
