"""Paints on real pictures: what is drawn stays recognisable, still, and the same at every size."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ops.media.frames import read_frames
from ops.style.filters.strokes import along, directions
from ops.style.stages import Build, Canvas, Effort, PictureFilter, Tick, stage_kind
from ops.style.warping import warping_error

_PAINTS = ["cartoon", "oil_paint", "watercolour", "pencil"]
_SIZE = (320, 180)
_CANVAS = Canvas(*_SIZE, Fraction(24))


def _paint(op: str, canvas: Canvas = _CANVAS, *, strength: float = 1.0, effort: Effort = Effort.FULL) -> PictureFilter:
    made = stage_kind(op).build(Build({}, strength, canvas, 0, effort, Path()))
    assert callable(made)
    return made


@pytest.fixture(scope="module")
def portrait(data: Path) -> np.ndarray:
    """A real face, filling a third of the height."""
    picture = np.asarray(Image.open(data / "images" / "faces" / "astronaut_one_face.png").convert("RGB"))
    return cv2.resize(picture[:288], _SIZE, interpolation=cv2.INTER_AREA)


@pytest.fixture(scope="module")
def parrot(data: Path) -> list[np.ndarray]:
    film = data / "video" / "cockatoo_720p.mp4"
    return [frame.rgb for frame in read_frames(film, size=_SIZE, start_s=2.0, end_s=2.5)][:6]


def _grey(rgb: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 3)


@pytest.mark.parametrize("op", _PAINTS)
def test_a_painted_face_is_still_the_face(op: str, portrait: np.ndarray) -> None:
    painted = _paint(op)(portrait, Tick(0, cut=True))

    face = np.s_[30:110, 110:200]
    assert painted.shape == portrait.shape and painted.dtype == np.uint8
    assert np.corrcoef(_grey(painted)[face].ravel(), _grey(portrait)[face].ravel())[0, 1] > 0.75
    assert np.abs(painted.astype(int) - portrait).mean() > 4


@pytest.mark.parametrize("op", _PAINTS)
def test_a_still_film_stays_still(op: str, portrait: np.ndarray) -> None:
    paint = _paint(op)
    grain = np.random.default_rng(4)
    filmed = [np.clip(portrait + grain.normal(0, 1.5, portrait.shape), 0, 255).astype(np.uint8) for _ in range(4)]

    painted = [paint(frame, Tick(number, cut=number == 0)) for number, frame in enumerate(filmed)]

    change = np.abs(painted[3].astype(int) - painted[2]).mean()
    assert change < 1.6  # the film's own grain changes it by 1.7


@pytest.mark.parametrize("op", _PAINTS)
def test_strokes_follow_what_moves(op: str, parrot: list[np.ndarray]) -> None:
    paint = _paint(op)

    painted = [paint(frame, Tick(number, cut=number == 0)) for number, frame in enumerate(parrot)]

    # the house's measured bar for a steadied paint along motion: 0.023 of the range
    assert warping_error(painted[2:], flows_from=parrot[2:]) < 0.023


@pytest.mark.parametrize("op", _PAINTS)
def test_strength_goes_from_the_film_to_the_paint(op: str, portrait: np.ndarray) -> None:
    whole = _paint(op)(portrait, Tick(0, cut=True)).astype(int)

    half = _paint(op, strength=0.5)(portrait, Tick(0, cut=True)).astype(int)

    assert np.abs(half - (whole + portrait) / 2).max() <= 1
    assert np.array_equal(_paint(op, strength=0.0)(portrait, Tick(0, cut=True)), portrait)


@pytest.mark.parametrize("op", _PAINTS)
def test_a_look_is_the_same_on_a_small_screen_and_a_large_one(op: str, portrait: np.ndarray) -> None:
    large_size = (640, 360)
    large_canvas = Canvas(*large_size, Fraction(24))
    large = _paint(op, large_canvas)(cv2.resize(portrait, large_size, interpolation=cv2.INTER_CUBIC), Tick(0, cut=True))

    small = _paint(op)(portrait, Tick(0, cut=True)).astype(int)

    brought = cv2.resize(large, _SIZE, interpolation=cv2.INTER_AREA).astype(int)
    assert np.abs(cv2.blur(small.astype(np.float32), (9, 9)) - cv2.blur(brought.astype(np.float32), (9, 9))).mean() < 8


@pytest.mark.parametrize("op", _PAINTS)
def test_less_effort_draws_the_same_picture_more_coarsely(op: str, portrait: np.ndarray) -> None:
    full = _paint(op)(portrait, Tick(0, cut=True))

    least = _paint(op, effort=Effort.LEAST)(portrait, Tick(0, cut=True))

    assert least.shape == full.shape
    assert np.corrcoef(_grey(full).ravel(), _grey(least).ravel())[0, 1] > 0.85


def test_strokes_run_along_edges_and_rest_at_a_slant() -> None:
    bars = np.zeros((64, 64), np.uint8)
    bars[:, ::16] = bars[:, 1::16] = bars[:, 2::16] = 200
    upright = directions(bars, 3.0)
    blank = directions(np.full((64, 64), 90, np.uint8), 3.0, resting=2.0)

    assert np.abs(upright.down[8:-8, 8:-8]).min() > 0.95
    assert np.allclose(np.abs(blank.across * blank.down), 0.5, atol=0.02) and (blank.across * blank.down < 0).all()
    assert np.allclose(along(bars, upright, 6.0)[16:-16].astype(int), bars[16:-16], atol=12)
