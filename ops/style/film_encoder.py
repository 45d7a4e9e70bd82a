"""The pictures of a film in a look, as H.264 in a file of their own, each at the source's time.

It lives until the film's sound is joined to it. Its clocks are those of the film, so that no time is rounded.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import av
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

from ops.errors import MediaError

if TYPE_CHECKING:
    from ops.style.film_source import StyleSource

__all__ = ["PictureEncoder", "mp4_clocks"]

_GROUP_S = 2
"""Longest group of pictures: what players and ladders want to seek and switch by."""

_THREADS = 4
"""Of x264, whatever the machine: with another number it makes another file of the same frames."""


_MOVIE_TICKS = 48_000
"""Ticks a second at least of the clock that says where each stream begins; MP4's usual 1,000 would shift sound."""


def mp4_clocks(time_base: Fraction) -> dict[str, str]:
    """Options for an MP4 whose pictures keep their times: the track's clock is theirs, the film's a multiple of it."""
    ticks = time_base.denominator
    return {"video_track_timescale": str(ticks), "movie_timescale": str(ticks * -(-_MOVIE_TICKS // ticks))}


class PictureEncoder:
    """Writes pictures, in their order, each with its time in the source's clock.

    Args:
        path: The file to be.
        film: What the pictures are of.
        preset: x264's.
        crf: x264's.
    """

    def __init__(self, path: Path, film: StyleSource, *, preset: str, crf: int) -> None:
        self.path = path
        canvas = film.canvas
        self._container = av.open(
            f"file:{path.absolute()}", "w", format="mp4", container_options=mp4_clocks(film.time_base)
        )
        self._stream = self._container.add_stream(
            "libx264", rate=canvas.rate, options={"preset": preset, "crf": str(crf)}
        )
        self._stream.width, self._stream.height, self._stream.pix_fmt = canvas.width, canvas.height, "yuv420p"
        context = self._stream.codec_context
        context.time_base = self._clock = Fraction(film.time_base)
        context.gop_size = max(1, int(_GROUP_S * canvas.rate))
        context.thread_count = _THREADS
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._container.close()
        self.path.unlink(missing_ok=True)

    def write(self, pts: int, frame: VideoFrame) -> None:
        """Write the next picture.

        Raises:
            MediaError: It cannot be encoded or written (a full disk).
        """
        frame.pts, frame.time_base = pts, self._clock
        self._mux(frame)

    def finish(self) -> None:
        """Write what the encoder holds back, and close the file."""
        self._mux(None)
        self._container.close()

    def _mux(self, frame: VideoFrame | None) -> None:
        try:
            self._container.mux(self._stream.encode(frame))
        except FFmpegError as failure:
            reason = failure.strerror or str(failure)
            raise MediaError(
                f"the pictures cannot be written ({reason})", where=self.path, fix="Check the disk's space."
            ) from failure
