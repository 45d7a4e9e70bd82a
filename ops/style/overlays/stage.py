"""The operation "overlay": one of the loops, laid over the film's planes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import cv2
import numpy as np

from ops.errors import UsageError
from ops.style.overlays.dust import Dust
from ops.style.overlays.light_leaks import LEAK_S, LightLeaks
from ops.style.overlays.loops import Loop
from ops.style.overlays.rain import Rain
from ops.style.overlays.snow import Snow
from ops.style.stages import Build, FrameFilter, GraphFilter, Planes, PlanesFilter, Tick

__all__ = ["OverlayKind", "overlay"]

_LINES = 540
"""Loops are drawn at this height: what falls past a lens is blurred by its movement anyway, and a flake of less than a
pixel cannot be drawn on a smaller canvas, only made smaller."""


class OverlayKind(StrEnum):
    """What may fall."""

    RAIN = "rain"
    SNOW = "snow"
    DUST = "dust"
    LIGHT_LEAKS = "light_leaks"


def overlay(given: Build) -> FrameFilter:
    """Rain, snow, dust or leaking light over the frames.

    Settings: kind; amount, 0…1. rain and snow: wind, −1…1. dust: wear, 0…1, of the print. light_leaks: warmth, 0…1.

    Raises:
        UsageError: There is no overlay of that kind.
    """
    word = given.word("kind")
    if word not in list(OverlayKind):
        raise UsageError(f"there is no overlay {word!r}", where="overlay", fix=f"There are {', '.join(OverlayKind)}.")
    seen = max(given.number("amount", 0.5), given.number("wear", 0.0)) * given.strength
    if seen < 0.005:
        return GraphFilter.chain(("null", {}))
    return PlanesFilter(_LAID[OverlayKind(word)](given))


@dataclass(frozen=True)
class _Ambience:
    """What falls is lit by what is around it: the luma it shows is `least` + `share` of the picture's there."""

    least: float
    share: float
    blue: int
    red: int


def _rain(given: Build) -> _Falling:
    drops = Rain(_size(given), given.seed, amount=given.number("amount", 0.5), wind=given.number("wind", 0.35))
    return _Falling(given, drops, _Ambience(84.0, 0.9, 131, 126))


def _snow(given: Build) -> _Falling:
    flakes = Snow(_size(given), given.seed, amount=given.number("amount", 0.5), wind=given.number("wind", 0.2))
    return _Falling(given, flakes, _Ambience(134.0, 0.5, 129, 128))


def _size(given: Build) -> tuple[int, int]:
    return max(8, round(given.canvas.width * _LINES / given.canvas.height)), _LINES


def _loop(given: Build, draw: Callable[[float], np.ndarray]) -> Loop:
    """The loop at the canvas's size, or at the size that it is drawn at where the canvas is larger."""
    canvas = given.canvas
    if canvas.height >= _LINES:
        return Loop(draw, canvas.rate)
    size = (canvas.width, canvas.height)
    return Loop(lambda place: cv2.resize(draw(place), size, interpolation=cv2.INTER_AREA), canvas.rate)


