"""Pictures melted into one by bands: broad forms over wide borders, detail over narrow ones (Burt and Adelson)."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

__all__ = ["melt"]

Plane = np.ndarray

_LEAST_SIDE = 12
_FINE = 3
"""Bands that count as detail: structure up to eight pixels of the canvas that `melt` is given at 256."""


def melt(pictures: Sequence[Plane], broad: Sequence[Plane], fine: Sequence[Plane]) -> Plane:
    """One picture of several.

    Args:
        pictures: (H, W, 3) float32 each.
        broad: (H, W) float32 each, summing to 1: shares in the coarse bands.
        fine: The same in the bands of detail.

    Returns:
        (H, W, 3) float32.
    """
    if len(pictures) == 1:
        return pictures[0]
    height, width = pictures[0].shape[:2]
    levels = max(int(np.log2(min(height, width) / _LEAST_SIDE)), 0) if min(height, width) > _LEAST_SIDE else 0
    detail = max(levels - _FINE, min(_FINE, levels))
    merged: list[Plane] = []
    for picture, wide, narrow in zip(pictures, broad, fine, strict=True):
        bands, wides, narrows = _bands(picture, levels), _shrunk(wide, levels), _shrunk(narrow, levels)
        for level, band in enumerate(bands):
            share = (narrows if level < detail else wides)[level][..., None] * band
            if level == len(merged):
                merged.append(share)
            else:
                merged[level] = merged[level] + share
    melted = merged[-1]
    for band in reversed(merged[:-1]):
        melted = cv2.pyrUp(melted, dstsize=(band.shape[1], band.shape[0])) + band
    return melted


def _bands(picture: Plane, levels: int) -> list[Plane]:
    bands, rest = [], picture
    for _ in range(levels):
        smaller = cv2.pyrDown(rest)
        bands.append(rest - cv2.pyrUp(smaller, dstsize=(rest.shape[1], rest.shape[0])))
        rest = smaller
    return [*bands, rest]


def _shrunk(share: Plane, levels: int) -> list[Plane]:
    shares = [share]
    for _ in range(levels):
        shares.append(cv2.pyrDown(shares[-1]))
    return shares
