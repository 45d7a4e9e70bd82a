"""Frames of a film conformed to the one size and the one kind that looks take and streams deliver."""

from __future__ import annotations

from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from ops.media.frames import yuv_matrix

__all__ = ["Conformer"]


class Conformer:
    """Frames of any pixel format and size, as `yuv420p`, BT.709, limited range, of one size.

    What is so already passes untouched. Keeps swscale's tables between frames; not for several threads at once.

    Args:
        width: Pixels, even.
        height: Pixels, even.
        interpolation: Of a frame that has another size.
    """

    def __init__(self, width: int, height: int, interpolation: Interpolation = Interpolation.BILINEAR) -> None:
        self._size, self._interpolation = (width, height), interpolation
        self._reformatter = VideoReformatter()

    def __call__(self, frame: VideoFrame) -> VideoFrame:
        """The frame, conformed."""
        return self._reformatter.reformat(
            frame,
            *self._size,
            "yuv420p",
            src_colorspace=yuv_matrix(frame),
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            interpolation=self._interpolation,
        )
