"""A whole film through a look, or several at once: decoded once, styled and encoded side by side, finished whole.

Three kinds of threads work behind each other with short queues between them, so that memory does not grow with the
film: one decodes, and for every look one styles and one encodes. FFmpeg's work runs outside Python's lock. What is not
picture is joined at the end, packet for packet (`film_streams.py`).
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from av.video.frame import VideoFrame

from ops.errors import UsageError
from ops.progress import Progress, no_progress
from ops.style.bars import picture_inside
from ops.style.film_encoder import PictureEncoder
from ops.style.film_source import StyleSource, open_style_source
from ops.style.film_streams import CarriedStreams, carried_streams, join_streams
from ops.style.runtime import Styler
from ops.style.stages import Canvas, Tick

if TYPE_CHECKING:
    from ops.style.model import Look, Style

__all__ = ["MOST_AT_ONCE", "RenderedFilm", "Wanted", "render_film", "render_films"]

MOST_AT_ONCE = 4
"""Looks that share one decode: each holds about 50 frames in its encoder and queues, 150 MB at 1080p."""

_WAITING = 4
"""Frames between two threads: enough that neither waits for the other's slow frames, few enough to stay small."""


@dataclass(frozen=True)
class Wanted:
    """A look, and the file that the film in it shall be: its ending is set by what the film carries.

    Attributes:
        out: The file, whose ending is replaced by ".mp4", or ".mkv" where a stream cannot go into MP4.
        look: The look.
    """

    out: Path
    look: Look


@dataclass(frozen=True)
class RenderedFilm:
    """A film in a look.

    Attributes:
        path: The file.
        look: What is to be seen.
        canvas: Its size, and its rate (the average one where it varies).
        pts: When each picture is shown in the source, in units of its clock.
        time_base: Seconds in such a unit.
        cuts: Frames with which shots begin.
        carried: What came along untouched, and what had to stay behind.
        seconds: Wall time in which each kind of thread was at work, by "decode", "style", "encode", "join", and the
            whole, "all": of two that work at once both count.
    """

    path: Path
    look: Look
    canvas: Canvas
    pts: tuple[int, ...]
    time_base: Fraction
    cuts: frozenset[int]
    carried: CarriedStreams
    seconds: Mapping[str, float] = field(default_factory=dict)


def render_film(
    source: Path,
    out: Path,
    look: Look,
    library: Mapping[str, Style],
    *,
    cuts: Collection[int] = (),
    height: int | None = None,
    preset: str = "veryfast",
    crf: int = 18,
    progress: Progress = no_progress,
) -> RenderedFilm:
    """A film in one look; see `render_films`."""
    wanted = [Wanted(out, look)]
    return render_films(
        source, wanted, library, cuts=cuts, height=height, preset=preset, crf=crf, progress=progress
    )[0]  # fmt: skip


def render_films(
    source: Path,
    wanted: Sequence[Wanted],
    library: Mapping[str, Style],
    *,
    cuts: Collection[int] = (),
    height: int | None = None,
    preset: str = "veryfast",
    crf: int = 18,
    progress: Progress = no_progress,
) -> list[RenderedFilm]:
    """A film in several looks, from one decode.

    Pictures are H.264, `yuv420p`, tagged BT.709, upright and in square pixels, one for each of the source's at its very
    time. All sound and subtitles, chapters and metadata are the source's own. Black bars stay as they are.

    Args:
        source: The film.
        wanted: Up to `MOST_AT_ONCE` looks and where they go; existing files are replaced when the new ones are whole.
        library: The styles that the looks name.
        cuts: Frames with which a new shot begins: what styles remember is forgotten there.
        height: Lines of the pictures, where those are to be fewer than the film's.
        preset: x264's trade of time for size.
        crf: x264's constant quality; 18 loses nothing that a viewer sees.
        progress: Told of the share done.

    Raises:
        MediaError: The film is none, is damaged on the way, or is in a high dynamic range; a file cannot be written.
        ModelUnavailable: A style's network is not here.
        UsageError: A look does not fit the library, or too many are wanted at once.
    """
    if not 0 < len(wanted) <= MOST_AT_ONCE:
        raise UsageError(f"{len(wanted)} looks at once", where="wanted", fix=f"Give 1 to {MOST_AT_ONCE}.")
    began = time.perf_counter()
    known_cuts = frozenset(cuts)
    with ExitStack() as stack:
        film = stack.enter_context(open_style_source(source, height=height))
        carried = carried_streams(source, film.info)
        picture = picture_inside(source)
        lines = []
        for each in wanted:
            styler = stack.enter_context(Styler(each.look, library, film.canvas, picture=picture))
            encoder = PictureEncoder(each.out.with_suffix(".pictures.mp4"), film, preset=preset, crf=crf)
            lines.append(_Line(styler, stack.enter_context(encoder), film.canvas, known_cuts))
        times, decode_s = _run(film, lines, lambda done: progress(0.95 * done))
        for line in lines:
            line.encoder.finish()
        films = []
        for each, line in zip(wanted, lines, strict=True):
            before = time.perf_counter()
            path = join_streams(line.encoder.path, source, carried, each.out, clock=film.time_base)
            seconds = {"decode": decode_s, **line.seconds, "join": time.perf_counter() - before}
            seconds["all"] = time.perf_counter() - began
            films.append(
                RenderedFilm(
                    path, each.look, film.canvas, times, film.time_base, known_cuts, carried, _rounded(seconds)
                )
            )
    progress(1.0)
    return films


