"""A whip: the camera tears itself away from one picture and comes to rest on the next, blurred by its own speed.

Both pictures hang side by side, between them their mirror images, so that the only seam is passed at full speed; the
camera's way over them is eased, and each frame is the mean over what its shutter saw.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from ops.trailer.picture.lossless import Planes

__all__ = ["whipped"]

_SHUTTER = 0.9
"""Share of a frame's time that the shutter is open: a film camera's half would leave gaps at this speed."""

_TRAVEL = 3
"""Pictures' widths that the camera travels, two of them over mirror images."""


def whipped(before: Sequence[Planes], after: Sequence[Planes]) -> Iterator[Planes]:
    """The frames of a whip, as many as there are in both.

    Args:
        before: The last frames of what goes.
        after: The first frames of what comes. Where one side has none, the other's edge frame stands for it.
    """
    total = len(before) + len(after)
    for frame in range(total):
        left = before[min(frame, len(before) - 1)] if before else after[0]
        right = after[max(0, frame - len(before))] if after else before[-1]
        here, there = (_eased((frame + 0.5 + side * _SHUTTER / 2) / total) for side in (-1, 1))
        luma, blue, red = (_swept(one, two, here, there) for one, two in zip(left, right, strict=True))
        yield luma, blue, red


def _eased(share: float) -> float:
    """Place of the camera, 0 to 1: at rest at both ends, fastest in the middle (smootherstep, Perlin 2002)."""
    x = min(1.0, max(0.0, share))
    return x * x * x * (x * (6 * x - 15) + 10)


def _swept(left: np.ndarray, right: np.ndarray, here: float, there: float) -> np.ndarray:
    """One plane, seen while the camera goes from `here` to `there`."""
    width = left.shape[1]
    hung = np.concatenate([left, left[:, ::-1], right[:, ::-1], right], axis=1).astype(np.float32)
    way = _TRAVEL * width
    length = max(1.0, (there - here) * way)
    kernel = _box(length)
    middle = (here + there) / 2 * way
    smeared = cv2.filter2D(hung, -1, kernel[None, :], borderType=cv2.BORDER_REFLECT) if len(kernel) > 1 else hung
    shift = np.array([[1.0, 0.0, -middle], [0.0, 1.0, 0.0]], np.float32)
    seen = cv2.warpAffine(smeared, shift, (width, left.shape[0]), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.clip(np.rint(seen), 0, 255).astype(np.uint8)


def _box(length: float) -> np.ndarray:
    """A mean over `length` pixels, odd in its size, its two ends weighing what is left over."""
    half = (length - 1) / 2
    whole = int(half)
    kernel = np.ones(2 * whole + 3, np.float32)
    kernel[0] = kernel[-1] = half - whole
    return kernel / kernel.sum()
