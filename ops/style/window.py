"""The picture inside a film's black bars: what a look changes, while the bars stay as they are.

A grade that lifts blacks would turn bars grey, paper would cover them, and rain would fall over them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from av.video.frame import VideoFrame

from ops.box import Box
from ops.keyframes.bars import INSET
from ops.style.planes import frame_of, planes_in, planes_of
from ops.style.stages import Canvas, Planes

__all__ = ["Window", "window_of"]

_NO_BARS = 0.99
"""Share of the frame from which the picture is taken for whole: less is a film's ragged edge."""

_AT_THE_BORDER = 0.9999
_EXACT = 0.05
"""Pixels that rounding may have cost: an edge that is even stays where it is."""


@dataclass(frozen=True)
class Window:
    """A part of a canvas.

    Attributes:
        box: Left, top, width and height in pixels, all even; None is the whole.
    """

    box: tuple[int, int, int, int] | None

    def canvas(self, canvas: Canvas) -> Canvas:
        """The canvas that is seen through the window."""
        return canvas if self.box is None else Canvas(self.box[2], self.box[3], canvas.rate)

    def cut_out(self, frame: VideoFrame) -> VideoFrame:
        """What of a `yuv420p` frame is seen through the window."""
        if self.box is None:
            return frame
        return frame_of(self._seen(planes_of(frame)))

    def put_back(self, inside: VideoFrame, frame: VideoFrame) -> VideoFrame:
        """The frame with what was seen of it changed."""
        if self.box is None:
            return inside
        stacked, changed = frame.to_ndarray().copy(), planes_of(inside)
        seen = self._seen(planes_in(stacked, frame.width, frame.height))
        seen.luma[:], seen.blue[:], seen.red[:] = changed.luma, changed.blue, changed.red
        return VideoFrame.from_ndarray(stacked, format="yuv420p")

    def _seen(self, planes: Planes) -> Planes:
        assert self.box is not None
        x, y, width, height = self.box
        half = slice(y // 2, (y + height) // 2), slice(x // 2, (x + width) // 2)
        return Planes(planes.luma[y : y + height, x : x + width], planes.blue[half], planes.red[half])


def window_of(picture: Box, canvas: Canvas) -> Window:
    """The window of a picture between its bars, as `ops.keyframes.bars` tells it: a little inside the bars' edge.

    The window reaches back to that edge: a line of a bar that is changed is hardly seen, a line of the picture that is
    not would be.
    """
    if picture.area > _NO_BARS:
        return Window(None)
    left, right = _even(picture.x, picture.right, canvas.width)
    top, bottom = _even(picture.y, picture.bottom, canvas.height)
    return Window((left, top, right - left, bottom - top))


def _even(start: float, end: float, side: int) -> tuple[int, int]:
    """The pixels between two shares of a side, outwards to even ones: chroma has one for two."""
    first = max(0, 2 * math.floor(((start - INSET) * side + _EXACT) / 2)) if start > 0 else 0
    last = min(side, 2 * math.ceil(((end + INSET) * side - _EXACT) / 2)) if end < _AT_THE_BORDER else side
    return first, last
