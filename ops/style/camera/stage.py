"""The operation "camera": a move within the frame, cropped so that no border shows."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import StrEnum

import cv2
import numpy as np

from ops.errors import UsageError
from ops.style.camera.depth import NearnessOverTime
from ops.style.camera.shot_clock import ShotClock, eased
from ops.style.camera.warps import places, remapped, turned
from ops.style.stages import Build, Canvas, FrameFilter, GraphFilter, Planes, PlanesFilter, Tick

__all__ = ["CameraMove", "camera"]


class CameraMove(StrEnum):
    """The moves there are."""

    PUSH_IN = "push_in"
    HANDHELD = "handheld"
    DOLLY_ZOOM = "dolly_zoom"
    PARALLAX = "parallax"


def camera(given: Build) -> FrameFilter:
    """A camera move.

    Settings: kind; amount, 0…1; seconds, 0.5…120, over which a push-in, dolly zoom or parallax is made.

    Raises:
        UsageError: There is no move of that kind.
    """
    word = given.word("kind")
    if word not in list(CameraMove):
        raise UsageError(f"there is no camera move {word!r}", where="camera", fix=f"Use {', '.join(CameraMove)}.")
    amount = given.number("amount", 0.5) * given.strength
    if amount < 0.005:
        return GraphFilter.chain(("null", {}))
    return PlanesFilter(_MOVES[CameraMove(word)](given, amount))


class _PushIn:
    """Slowly nearer, to a point a little above the middle, where faces are."""

    def __init__(self, given: Build, amount: float) -> None:
        self._canvas, self._clock = given.canvas, ShotClock(given.canvas.rate)
        self._zoom = 0.22 * amount
        self._whole_s = given.number("seconds", 6.0)

    def __call__(self, planes: Planes, tick: Tick) -> Planes:
        done = eased(self._clock.since_cut_s(tick), self._whole_s)
        return turned(planes, _view(self._canvas, 1.0 + self._zoom * done, middle=(0.5, 0.46)))


class _Handheld:
    """A camera on a shoulder: breath, sway and small corrections, in place and in roll."""

    _HERTZ = np.array([0.23, 0.61, 1.13, 2.3, 4.7])
    _SHARES = np.array([0.40, 0.28, 0.18, 0.10, 0.04])
    """What falls by about 12 dB an octave above half a hertz is read as a person; whiter noise as an earthquake."""

    def __init__(self, given: Build, amount: float) -> None:
        self._canvas = given.canvas
        chance = np.random.default_rng([given.seed, 9])
        self._phases = chance.uniform(0, 2 * math.pi, (3, 5))
        self._hertz = self._HERTZ * chance.uniform(0.85, 1.15, (3, 5))
        self._reach = 0.026 * amount * given.canvas.height
        self._roll = math.radians(0.9) * amount
        beside = 2 * self._reach + self._roll * given.canvas.width
        self._zoom = 1.0 / (1.0 - (beside + 2.0) / given.canvas.height)

    def __call__(self, planes: Planes, tick: Tick) -> Planes:
        time_s = tick.frame / float(self._canvas.rate)
        swing = (np.sin(2 * math.pi * self._hertz * time_s + self._phases) * self._SHARES).sum(axis=1)
        across, down, roll = (float(each) for each in swing)
        shift = (across * self._reach, down * self._reach)
        return turned(planes, _view(self._canvas, self._zoom, roll=roll * self._roll, shift=shift))


class _DollyZoom:
    """The subject keeps its size while what surrounds it grows away: a dolly in against a zoom out.

    A mesh does what two lenses do: nothing moves within the subject's reach, and beyond it the picture is drawn
    outwards, more the further out. The subject is where the eye goes first in the shot's first frame.
    """

    def __init__(self, given: Build, amount: float) -> None:
        self._canvas, self._clock = given.canvas, ShotClock(given.canvas.rate)
        self._amount = 0.30 * amount
        self._whole_s = given.number("seconds", 5.0)
        self._middle = (0.5, 0.5)

    def __call__(self, planes: Planes, tick: Tick) -> Planes:
        since_s = self._clock.since_cut_s(tick)
        if tick.cut:
            self._middle = _subject(planes)
        width, height = self._canvas.width, self._canvas.height
        columns, rows = places(width, height)
        x, y = columns - self._middle[0] * width, rows - self._middle[1] * height
        from_subject = np.sqrt(x * x + y * y) / height
        # within a third of the height from the subject nothing moves; from there on the scale falls off smoothly
        outside = np.clip((from_subject - 0.34) / 0.66, 0.0, 1.0)
        pull = self._amount * eased(since_s, self._whole_s) * outside * outside * (3.0 - 2.0 * outside)
        return remapped(planes, columns - x * pull, rows - y * pull)


class _Parallax:
    """The camera drifts to the side and back; what is near passes what is far. Where the picture has no depth that can
    be told, it pushes in instead."""

    def __init__(self, given: Build, amount: float) -> None:
        self._canvas, self._amount = given.canvas, amount
        self._nearness = NearnessOverTime()
        self._push_in = _PushIn(given, amount)
        self._clock = ShotClock(given.canvas.rate)
        self._sway_s = 2.0 * given.number("seconds", 6.0)

    def __call__(self, planes: Planes, tick: Tick) -> Planes:
        since_s = self._clock.since_cut_s(tick)
        near = self._nearness(_small_rgb(planes), tick)
        if near is None:
            return self._push_in(planes, tick)
        width, height = self._canvas.width, self._canvas.height
        columns, rows = places(width, height)
        depth = cv2.resize(near, columns.shape[::-1], interpolation=cv2.INTER_CUBIC) - 0.45
        reach = 0.022 * self._amount * height
        angle = 2 * math.pi * since_s / self._sway_s
        across, down = reach * math.sin(angle), 0.35 * reach * (1.0 - math.cos(angle)) / 2
        # cropped by what the nearest moves, and a breath nearer while it drifts
        zoom = 1.0 / (1.0 - 1.3 * 0.022 * self._amount - 0.03 * self._amount * eased(since_s, self._sway_s))
        x, y = (columns - width / 2) / zoom, (rows - height / 2) / zoom
        return remapped(planes, width / 2 + x - across * depth, height / 2 + y - down * depth)


_MOVES: dict[CameraMove, Callable[[Build, float], Callable[[Planes, Tick], Planes]]] = {
    CameraMove.PUSH_IN: _PushIn,
    CameraMove.HANDHELD: _Handheld,
    CameraMove.DOLLY_ZOOM: _DollyZoom,
    CameraMove.PARALLAX: _Parallax,
}


def _view(
    canvas: Canvas,
    zoom: float,
    *,
    roll: float = 0.0,
    shift: tuple[float, float] = (0.0, 0.0),
    middle: tuple[float, float] = (0.5, 0.5),
) -> np.ndarray:
    """(2, 3): where each place of what is seen comes from, for a view that is nearer, leaning and aside."""
    x, y = middle[0] * canvas.width - 0.5, middle[1] * canvas.height - 0.5
    cosine, sine = math.cos(roll) / zoom, math.sin(roll) / zoom
    return np.array(
        [
            [cosine, -sine, x - cosine * x + sine * y + shift[0]],
            [sine, cosine, y - sine * x - cosine * y + shift[1]],
        ]
    )


def _subject(planes: Planes) -> tuple[float, float]:
    """Where the eye goes first, as shares of width and height, kept away from the borders."""
    from ops.saliency import saliency

    seen = saliency(_small_rgb(planes)) ** 2
    rows, columns = np.mgrid[0 : seen.shape[0], 0 : seen.shape[1]]
    total = float(seen.sum()) + 1e-9
    x = float((seen * columns).sum()) / total / seen.shape[1]
    y = float((seen * rows).sum()) / total / seen.shape[0]
    return min(0.7, max(0.3, x)), min(0.65, max(0.35, y))


def _small_rgb(planes: Planes) -> np.ndarray:
    """(h, 480, 3) uint8: enough to see what is where."""
    height, width = planes.luma.shape
    size = (480, max(16, 480 * height // width))
    luma, blue, red = (
        cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in (planes.luma, planes.blue, planes.red)
    )
    full = cv2.convertScaleAbs(luma, alpha=255 / 219, beta=-16 * 255 / 219)
    return cv2.cvtColor(cv2.merge([full, red, blue]), cv2.COLOR_YCrCb2RGB)
