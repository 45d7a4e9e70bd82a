"""The embedded object engine, and what counts as a picture's main subject."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ops.box import Box
from ops.faces import Face
from ops.objects import SALIENT, DetectedObject, main_subject
from resources.models.subject import SalientSubject

DOG = DetectedObject("dog", 0.9, Box(0.1, 0.4, 0.3, 0.3))
PERSON = DetectedObject("person", 0.95, Box(0.5, 0.1, 0.4, 0.8))
THEIR_FACE = Face(0.6, 0.15, 0.1, 0.15, 0.9)


@pytest.mark.parametrize(("x", "y"), [(90, 100), (200, 80), (150, 120)])
def test_the_box_lies_about_the_one_thing_that_stands_out(x: int, y: int):
    meadow = np.random.default_rng(1).normal(110, 40, (180, 320, 3)).clip(0, 255).astype(np.uint8)
    picture = cv2.GaussianBlur(meadow, (0, 0), 2.5)
    cv2.circle(picture, (x, y), 22, (230, 40, 30), -1)
    disc = Box((x - 22) / 320, (y - 22) / 180, 44 / 320, 44 / 180)

    (found,) = SalientSubject().detect(picture)

    both = found.box.overlap(disc)
    assert found.label == SALIENT
    assert 0 <= found.score <= 1
    assert both / (found.box.area + disc.area - both) > 0.4


def test_a_clear_figure_is_surer_than_a_meadow():
    meadow = np.random.default_rng(1).normal(110, 40, (180, 320, 3)).clip(0, 255).astype(np.uint8)
    picture = cv2.GaussianBlur(meadow, (0, 0), 2.5)
    (nothing,) = SalientSubject().detect(picture)
    cv2.circle(picture, (200, 80), 22, (230, 40, 30), -1)

    (figure,) = SalientSubject().detect(picture)

    assert figure.score > nothing.score


def test_a_blank_picture_is_of_nothing():
    assert SalientSubject().detect(np.full((90, 160, 3), 128, np.uint8)) == []


def test_what_merely_stands_out_is_no_main_subject():
    assert main_subject([DetectedObject(SALIENT, 1.0, Box(0.3, 0.3, 0.3, 0.3))], []) is None


def test_a_being_is_the_main_subject_and_furniture_is_not():
    chair = DetectedObject("chair", 0.99, Box(0.2, 0.2, 0.6, 0.6))

    assert main_subject([chair, DOG], []) == DOG


def test_a_person_whose_face_was_found_is_left_to_the_face():
    assert main_subject([PERSON], []) == PERSON
    assert main_subject([PERSON], [THEIR_FACE]) is None
    assert main_subject([PERSON, DOG], [THEIR_FACE]) == DOG


@pytest.mark.parametrize(
    "being",
    [
        DetectedObject("dog", 0.4, DOG.box),
        DetectedObject("bird", 0.9, Box(0.5, 0.5, 0.1, 0.1)),
        DetectedObject("horse", 0.9, Box(0.0, 0.05, 1.0, 0.9)),
    ],
    ids=["unsure", "a speck", "fills the frame"],
)
def test_what_no_crop_should_bend_to_is_no_main_subject(being: DetectedObject):
    assert main_subject([being], []) is None
