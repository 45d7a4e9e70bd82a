"""The studio's page: sliders, comparing, history, links and export; nothing stale is shown, nothing is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from resources.blends import Blends, Feedback
from resources.store.model import ArtifactKey, MadeBy
from resources.store.opening import open_store
from tests.serving.blend_studio.conftest import Served, opened
from tests.serving.blend_studio.quick_engine import CRASHES, ENDLESS
from tests.serving.blend_studio.studio_page import StudioPage

if TYPE_CHECKING:
    from playwright.sync_api import Browser, WebSocketRoute

MIDDLE = (0.5, 0.5)


def test_a_moved_slider_shows_its_picture_and_weights_stay_together_but_for_locks(
    studio: StudioPage, pictures: dict[str, Path]
):
    studio.open(pictures["red"], pictures["blue"], pictures["green"])
    shares = lambda: [float(each.input_value()) for each in studio.page.locator("[data-part=style]").all()]  # noqa: E731
    assert shares() == [0, 100, 0]

    before = studio.edit
    studio.move("Style of green", 40)
    studio.finished(before)
    assert shares() == [0, 60, 40]
    assert studio.colour(MIDDLE) == pytest.approx((70, 92, 94), abs=9)

    studio.page.get_by_label("Hold the style of green").click()
    studio.move("Style of red", 30)
    assert shares() == [30, 30, 40]
    assert studio.page.get_by_label("Style of green", exact=True).is_disabled()

    studio.page.uncheck("#balanced")
    studio.move("Style of blue", 90)
    assert shares() == [30, 90, 40]


def test_a_picture_of_an_older_edit_is_dropped_whenever_it_arrives(
    served: Served, browser: Browser, pictures: dict[str, Path]
):
    context, studio = opened(served, browser)
    old: list[bytes | str] = []
    lines: list[WebSocketRoute] = []

    def between(page: WebSocketRoute) -> None:
        server = page.connect_to_server()
        lines.append(page)
        page.on_message(server.send)
        server.on_message(lambda told: (old.append(told), page.send(told)))

    studio.page.route_web_socket("**/studio/blend/socket", between)
    studio.open(pictures["red"], pictures["blue"])
    stale = [each for each in old if isinstance(each, bytes)]
    before = studio.edit
    studio.move("Style strength", 0)
    studio.finished(before)
    shown = studio.shown
    for each in stale:
        lines[-1].send(each)
    studio.page.wait_for_timeout(150)

    assert studio.shown == shown
    assert studio.colour(MIDDLE) == pytest.approx((230, 20, 20), abs=9)
    context.close()


def test_comparing_splits_the_picture_or_shows_what_was_before_while_held(
    studio: StudioPage, pictures: dict[str, Path]
):
    studio.open(pictures["red"], pictures["blue"])
    page = studio.page
    page.locator("#picture").focus()
    page.keyboard.press("s")
    assert is_red(studio, (0.3, 0.2)) and is_blue(studio, (0.7, 0.2))
    page.locator("#divider").focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    assert page.get_attribute("#divider", "aria-valuenow") == "44"
    x, y = studio.place((0.44, 0.6))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(*studio.place((0.8, 0.6)), steps=3)
    page.mouse.up()
    assert is_red(studio, (0.7, 0.2)) and is_blue(studio, (0.9, 0.2))
    page.keyboard.press("s")
    assert is_blue(studio, (0.3, 0.2))
    page.keyboard.down("c")
    assert is_red(studio, (0.3, 0.2))
    page.keyboard.up("c")
    assert is_blue(studio, (0.3, 0.2))


def test_results_gather_and_each_brings_its_recipe_back(studio: StudioPage, pictures: dict[str, Path]):
    studio.open(pictures["red"], pictures["blue"])
    before = studio.edit
    studio.move("Style strength", 0)
    studio.finished(before)
    assert studio.page.locator("#history li").count() == 2

    before = studio.edit
    studio.page.get_by_label("Result 1: bring its recipe back").click()
    studio.finished(before)
    assert studio.page.input_value("#strength") == "100"
    studio.page.click("#reset")
    assert studio.page.locator(".source").count() == 2


def test_a_link_brings_everything_back_paint_and_settings_and_weights(
    studio: StudioPage, pictures: dict[str, Path], served: Served, browser: Browser
):
    studio.open(pictures["red"], pictures["blue"], pictures["green"])
    studio.on_brush("blue")
    studio.stroke([(0.15, 0.3), (0.3, 0.3)])
    studio.page.click("summary:has-text('Advanced')")
    studio.page.fill("[name=seed]", "77")
    studio.page.select_option("[name=colour]", "keep")
    studio.move("Weight of relu2_1 for style", 2)
    before = studio.edit
    studio.move("Style of green", 25)
    studio.finished(before)
    told = recipe(studio)
    studio.page.click("#share")
    studio.page.locator("#sheet-link").wait_for()
    link = studio.page.input_value("#sheet-link")

    context, other = opened(served, browser)
    other.open(at=link)
    other.finished()
    assert recipe(other) == told
    assert told["seed"] == 77 and told["style_layers"]["relu2_1"] == 2
    assert other.colour((0.2, 0.3)) == pytest.approx(studio.colour((0.2, 0.3)), abs=9)
    assert other.colour((0.8, 0.8)) == pytest.approx(studio.colour((0.8, 0.8)), abs=9)
    context.close()


def test_an_export_is_an_order_and_the_picture_is_there_to_download_when_it_is_made(
    studio: StudioPage, pictures: dict[str, Path], served: Served
):
    studio.open(pictures["red"], pictures["blue"])
    studio.page.click("#export")
    studio.page.get_by_text("It waits for a machine.").wait_for()
    blend = urlsplit(studio.page.url).path.rpartition("/")[2]
    kept = Blends(served.database)
    assert [each.id for each in kept.open(5)] == [blend]

    kept.start(blend)
    open_store(served.settings).publish(
        ArtifactKey(blend, "blended_image"),
        {"blend.png": pictures["blue"], "blend.jpg": pictures["blue"]},
        made_by=MadeBy("1", "test"),
        inputs={},
    )
    kept.finish(blend, made_from="test")
    studio.page.get_by_text("It is painted.").wait_for()
    with studio.page.expect_download() as download:
        studio.page.click("#sheet-open")
    assert Path(download.value.path()).read_bytes() == pictures["blue"].read_bytes()

    studio.page.click("#sheet button")
    studio.page.get_by_label("Like this blend").click()
    studio.until(lambda: studio.said.startswith("Liked"))
    assert kept.said(blend)[Feedback.LIKE] == 1


def test_a_blend_that_breaks_the_engine_is_told_and_the_next_edit_is_blended(
    studio: StudioPage, pictures: dict[str, Path]
):
    studio.open(pictures["red"], pictures["blue"])
    studio.page.click("summary:has-text('Advanced')")
    studio.page.fill("[name=seed]", str(CRASHES))
    studio.page.keyboard.press("Tab")
    studio.until(lambda: "broke the engine" in studio.said)
    before = studio.edit
    studio.page.fill("[name=seed]", str(ENDLESS))
    studio.page.keyboard.press("Tab")
    studio.until(lambda: studio.edit > before and "neural" in studio.shown)
    studio.page.fill("[name=seed]", "1")
    studio.page.keyboard.press("Tab")
    studio.finished(before + 1)


def test_files_that_are_no_pictures_are_refused_in_words(studio: StudioPage, tmp_path: Path):
    studio.open()
    wrong = tmp_path / "notes.png"
    wrong.write_bytes(b"not a picture")
    studio.page.set_input_files("#files", [wrong])
    studio.until(lambda: "notes.png" in studio.said)
    studio.complaints.clear()  # the browser writes of every 422


@pytest.mark.parametrize(("width", "scheme"), [(1024, "light"), (390, "dark")])
def test_it_fits_a_tablet_and_a_phone_and_everything_has_a_name(
    studio: StudioPage, pictures: dict[str, Path], width: int, scheme: Any
):
    studio.page.set_viewport_size({"width": width, "height": 800})
    studio.page.emulate_media(color_scheme=scheme)
    studio.open(pictures["red"], pictures["blue"])
    studio.page.click("summary:has-text('Advanced')")
    assert studio.page.evaluate("document.documentElement.scrollWidth") <= width
    nameless = studio.page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, [role=slider]")]
          .filter((one) => !(one.getAttribute("aria-label") || one.textContent.trim() || one.labels?.length))
          .map((one) => one.outerHTML)"""
    )
    assert nameless == []
    box = studio.page.locator("#picture").bounding_box()
    assert box is not None and box["width"] > 0.55 * width and box["height"] > 220


def recipe(studio: StudioPage) -> dict[str, Any]:
    """The recipe on the desk, as it is saved."""
    with studio.page.expect_download() as download:
        studio.page.click("#save")
    return json.loads(Path(download.value.path()).read_text())


def is_red(studio: StudioPage, point: tuple[float, float]) -> bool:
    return studio.colour(point) == pytest.approx((230, 20, 20), abs=12)


def is_blue(studio: StudioPage, point: tuple[float, float]) -> bool:
    return studio.colour(point) == pytest.approx((20, 20, 230), abs=12)
