"""Styles over HTTP, and the page on which one is made, in a browser."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from ops.style.catalogue import house_styles
from resources.api_keys import Scope
from resources.style_wish_model import Kind, State
from resources.style_wishes import StyleWishes
from tests.serving.app_page import complaints_of
from tests.serving.live import Live, open_live

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with open_live(tmp_path_factory.mktemp("styles") / "home") as opened:
        yield opened


def _opened(url: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))), float)


def _example() -> str:
    ramp = np.linspace(0, 255, 64)[None, :, None] * np.ones((48, 1, 1)) * [1.0, 0.6, 0.4]
    written = io.BytesIO()
    Image.fromarray(ramp.astype(np.uint8)).save(written, "png")
    return base64.b64encode(written.getvalue()).decode()


def test_every_style_is_listed_with_what_may_be_turned(live: Live) -> None:
    told = {each["id"]: each for each in live.get("/v1/styles").json()["styles"]}
    assert told.keys() >= house_styles().keys()
    assert {each["name"] for each in told["noir"]["parameters"]} >= {"contrast", "vignette"}
    one = live.get("/v1/styles/noir").json()
    assert (one["state"], one["style"]["name"]) == ("ready", "Noir")
    assert live.get("/v1/styles/nothing_such").status_code == 404
    if told["noir"]["picture"]:
        picture = live.get(told["noir"]["picture"])
        assert picture.headers["content-type"] == "image/jpeg" and picture.content[:2] == b"\xff\xd8"


def test_a_wish_is_taken_once_and_can_be_asked_after(live: Live) -> None:
    wish = {"prompt": "warm and faded", "name": "Warm"}
    asked = live.post("/v1/styles", wish)
    assert asked.status_code == 202
    told = asked.json()
    assert told["state"] == "asked" and told["style"] is None
    assert live.post("/v1/styles", wish).json()["id"] == told["id"]
    assert live.get(f"/v1/styles/{told['id']}").json()["name"] == "Warm"
    found = StyleWishes(live.database).find(told["id"])
    assert found is not None and (found.state, found.owner) == (State.ASKED, "everything")


def test_what_was_turned_stands_where_it_was_turned_to(live: Live) -> None:
    asked = live.post("/v1/styles", {"prompt": "warm", "name": "Turned", "values": {"warmth": 11.0}}).json()
    found = StyleWishes(live.database).find(asked["id"])
    assert found is not None and found.kind is Kind.DOCUMENT
    assert b'"default": 11.0' in StyleWishes(live.database).source(found.id)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "x"}, 409),
        ({"prompt": "warm", "image": "aGk=", "name": "x"}, 409),
        ({"prompt": "warm", "name": ""}, 422),
        ({"prompt": "w" * 301, "name": "x"}, 422),
        ({"image": "%%%", "name": "x"}, 409),
        ({"prompt": "warm", "name": "x", "network": True}, 409),
        ({"prompt": "warm fuck", "name": "x"}, 409),
        ({"prompt": "warm", "name": "x", "values": {"glitter": 1}}, 409),
        ({"prompt": "warm", "name": "x", "owner": "root"}, 422),
    ],
)
def test_an_unusable_wish_is_answered_in_words(live: Live, body: dict[str, object], status: int) -> None:
    answer = live.post("/v1/styles", body)
    assert answer.status_code == status and answer.json()["detail"]


def test_making_styles_needs_its_scope_and_seeing_them_the_one_of_pictures(live: Live) -> None:
    viewer = live.new_key(Scope.THUMBNAILS)
    assert live.get("/v1/styles", key=viewer).status_code == 200
    assert live.post("/v1/styles", {"prompt": "warm", "name": "x"}, key=viewer).status_code == 403
    assert live.post("/v1/styles/preview", {"prompt": "warm"}, key=viewer).status_code == 403
    assert live.get("/v1/styles", key="").status_code == 401


def test_a_preview_shows_the_still_before_and_after(live: Live) -> None:
    told = live.post("/v1/styles/preview", {"prompt": "black and white, kxqzw"}).json()
    before, after = _opened(told["before"]), _opened(told["after"])
    assert before.shape == after.shape == (270, 480, 3)
    assert np.ptp(after, axis=-1).mean() < 4 < np.ptp(before, axis=-1).mean()
    assert told["understood"][-1].startswith("“kxqzw” means nothing")


def test_a_preview_may_be_of_a_picture_on_a_titles_own_still_with_sliders_turned(live: Live) -> None:
    shown = live.post("/v1/styles/preview", {"image": _example(), "title": "sintel"}).json()
    assert _opened(shown["after"]).shape == (180, 320, 3)
    plain, dark = (
        live.post("/v1/styles/preview", {"prompt": "bright", "values": {"exposure": value}}).json()
        for value in (0.6, -1.5)
    )
    assert _opened(dark["after"]).mean() < _opened(plain["after"]).mean() - 20
    assert live.post("/v1/styles/preview", {"prompt": "warm", "title": "cosmos"}).status_code == 404
    assert live.post("/v1/styles/preview", {"image": "aGVsbG8="}).status_code == 409


@pytest.mark.parametrize("width", [1280, 390])
def test_a_style_is_made_on_the_page(live: Live, browser: Browser, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    complaints = complaints_of(page)
    page.goto(f"{live.url}/styles")
    page.get_by_label("API key").fill(live.key)
    page.keyboard.press("Enter")

    # given somebody who describes a look, and turns it
    page.get_by_label("In words").fill(f"noir {'rainy' if width > 1000 else 'foggy'}")
    page.get_by_alt_text("The still in the style").wait_for(timeout=30_000)
    slider = page.locator("[data-parameter=contrast]")
    slider.wait_for()
    with page.expect_response("**/v1/styles/preview", timeout=30_000):
        slider.press("ArrowRight")
    # when they name and keep it
    page.get_by_label("Name").fill(f"Kept at {width}")
    keep = page.get_by_role("button", name="Keep it")
    page.wait_for_function("!document.getElementById('keep').disabled")
    keep.click()
    # then it waits on the wall, and the house knows of it
    card = page.locator("#styles > li", has_text=f"Kept at {width}")
    card.get_by_text(re.compile("waiting|being made")).wait_for()
    assert any(wish.name == f"Kept at {width}" for wish in StyleWishes(live.database).all())
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()
