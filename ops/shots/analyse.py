"""The analysis of a film: one decode, from which come its shots and the signals of every frame.

Decoding and measuring run in two threads: PyAV and OpenCV both let go of the interpreter while they work.
Changes are looked for in windows with context on either side, so that a feature film needs no more memory than
a short one, save for the few numbers a frame that are its result.
"""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from ops.media.film_reader import FilmReader, open_film
from ops.media.probe import probe
from ops.progress import Progress, no_progress
from ops.shots.assemble import assemble
from ops.shots.cuts import Cut, find_cuts
from ops.shots.dissolves import Dissolve, find_dissolves
from ops.shots.fades import Course, find_fades
from ops.shots.flashes import Flash
from ops.shots.likeness import Kinship
from ops.shots.measure import Measurements, Measurer
from ops.shots.mixing import fit_windows
from ops.shots.model import ShotList
from ops.shots.reduction import Batch, reduce_film
from ops.shots.signals import FrameSignals
from ops.shots.window import Window, join, stretch
from ops.shots.wipes import Wipe, find_wipes

__all__ = ["ShotAnalysis", "analyse"]

_CORE = 400
"""Frames judged at a time, in a film of up to 30 a second: few are left to judge when the last one is decoded."""

_CONTEXT = 170
"""Frames seen on either side of them: those that bear on them, and beyond these the longest change."""

_WAITING = 3
"""Batches that may wait to be measured: more only fill memory."""


@dataclass(frozen=True, eq=False)
class ShotAnalysis:
    """A film's shots, and what each of its frames looks like."""

    shots: ShotList
    signals: FrameSignals


def analyse(path: Path, *, progress: Progress = no_progress) -> ShotAnalysis:
    """Find a film's shots and measure its frames, in one decode.

    Args:
        path: The film.
        progress: Told the fraction done.

    Raises:
        MediaError: It is no film, or damaged on the way.
    """
    fps = _exact_rate(path)
    with open_film(path, draft=True) as reader:
        rate = float(fps or reader.average_rate or 25)
        search = _Search(rate)
        pts: list[int] = []
        expected = max(1.0, (reader.duration_s or 0.0) * rate)
        for batch, measured in _measured(reader):
            pts += batch.pts
            search.add(measured)
            progress(min(0.99, len(pts) / expected))
        time_base = reader.time_base
    kept = search.finish()
    course = Course(rate, kept.change, kept.spread, kept.uneven)
    flashes = [(flash.start, flash.end) for flash in search.flashes]
    fades, spent = find_fades(course, [cut.frame for cut in search.cuts], flashes)
    shots = assemble(
        [cut for cut in search.cuts if cut.frame not in spent],
        search.dissolves,
        fades,
        search.wipes,
        times=[*pts, pts[-1] + _last_duration(pts, rate, time_base)],
        fps=fps,
        time_base=time_base,
    )
    progress(1.0)
    return ShotAnalysis(shots, _signals(pts, kept, time_base))


def _exact_rate(path: Path) -> Fraction | None:
    video = probe(path).video
    return None if video is None else video.frame_rate


def _last_duration(pts: list[int], rate: float, time_base: Fraction) -> int:
    """Ticks that the last frame is shown: as long as most are."""
    if len(pts) > 1:
        return max(1, int(np.median(np.diff(pts))))
    return max(1, round(1 / (rate * float(time_base))))


def _signals(pts: list[int], kept: _Kept, time_base: Fraction) -> FrameSignals:
    return FrameSignals(
        time_base=time_base,
        pts=np.array(pts, np.int64),
        luma=kept.luma,
        contrast=kept.contrast,
        clipped=kept.clipped,
        motion=kept.motion,
        sharpness=kept.sharpness,
        colourfulness=kept.colourfulness,
        colour=kept.colour,
    )


def _measured(reader: FilmReader) -> Iterator[tuple[Batch, Measurements]]:
    """Batch after batch with its measurements, decoded ahead in a thread of its own."""
    waiting: queue.Queue[Batch | BaseException | None] = queue.Queue(_WAITING)
    abandoned = threading.Event()

    def hand_over(item: Batch | BaseException | None) -> None:
        while not abandoned.is_set():
            with contextlib.suppress(queue.Full):
                waiting.put(item, timeout=0.2)
                return

    def decode() -> None:
        try:
            for batch in reduce_film(reader):
                hand_over(batch)
                if abandoned.is_set():
                    return
            hand_over(None)
        except BaseException as error:  # noqa: BLE001 (raised again where the film is analysed)
            hand_over(error)

    decoder = threading.Thread(target=decode, name="decode", daemon=True)
    decoder.start()
    measurer = Measurer()
    try:
        while (item := waiting.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item, measurer.measure(item)
    finally:
        abandoned.set()
        decoder.join()


@dataclass(frozen=True, eq=False)
class _Kept:
    """The measurements that stay of a whole film: numbers, no pictures."""

    luma: np.ndarray
    contrast: np.ndarray
    clipped: np.ndarray
    motion: np.ndarray
    sharpness: np.ndarray
    colourfulness: np.ndarray
    colour: np.ndarray
    change: np.ndarray
    spread: np.ndarray
    uneven: np.ndarray


class _Search:
    """Looks for changes window by window while the film is still being decoded."""

    def __init__(self, rate: float) -> None:
        self._rate = rate
        self._core = round(_CORE * stretch(rate))
        self._context = round(_CONTEXT * stretch(rate))
        self._parts: list[Measurements] = []
        self._first = 0  # the film's frame at which the held parts begin
        self._held = 0
        self._judged = 0
        self._rows: dict[str, list[np.ndarray]] = {name: [] for name in _Kept.__dataclass_fields__}
        self._compared: dict[tuple[int, int], Kinship] = {}
        self.cuts: list[Cut] = []
        self.dissolves: list[Dissolve] = []
        self.wipes: list[Wipe] = []
        self.flashes: list[Flash] = []

    def add(self, measured: Measurements) -> None:
        """Take the next frames in."""
        for name, rows in self._rows.items():
            rows.append(getattr(measured, name))
        self._parts.append(measured)
        self._held += len(measured.change)
        while self._first + self._held - self._judged >= self._core + self._context:
            self._judge(self._judged + self._core)

    def finish(self) -> _Kept:
        """Judge what is left, and give the measurements that stay."""
        if self._first + self._held > self._judged:
            self._judge(self._first + self._held)
        return _Kept(**{name: np.concatenate(rows) for name, rows in self._rows.items()})

    def _judge(self, until: int) -> None:
        seen = join(self._parts)
        self._parts = [seen]
        self._compared = {pair: kin for pair, kin in self._compared.items() if min(pair) >= self._first}
        window = Window(self._first, seen, (self._judged, until), self._rate, self._compared)
        cuts, flashes = find_cuts(window)
        self.cuts += [cut for cut in cuts if window.judges(cut.frame)]
        self.flashes += [flash for flash in flashes if window.judges(flash.start)]
        fits = fit_windows(window, [cut.frame - window.first for cut in cuts])
        self.dissolves += find_dissolves(window, fits)
        self.wipes += find_wipes(window, fits)
        self._judged = until
        spare = max(0, until - self._context - self._first)
        if spare:
            self._parts = [_from(seen, spare)]
            self._first += spare
            self._held -= spare


def _from(seen: Measurements, start: int) -> Measurements:
    """The measurements without their first frames; copied, so that the rest is freed."""
    return Measurements(**{name: value[start:].copy() for name, value in vars(seen).items()})
