"""The trailer's page as a viewer's, in a real browser: it plays their cut and tells what they saw of it, once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ops.experiments.model import Plan
from resources.api_keys import Scope
from resources.experiments import Arm, Experiments, Lifecycle, Role
from resources.store.model import ArtifactKey
from resources.store.opening import open_store
from tests.serving.app_page import complaints_of
from tests.serving.live import Live, open_live
from tests.support.ladders import finished, publish_ladder

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CUT = "teaser_15"
HERE = "document.getElementById('picture').currentTime"


@pytest.fixture(scope="module")
def _live(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    made = finished(data, tmp_path_factory)
    with open_live(tmp_path_factory.mktemp("live") / "home") as opened:
        publish_ladder(opened.settings, made, challenger=made.film.read_bytes() + b"\0\0\0\x08free")
        yield opened


@pytest.fixture
def live(_live: Live) -> Iterator[Live]:
    yield _live
    with _live.database.connection() as connection:
        connection.execute("TRUNCATE viewer_events")
        connection.execute("DELETE FROM experiments WHERE aspect = %s", [CUT])


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A window in which nothing may complain."""
    context = browser.new_context()
    opened = context.new_page()
    complaints = complaints_of(opened)
    yield opened
    context.close()
    assert complaints == []


def look(page: Page, live: Live, query: str = "", key: str = "") -> None:
    """Open the trailer's page, and sign in where it asks."""
    address = f"{live.url}/titles/sintel/trailer/{CUT}{query}"
    page.goto(address)
    page.get_by_label("API key").fill(key or live.key)
    page.keyboard.press("Enter")
    page.wait_for_url(address)


def until(page: Page, there: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + 30
    while not (found := there()):
        assert time.monotonic() < deadline, page.evaluate(HERE)
        page.wait_for_timeout(50)
    return found


def place(page: Page, script: str) -> None:
    until(page, lambda: page.evaluate(script))


def told(live: Live, kind: str) -> list[tuple[Any, ...]]:
    """What was reported of the cut: what was played, how it stopped, of which content, for which arm."""
    with live.database.connection() as connection:
        return connection.execute(
            "SELECT played, stopped, content, experiment, arm FROM viewer_events WHERE kind = %s AND aspect = %s",
            [kind, CUT],
        ).fetchall()


def test_leaving_the_page_tells_the_stretches_that_were_played_once(page: Page, live: Live):
    look(page, live, "?viewer=u-1042&segment=family")
    until(page, lambda: told(live, "impression"))
    page.locator("#play").click()
    place(page, f"{HERE} > 1.5")
    page.evaluate("document.getElementById('picture').currentTime = 8")
    place(page, f"{HERE} > 9")
    assert told(live, "watch") == []

    page.goto(f"{live.url}/reviews")

    [(played, stopped, content, experiment, _)] = until(page, lambda: told(live, "watch"))
    first, last = played[:2], played[-2:]
    assert first[0] == pytest.approx(0, abs=0.1) and 1.2 < first[1] < 3
    assert last[0] == pytest.approx(8, abs=0.3) and 8.7 < last[1] < 11
    assert (len(played), stopped, experiment) == (4, "left", None)
    film = open_store(live.settings).manifest(ArtifactKey("sintel", "trailer", CUT))
    assert film is not None and content == film.file("trailer.mp4").sha256[:32]
    assert len(told(live, "impression")) == 1


def test_under_test_the_viewers_cut_plays_as_one_file_and_its_end_tells_the_viewing(page: Page, live: Live):
    test = start(live)
    look(page, live, "?viewer=u-7")
    assert page.locator("#quality").is_hidden()
    page.locator("#play").focus()
    page.keyboard.press("Enter")
    place(page, f"{HERE} > 1")
    page.evaluate("document.getElementById('picture').currentTime = 14")
    place(page, "document.getElementById('picture').ended")

    [(played, stopped, _, experiment, arm)] = until(page, lambda: told(live, "watch"))

    assert played[-1] == pytest.approx(15, abs=0.3)
    assert (stopped, experiment) == ("left", test)
    assert arm and f"Arm {arm}" in page.locator("main").inner_text()
    assert page.locator("#clock").inner_text().endswith("/ 0:15")
    assert page.evaluate("document.getElementById('place').valueAsNumber") == pytest.approx(15, abs=0.3)
    page.goto(f"{live.url}/reviews")
    page.wait_for_timeout(500)
    assert len(told(live, "watch")) == 1


@pytest.mark.parametrize(("query", "scopes"), [("", list(Scope)), ("?viewer=u-9", [Scope.EXPERIMENTS_READ])])
def test_who_looks_after_trailers_is_no_viewer(page: Page, live: Live, query: str, scopes: list[Scope]):
    look(page, live, query, key=live.new_key(*scopes))
    page.locator("#play").click()
    place(page, f"{HERE} > 1")
    page.goto(f"{live.url}/titles/sintel")
    page.wait_for_timeout(500)
    assert live.stored() == 0


def test_the_titles_page_leads_to_each_cuts_page(page: Page, live: Live):
    page.goto(f"{live.url}/titles/sintel")
    page.get_by_label("API key").fill(live.key)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="teaser 15").click()
    page.wait_for_url(f"{live.url}/titles/sintel/trailer/{CUT}")
    assert page.locator("h1").inner_text() == "Teaser 15"


def start(live: Live) -> str:
    """A test of the two cuts that the app knows."""
    manifest = open_store(live.settings).manifest(ArtifactKey("sintel", "trailer", CUT))
    assert manifest is not None
    experiments = Experiments(live.database)
    arms = [
        Arm(arm, manifest.version, file, manifest.file(file).sha256, role)
        for arm, file, role in (
            ("old00000", "trailer.mp4", Role.INCUMBENT),
            ("new00000", "challenger.mp4", Role.CHALLENGER),
        )
    ]
    test = experiments.create("sintel", CUT, arms, Plan(holdout=0.0), "ada")
    experiments.transition(test, Lifecycle.RUNNING, "ada", "a new cut is made")
    deadline = time.monotonic() + 30
    while live.get(f"/v1/titles/sintel/trailer?cut={CUT}&viewer=u-7").json()["experiment"] != test:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return test
