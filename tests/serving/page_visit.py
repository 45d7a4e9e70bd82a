"""A gallery page open in a real browser, and what it said and asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.serving.app_page import complaints_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

WIDTHS = (1280, 390)
"""Of a desk and of a phone, in pixels."""


@dataclass
class Visit:
    """An open page, and everything it said or asked for."""

    page: Page
    complaints: list[str]
    requests: list[str] = field(default_factory=list)

    def note_dialog(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def run(self, script: str) -> Any:
        return self.page.evaluate(script)


def visit(browser: Browser, html: Path, width: int) -> Visit:
    page = browser.new_page(viewport={"width": width, "height": 900})
    seen = Visit(page, complaints_of(page))
    page.on("dialog", seen.note_dialog)
    page.on("request", lambda request: seen.requests.append(request.url))
    page.goto(html.as_uri())
    return seen


def assert_sound(seen: Visit) -> None:
    """No complaint, nothing asked for beyond the page, no sideways scrolling, every picture there."""
    assert seen.complaints == []
    inside = ("data:", "blob:")  # what the page holds itself; browsers tell of some of these and not of others
    assert [one for one in seen.requests[1:] if not one.startswith(inside)] == []
    assert seen.run("document.documentElement.scrollWidth <= innerWidth")
    seen.page.wait_for_function("[...document.images].every((one) => one.complete && one.naturalWidth > 0)")