class _Falling:
    """Something lighter than the air, by its alpha."""

    def __init__(self, given: Build, draw: Callable[[float], np.ndarray], ambience: _Ambience) -> None:
        self._loop = _loop(given, draw)
        self._strength = given.strength
        self._ambience = ambience

    def __call__(self, planes: Planes, tick: Tick) -> Planes:
        alpha = _enlarged(self._loop(tick.frame), planes.luma.shape, self._strength)
        half = cv2.resize(alpha, planes.blue.shape[::-1], interpolation=cv2.INTER_AREA)
        return Planes(
            _over(planes.luma, self._lit(planes.luma), alpha),
            _over(planes.blue, self._ambience.blue, half),
            _over(planes.red, self._ambience.red, half),
        )

    def _lit(self, luma: np.ndarray) -> np.ndarray:
        """(H, W) uint8: the luma of what falls, by the light around it."""
        height, width = luma.shape
        around = cv2.resize(luma, (32, max(4, 32 * height // width)), interpolation=cv2.INTER_AREA)
        around = cv2.GaussianBlur(around, (0, 0), 2.0).astype(np.float32)
        lit = np.clip(self._ambience.least + self._ambience.share * around, 16, 235).astype(np.uint8)
        return cv2.resize(lit, (width, height), interpolation=cv2.INTER_LINEAR)


class _Dusty:
    """Lighter and darker dust."""

    def __init__(self, given: Build) -> None:
        amount = given.number("amount", 0.5)
        dust = Dust(_size(given), given.seed, motes=amount, wear=given.number("wear", 0.5))
        self._loop = _loop(given, dust)
        self._strength = given.strength

    def __call__(self, planes: Planes, tick: Tick) -> Planes:
        light, dark = cv2.split(self._loop(tick.frame))
        light = _enlarged(light, planes.luma.shape, self._strength)
        dark = _enlarged(dark, planes.luma.shape, self._strength)
        either = cv2.resize(cv2.max(light, dark), planes.blue.shape[::-1], interpolation=cv2.INTER_AREA)
        luma = _over(_over(planes.luma, 226, light), 26, dark)
        return Planes(luma, _over(planes.blue, 124, either), _over(planes.red, 131, either))


class _Leaking:
    """Light on top of light: as two exposures of one frame of film."""

    def __init__(self, given: Build) -> None:
        canvas = given.canvas
        self._leaks = LightLeaks(canvas.width / canvas.height, given.seed, warmth=given.number("warmth", 0.7))
        self._gain = np.float32(given.number("amount", 0.5) * given.strength)
        self._length = max(2, round(LEAK_S * canvas.rate))
        self._dither = (
            np.random.default_rng(given.seed).uniform(-0.5, 0.5, (canvas.height, canvas.width)).astype(np.float32)
        )

    def __call__(self, planes: Planes, tick: Tick) -> Planes:
        light = self._gain * self._leaks((tick.frame % self._length) / self._length)
        red, green, blue = cv2.split(light)
        luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
        shape = planes.luma.shape
        exposed = (
            cv2.resize(255.0 * luma, shape[::-1], interpolation=cv2.INTER_CUBIC) + self._dither
        )  # skies must not band
        exposed = np.clip(exposed + 0.5, 0, 255).astype(np.uint8)
        return Planes(
            _over(planes.luma, 235, exposed),
            _tinted(planes.blue, (blue - luma) / 1.8556),
            _tinted(planes.red, (red - luma) / 1.5748),
        )


_LAID: dict[OverlayKind, Callable[[Build], Callable[[Planes, Tick], Planes]]] = {
    OverlayKind.RAIN: _rain,
    OverlayKind.SNOW: _snow,
    OverlayKind.DUST: _Dusty,
    OverlayKind.LIGHT_LEAKS: _Leaking,
}


def _enlarged(alpha: np.ndarray, shape: tuple[int, ...], strength: float) -> np.ndarray:
    if strength < 1:
        alpha = cv2.convertScaleAbs(alpha, alpha=strength)
    return alpha if alpha.shape == shape[:2] else cv2.resize(alpha, shape[1::-1], interpolation=cv2.INTER_LINEAR)


def _over(plane: np.ndarray, colour: np.ndarray | int, alpha: np.ndarray) -> np.ndarray:
    """A colour over a plane, by its alpha; all uint8."""
    rest = cv2.multiply(plane, cv2.bitwise_not(alpha), scale=1 / 255)
    if isinstance(colour, int):
        return cv2.add(rest, cv2.convertScaleAbs(alpha, alpha=colour / 255))
    return cv2.add(rest, cv2.multiply(colour, alpha, scale=1 / 255))


def _tinted(plane: np.ndarray, tint: np.ndarray) -> np.ndarray:
    """A plane of colour, and what the light adds to it (−0.5…0.5, at any size)."""
    large = cv2.resize(224.0 * tint, plane.shape[::-1], interpolation=cv2.INTER_CUBIC)
    return cv2.add(plane, large, dtype=cv2.CV_8U)
