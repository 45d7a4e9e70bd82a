"""Frames as raw planes, as they cross from one worker to another."""

from __future__ import annotations

import numpy as np
from av.video.frame import VideoFrame

from ops.style.stages import Canvas

__all__ = ["frame_to_planes", "planes_to_frame"]


def planes_to_frame(planes: bytes | memoryview | np.ndarray, canvas: Canvas) -> VideoFrame:
    """Raw planes of `yuv420p`, BT.709, limited range, as a frame."""
    rows = np.frombuffer(planes, dtype=np.uint8).reshape(canvas.height * 3 // 2, canvas.width)
    frame = VideoFrame.from_ndarray(rows, format="yuv420p")
    frame.colorspace, frame.color_range = 1, 1  # BT.709, limited (ISO/IEC 23091-2)
    return frame


def frame_to_planes(frame: VideoFrame) -> np.ndarray:
    """A frame of `yuv420p` as (H·3/2, W) uint8."""
    return frame.to_ndarray()
