"""The trailer's page in a real browser: it plays, changes its rung, seeks, and shows pictures for scrubbing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.serving.app_page import open_page, picture, until
from tests.serving.live import Live, open_live
from tests.support.ladders import finished, publish_ladder

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

CUT = "teaser_15"
HERE = "document.getElementById('picture').currentTime"


@pytest.fixture(scope="module", params=["open", "signed"])
def live(request: pytest.FixtureRequest, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    secret = {"media_secret": "m" * 40} if request.param == "signed" else {}
    with open_live(tmp_path_factory.mktemp("live") / "home", **secret) as opened:
        publish_ladder(opened.settings, finished(data, tmp_path_factory))
        yield opened


@pytest.fixture
def page(browser: Browser, live: Live) -> Iterator[Page]:
    """The trailer's page, signed in, on a desk or, with signed addresses, on a phone; nothing in it may complain."""
    width = 1280 if live.settings.media_secret is None else 390
    with open_page(browser, live, f"/titles/sintel/trailer/{CUT}", width=width) as opened:
        yield opened
        assert opened.locator("#trouble").inner_text() == ""


def test_it_plays_by_keyboard_and_its_pictures_move(page: Page) -> None:
    page.locator("#play").focus()
    page.keyboard.press("Enter")
    until(page, f"{HERE} > 1.5")
    assert page.locator("#play").inner_text() == "Pause"
    assert page.evaluate("document.getElementById('picture').videoWidth") > 0
    assert page.evaluate("document.getElementById('picture').getVideoPlaybackQuality().totalVideoFrames") > 10
    assert page.evaluate("document.getElementById('picture').buffered.start(0)") == pytest.approx(0, abs=0.03)
    assert page.evaluate("document.getElementById('picture').duration") == pytest.approx(15, abs=0.05)
    picture(page, "trailer")


def test_it_changes_the_rung_that_a_person_asks_for_and_fetches_only_ranges(page: Page) -> None:
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if ".mp4" in request.url else None)
    page.locator("#quality").focus()
    until(page, "document.querySelectorAll('#quality option').length === 3")
    page.locator("#play").click()
    until(page, f"{HERE} > 0.5")
    for name, width in (("360p", 640), ("480p", 854)):
        page.locator("#quality").select_option(name)
        until(page, f"document.getElementById('player').dataset.rung === '{name}'")
        until(page, f"document.getElementById('picture').videoWidth === {width}")
    assert asked and all(request.headers.get("range", "").startswith("bytes=") for request in asked)


def test_it_seeks_both_ways_and_plays_to_its_end(page: Page) -> None:
    page.locator("#play").click()
    until(page, f"{HERE} > 0.3")
    page.evaluate("document.getElementById('picture').currentTime = 11.5")
    until(page, f"{HERE} > 12 && !document.getElementById('picture').seeking")
    page.evaluate("document.getElementById('picture').currentTime = 4")
    until(page, f"{HERE} > 4.2 && {HERE} < 8 && !document.getElementById('picture').seeking")
    page.evaluate("document.getElementById('picture').currentTime = 14")
    until(page, "document.getElementById('picture').ended")
    assert page.locator("#play").inner_text() == "Play"


def test_pointing_at_the_scrubber_shows_the_moment_under_it(page: Page) -> None:
    rail = page.locator("#place").bounding_box()
    assert rail is not None
    page.wait_for_timeout(300)
    seen = set()
    for share in (0.1, 0.5, 0.9):
        page.mouse.move(rail["x"] + share * rail["width"], rail["y"] + rail["height"] / 2)
        until(page, "!document.getElementById('preview').hidden")
        seen.add(page.evaluate("document.getElementById('still').style.backgroundPosition"))
        if share == 0.5:
            assert page.locator("#moment").inner_text() == "0:07"
            page.wait_for_timeout(200)
            picture(page, "preview")
    assert len(seen) == 3
    sheet = page.evaluate("document.getElementById('still').style.backgroundImage")
    loaded = "(async () => { const one = new Image(); one.src = %s; await one.decode(); return one.naturalWidth; })()"
    assert page.evaluate(loaded % sheet.removeprefix("url(").removesuffix(")")) == 1440


def test_the_browsers_own_hls_player_plays_it_too(page: Page) -> None:
    if not page.evaluate("document.getElementById('picture').canPlayType('application/vnd.apple.mpegurl')"):
        pytest.skip("this Chromium has no HLS player of its own")
    page.evaluate(
        "(() => { const video = document.getElementById('picture'); video.muted = true;"
        " video.src = JSON.parse(document.getElementById('stream').textContent).hls; video.play(); })()"
    )
    until(page, f"{HERE} > 2.5")
    assert page.evaluate("document.getElementById('picture').duration") == pytest.approx(15, abs=0.1)
