"""Overlays: loops that join, the same at every size, and never what was not asked for."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from ops.errors import UsageError
from ops.media.frames import read_frames
from ops.style.overlays.dust import Dust
from ops.style.overlays.light_leaks import LightLeaks
from ops.style.overlays.loops import Loop
from ops.style.overlays.rain import Rain
from ops.style.overlays.snow import Snow
from ops.style.stages import Canvas
from tests.ops.style.graphs import built, shown

_KINDS = ["rain", "snow", "dust", "light_leaks"]
_CANVAS = Canvas(320, 180, Fraction(24))
_SIZE = (320, 180)


@pytest.fixture(scope="module")
def frame(data: Path) -> np.ndarray:
    (first,) = [each.rgb for each in read_frames(data / "video" / "cockatoo_720p.mp4", size=_SIZE, end_s=0.01)]
    return first


@pytest.mark.parametrize(
    "draw",
    [
        Rain(_SIZE, 1, amount=0.5, wind=0.3),
        Snow(_SIZE, 1, amount=0.5, wind=0.3),
        Dust(_SIZE, 1, motes=0.6, wear=0.0),
        LightLeaks(16 / 9, 1, warmth=0.7),
    ],
    ids=_KINDS,
)
def test_the_last_frame_of_a_loop_joins_the_first(draw: Rain | Snow | Dust | LightLeaks) -> None:
    shortly_before, elsewhere = draw(1.0 - 1 / 1920).astype(float), draw(0.5).astype(float)
    first = draw(0.0)

    assert np.abs(first - shortly_before).mean() < 0.4 * np.abs(first - elsewhere).mean()
    assert np.array_equal(draw(0.0), first)


def test_a_loop_goes_round_and_its_store_is_bounded() -> None:
    drawn: list[float] = []

    def draw(place: float) -> np.ndarray:
        drawn.append(place)
        return np.zeros((2000, 4000), np.uint8)

    loop = Loop(draw, Fraction(24000, 1001))
    for frame in (0, loop.length, *range(20), *range(20)):
        loop(frame)

    assert loop.length == 96
    assert len(drawn) == 20 + 12  # eight frames of 8 MB are kept, the other twelve drawn again


@pytest.mark.parametrize("kind", _KINDS)
def test_a_frame_has_the_same_weather_wherever_rendering_began(kind: str, frame: np.ndarray) -> None:
    from_the_start = shown(built("overlay", _CANVAS, kind=kind), [frame] * 4, _CANVAS, first=200)
    from_later = shown(built("overlay", _CANVAS, kind=kind), [frame], _CANVAS, first=203)

    assert np.array_equal(from_the_start[3], from_later[0])
    assert np.abs(from_the_start[3].astype(int) - frame).mean() > 0.4


def _added(kind: str, canvas: Canvas, strength: float = 1.0) -> float:
    """How much lighter the overlay makes a dark grey."""
    grey = np.full((canvas.height, canvas.width, 3), 60, np.uint8)
    plain = built("overlay", canvas, strength=0.0, kind=kind)
    laid = built("overlay", canvas, strength=strength, kind=kind, amount=0.9, wear=0.0)
    shades = [shown(made, [grey], canvas, first=150)[0].astype(int).mean() for made in (plain, laid)]
    return float(shades[1] - shades[0])


@pytest.mark.parametrize("kind", _KINDS)
def test_weather_falls_as_thick_on_a_small_screen_as_on_a_large_one(kind: str) -> None:
    assert _added(kind, _CANVAS) == pytest.approx(_added(kind, Canvas(1280, 720, Fraction(24))), rel=0.15)


@pytest.mark.parametrize("kind", _KINDS)
def test_half_the_strength_is_half_the_weather(kind: str) -> None:
    whole = _added(kind, _CANVAS)

    assert whole > 0.25
    assert _added(kind, _CANVAS, 0.5) == pytest.approx(whole / 2, rel=0.2)


def test_rain_leans_with_the_wind() -> None:
    def leaning(wind: float) -> float:
        streaks = Rain((480, 270), 2, amount=0.6, wind=wind)(0.3).astype(np.float32)
        right, down = cv2.Sobel(streaks, cv2.CV_32F, 1, 0), cv2.Sobel(streaks, cv2.CV_32F, 0, 1)
        return float((right * down).sum() / (right * right).sum())

    assert leaning(-0.9) > 0.1
    assert leaning(0.9) < -0.1
    assert abs(leaning(0.0)) < 0.08


def test_light_that_leaks_is_warm_and_only_ever_adds() -> None:
    dark = np.full((180, 320, 3), 30, np.uint8)

    lit = shown(built("overlay", _CANVAS, kind="light_leaks", amount=0.8), [dark], _CANVAS, first=170)[0].astype(int)

    red, _, blue = (lit - 30).reshape(-1, 3).mean(axis=0)
    assert red > 5 and red > 1.5 * blue
    assert lit[..., 0].min() >= 27


def test_an_overlay_that_is_not_there_is_named() -> None:
    with pytest.raises(UsageError, match="no overlay 'frogs'"):
        built("overlay", _CANVAS, kind="frogs")
