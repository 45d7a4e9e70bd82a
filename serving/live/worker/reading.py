"""Reading a film for streams of it: once what it is, then its frames by their numbers, from wherever one is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from av.filter import Graph
from av.video.format import VideoFormat

from ops.errors import MediaError
from ops.media.container import film_stream, open_media
from ops.media.film_reader import FilmReader, Orientation
from ops.media.rates import constant_rate
from ops.media.timestamps import Timestamps, read_timestamps
from ops.progress import no_progress
from serving.live.film import Film, Sound
from serving.live.worker.encoding import picture_header
from serving.live.worker.sound import read_sound

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

__all__ = ["Cursor", "read_film"]

_VARIABLE_SCALE = 90_000


def read_film(path: Path) -> Film:
    """What a stream must know of a film.

    Raises:
        MediaError: It cannot be read, or has no pictures.
    """
    reader = FilmReader(path)
    try:
        width, height, zero = reader.width, reader.height, reader.first_pts * reader.time_base
        average = reader.average_rate
    finally:
        reader.close()
    told = _timestamps(path, to_the_end=False)
    if not told.complete:
        told = _timestamps(path, to_the_end=True)
    if not len(told.times):
        raise MediaError("no picture of it has a time", where=path, fix="Deliver it anew.")
    rate = constant_rate(told.times, told.time_base, [average])
    ticks = () if rate is not None else _ticks(path, told)
    frames = len(told.times) if rate is not None else len(ticks) - 1
    film = Film(width, height, rate or average, zero, frames, ticks, {}, None)
    headers = {rung.name: picture_header(rung, film) for rung in film.rungs}
    return replace(film, headers=headers, sound=_sound(path, zero, film.duration))


def _timestamps(path: Path, *, to_the_end: bool) -> Timestamps:
    with open_media(path) as container:
        return read_timestamps(
            container,
            film_stream(container),
            to_the_end=to_the_end,
            size_bytes=path.stat().st_size,
            progress=no_progress,
        )


def _ticks(path: Path, told: Timestamps) -> tuple[int, ...]:
    """When every frame of a film of variable rate is shown, from the first on, and when the last is over."""
    with open_media(path) as container:
        stream = film_stream(container)
        times = sorted(
            packet.pts if packet.pts is not None else packet.dts or 0
            for packet in container.demux(stream)
            if packet.size and not packet.is_discard
        )
    ticks = [round((time - times[0]) * told.time_base * _VARIABLE_SCALE) for time in times]
    ticks = [ticks[0], *(after for before, after in pairwise(ticks) if after > before)]
    whole = round(told.filled * told.time_base * _VARIABLE_SCALE)
    return (*ticks, max(whole, ticks[-1] + _VARIABLE_SCALE // 100))


def _sound(path: Path, zero: Fraction, duration: Fraction) -> Sound | None:
    with open_media(path) as container:
        return read_sound(container, zero, duration)


class Cursor:
    """A film's frames by number; those that follow each other cost no seek.

    Not for several threads at once.
    """

    def __init__(self, path: Path, film: Film) -> None:
        self._film = film
        self._held = ExitStack()
        self._reader = FilmReader(path)
        self._held.callback(self._reader.close)
        self._next = 0
        self._pictures: Iterator[tuple[int, VideoFrame]] = self._reader.pictures()
        self._waiting: tuple[int, VideoFrame] | None = None
        self._last: VideoFrame | None = None
        self._turn = _turner(self._reader.orientation)
        self._times = np.asarray(film.ticks[:-1], dtype=np.int64) if film.ticks else None

    def frames(self, start: int, end: int) -> Iterator[tuple[int, VideoFrame]]:
        """Frames of these numbers, each exactly once: one that cannot be had is the one before it again.

        Raises:
            MediaError: None can be had.
        """
        if start != self._next:
            self._seek(start)
        for number in range(start, end):
            picture = self._frame(number)
            self._next = number + 1
            yield number, picture

    def close(self) -> None:
        """Let go of the film."""
        self._held.close()

    def _seek(self, start: int) -> None:
        reader, self._waiting, self._last = self._reader, None, None
        seconds = Fraction(self._film.tick(start), self._film.timescale)
        early = Fraction(1, 3) / self._film.rate  # rounded times must not lose the very frame that is looked for
        self._pictures = reader.pictures_from(reader.first_pts + int((seconds - early) / reader.time_base))
        self._next = start

    def _frame(self, number: int) -> VideoFrame:
        while self._waiting is None or self._waiting[0] < number:
            if self._waiting is not None:
                self._last = self._waiting[1]
            picture = self._decoded()
            if picture is None:
                break
            self._waiting = self._number(picture[0]), picture[1]
        if (self._waiting is not None and self._waiting[0] == number) or (
            self._last is None and self._waiting is not None
        ):
            self._last = self._waiting[1]
        if self._last is None:
            raise MediaError(f"has no frame {number}", where=self._reader.path, fix="Deliver it anew.")
        return self._turn(self._last)

    def _decoded(self) -> tuple[int, VideoFrame] | None:
        try:
            return next(self._pictures, None)
        except MediaError:
            return None  # what is damaged is held over: a viewer sees a still, not an end

    def _number(self, pts: int) -> int:
        seconds = (pts - self._reader.first_pts) * self._reader.time_base
        if self._times is None:
            return round(seconds * self._film.rate)
        return int(np.abs(self._times - float(seconds * _VARIABLE_SCALE)).argmin())


def _turner(orientation: Orientation):
    """Turns stored frames as they are displayed."""
    named = ((orientation.transposed, "transpose", "0"), (orientation.mirrored, "hflip", None),
             (orientation.upside_down, "vflip", None))  # fmt: skip
    filters = [(name, value) for wanted, name, value in named if wanted]
    graphs: dict[tuple[int, int, str], Graph] = {}

    def turn(frame: VideoFrame) -> VideoFrame:
        if not filters:
            return frame
        kind = (frame.width, frame.height, frame.format.name)
        if kind not in graphs:
            graph = Graph()
            end = graph.add_buffer(
                width=frame.width,
                height=frame.height,
                format=VideoFormat(frame.format.name, frame.width, frame.height),
                time_base=frame.time_base or Fraction(1, 1000),
            )
            for name, value in filters:
                after = graph.add(name, value) if value is not None else graph.add(name)
                end.link_to(after)
                end = after
            end.link_to(graph.add("buffersink"))
            graph.configure()
            graphs[kind] = graph
        graphs[kind].vpush(frame)
        return graphs[kind].vpull()

    return turn
