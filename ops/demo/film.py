"""Renders the demo film: paints its frames on every core, mixes its sound, and writes film, truth and subtitles."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from ops.demo.finish import Finish
from ops.demo.mixing import mix
from ops.demo.music import compose
from ops.demo.paint import Painter, Size
from ops.demo.screenplay import FPS, FRAMES, NARRATION, SHOTS
from ops.demo.speech import SAMPLE_RATE, speak_line
from ops.demo.timeline import expose, lasting
from ops.demo.truth import write_subtitles, write_truth
from ops.media.writer import Sound, VideoWriter
from ops.progress import Progress, no_progress

__all__ = ["SIZE", "DemoFilm", "paint_frames", "render_demo_film"]

SIZE = Size(1280, 720)
QUALITY = 20  # x264 CRF: the grain survives, at about 3 Mbit/s


@dataclass(frozen=True)
class DemoFilm:
    """The film, the truth about it (JSON) and its English subtitles (SubRip)."""

    film: Path
    sidecar: Path
    subtitles: Path


def render_demo_film(out: Path, *, size: tuple[int, int] = SIZE, progress: Progress = no_progress) -> DemoFilm:
    """Render the demo film to `out` (an `.mp4`), with `.truth.json` and `.en.srt` of the same stem beside it.

    Every run paints the same frames, plays the same notes and speaks the same words. The film appears last and
    whole, so that where it exists, its sidecars do too.

    Args:
        out: The film's path; its folder is made where missing.
        size: Width and height in pixels, both even; everything scales with the height.
        progress: Told the fraction done.

    Raises:
        MediaError: The film cannot be written (a full disk).
        ModelUnavailable: The speech synthesiser is not here.
        OSError: The folder cannot be written.
        UsageError: A side of `size` is odd or not positive.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    made = DemoFilm(out, out.with_suffix(".truth.json"), out.with_suffix(".en.srt"))
    with TemporaryDirectory(dir=out.parent, prefix=f".{out.stem}-") as folder:
        draft = DemoFilm(*(Path(folder) / path.name for path in (made.film, made.sidecar, made.subtitles)))
        lines = [speak_line(line) for line in NARRATION]
        write_truth(lines, draft.sidecar)
        write_subtitles(lines, draft.subtitles)
        sound = Sound(mix(compose(), lines).T, SAMPLE_RATE)
        with VideoWriter(draft.film, size=size, rate=FPS, sound=sound, crf=QUALITY) as writer:
            for number, frame in enumerate(paint_frames(Size(*size)), start=1):
                writer.write(frame)
                progress(number / FRAMES)
        for ready, place in ((draft.subtitles, made.subtitles), (draft.sidecar, made.sidecar), (draft.film, made.film)):
            ready.replace(place)
    return made


def paint_frames(size: Size) -> Iterator[np.ndarray]:
    """Every frame of the film in order, `(H, W, 3)` uint8 RGB.

    Frames are painted a few ahead in threads (NumPy and OpenCV leave the interpreter lock), and the next shot is
    prepared while the current one is painted; neither changes a pixel.
    """
    workers = max(2, os.cpu_count() or 2)
    finish = Finish(size)
    with _single_threaded_opencv(), ThreadPoolExecutor(workers) as pool:
        painters = _Painters(pool, size)
        ahead: deque[Future[np.ndarray]] = deque()
        for frame in range(FRAMES):
            painters.prepare(expose(frame).shot)
            ahead.append(pool.submit(_paint, painters, finish, frame))
            if len(ahead) > workers + 1:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


@contextmanager
def _single_threaded_opencv() -> Iterator[None]:
    """Frames are the parallel work here: OpenCV's own threads under them only wait for each other, and spin."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


class _Painters:
    """The painters of the shots near the one being painted: prepared one ahead, dropped once passed."""

    def __init__(self, pool: ThreadPoolExecutor, size: Size) -> None:
        self._pool, self._size = pool, size
        self._ready: dict[int, Future[Painter]] = {}

    def prepare(self, shot: int) -> None:
        """Have the painters of `shot` and the next under way, and let go of those two shots back."""
        for index in (shot, shot + 1):
            if index < len(SHOTS) and index not in self._ready:
                seconds = float(lasting(index) / FPS)
                self._ready[index] = self._pool.submit(SHOTS[index].scene, self._size, seconds)
        for index in [index for index in self._ready if index < shot - 1]:
            del self._ready[index]

    def picture(self, shot: int, frame: int) -> np.ndarray:
        """A frame of a shot, in the shot's own time."""
        return self._ready[shot].result()(float(frame / FPS))


def _paint(painters: _Painters, finish: Finish, frame: int) -> np.ndarray:
    exposure = expose(frame)
    picture = painters.picture(exposure.shot, exposure.at)
    if exposure.under is not None:
        picture = cv2.addWeighted(picture, exposure.share, painters.picture(*exposure.under), 1 - exposure.share, 0)
    if exposure.light < 1:
        picture = picture * np.float32(exposure.light)
    return finish(picture, frame, bloom=SHOTS[exposure.shot].bloom)
