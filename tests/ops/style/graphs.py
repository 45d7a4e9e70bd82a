"""Runs one operation over frames as a look runs it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace

from ops.style.runtime import _steps
from ops.style.stages import Build, Canvas, Effort, FrameFilter, Tick, stage_kind

__all__ = ["built", "shown"]


def built(
    op: str, canvas: Canvas, *, strength: float = 1.0, seed: int = 0, effort: Effort = Effort.FULL,
    **settings: float | str,
) -> FrameFilter:  # fmt: skip
    made = stage_kind(op).build(Build(settings, strength, canvas, seed, effort, Path()))
    assert not isinstance(made, np.ndarray)
    return made


def shown(made: FrameFilter, frames: Sequence[np.ndarray], canvas: Canvas, *, first: int = 0) -> list[np.ndarray]:
    """(H, W, 3) uint8 RGB frames through one operation, in `yuv420p` as a film is; the first one begins a shot."""
    (step,) = _steps([made], canvas)
    results = []
    for number, rgb in enumerate(frames, first):
        frame = VideoFrame.from_ndarray(rgb, format="rgb24").reformat(
            format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
        )
        frame.pts, frame.time_base = number, 1 / Fraction(canvas.rate)
        result = step(frame, Tick(number, cut=number == first))
        results.append(
            result.reformat(
                format="rgb24", src_colorspace=Colorspace.ITU709, src_color_range=ColorRange.MPEG
            ).to_ndarray()
        )
    return results
