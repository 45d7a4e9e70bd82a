"""The finish: gentle, bounded, and neutral where the film is."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ops.box import WHOLE, Box
from ops.thumbnails.finish import extended, finished

PICTURES = ["content/coffee.png", "content/home.jpg", "content/chelsea_cat.png", "faces/astronaut_one_face.png"]


def opened(data: Path, name: str) -> Image.Image:
    with Image.open(data / "images" / name) as picture:
        return picture.convert("RGB")


@pytest.mark.parametrize("name", PICTURES)
def test_colours_keep_their_hue_and_tones_are_not_clipped(data: Path, name: str):
    before = opened(data, name)

    after = np.asarray(finished(before, before.size, WHOLE))

    first, second = np.asarray(before), after
    hue = [cv2.cvtColor(p.astype(np.float32) / 255, cv2.COLOR_RGB2LAB)[..., 1:].mean((0, 1)) for p in (first, second)]
    assert np.abs(hue[0] - hue[1]).max() < 4
    ends = [float(((p <= 2) | (p >= 253)).all(axis=2).mean()) for p in (first, second)]
    assert ends[1] - ends[0] < 0.02


def test_a_black_and_white_film_stays_neutral(data: Path):
    grey = opened(data, "faces/two_people_gray.png")

    after = np.asarray(finished(grey, (480, 338), WHOLE)).astype(int)

    assert np.ptp(after, axis=2).max() <= 1


def test_a_pale_picture_gains_contrast(data: Path):
    picture = np.asarray(opened(data, "content/home.jpg"))
    pale = Image.fromarray((picture * 0.6 + 50).astype(np.uint8))

    after = np.asarray(finished(pale, pale.size, WHOLE))

    assert 1.05 < after.std() / np.asarray(pale).std() < 1.4


@pytest.mark.parametrize("value", [0, 17, 128, 255])
def test_a_blank_picture_stays_as_it_is(value: int):
    blank = Image.new("RGB", (64, 36), (value, value, value))

    after = np.asarray(finished(blank, (128, 72), WHOLE)).astype(int)

    assert np.abs(after - value).max() <= 3


def test_a_cut_shows_the_part_that_was_asked_for():
    halves = np.zeros((100, 200, 3), np.uint8)
    halves[:, 100:] = (30, 200, 60)

    right = np.asarray(finished(Image.fromarray(halves), (50, 50), Box(0.5, 0.0, 0.5, 1.0)))

    assert np.abs(np.median(right, axis=(0, 1)) - (30, 200, 60)).max() < 8
    assert right[..., 1].min() > 150


@pytest.mark.parametrize("size", [(360, 640), (640, 360)])
def test_an_extended_picture_is_whole_before_a_dimmer_one(data: Path, size: tuple[int, int]):
    square = opened(data, "faces/astronaut_one_face.png")

    made = np.asarray(extended(square, size, WHOLE)).astype(float)

    side = min(size)
    assert made.shape[:2] == size[::-1]
    top, left = round((size[1] - side) * 0.42), (size[0] - side) // 2
    inside = made[top : top + side, left : left + side]
    apart = np.ones(made.shape[:2], bool)
    apart[top : top + side, left : left + side] = False
    assert made[apart].mean() < 0.75 * inside.mean()