def _rounded(seconds: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 2) for name, value in seconds.items()}


class _StoppedError(Exception):
    """Another thread has failed: there is no use in going on."""


class _Belt:
    """A short queue that ends when its feeder does, and that nobody waits at once something has failed."""

    def __init__(self, stop: threading.Event) -> None:
        self._queue: queue.Queue[Any] = queue.Queue(_WAITING)
        self._stop = stop

    def put(self, item: object) -> None:
        while True:
            if self._stop.is_set():
                raise _StoppedError
            try:
                self._queue.put(item, timeout=0.2)
            except queue.Full:
                continue
            return

    def end(self) -> None:
        self.put(None)

    def __iter__(self) -> Iterator[Any]:
        while True:
            if self._stop.is_set():
                raise _StoppedError
            try:
                item = self._queue.get(timeout=0.2)
            except queue.Empty:
                continue
            if item is None:
                return
            yield item


class _Line:
    """One look's two threads: frames are styled in one and encoded in the other."""

    def __init__(self, styler: Styler, encoder: PictureEncoder, canvas: Canvas, cuts: frozenset[int]) -> None:
        self.encoder = encoder
        self.seconds = {"style": 0.0, "encode": 0.0}
        self._styler, self._canvas, self._cuts = styler, canvas, cuts

    def start(self, pool: ThreadPoolExecutor, stop: threading.Event) -> tuple[_Belt, list[Future[None]]]:
        given, styled = _Belt(stop), _Belt(stop)
        return given, [pool.submit(self._style, given, styled), pool.submit(self._encode, styled)]

    def _style(self, given: _Belt, styled: _Belt) -> None:
        shot = 0
        for number, (pts, picture) in enumerate(given):
            before = time.perf_counter()
            cut = number in self._cuts
            shot = number if cut else shot
            frame = self._styler(picture, Tick(number, cut, shot))
            self.seconds["style"] += time.perf_counter() - before
            styled.put((pts, frame))
        styled.end()

    def _encode(self, styled: _Belt) -> None:
        for pts, frame in styled:
            before = time.perf_counter()
            self.encoder.write(pts, frame)
            self.seconds["encode"] += time.perf_counter() - before


def _run(film: StyleSource, lines: Sequence[_Line], progress: Progress) -> tuple[tuple[int, ...], float]:
    """Drive the film through its lines; returns the pictures' times, and how long decoding took."""
    stop = threading.Event()
    times: list[int] = []
    seconds = 0.0
    with ThreadPoolExecutor(2 * len(lines), thread_name_prefix="look") as pool:
        belts: list[_Belt] = []
        futures: list[Future[None]] = []
        for line in lines:
            belt, started = line.start(pool, stop)
            belts.append(belt)
            futures += started
        for each in futures:
            each.add_done_callback(_stopping(stop))
        try:
            pictures = film.pictures(len(lines))
            while True:
                before = time.perf_counter()
                found = next(pictures, None)
                seconds += time.perf_counter() - before
                if found is None:
                    break
                _deal(found, belts)
                times.append(found[0])
                progress(_share(film, times))
            for belt in belts:
                belt.end()
        except _StoppedError:
            pass
        except BaseException:
            stop.set()
            raise
        wait(futures)
        _raise_first(futures)
    return tuple(times), seconds


def _deal(found: tuple[int, list[VideoFrame]], belts: Sequence[_Belt]) -> None:
    pts, copies = found
    for belt, copy in zip(belts, copies, strict=True):
        belt.put((pts, copy))


def _stopping(stop: threading.Event) -> Callable[[Future[None]], None]:
    def look(done: Future[None]) -> None:
        if done.exception() is not None:
            stop.set()

    return look


def _raise_first(futures: Sequence[Future[None]]) -> None:
    """Raise what went wrong, and not what was only stopped by it."""
    errors = [error for each in futures if (error := each.exception()) is not None]
    for error in errors:
        if not isinstance(error, _StoppedError):
            raise error


def _share(film: StyleSource, times: Sequence[int]) -> float:
    if film.info.duration_s <= 0:
        return 0.0
    return min(1.0, float((times[-1] - times[0]) * film.time_base) / film.info.duration_s)
