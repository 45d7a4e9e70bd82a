"""A viewer's look over the interface and on their page: seen, chosen, reported, forgotten, and private."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ops.tastes.evidence import Fading
from resources.api_keys import Scope
from resources.taste_counts import fold
from serving.pseudonyms import Pseudonyms, edge_secret
from serving.viewers_ticket import TICKET_S, Tickets
from tests.serving.app_page import complaints_of
from tests.serving.live import Live, open_live

if TYPE_CHECKING:
    from playwright.sync_api import Browser

OWN = "/v1/viewers/u-1042/style"


@pytest.fixture(scope="module")
def _live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with open_live(tmp_path_factory.mktemp("live") / "home") as opened:
        yield opened


@pytest.fixture
def live(_live: Live) -> Iterator[Live]:
    yield _live
    with _live.database.connection() as connection:
        connection.execute(
            "TRUNCATE style_choices, style_events, look_exposures, taste_viewers, taste_evidence, taste_cohorts"
        )


def put(live: Live, body: dict[str, Any], **more: Any) -> requests.Response:
    return live.call("PUT", OWN, json=body, **more)


def event(key: str, **told: Any) -> dict[str, Any]:
    given = {"id": f"event-of-{key}", "kind": "like", "viewer": "u-1042", "title": "sintel", "mix": {"noir": 1.0}}
    return given | told


def test_who_chose_nothing_sees_films_as_they_are_and_is_told_so(live: Live):
    told = live.get(OWN).json()
    assert (told["chosen"], told["mix"], told["deeds"], told["explored"]) == (False, {"plain": 1.0}, "", 0.0)
    assert "Nothing is known yet" in told["why"]
    assert {"noir", "pastel"} <= {each["id"] for each in told["styles"]}


def test_a_mix_is_chosen_in_any_sum_and_holds_at_once(live: Live):
    told = put(live, {"mix": {"noir": 0.6, "pastel": 0.2}, "strength": 0.8}).json()
    assert told["mix"] == pytest.approx({"noir": 0.6, "pastel": 0.2, "plain": 0.2})
    assert told["chosen"] and "60 % Noir" in told["why"]
    assert "You chose Noir" in told["deeds"]
    assert put(live, {"mix": {}}).json()["mix"] == {"plain": 1.0}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"mix": {"no_such_style": 1}}, 409),
        ({"mix": {"noir": -1}}, 422),
        ({"mix": {"noir": 1}, "strength": 2}, 422),
        ({"mix": {"../noir": 1}}, 422),
        ({"mix": dict.fromkeys(("noir", "pastel", "golden_hour", "bleach_bypass", "high_contrast"), 1)}, 409),
        ({"mix": {"noir": 1}, "more": 1}, 422),
    ],
)
def test_what_is_no_mix_is_refused_in_words(live: Live, body: dict[str, Any], status: int):
    answer = put(live, body)
    assert answer.status_code == status and answer.json()["detail"]


def test_events_count_once_and_change_what_is_believed(live: Live):
    batch = {"events": [event(str(number)) for number in range(6)]}
    assert live.post("/v1/style-events", batch).json() == {"stored": 6, "duplicates": 0, "refused": []}
    assert live.post("/v1/style-events", batch).json() == {"stored": 0, "duplicates": 6, "refused": []}

    fold(live.database, Fading())
    told = live.get(OWN).json()

    assert told["styles"][0]["id"] == "noir" and told["mix"]["noir"] > 0.8
    assert told["deeds"] == "You liked Noir 6 times; 100 % of that is from the last week."
    assert 0 < told["styles"][0]["low"] < told["styles"][0]["rate"] < told["styles"][0]["high"] < 1
    assert 0.01 < told["explored"] < 0.2


def test_events_that_can_never_count_are_told_and_the_others_are_stored(live: Live):
    batch = [
        event("good"),
        event("watch", kind="watch"),
        event("old", at="2020-01-01T00:00:00Z"),
        event("nothing", mix={"noir": 0}),
        event("unknown", mix={"no_such_style": 1}),
        event("never shown", id="never-shown", mix=None, title="cosmos"),
    ]
    told = live.post("/v1/style-events", {"events": batch}).json()
    assert told["stored"] == 1 and told["duplicates"] == 0
    assert {each["id"] for each in told["refused"]} == {
        "event-of-watch",
        "event-of-old",
        "event-of-unknown",
        "event-of-nothing",
        "never-shown",
    }


def test_forgetting_a_viewers_taste_or_the_viewer_leaves_nothing(live: Live):
    for forget in (OWN, "/v1/viewers/u-1042"):
        put(live, {"mix": {"noir": 1}})
        live.post("/v1/style-events", {"events": [event(f"{len(forget)}")]})
        fold(live.database, Fading())
        assert any(live.get(f"{OWN}/export").json().values())

        assert live.call("DELETE", forget).json()["erased"] >= 3

        assert not any(live.get(f"{OWN}/export").json().values())
        assert live.get(OWN).json()["mix"] == {"plain": 1.0}


def test_a_ticket_opens_its_viewers_own_and_nothing_else(live: Live):
    link = live.post(f"{OWN}/link", {}).json()["path"]
    ticket = {"X-Viewer-Ticket": link.partition("ticket=")[2]}

    assert live.call("GET", OWN, key="", headers=ticket).status_code == 200
    assert put(live, {"mix": {"noir": 1}}, key="", headers=ticket).status_code == 200
    assert live.call("GET", "/v1/viewers/u-1/style", key="", headers=ticket).status_code == 401
    assert live.call("POST", f"{OWN}/link", key="", headers=ticket).status_code == 401
    assert live.call("DELETE", "/v1/viewers/u-1042", key="", headers=ticket).status_code == 401
    assert live.get(OWN, key=live.new_key(Scope.EVENTS)).status_code == 403
    assert requests.get(live.url + "/my-style?viewer=u-1&" + link.partition("&")[2], timeout=10).status_code == 403


def test_a_ticket_ends_and_cannot_be_changed():
    tickets = Tickets(b"secret" * 8)
    ticket = tickets.of("v", now=1000)
    assert tickets.opens(ticket, "v", now=1000 + TICKET_S - 1)
    assert not tickets.opens(ticket, "v", now=1000 + TICKET_S)
    ends, _, seal = ticket.partition(".")
    for forged in (f"{int(ends) + 1}.{seal}", f"{ends}.{'0' * len(seal)}", "", ".", "9" * 99 + "." + seal, "²." + seal):
        assert not tickets.opens(forged, "v", now=1000)


def test_no_pseudonym_passes_for_a_ticket(live: Live):
    ends = int(time.time()) + 3600
    pseudonyms = Pseudonyms(edge_secret(live.settings))

    for name in (f"\0ticket\0{ends}\0u-1042", f"{ends} u-1042", f"{ends}.u-1042"):
        forged = {"X-Viewer-Ticket": f"{ends}.{pseudonyms.of(name)}"}
        assert live.call("GET", OWN, key="", headers=forged).status_code == 401


@pytest.mark.parametrize("name", ["\0ticket\x001795430000\0u-1042", "u\n1", "\x7f"])
def test_a_viewer_is_not_called_by_control_characters(live: Live, name: str):
    asked = [live.get(f"/v1/titles/sintel/{path}", params={"viewer": name}) for path in ("stream", "stream.mp4")]
    reported = live.post("/v1/style-events", {"events": [event("odd", viewer=name)]})

    assert [each.status_code for each in (*asked, reported)] == [422] * 3


def test_in_a_browser_a_viewer_mixes_by_keys_follows_downloads_and_erases(live: Live, browser: Browser):
    link = live.post(f"{OWN}/link", {}).json()["path"]
    page = browser.new_page(viewport={"width": 390, "height": 844})
    complaints = complaints_of(page)
    said = page.get_by_role("status")

    page.goto(live.url + link)
    slider = page.get_by_label("Noir, share of your look")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    said.filter(has_text="Saved").wait_for()

    assert "ticket" not in page.url
    assert page.locator("#why").inner_text() == "You chose Noir."
    assert live.get(OWN).json()["mix"] == {"noir": 1.0}
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it fits a phone"
    with page.expect_download() as downloaded:
        page.get_by_role("button", name="Download it").click()
    kept = json.loads(downloaded.value.path().read_text())
    assert kept["style_choices"][0]["look"]["parts"][0]["style"] == "noir"

    page.get_by_role("button", name="Follow what I do").click()
    said.filter(has_text="follows").wait_for()
    page.get_by_role("button", name="Erase it all").click()
    page.get_by_role("button", name="Keep it").click()
    assert any(live.get(f"{OWN}/export").json().values())
    page.get_by_role("button", name="Erase it all").click()
    page.get_by_role("button", name="Erase", exact=True).click()
    said.filter(has_text="Erased").wait_for()
    assert not any(live.get(f"{OWN}/export").json().values())
    assert complaints == []
    page.close()
