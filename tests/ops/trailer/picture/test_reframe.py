"""The tracked crop: the subject stays inside, still shots stand still, and no bar comes into the window."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from ops.media.writer import VideoWriter
from ops.trailer.events import CropKnot
from ops.trailer.picture.framing import window_size
from ops.trailer.picture.reframe import reframe
from tests.ops.trailer.render_cases import SINTEL_PICTURE, WHOLE

FRAMES, SIZE, RATE = 72, (320, 180), Fraction(24)


def write_walk(path: Path, place: Callable[[float], float], pan: float) -> None:
    """A figure whose middle is at a known share of the width, before a still or passing background."""
    noise = np.random.default_rng(3).integers(0, 255, (180, 1200, 3), dtype=np.uint8).astype(np.float32)
    far = cv2.GaussianBlur(noise, (0, 0), 4)
    far = ((far - far.mean()) * 5 + 110).clip(20, 220).astype(np.uint8)
    with VideoWriter(path, size=SIZE, rate=RATE) as writer:
        for frame in range(FRAMES):
            left = 200 + int(pan * frame)
            picture = far[:, left : left + 320].copy()
            cv2.ellipse(picture, (int(place(frame / FRAMES) * 320), 100), (16, 50), 0, 0, 360, (240, 60, 40), -1)
            writer.write(picture)


WALKS: dict[str, tuple[Callable[[float], float], float]] = {
    "walks across": (lambda t: 0.15 + 0.7 * t, 0.0),
    "walks while the camera pans": (lambda t: 0.25 + 0.4 * t, 3.0),
    "there and back": (lambda t: 0.5 + 0.25 * float(np.sin(2 * np.pi * t)), 0.0),
    "stands, then goes": (lambda t: 0.25 + 0.5 * min(1.0, max(0.0, 2 * t - 0.6)), 0.0),
}


def window_lefts(knots: tuple[CropKnot, ...], frames: int) -> np.ndarray:
    return np.interp(np.arange(frames), [knot.frame for knot in knots], [knot.left for knot in knots])


@pytest.mark.parametrize("name", WALKS)
def test_a_moving_subject_stays_in_the_window(name: str, tmp_path: Path):
    place, pan = WALKS[name]
    film = tmp_path / "walk.mp4"
    write_walk(film, place, pan)

    found = reframe(film, 0, FRAMES, RATE, aspect=9 / 16)

    wide = window_size(SIZE, WHOLE, 9 / 16)[0]
    lefts = window_lefts(found.knots, FRAMES)
    subject = np.array([place(frame / FRAMES) for frame in range(FRAMES)])
    assert ((subject > lefts + 0.03 * wide) & (subject < lefts + 0.97 * wide)).mean() >= 0.95
    assert found.inside >= 0.9
    speed = np.diff(lefts) * 24 / wide
    assert np.abs(speed).max() <= 1.05
    assert np.abs(np.diff(speed)).max() < 0.6  # no jerk: a change of pace is spread over frames


def test_a_subject_that_stands_gives_one_knot(tmp_path: Path):
    film = tmp_path / "still.mp4"
    write_walk(film, lambda t: 0.7 + 0.02 * float(np.sin(20 * t)), 0.0)
    found = reframe(film, 0, FRAMES, RATE, aspect=9 / 16)
    assert len(found.knots) == 1
    assert abs(found.knots[0].left + window_size(SIZE, WHOLE, 9 / 16)[0] / 2 - 0.7) < 0.06


@pytest.mark.parametrize("aspect", [9 / 16, 1.0])
@pytest.mark.parametrize(
    ("file", "rate", "start", "picture"),
    [
        ("sintel_trailer_720p.mp4", 24, 930, SINTEL_PICTURE),
        ("chaplin_640x360.mp4", 25, 20, (0.125, 0.0, 0.875, 1.0)),
        ("vtest_pedestrians_768x576.avi", 10, 30, WHOLE),
    ],
)
def test_the_window_never_leaves_the_picture(
    file: str, rate: int, start: int, picture: tuple[float, float, float, float], *, aspect: float, data: Path
):
    from ops.media.film_reader import open_film

    film = data / "video" / file
    found = reframe(film, start, start + 30, Fraction(rate), aspect=aspect, picture=picture)

    with open_film(film) as reader:
        wide, high = window_size((reader.width, reader.height), picture, aspect)
    for knot in found.knots:
        assert picture[0] - 1e-4 <= knot.left and knot.left + wide <= picture[2] + 1e-4
        assert picture[1] - 1e-4 <= knot.top and knot.top + high <= picture[3] + 1e-4
    assert found.inside >= 0.6
    assert [knot.frame for knot in found.knots] == sorted({knot.frame for knot in found.knots})
    assert found.knots[-1].frame < 30


def test_a_face_leads_the_window(data: Path):
    from resources.models.faces import CascadeFaces

    film = data / "video/sintel_trailer_720p.mp4"
    found = reframe(film, 334, 364, RATE, aspect=9 / 16, picture=SINTEL_PICTURE, faces=CascadeFaces())
    wide = window_size((1280, 720), SINTEL_PICTURE, 9 / 16)[0]
    # by eye: her face's middle lies between 0.43 and 0.48 of the width in this shot
    assert found.knots[0].left + 0.1 * wide < 0.43 and found.knots[0].left + 0.9 * wide > 0.48
