"""Frames as PyAV has them, and the planes that they are made of."""

from __future__ import annotations

import numpy as np
from av.video.frame import VideoFrame

from ops.style.stages import Planes

__all__ = ["frame_of", "planes_in", "planes_of"]


def planes_of(frame: VideoFrame) -> Planes:
    """The planes of a `yuv420p` frame."""
    return planes_in(frame.to_ndarray(), frame.width, frame.height)


def planes_in(stacked: np.ndarray, width: int, height: int) -> Planes:
    """Views on the planes of a frame that lie behind each other, as PyAV stacks them: (3/2 height, width) uint8."""
    flat, luma, half = stacked.reshape(-1), width * height, (height // 2, width // 2)
    blue, red = flat[luma : luma + luma // 4], flat[luma + luma // 4 :]
    return Planes(flat[:luma].reshape(height, width), blue.reshape(half), red.reshape(half))


def frame_of(planes: Planes) -> VideoFrame:
    """A `yuv420p` frame of planes."""
    stacked = np.concatenate([planes.luma.ravel(), planes.blue.ravel(), planes.red.ravel()])
    return VideoFrame.from_ndarray(stacked.reshape(-1, planes.luma.shape[1]), format="yuv420p")
