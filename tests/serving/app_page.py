"""A page of the app in a real browser: signed in, listened to, waited for, photographed."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tests.serving.live import Live

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PICTURES = os.environ.get("SHOWRUNNER_TEST_PICTURES")
"""A folder to leave screenshots in."""

_PATIENCE_S = 90.0


@contextlib.contextmanager
def open_page(browser: Browser, live: Live, path: str, *, width: int, height: int = 900) -> Iterator[Page]:
    """A window on a page, signed in; nothing in it may complain, or be wider than it is."""
    address = live.url + path
    with browser.new_context(viewport={"width": width, "height": height}) as context:
        page = context.new_page()
        complaints = complaints_of(page)
        page.goto(address)
        page.get_by_label("API key").fill(live.key)
        page.keyboard.press("Enter")
        page.wait_for_url(address)
        yield page
        assert complaints == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def complaints_of(page: Page) -> list[str]:
    """What a page says on its console, and what it fails with, from now on."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def until(page: Page, script: str) -> None:
    """Polled from here: the pages' policy forbids the eval that the driver's own waiting needs."""
    deadline = time.monotonic() + _PATIENCE_S
    while not page.evaluate(script):
        assert time.monotonic() < deadline, (script, page.locator("#trouble").all_inner_texts())
        page.wait_for_timeout(50)


def picture(page: Page, name: str) -> None:
    """Leave a screenshot where somebody wants to look at it."""
    if PICTURES:
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)
