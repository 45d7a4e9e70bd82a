"""Small trailers to render, and the film's frames as PyAV has them to hold the result against."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from pathlib import Path

import numpy as np

from ops.media.film_reader import open_film
from ops.media.frames import read_frames
from ops.trailer.edl import EditDecisionList, Film
from ops.trailer.events import Clip, Event, Join, Part

WHOLE = (0.0, 0.0, 1.0, 1.0)
SINTEL_PICTURE = (0.0, 94 / 720, 1.0, 626 / 720)
SMALL = (320, 180)


def clip(start: int, frames: int, **more: object) -> Clip:
    return Clip(start, start + frames, Part.RISE, **more)  # type: ignore[arg-type]


def trailer_of(
    film: Path,
    *events: Event,
    joins: tuple[Join, ...] | None = None,
    rate: Fraction = Fraction(24),
    size: tuple[int, int] = SMALL,
    frames: int = 1253,
    picture: tuple[float, float, float, float] = WHOLE,
    grade: str = "",
) -> EditDecisionList:
    known = Film(film.stem, hashlib.sha256(film.read_bytes()).hexdigest(), frames, picture)
    joins = joins if joins is not None else (Join(),) * (len(events) - 1)
    return EditDecisionList("test", rate, size, known, events, joins, grade=grade)


def luma(path: Path, size: tuple[int, int], **more: float) -> tuple[np.ndarray, np.ndarray]:
    """Each picture of a file as (n, H, W) float32 luma, decoded by PyAV, and its time in seconds."""
    pictures, times = [], []
    for frame in read_frames(path, size=size, **more):  # type: ignore[arg-type]
        pictures.append(frame.rgb.astype(np.float32) @ np.array([0.2126, 0.7152, 0.0722], np.float32))
        times.append(frame.time_s)
    return np.stack(pictures), np.array(times)


def around(film: Path, frame: int, count: int, rate: Fraction, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """The film's pictures from 8 frames ahead of one to 4 behind `count`, and when they are due, in frames."""
    with open_film(film) as reader:
        first_s = float(reader.first_pts * reader.time_base)
    begin_s, end_s = (first_s + max(0, place) / float(rate) - 1e-4 for place in (frame - 8, frame + count + 4))
    pictures, times = luma(film, size, start_s=begin_s, end_s=end_s)
    return pictures, (times - first_s) * float(rate)


def picture_at(due: np.ndarray, frame: int) -> int:
    """Which picture of a film is its frame: the last one due by then, to the nearest frame."""
    due = np.floor(due + 0.5 + 1e-6)
    return int(np.flatnonzero(due <= frame)[-1])


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / max(1e-9, float(np.mean((one - other) ** 2)))))
