"""How much a styled film flickers: its warping error, and that over the film's own.

After Lai et al., "Learning Blind Video Temporal Consistency" (ECCV 2018), with the absolute difference in the place of
the squared one: each frame is compared with the one before it, brought over by the content's motion, where nothing was
covered or uncovered. What a film changes by itself (light, noise, the flow's own mistakes) is in both.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from ops.errors import UsageError
from ops.style.motion import motion_between, small_grey, warped

__all__ = ["warping_error", "warping_ratio"]

_SURE = 0.5


def warping_error(frames: Sequence[np.ndarray], *, flows_from: Sequence[np.ndarray] | None = None) -> float:
    """The mean change along motion between neighbouring frames of one shot.

    Args:
        frames: (H, W, 3) uint8 RGB, two or more, of one shot.
        flows_from: The frames that motion is measured on, of the same size: the film's own, where `frames` are styled.
            Without them, `frames`.

    Returns:
        0…1, as a share of the range from black to white. 0 where nothing could be compared.

    Raises:
        UsageError: Fewer than two frames, or the two films are not of one length.
    """
    content = frames if flows_from is None else flows_from
    if len(frames) < 2 or len(content) != len(frames):
        raise UsageError("need two frames or more, and as many to take motion from", where="warping error")
    total, places = 0.0, 0.0
    greys = [small_grey(frame) for frame in content]
    small = [_sized(frame, greys[0].shape) for frame in frames]
    for number in range(1, len(frames)):
        motion = motion_between(greys[number - 1], greys[number])
        sure = motion.trust > _SURE
        change = np.abs(small[number] - warped(small[number - 1], motion.back)).mean(axis=2)
        total += float(change[sure].sum())
        places += float(sure.sum())
    return total / places / 255.0 if places else 0.0


def warping_ratio(styled: Sequence[np.ndarray], content: Sequence[np.ndarray]) -> float:
    """The warping error of a styled film over that of the film itself: 1 flickers as little as what it was made of.

    Raises:
        UsageError: As `warping_error`.
    """
    floor = 0.5 / 255.0  # a still film's own error is its rounding
    return max(warping_error(styled, flows_from=content), floor) / max(warping_error(content), floor)


def _sized(frame: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if frame.shape[:2] != shape[:2]:
        frame = cv2.resize(frame, (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
    return frame.astype(np.float32)
