"""Strokes of mouse, finger and keys make masks; every step goes back, and the blend follows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.serving.blend_studio.studio_page import StudioPage

LEFT, RIGHT, BELOW = (0.2, 0.3), (0.8, 0.3), (0.5, 0.85)
ACROSS_LEFT = [(0.12, 0.3), (0.2, 0.32), (0.28, 0.3)]


def test_a_stroke_puts_the_style_where_it_was_painted_and_undo_takes_it_back(
    studio: StudioPage, pictures: dict[str, Path]
):
    studio.open(pictures["red"], pictures["blue"])
    assert blue(studio, LEFT) and blue(studio, RIGHT)

    painted(studio, "blue")
    assert blue(studio, LEFT) and red(studio, RIGHT) and red(studio, BELOW)

    before = studio.edit
    studio.page.keyboard.press("Control+z")
    studio.finished(before)
    assert blue(studio, RIGHT)
    before = studio.edit
    studio.page.keyboard.press("Control+Shift+Z")
    studio.finished(before)
    assert red(studio, RIGHT) and blue(studio, LEFT)
    assert studio.said == "Done again: stroke." or "Finished" in studio.said


def test_the_eraser_takes_paint_away_and_fills_do_the_rest(studio: StudioPage, pictures: dict[str, Path]):
    studio.open(pictures["red"], pictures["blue"])
    studio.on_brush("blue")
    press(studio, "#everything")
    assert blue(studio, LEFT) and blue(studio, RIGHT)

    studio.page.keyboard.press("e")
    before = studio.edit
    studio.stroke(ACROSS_LEFT)
    studio.finished(before)
    assert red(studio, LEFT) and blue(studio, RIGHT)

    press(studio, "#invert")
    assert blue(studio, LEFT) and red(studio, RIGHT)
    press(studio, "#feather")
    assert blue(studio, LEFT) and red(studio, RIGHT)
    press(studio, "#nothing")
    assert red(studio, LEFT) and red(studio, RIGHT)


def test_one_finger_paints_and_two_move_the_picture(tablet: StudioPage, pictures: dict[str, Path]):
    tablet.open(pictures["red"], pictures["blue"])
    tablet.on_brush("blue")
    before = tablet.edit
    tablet.touch(ACROSS_LEFT)
    tablet.finished(before)
    assert blue(tablet, LEFT) and red(tablet, RIGHT)

    before = tablet.edit
    tablet.touch([(0.45, 0.5), (0.35, 0.5), (0.2, 0.5)], [(0.55, 0.5), (0.65, 0.5), (0.8, 0.5)])
    assert tablet.edit == before, "nothing was painted"
    assert red(tablet, (-0.05, 0.7)), "the picture has grown beyond its frame"
    tablet.page.get_by_label("Fit").click()
    assert blue(tablet, LEFT)


def test_keys_hold_every_tool(studio: StudioPage, pictures: dict[str, Path]):
    studio.open(pictures["red"], pictures["blue"])
    studio.on_brush("blue")
    page = studio.page
    page.locator("#picture").focus()

    page.keyboard.press("]")
    assert float(page.input_value("#brush-size")) > 12
    for _ in range(3):
        page.keyboard.press("[")
    assert float(page.input_value("#brush-size")) < 12
    page.keyboard.press("Shift+}")
    assert page.input_value("#brush-hardness") == "70"
    page.keyboard.press("x")
    assert page.get_attribute("#eraser", "aria-pressed") == "true"
    assert page.input_value("#brush-hardness") == "60", "the eraser remembers its own"
    page.keyboard.press("b")
    assert page.get_attribute("#brush", "aria-pressed") == "true"

    before = studio.edit
    page.keyboard.down(" ")
    studio.stroke([(0.5, 0.5), (0.5, 0.9)])
    page.keyboard.up(" ")
    assert studio.edit == before, "Space moves the picture and paints nothing"
    assert studio.colour((0.5, 0.02)) != studio.colour((0.5, 0.9))
    page.keyboard.press("0")
    assert blue(studio, (0.5, 0.02))


def test_a_soft_brush_fades_out_and_a_stroke_that_crosses_itself_is_no_darker(
    studio: StudioPage, pictures: dict[str, Path]
):
    studio.open(pictures["red"], pictures["blue"])
    studio.on_brush("blue")
    studio.move("Hardness", 0)
    studio.move("Opacity", 50)
    studio.move("Size", 40)
    before = studio.edit
    studio.stroke([(0.3, 0.5), (0.7, 0.5), (0.3, 0.5), (0.7, 0.5)])
    studio.finished(before)

    middle, edge = studio.colour((0.5, 0.5)), studio.colour((0.5, 0.68))
    assert middle[2] == pytest.approx(125, abs=14)
    assert middle[2] > edge[2] > 22


def painted(studio: StudioPage, name: str) -> None:
    studio.on_brush(name)
    before = studio.edit
    studio.stroke(ACROSS_LEFT)
    studio.finished(before)


def press(studio: StudioPage, button: str) -> None:
    before = studio.edit
    studio.page.click(button)
    studio.finished(before)


def red(studio: StudioPage, point: tuple[float, float]) -> bool:
    return studio.colour(point) == pytest.approx((230, 20, 20), abs=12)


def blue(studio: StudioPage, point: tuple[float, float]) -> bool:
    return studio.colour(point) == pytest.approx((20, 20, 230), abs=12)
