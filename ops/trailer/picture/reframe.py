"""The tracked crop: a narrower window in a clip's picture that keeps its subject inside, and moves like a camera.

An operator holds still while the subject is well inside the frame, and pans smoothly when it is not. So the window's
path is the smoothest that keeps the subject within a dead zone, or as near to it as a bounded speed allows; a path
that need hardly move is one place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from ops.faces import FaceDetector
from ops.media.film_reader import open_film
from ops.media.frames import read_frames
from ops.trailer.events import CropKnot
from ops.trailer.picture.framing import window_size
from ops.trailer.picture.subject import Sight, track_subject

__all__ = ["Reframing", "follow", "reframe"]

_SAMPLES_A_SECOND = 6
_WIDTH = 640
"""Pixels across at which a clip is looked at: what the face engine works at."""

_DEAD_ZONE = 0.42
"""Share of the window's width in the middle of which the subject may roam without the window moving."""

_FASTEST = 1.0
"""Most that the window moves in a second, in its own widths. Television's rule is slower (a frame in 3 to 5 s); a 9:16
window is a third as wide, and at half of this it lost a subject that crossed the picture in 3 s."""

_GRID = 161
_OUTSIDE = 8.0
"""Price of a subject a window's width outside the dead zone in one sample, against 1 for a move of that width."""

_WORTH_MOVING = 0.05
"""Share of the samples that a moving window must win back over one that stands; else it wanders between two people."""

_SEEN = 0.4
"""How sure a sight must be to lead the window."""

_HELD = 0.06
"""A path within this share of the window's width is a hand that trembles: the window stands."""

_KNOT_ERROR = 0.006
"""How far straight lines between knots may leave the path, in the window's widths: 6 pixels of 1080."""


@dataclass(frozen=True)
class Reframing:
    """A window's path through a clip.

    Attributes:
        knots: Its left and upper edges; one where it stands.
        inside: Share of the samples with the subject's middle in the window and not at its edge.
        sights: Where the subject was.
    """

    knots: tuple[CropKnot, ...]
    inside: float
    sights: tuple[Sight, ...]


def reframe(
    film: Path,
    start: int,
    end: int,
    rate: Fraction,
    *,
    aspect: float,
    picture: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0),
    faces: FaceDetector | None = None,
) -> Reframing:
    """Follow the subject of a clip with a window of another shape.

    Args:
        film: The film.
        start: The clip's first frame, on the trailer's rate.
        end: One past its last.
        rate: Frames a second of the trailer.
        aspect: Width over height of the window: 9/16, 1.
        picture: What is inside the film's bars: left, top, right and bottom as shares.
        faces: Finds faces; None goes by motion and saliency alone.

    Raises:
        MediaError: The film cannot be decoded there.
    """
    with open_film(film) as reader:
        display, first_s = (reader.width, reader.height), reader.first_pts * reader.time_base
    step = max(1, round(rate / _SAMPLES_A_SECOND))
    samples = list(_sampled(film, start, end, rate, first_s=first_s, step=step))
    sights = track_subject(samples, picture, faces)
    return follow(sights, end - start, float(rate), window_size(display, picture, aspect), picture)


def follow(
    sights: Sequence[Sight],
    frames: int,
    rate: float,
    window: tuple[float, float],
    picture: tuple[float, float, float, float],
) -> Reframing:
    """Lay a window's path along the places of a subject.

    Args:
        sights: Where the subject is, by frame, ascending.
        frames: Length of the clip.
        rate: Frames a second.
        window: Width and height of the window, as shares of the film's frame.
        picture: What is inside the film's bars.
    """
    wide, high = window
    left, top, right, bottom = picture
    if not sights:
        return Reframing((CropKnot(0, (left + right - wide) / 2, (top + bottom - high) / 2),), 1.0, ())
    times = np.array([sight.frame for sight in sights], float)
    edges = []
    for places, side, low, high_end in (
        ([sight.x for sight in sights], wide, left, right),
        ([sight.y for sight in sights], high, top, bottom),
    ):
        centres = _path(np.array(places), np.array([s.sure for s in sights]), times / rate, side)
        edges.append(np.clip(centres - side / 2, low, max(low, high_end - side)))
    knots = _knots(times, edges[0], edges[1], wide, frames)
    inside = _share_inside(sights, knots, wide, high)
    standing = (CropKnot(0, *(round(float(np.median(each)), 5) for each in edges)),)
    held = _share_inside(sights, standing, wide, high)
    if held >= inside - _WORTH_MOVING:
        knots, inside = standing, held
    return Reframing(knots, inside, tuple(sights))


def _sampled(
    film: Path, start: int, end: int, rate: Fraction, *, first_s: Fraction, step: int
) -> Iterator[tuple[int, np.ndarray]]:
    """The clip's frames at every step, as frame of the clip and picture; a picture stands until the next one."""
    wanted = start
    held: np.ndarray | None = None
    begin_s = float(first_s + max(Fraction(0), (start - 1) / rate))
    for frame in read_frames(film, width=_WIDTH, start_s=begin_s, end_s=float(first_s + (end + 1) / rate)):
        at = int((Fraction(frame.time_s) - first_s) * rate + Fraction(1, 2))
        while held is not None and wanted < at and wanted < end:
            yield wanted - start, held
            wanted += step
        held = frame.rgb
    while held is not None and wanted < end:
        yield wanted - start, held
        wanted += step


