"""Traits are what one sees, and lessons move a score by what was learned and no further."""

from __future__ import annotations

import pytest
from PIL import Image

from ops.faces import Face
from ops.thumbnails.recipe import Recipe, Treatment
from ops.thumbnails.render import Rendering
from ops.thumbnails.traits import lean_on, traits_of


def seen(colour: tuple[int, int, int], *faces: Face) -> dict[str, str]:
    return traits_of(Recipe(Treatment.CLEAN), Rendering(Image.new("RGB", (640, 360), colour), (), faces))


def test_colour_and_light_are_as_they_look():
    grey, night = seen((128, 128, 128)), seen((10, 10, 25))
    split = Image.new("RGB", (640, 360), (230, 30, 30))
    split.paste((30, 60, 230), (0, 0, 320, 360))

    assert (grey["colour"], grey["light"]) == ("muted", "bright")
    assert night["light"] == "dark"
    assert traits_of(Recipe(Treatment.CLEAN), Rendering(split, (), ()))["colour"] == "vivid"


def test_a_face_is_close_or_small_or_not_there():
    near, far = Face(0.3, 0.2, 0.3, 0.5, 0.9), Face(0.3, 0.2, 0.05, 0.1, 0.9)

    assert [seen((90, 90, 90), *faces)["faces"] for faces in ((), (far,), (far, near))] == ["none", "small", "close"]


def test_lessons_multiply_what_they_know_and_stop_at_half_as_much_again():
    traits = {"treatment": "title", "colour": "vivid", "light": "dark"}

    assert lean_on(traits, {}) == 1
    assert lean_on(traits, {"treatment": {"title": 1.2}, "light": {"dark": 0.9, "bright": 5}}) == pytest.approx(1.08)
    assert lean_on(traits, {"treatment": {"title": 1.4}, "colour": {"vivid": 1.4}}) == 1.5
    assert lean_on(traits, {"treatment": {"title": 0.1}}) == pytest.approx(1 / 1.5)
