"""Pictures that are drawn rather than filmed, on their way to the encoder: FFV1, so that nothing is lost between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

__all__ = ["LOSSLESS_ARGS", "read_planes", "write_planes", "write_rgb"]

LOSSLESS_ARGS = ("-c:v", "ffv1", "-level", "3", "-threads", "1", "-pix_fmt", "yuv420p", "-f", "matroska")
"""For FFmpeg, where the pictures come from it."""

Planes = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Luma (H, W) and the two colour differences (H/2, W/2), uint8, limited range."""


def write_rgb(path: Path, frames: Iterable[np.ndarray], rate: Fraction) -> int:
    """Write (H, W, 3) uint8 RGB pictures as BT.709 4:2:0, or (H, W, 4) ones with straight alpha; return how many."""
    reformatter = VideoReformatter()

    def stored(rgb: np.ndarray) -> av.VideoFrame:
        if rgb.shape[2] == 4:
            return av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb[..., [2, 1, 0, 3]]), format="bgra")
        return reformatter.reformat(
            av.VideoFrame.from_ndarray(rgb, format="rgb24"),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
        )

    return _write(path, map(stored, frames), rate)


def write_planes(path: Path, frames: Iterable[Planes], rate: Fraction) -> int:
    """Write 4:2:0 pictures plane by plane; return how many."""
    return _write(path, (_frame(planes) for planes in frames), rate)


def read_planes(path: Path) -> Iterator[Planes]:
    """Read 4:2:0 pictures plane by plane."""
    with av.open(f"file:{path.absolute()}") as container:
        for frame in container.decode(video=0):
            whole = frame.to_ndarray(format="yuv420p")
            height, width = frame.height, frame.width
            luma, colour = whole[:height], whole[height:].reshape(2, height // 2, width // 2)
            yield luma.copy(), colour[0].copy(), colour[1].copy()


def _frame(planes: Planes) -> av.VideoFrame:
    whole = np.concatenate([plane.ravel() for plane in planes]).reshape(-1, planes[0].shape[1])
    return av.VideoFrame.from_ndarray(whole, format="yuv420p")


def _write(path: Path, frames: Iterable[av.VideoFrame], rate: Fraction) -> int:
    count = 0
    with av.open(f"file:{path.absolute()}", "w", format="matroska") as container:
        stream = None
        for frame in frames:
            if stream is None:
                stream = container.add_stream("ffv1", rate=rate, options={"level": "3"})
                stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, frame.format.name
                stream.codec_context.time_base = 1 / rate
            frame.pts, frame.time_base = count, 1 / rate
            container.mux(stream.encode(frame))
            count += 1
        if stream is not None:
            container.mux(stream.encode(None))
    return count