def _path(places: np.ndarray, sure: np.ndarray, times_s: np.ndarray, side: float) -> np.ndarray:
    """Where the window's middle goes along one direction."""
    steady = _median(_trusted(places, sure, times_s), 1)
    middle = _weighted_middle(steady, sure)
    zone = _DEAD_ZONE * side / 2
    if np.percentile(np.abs(steady - middle), 92) <= zone:
        return np.full_like(places, middle)
    path = _smoothed(_least_moved(steady, times_s, zone, side))
    path = _bounded(path, np.diff(times_s), _FASTEST * side)
    return np.full_like(path, path.mean()) if np.ptp(path) < _HELD * side else path


def _trusted(places: np.ndarray, sure: np.ndarray, times_s: np.ndarray) -> np.ndarray:
    """Places with guesses (saliency, where nothing moves yet) drawn from what was seen before and after."""
    seen = sure >= _SEEN
    return places if seen.mean() < 0.3 else np.interp(times_s, times_s[seen], places[seen])


def _least_moved(places: np.ndarray, times_s: np.ndarray, zone: float, side: float) -> np.ndarray:
    """The path that moves least and leaves the subject least outside the dead zone, at a bounded speed.

    Dynamic programming over a grid of places. The price of a move is its length, so that the window holds still,
    then goes straight; the price of a subject outside is squared, so that a glimpse is let go and a walk followed.
    """
    grid = np.linspace(places.min(), places.max(), _GRID)
    outside = np.maximum(0.0, np.abs(places[:, None] - grid[None, :]) - zone) / side
    step = np.abs(grid[:, None] - grid[None, :])
    cost, came = _OUTSIDE * outside[0] ** 2, []
    for place in range(1, len(places)):
        reach = _FASTEST * side * (times_s[place] - times_s[place - 1]) + 1e-9
        ways = cost[:, None] + np.where(step <= reach, step / side, np.inf)
        came.append(ways.argmin(axis=0))
        cost = ways.min(axis=0) + _OUTSIDE * outside[place] ** 2
    at = [int(cost.argmin())]
    for sources in reversed(came):
        at.append(int(sources[at[-1]]))
    return grid[at[::-1]]


def _smoothed(path: np.ndarray) -> np.ndarray:
    """A moving mean (triangle of about a second), ends held."""
    half = min(len(path) - 1, _SAMPLES_A_SECOND // 2)
    if half < 1:
        return path
    kernel = np.concatenate([np.arange(1, half + 2), np.arange(half, 0, -1)]).astype(float)
    # ends mirrored through their own value, so that a steady pan keeps its pace up to them
    ahead = 2 * path[0] - path[1 : half + 1][::-1]
    behind = 2 * path[-1] - path[-half - 1 : -1][::-1]
    return np.convolve(np.concatenate([ahead, path, behind]), kernel / kernel.sum(), mode="valid")


def _bounded(path: np.ndarray, steps: np.ndarray, fastest: float) -> np.ndarray:
    bounded = path.copy()
    for place, step in enumerate(steps, start=1):
        reach = fastest * step
        bounded[place] = min(max(path[place], bounded[place - 1] - reach), bounded[place - 1] + reach)
    return bounded


def _median(values: np.ndarray, half: int) -> np.ndarray:
    """A running median: one false sight in three is no move."""
    half = min(half, max(0, (len(values) - 1) // 2))
    padded = np.pad(values, half, mode="edge")
    return np.array([np.median(padded[place : place + 2 * half + 1]) for place in range(len(values))])


def _weighted_middle(places: np.ndarray, sure: np.ndarray) -> float:
    """Half-way between the ends of where the subject mostly is, what is surer counting more."""
    order = np.argsort(places)
    shares = np.cumsum(sure[order]) / max(1e-6, float(sure.sum()))
    low, high = np.interp([0.1, 0.9], shares, places[order])
    return float((low + high) / 2)


def _knots(times: np.ndarray, lefts: np.ndarray, tops: np.ndarray, wide: float, frames: int) -> tuple[CropKnot, ...]:
    """The fewest knots whose straight lines keep to the path (Douglas and Peucker 1973)."""
    path = np.stack([lefts, tops], axis=1)
    if float(np.ptp(path, axis=0).max()) < 1e-6:
        return (CropKnot(0, round(float(lefts[0]), 5), round(float(tops[0]), 5)),)
    kept = {0, len(times) - 1}
    spans = [(0, len(times) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        share = ((times[first + 1 : last] - times[first]) / (times[last] - times[first]))[:, None]
        away = np.abs(path[first] + share * (path[last] - path[first]) - path[first + 1 : last]).max(axis=1)
        worst = int(away.argmax())
        if away[worst] > _KNOT_ERROR * wide:
            middle = first + 1 + worst
            kept.add(middle)
            spans += [(first, middle), (middle, last)]
    places = sorted(kept)
    return tuple(
        CropKnot(min(frames - 1, int(times[place])), round(float(lefts[place]), 5), round(float(tops[place]), 5))
        for place in places
    )


def _share_inside(sights: Sequence[Sight], knots: Sequence[CropKnot], wide: float, high: float) -> float:
    """Share of the samples whose subject stands in the window, a twentieth of its width from its edges."""
    frames = [knot.frame for knot in knots]
    inside = 0
    for sight in sights:
        left = float(np.interp(sight.frame, frames, [knot.left for knot in knots]))
        top = float(np.interp(sight.frame, frames, [knot.top for knot in knots]))
        across = left + 0.05 * wide <= sight.x <= left + 0.95 * wide
        inside += across and top - 1e-6 <= sight.y <= top + high + 1e-6
    return inside / len(sights)
