"""A server with the studio and a quick engine, and pages that may complain of nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from resources.api_keys import ApiKeys, Scope
from resources.database import Database
from resources.settings import Settings, load_settings
from serving.run import uvicorn_config
from tests.serving.blend_studio.studio_page import StudioPage
from tests.serving.live import free_port, in_a_thread

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext


@dataclass(frozen=True)
class Served:
    """The studio, at an address, with a key's session."""

    url: str
    settings: Settings
    database: Database
    key: str
    session: str


@pytest.fixture(scope="package")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    settings = load_settings(tmp_path_factory.mktemp("studio") / "home", database_url=None, requests_per_s=1000.0)
    with pytest.MonkeyPatch.context() as patch, Database.open(settings) as database:
        patch.setattr("serving.edge.BLENDING", "tests.serving.blend_studio.quick_engine:open_engine")
        key = ApiKeys(database).create("designer", list(Scope), rate_per_s=10_000)
        with in_a_thread(uvicorn_config(settings, host="127.0.0.1", port=free_port())) as url:
            patch.undo()
            yield Served(url, settings, database, key, session(url, key))


def session(url: str, key: str) -> str:
    """The cookie of somebody who signed in."""
    answer = requests.post(f"{url}/login", data={"key": key}, allow_redirects=False, timeout=20)
    return str(answer.cookies["showrunner_session"])


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two pictures of one colour each: what a blend took from where can be read off it."""
    from PIL import Image

    folder = tmp_path_factory.mktemp("pictures")
    found = {}
    for name, colour in (("red", (230, 20, 20)), ("blue", (20, 20, 230)), ("green", (20, 200, 20))):
        found[name] = folder / f"{name}.png"
        Image.new("RGB", (160, 120), colour).save(found[name])
    return found


def opened(served: Served, browser: Browser, **options: object) -> tuple[BrowserContext, StudioPage]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, **options)  # type: ignore[arg-type]
    context.add_cookies([{"name": "showrunner_session", "value": served.session, "url": served.url}])
    return context, StudioPage(context.new_page(), served.url)


@pytest.fixture
def studio(served: Served, browser: Browser) -> Iterator[StudioPage]:
    """The studio at a desk."""
    context, page = opened(served, browser)
    yield page
    context.close()
    assert page.complaints == []


@pytest.fixture
def tablet(served: Served, browser: Browser) -> Iterator[StudioPage]:
    """The studio under a finger."""
    context, page = opened(served, browser, has_touch=True)
    yield page
    context.close()
    assert page.complaints == []
