"""Subtitles of a gallery page in a real browser: every track plays, and languages are chosen by keyboard."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import webvtt

from serving.gallery.model import GalleryPage
from serving.gallery.page import render_gallery
from tests.serving.page_visit import WIDTHS, assert_sound, visit
from tests.serving.sample_subtitles import subtitles

if TYPE_CHECKING:
    from playwright.sync_api import Browser

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")


@pytest.fixture(scope="module")
def subtitled(edit: GalleryPage, tmp_path_factory: pytest.TempPathFactory) -> GalleryPage:
    """The edit with subtitles in four languages."""
    return replace(edit, subtitles=subtitles(tmp_path_factory.mktemp("subtitles")))


@pytest.fixture(scope="module")
def subtitled_page(subtitled: GalleryPage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return render_gallery(subtitled, tmp_path_factory.mktemp("subtitled"))


def test_the_player_shows_every_subtitle_track_as_its_file_has_it(
    browser: Browser, subtitled: GalleryPage, subtitled_page: Path
) -> None:
    seen = visit(browser, subtitled_page, 1280)
    assert seen.run("[...film.textTracks].filter((one) => one.mode === 'showing').map((one) => one.language)") == ["en"]

    for nth, one in enumerate(subtitled.subtitles):
        seen.run(
            f"[...film.textTracks].forEach((one, nth) => {{ one.mode = nth === {nth} ? 'showing' : 'disabled'; }})"
        )
        seen.page.wait_for_function(f"document.querySelectorAll('track')[{nth}].readyState === 2")
        shown = seen.run(f"[...film.textTracks[{nth}].cues].map((one) => [one.startTime, one.endTime, one.text])")

        written = webvtt.read(str(one.vtt)).captions
        assert [cue[2] for cue in shown] == [cue.raw_text for cue in written]
        assert [cue[:2] for cue in shown] == [[float(each) for each in clock(cue)] for cue in written]
        assert seen.run(f"film.textTracks[{nth}].language") == one.tag
    assert_sound(seen)


def clock(cue: Any) -> tuple[float, float]:
    return (
        cue.start_in_seconds + cue.start_time.milliseconds / 1000,
        cue.end_in_seconds + cue.end_time.milliseconds / 1000,
    )


def test_a_language_is_chosen_in_the_table_by_keyboard_and_put_off_again(
    browser: Browser, subtitled_page: Path
) -> None:
    seen = visit(browser, subtitled_page, 1280)
    shown = "[...film.textTracks].filter((one) => one.mode === 'showing').map((one) => one.language).join()"
    pick = seen.page.get_by_role("button", name="Japanese")

    pick.focus()
    seen.page.keyboard.press("Enter")
    seen.page.wait_for_function(f"{shown} === 'ja'")
    playwright.expect(pick).to_have_attribute("aria-pressed", "true")

    seen.page.keyboard.press("Enter")
    seen.page.wait_for_function(f"{shown} === ''")
    playwright.expect(pick).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize("width", WIDTHS)
def test_the_table_of_languages_holds_long_reasons_and_is_reached_by_keyboard(
    browser: Browser, subtitled_page: Path, width: int
) -> None:
    seen = visit(browser, subtitled_page, width)
    seen.page.locator(".languages").scroll_into_view_if_needed()

    assert_sound(seen)
    chips = seen.run("[...document.querySelectorAll('.languages .chip')].map((one) => one.offsetHeight)")
    assert max(chips) < 2 * 20  # none is broken over two lines
    inside = "[aria-labelledby=subtitles] :is(button, a, summary, [tabindex])"
    wanted = seen.run(f"[...document.querySelectorAll('{inside}')].filter((one) => one.checkVisibility()).length")
    seen.page.locator(".pick").first.focus()
    reached = 1
    while seen.page.keyboard.press("Tab") or seen.run(f"document.activeElement.matches('{inside}')"):
        reached += 1
    assert reached == wanted == 4 + 4 + 4 + 2  # names, files, folds, and the plots of the one that is open
