"""How a picture moved since the one before it, and where that can be believed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from threading import local

import cv2
import numpy as np

__all__ = ["FLOW_HEIGHT", "Motion", "motion_between", "small_grey", "warped"]

FLOW_HEIGHT = 288
"""Flow is measured on pictures no higher than this: there and back take 30 ms; strokes are wider than its pixels."""

_STILL = 0.12
"""Pixels of flow under which a place stands still: DIS's own noise on still pictures with film grain is about 0.06,
and what moves by it again and again blurs."""


@dataclass(frozen=True)
class Motion:
    """From a frame back to the one before it.

    Attributes:
        back: (h, w, 2) float32: where a pixel was, less where it is, in pixels (x, y) of this size.
        trust: (h, w) float32, 0…1: how far the two flows, there and back, and the two pictures agree.
    """

    back: np.ndarray
    trust: np.ndarray


def small_grey(rgb: np.ndarray) -> np.ndarray:
    """The luma of (H, W, 3) uint8 RGB at the size that flow is measured at: (h, w) uint8, h at most FLOW_HEIGHT."""
    height, width = rgb.shape[:2]
    if height > FLOW_HEIGHT:
        width, height = max(16, round(width * FLOW_HEIGHT / height)), FLOW_HEIGHT
        rgb = cv2.resize(rgb, (width, height), interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)


def motion_between(before: np.ndarray, now: np.ndarray) -> Motion:
    """The motion from `now` back to `before`, both of `small_grey`.

    Flow is DIS (Kroeger et al. 2016). A place is believed where the flows there and back cancel (Sundaram et al. 2010:
    |f + b|² < 0.01 (|f|² + |b|²) + 0.5) and where the two pictures, one brought over the other, look alike.
    """
    flow = _dis()
    back, forth = flow.calc(now, before, None), flow.calc(before, now, None)  # type: ignore[call-overload]
    back[np.abs(back).max(axis=2) < _STILL] = 0.0
    returned = warped(forth, back)
    astray = ((back + returned) ** 2).sum(axis=2)
    allowed = 0.01 * ((back**2).sum(axis=2) + (returned**2).sum(axis=2)) + 0.5
    unlike = cv2.blur(cv2.absdiff(now, warped(before, back)), (3, 3)).astype(np.float32)
    trust = (astray < allowed) * np.clip(2.0 - unlike / 8.0, 0.0, 1.0)
    return Motion(back, cv2.GaussianBlur(cv2.erode(trust.astype(np.float32), np.ones((3, 3))), (0, 0), 0.8))


def warped(picture: np.ndarray, back: np.ndarray) -> np.ndarray:
    """A picture of the frame before, brought to where things are now; of the size of the flow."""
    columns, rows = _places(back.shape[1], back.shape[0])
    return cv2.remap(
        picture, columns + back[..., 0], rows + back[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )


@lru_cache(maxsize=8)
def _places(width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return columns, rows


_KEPT = local()


def _dis() -> cv2.DISOpticalFlow:
    """One for each thread: it keeps its buffers."""
    if not hasattr(_KEPT, "dis"):
        _KEPT.dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    return _KEPT.dis
