"""The gallery page in a real browser, from disk, with nothing beside it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ops.media.probe import probe
from serving.gallery.model import GalleryPage, GalleryState, GalleryTiming
from serving.gallery.page import render_gallery, render_index
from serving.gallery.preview import browser_preview
from tests.serving.page_visit import WIDTHS, assert_sound, visit
from tests.serving.sample_page import MADE_AT

if TYPE_CHECKING:
    from playwright.sync_api import Browser

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")


@pytest.fixture(scope="module")
def lone_page(edit: GalleryPage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's one file, carried to a folder of its own."""
    page = render_gallery(edit, tmp_path_factory.mktemp("made"))
    return Path(shutil.copy(page, tmp_path_factory.mktemp("elsewhere") / "sent by mail.html"))


@pytest.mark.parametrize("width", WIDTHS)
def test_the_page_works_alone_on_a_screen_and_on_a_phone(browser: Browser, lone_page: Path, width: int) -> None:
    seen = visit(browser, lone_page, width)

    seen.page.wait_for_function("document.querySelector('video').readyState >= 1")
    assert seen.run("document.querySelector('video').duration") == pytest.approx(20.0, abs=0.1)
    assert seen.run("document.querySelector('video').videoWidth") == 640
    assert_sound(seen)


def test_a_click_on_a_shot_goes_to_its_first_frame(browser: Browser, lone_page: Path, edit: GalleryPage) -> None:
    seen = visit(browser, lone_page, 1280)
    seen.page.wait_for_function("document.querySelector('video').readyState >= 1")

    for shot in (edit.shots[5], edit.shots[2]):
        seen.page.locator(".shot").nth(shot.index).click()
        seen.page.wait_for_function("!document.querySelector('video').seeking")

        at = seen.run("document.querySelector('video').currentTime")
        assert shot.start_s <= at < shot.start_s + 1 / 25
        current = seen.run("document.querySelector('.shot[aria-current=true]').dataset.shot")
        assert current == str(shot.index)


def test_the_current_shot_follows_the_film_while_it_plays(browser: Browser, lone_page: Path, edit: GalleryPage) -> None:
    seen = visit(browser, lone_page, 1280)
    third = edit.shots[3]

    seen.run(f"(() => {{ const film = document.querySelector('video'); film.muted = true;"
             f" film.currentTime = {third.start_s - 0.4}; film.play(); }})()")  # fmt: skip

    seen.page.wait_for_function("document.querySelector('.shot[aria-current=true]').dataset.shot === '3'")
    assert float(str(seen.run("parseFloat(document.querySelector('.needle').style.left)"))) > 0


def test_the_timeline_is_worked_by_keyboard_alone(browser: Browser, lone_page: Path, edit: GalleryPage) -> None:
    seen = visit(browser, lone_page, 1280)
    seen.page.locator(".shot").first.focus()

    for key in ("ArrowRight", "ArrowRight", "Enter"):
        seen.page.keyboard.press(key)

    assert seen.run("document.querySelector('.shot[aria-current=true]').dataset.shot") == "2"
    assert seen.run("document.querySelectorAll('.shot[tabindex=\"0\"]').length") == 1
    seen.page.keyboard.press("End")
    assert seen.run("document.activeElement.dataset.shot") == str(edit.shots[-1].index)


def test_the_pointer_over_a_shot_shows_its_keyframe(browser: Browser, lone_page: Path) -> None:
    seen = visit(browser, lone_page, 1280)

    seen.page.locator(".shot").nth(3).hover()

    playwright.expect(seen.page.locator(".peek")).to_be_visible()
    playwright.expect(seen.page.locator(".peek")).to_contain_text("Shot 3")
    assert_sound(seen)


def test_the_preview_of_a_film_that_browsers_do_not_know_plays(
    browser: Browser, data: Path, edit: GalleryPage, tmp_path: Path
) -> None:
    film = browser_preview(data / "video" / "pedestrians_interlaced_576i.mpg", tmp_path / "preview")

    seen = visit(browser, render_gallery(replace(edit, film=film), tmp_path / "page"), 1280)

    seen.page.wait_for_function("document.querySelector('video').readyState >= 2")
    assert seen.run("document.querySelector('video').duration") == pytest.approx(6.0, abs=0.1)
    assert_sound(seen)


