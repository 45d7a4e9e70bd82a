"""Keeps a paint still where the film is still, and its strokes on what they were painted on.

A paint that sees one frame at a time boils: grain and compression tip its thresholds here and there. So most of what is
shown is what was shown before, brought along by optical flow, wherever the flow can be believed; a cut begins anew.
"""

from __future__ import annotations

import cv2
import numpy as np

from ops.style.motion import motion_between, small_grey, warped
from ops.style.stages import Canvas, PictureFilter, Tick

__all__ = ["steady"]

_KEPT = 0.7
"""Share of the picture before, after Lai et al. 2018's short-term loss turned into a rule: at 0.7 a feed-forward
network's change along motion fell from 0.082 to 0.023, beyond that faces smear."""


def steady(paint: PictureFilter, canvas: Canvas, *, kept: float = _KEPT) -> PictureFilter:
    """A paint that follows the film's motion.

    Args:
        paint: Draws a frame anew, by itself.
        canvas: What it is drawn on.
        kept: Share of the picture before where the motion is sure, 0…1.
    """
    return _Steady(paint, canvas, kept)


class _Steady:
    """Frames in their order; what is remembered is forgotten at a cut and where a frame is missing."""

    def __init__(self, paint: PictureFilter, canvas: Canvas, kept: float) -> None:
        self._paint = paint
        self._size = (canvas.width, canvas.height)
        self._kept = kept
        self._grey: np.ndarray | None = None
        self._shown: np.ndarray | None = None
        self._frame = -1

    def __call__(self, rgb: np.ndarray, tick: Tick) -> np.ndarray:
        painted, grey = self._paint(rgb, tick), small_grey(rgb)
        follows = not tick.cut and tick.frame == self._frame + 1
        if follows and self._grey is not None and self._shown is not None:
            painted = self._held(painted, self._shown, self._grey, grey)
        self._grey, self._shown, self._frame = grey, painted, tick.frame
        return painted

    def _held(self, painted: np.ndarray, shown: np.ndarray, before: np.ndarray, now: np.ndarray) -> np.ndarray:
        motion = motion_between(before, now)
        trust = motion.trust
        if now.shape == painted.shape[:2]:
            brought = warped(shown, motion.back)
        else:
            larger = cv2.resize(motion.back, self._size, interpolation=cv2.INTER_LINEAR)
            larger *= np.float32(self._size[1] / now.shape[0])
            brought = warped(shown, larger)
            trust = cv2.resize(trust, self._size, interpolation=cv2.INTER_LINEAR)
        return cv2.blendLinear(brought, painted, self._kept * trust, 1.0 - self._kept * trust)
