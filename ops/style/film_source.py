"""A film's pictures as styles take them: upright, progressive, of one size in square pixels, each with its own time.

One picture comes out for each that is stored, at the time that it has there: films of a variable rate stay so. Where
several looks work on one film each is given a reference of its own to every picture, so that it is decoded once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

from av.error import BlockingIOError as NothingYet
from av.error import EOFError as Over
from av.error import FFmpegError
from av.filter import Graph
from av.filter.context import FilterContext
from av.video.format import VideoFormat
from av.video.frame import VideoFrame

from ops.errors import MediaError
from ops.media.film_reader import FilmReader, open_film
from ops.media.frames import yuv_matrix
from ops.media.media_info import MediaInfo, VideoStream
from ops.media.probe import probe
from ops.style.stages import Canvas

__all__ = ["StyleSource", "open_style_source", "size_of"]

_SMALLEST = 16
"""Pixels a side: a macroblock of H.264."""


@dataclass(frozen=True)
class StyleSource:
    """A film, opened for styling.

    Attributes:
        path: Where it is.
        info: What it says of itself.
        canvas: The size and rate that styles work at; the rate is the average one where it varies.
        time_base: Seconds in a unit of the pictures' times.
    """

    path: Path
    info: MediaInfo
    canvas: Canvas
    time_base: Fraction
    _reader: FilmReader

    def pictures(self, copies: int) -> Iterator[tuple[int, list[VideoFrame]]]:
        """Every picture with its time, in as many references to it as there are looks.

        Raises:
            MediaError: The film is damaged on the way.
        """
        size = (self.canvas.width, self.canvas.height)
        prepare, shape = None, None
        times: deque[int] = deque()
        for pts, picture in self._reader.pictures():
            matrix = yuv_matrix(picture)  # told by the stored size, which the next steps may change
            if matrix is not None:
                picture.colorspace = matrix
            if prepare is None or shape != (picture.width, picture.height, picture.format.name):
                if prepare is not None:
                    yield from zip(_popped(times), prepare.rest(), strict=False)
                shape = (picture.width, picture.height, picture.format.name)
                prepare = _Preparation(picture, self._filters(picture, size), copies, self.path)
            times.append(pts)
            for ready in prepare(picture):
                yield times.popleft(), ready
        if prepare is not None:
            yield from zip(_popped(times), prepare.rest(), strict=False)

    def _filters(self, picture: VideoFrame, size: tuple[int, int]) -> list[tuple[str, dict[str, str]]]:
        """What makes a stored picture upright, progressive and of the canvas's size; empty where it is all that."""
        filters: list[tuple[str, dict[str, str]]] = []
        video = self.info.video
        if video is not None and video.interlaced:
            which = "interlaced" if picture.interlaced_frame else "all"
            filters.append(("bwdif", {"mode": "send_frame", "parity": "auto", "deint": which}))
        turn = self._reader.orientation
        if turn.transposed:
            filters.append(("transpose", {"dir": "cclock_flip"}))
        if turn.mirrored:
            filters.append(("hflip", {}))
        if turn.upside_down:
            filters.append(("vflip", {}))
        if turn.size(picture.width, picture.height) != size:
            filters.append(("scale", {"w": str(size[0]), "h": str(size[1]), "flags": "lanczos+accurate_rnd"}))
        return filters


@contextmanager
def open_style_source(path: Path, *, height: int | None = None) -> Iterator[StyleSource]:
    """Open a film for styling.

    Args:
        path: The film.
        height: Lines of what comes out, where that is fewer than the film's own; its shape is kept.

    Raises:
        MediaError: It is no film, or in a high dynamic range, which looks made for BT.709 would tear.
    """
    info = probe(path)
    if info.video is None:
        raise MediaError("the file has no video stream", where=path, fix="Deliver a file with pictures.")
    if info.video.hdr:
        raise MediaError(
            f"is in {info.video.hdr}, and looks are made for BT.709",
            where=path,
            fix="Deliver a master in standard dynamic range beside it.",
        )
    width, lines = size_of(info.video, height)
    canvas = Canvas(width, lines, info.video.frame_rate or info.video.average_rate)
    with open_film(path) as reader:
        yield StyleSource(path, info, canvas, reader.time_base, reader)


def size_of(video: VideoStream, height: int | None) -> tuple[int, int]:
    """Width and height in square pixels, even, as 4:2:0 needs it, and no larger than the film for display."""
    lines = video.height if height is None else min(height, video.height)
    return _even(video.width * lines / video.height), _even(lines)


def _even(side: float) -> int:
    return max(_SMALLEST, 2 * int(side / 2 + 0.5))


def _popped(times: deque[int]) -> Iterator[int]:
    while times:
        yield times.popleft()


class _Preparation:
    """One FFmpeg graph with an end for each look; nothing is computed twice for several."""

    def __init__(self, like: VideoFrame, filters: list[tuple[str, dict[str, str]]], copies: int, path: Path) -> None:
        self._path, self._matrix, self._plain = path, like.colorspace, not filters and copies == 1
        self._ends: list[FilterContext] = []
        if self._plain:
            return
        self._graph = Graph()
        end = self._graph.add_buffer(
            width=like.width,
            height=like.height,
            format=VideoFormat(like.format.name, like.width, like.height),
            time_base=Fraction(1, 1000),
        )
        for name, options in [*filters, *([("split", {"outputs": str(copies)})] if copies > 1 else [])]:
            after = self._graph.add(name, **options)
            end.link_to(after)
            end = after
        for output in range(copies):
            sink = self._graph.add("buffersink")
            end.link_to(sink, output, 0)
            self._ends.append(sink)
        self._graph.configure()

    def __call__(self, picture: VideoFrame) -> Iterator[list[VideoFrame]]:
        if self._plain:
            yield [picture]
            return
        yield from self._through(picture)

    def rest(self) -> Iterator[list[VideoFrame]]:
        """What the filters still hold back."""
        if not self._plain:
            yield from self._through(None)

    def _through(self, picture: VideoFrame | None) -> Iterator[list[VideoFrame]]:
        try:
            self._graph.vpush(picture)
            while True:
                ready = cast("list[VideoFrame]", [end.pull() for end in self._ends])
                for each in ready:
                    each.colorspace = self._matrix
                yield ready
        except (NothingYet, Over):
            return
        except FFmpegError as error:
            raise MediaError(
                f"a picture cannot be prepared ({error.strerror})", where=self._path, fix="Deliver the film anew."
            ) from error