@pytest.mark.parametrize("clip", ["bikes_rotate90_metadata.mp4", "big_buck_bunny_0_30_720p.webm"])
def test_films_taken_as_they_are_play_upright(
    browser: Browser, data: Path, edit: GalleryPage, tmp_path: Path, clip: str
) -> None:
    film = data / "video" / clip
    shown = probe(film).video
    assert shown is not None

    seen = visit(browser, render_gallery(replace(edit, film=browser_preview(film, tmp_path)), tmp_path), 1280)

    seen.page.wait_for_function("document.querySelector('video').readyState >= 2")
    size = seen.run("[document.querySelector('video').videoWidth, document.querySelector('video').videoHeight]")
    assert size == [shown.width, shown.height]


def test_a_film_that_the_browser_refuses_as_data_is_tried_again_as_a_blob(
    browser: Browser, edit: GalleryPage, tmp_path: Path
) -> None:
    page = render_gallery(edit, tmp_path)
    html = page.read_text()
    html = html.replace('<source src="data:video/mp4;', '<source src="data:video/unheard;', 1)
    page.write_text(html.replace('type="video/mp4"', 'type="video/unheard"', 1))

    seen = visit(browser, page, 1280)

    seen.page.wait_for_function("document.querySelector('video').src.startsWith('blob:')")


@pytest.fixture(scope="module")
def partial_page(edit: GalleryPage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """No film, no sound, no thumbnails, and names made to break a page."""
    partial = replace(
        edit,
        name='</title><script>alert("x")</script>' + "Unbroken" * 40,
        film=None,
        sound=None,
        thumbnails=(),
        timings=(GalleryTiming("thumbnails/16x9", GalleryState.FAILED, None, "e" * 90, "/" + "deep/" * 60),),
    )
    return render_gallery(partial, tmp_path_factory.mktemp("partial"))


@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_without_film_and_with_hostile_names_stays_sound(
    browser: Browser, partial_page: Path, width: int
) -> None:
    seen = visit(browser, partial_page, width)

    seen.page.locator(".shot").nth(4).click()

    assert_sound(seen)
    assert seen.run("document.getElementById('keyframe-4-0').src === document.getElementById('still').src")


@pytest.fixture(scope="module")
def long_page(edit: GalleryPage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film of 120 shots, of which some have keyframes."""
    keyframe = edit.shots[0].keyframes[0]
    shots = (replace(edit.shots[0], index=n, start_s=2.0 * n, end_s=2.0 * n + 2, keyframes=()) for n in range(120))
    pictured = (
        replace(shot, keyframes=(replace(keyframe, time_s=shot.start_s),)) if shot.index % 10 == 0 else shot
        for shot in shots
    )
    return render_gallery(replace(edit, shots=tuple(pictured), film=None), tmp_path_factory.mktemp("long"))


@pytest.mark.parametrize("width", WIDTHS)
def test_many_shots_keep_their_long_strip_inside_the_page(browser: Browser, long_page: Path, width: int) -> None:
    seen = visit(browser, long_page, width)

    seen.page.locator(".shot").nth(100).click()

    assert_sound(seen)
    room = seen.run("document.querySelector('.reel').clientWidth")
    assert seen.run("document.querySelector('.strip').scrollWidth") == max(120 * 14, room)


@pytest.fixture(scope="module")
def titles(edit: GalleryPage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index over a title that was made and one in quarantine."""
    folder = tmp_path_factory.mktemp("titles")
    held = GalleryPage("held", "half.mp4", MADE_AT, quarantine="/inbox/" + "x" * 200 + ": the file is cut short.")
    return render_index([(page, render_gallery(page, folder / page.title)) for page in (edit, held)], folder)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_title_in_quarantine_and_the_index_of_titles_are_sound(browser: Browser, titles: Path, width: int) -> None:
    quarantined = visit(browser, titles.parent / "held" / "index.html", width)
    index = visit(browser, titles, width)

    assert_sound(quarantined)
    assert_sound(index)
    index.page.locator("a.title").first.click()
    playwright.expect(index.page.locator("h1")).to_have_text("Six clips, one edit")


def test_print_shows_what_the_screen_folds_away(browser: Browser, lone_page: Path) -> None:
    seen = visit(browser, lone_page, 1280)

    seen.run("dispatchEvent(new Event('beforeprint'))")
    seen.page.emulate_media(media="print")

    playwright.expect(seen.page.locator("details p").first).to_be_visible()
    assert seen.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
