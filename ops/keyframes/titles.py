"""Titles that fade in are there before they can be read: what two frames of a shot have is sought in its others."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ops.lettering import MASK_SIZE, lettering

__all__ = ["lettering_in_shot"]

_LEAST = 0.012
"""Share of the picture from which text is a title; less may be a shop sign in the scene."""
_SAME = 0.3
"""Correlation of the edges under the text: a title hardly begun has 0.35, the bare picture behind it 0.1 at most."""


def lettering_in_shot(frames: Sequence[np.ndarray]) -> list[float]:
    """The share of each (H, W, 3) uint8 RGB frame of a shot that text covers, read or still fading."""
    masks = [lettering(frame) for frame in frames]
    shares = [float(mask.mean()) for mask in masks]
    plainest = int(np.argmax(shares))
    under = masks[plainest]
    seen = sum(bool((mask & under).sum() > 0.5 * under.sum()) for mask in masks)
    if shares[plainest] < _LEAST or seen < 2:
        return shares
    title = _edges(frames[plainest])[under]
    for place, frame in enumerate(frames):
        if shares[place] < shares[plainest] and _correlation(title, _edges(frame)[under]) > _SAME:
            shares[place] = shares[plainest]
    return shares


def _edges(rgb: np.ndarray) -> np.ndarray:
    grey = cv2.resize(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), MASK_SIZE, interpolation=cv2.INTER_AREA)
    return np.stack([cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)], axis=-1)


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    lengths = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float((a * b).sum()) / lengths if lengths > 1e-6 else 0.0
