"""The embedded face detector on real pictures, labelled by eye."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ops.box import Box
from ops.media.frames import read_frames
from resources.models.faces import CascadeFaces


@pytest.fixture(scope="module")
def detector() -> CascadeFaces:
    return CascadeFaces()


def picture(path: Path) -> np.ndarray:
    with Image.open(path) as opened:
        return np.asarray(opened.convert("RGB"))


def frame(path: Path, number: int, rate: float) -> np.ndarray:
    return next(read_frames(path, start_s=number / rate)).rgb


def test_the_astronaut_has_one_face_with_open_eyes(data: Path, detector: CascadeFaces):
    faces = detector.detect(picture(data / "images/faces/astronaut_one_face.png"))

    assert len(faces) == 1
    by_eye = Box(175 / 512, 65 / 512, 98 / 512, 100 / 512)
    assert faces[0].box.overlap(by_eye) > 0.7 * by_eye.area
    assert faces[0].eyes_open is True
    left, right = faces[0].eyes
    assert left[0] < right[0]


def test_two_people_in_a_grey_picture_are_both_found(data: Path, detector: CascadeFaces):
    faces = detector.detect(picture(data / "images/faces/two_people_gray.png"))

    assert len(faces) == 2
    middles = sorted(face.box.centre[0] for face in faces)
    assert middles[0] < 0.4 < middles[1]


def test_five_children_are_all_found(data: Path, detector: CascadeFaces):
    assert len(detector.detect(picture(data / "images/blend/children_alpha.png"))) == 5


@pytest.mark.parametrize("name", ["building.jpg", "chelsea_cat.png", "coffee.png", "home.jpg", "amber_door.jpg"])
def test_pictures_without_people_have_no_faces(data: Path, detector: CascadeFaces, name: str):
    assert detector.detect(picture(data / "images/content" / name)) == []


def test_a_close_up_that_crops_the_forehead_is_found(data: Path, detector: CascadeFaces):
    film = data / "video/sintel_trailer_720p.mp4"
    without_bars = np.ascontiguousarray(frame(film, 665, 24)[92:-90])

    faces = detector.detect(without_bars)

    assert [face.eyes_open for face in faces] == [True]
    assert faces[0].h > 0.8
    assert faces[0].y >= 0.0
    assert faces[0].box.bottom <= 1.0 + 1e-9


def test_a_small_face_in_an_old_film_is_found_and_its_eyes_are_not_guessed(data: Path, detector: CascadeFaces):
    faces = detector.detect(frame(data / "video/chaplin_640x360.mp4", 198, 25))

    chaplin = Box(346 / 640, 42 / 360, 43 / 640, 43 / 360)
    hits = [face for face in faces if face.box.overlap(chaplin) > 0.5 * chaplin.area]
    assert len(hits) == 1
    assert hits[0].eyes_open is None


@pytest.mark.parametrize(
    ("name", "rate", "frames"),
    [
        ("bikes_640x272.mp4", 25, (5, 64, 151, 205, 238)),
        ("cockatoo_720p.mp4", 20, (0, 36, 84, 181)),
        ("big_buck_bunny_0_30_720p.webm", 24, (100, 312, 437, 593)),
    ],
)
def test_street_bird_and_landscape_have_no_false_faces(
    data: Path, detector: CascadeFaces, name: str, rate: int, frames: tuple[int, ...]
):
    found = {number: detector.detect(frame(data / "video" / name, number, rate)) for number in frames}

    assert {number for number, faces in found.items() if faces} == set()


@pytest.mark.parametrize("size", [(1, 1), (2, 3000), (3000, 2), (23, 23), (24, 24), (31, 400)])
def test_pictures_of_any_size_are_taken(detector: CascadeFaces, size: tuple[int, int]):
    assert detector.detect(np.full((*size, 3), 128, np.uint8)) == []


def test_looking_twice_finds_the_same(data: Path, detector: CascadeFaces):
    shown = picture(data / "images/blend/children_alpha.png")

    assert detector.detect(shown) == detector.detect(shown)
