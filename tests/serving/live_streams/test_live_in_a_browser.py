"""The live page in a real browser: it plays on in real time while its look changes, and the picture really changes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.serving.app_page import PICTURES, open_page, picture, until
from tests.serving.live import Live

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HERE = "document.getElementById('picture').currentTime"
SEEN = """(() => {
  const canvas = document.createElement('canvas'); canvas.width = 64; canvas.height = 36;
  const pen = canvas.getContext('2d');
  pen.drawImage(document.getElementById('picture'), 0, 0, 64, 36);
  const pixels = pen.getImageData(0, 0, 64, 36).data;
  let colour = 0;
  for (let at = 0; at < pixels.length; at += 4)
    colour += Math.max(...pixels.slice(at, at + 3)) - Math.min(...pixels.slice(at, at + 3));
  return colour / (64 * 36);
})()"""
"""How colourful the picture is that is on the screen: mean distance of the largest from the least of R, G and B."""


@pytest.fixture
def page(browser: Browser, live: Live) -> Iterator[Page]:
    with open_page(browser, live, "/titles/bunny/live", width=1280, height=1000) as opened:
        yield opened
        assert opened.locator("#trouble").inner_text() == ""


def test_it_plays_on_while_the_look_changes_to_a_style_and_to_a_mix(page: Page) -> None:
    page.locator("#play").click()
    until(page, f"{HERE} > 0.5")
    colourful = page.evaluate(SEEN)
    began, at = time.monotonic(), page.evaluate(HERE)

    page.locator("#look").select_option("noir")
    until(page, f"{SEEN} < 6")
    grey_at = page.evaluate(HERE)
    page.locator(".part select").nth(1).evaluate("(one) => { one.value = 'pastel'; }")
    page.locator(".part select").nth(0).evaluate("(one) => { one.value = 'golden_hour'; }")
    page.locator("#look").select_option("mix")
    until(page, f"{SEEN} > 12 && {HERE} > {grey_at + 0.5}")
    until(page, f"{HERE} > {at + 3}")

    assert colourful > 20
    assert page.evaluate("document.getElementById('picture').paused") is False
    assert page.evaluate("document.getElementById('picture').error") is None
    assert page.evaluate("document.getElementById('picture').getVideoPlaybackQuality().totalVideoFrames") > 40
    assert "Quality now:" in page.locator("#now").inner_text()
    played, passed = page.evaluate(HERE) - at, time.monotonic() - began
    picture(page, "live")
    if PICTURES:
        print(f"{played:.2f} s of film in {passed:.2f} s")  # noqa: T201
    assert played > 3


def test_seeking_lands_where_it_was_asked_to_in_the_look_that_stands(page: Page) -> None:
    page.locator("#look").select_option("noir")
    page.locator("#play").click()
    until(page, f"{HERE} > 0.3")
    page.evaluate("document.getElementById('picture').currentTime = 7.2")
    until(page, f"{HERE} > 7.4 && !document.getElementById('picture').seeking")

    assert page.evaluate(SEEN) < 6
