"""What the tests of serving share: a full page of a real edit, made once, and a browser."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from serving.gallery.model import GalleryPage
from tests.serving.sample_page import edit_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def edit(data: Path, tmp_path_factory: pytest.TempPathFactory) -> GalleryPage:
    """The page of a 20 s edit with cuts, a dissolve, a wipe and fades."""
    return edit_page(data, tmp_path_factory.mktemp("edit"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, where it is installed."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield opened
        opened.close()
