"""The pages of the live app in a real browser: sign in, watch an experiment, decide reviews by keyboard."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from ops.blend.model import BlendRecipe, Source
from ops.experiments.model import ArmCounts
from resources.blends import Blends, BlendState
from resources.experiments import Experiments
from resources.ledger import Ledger
from resources.reviews import Reviews, Verdict
from resources.store.model import ArtifactKey
from resources.store.opening import open_store
from tests.serving.app_page import open_page, picture, until
from tests.serving.live import ARMS, Live, open_live
from tests.serving.test_api_events import event, report

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")

WIDTHS = (1280, 390)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    home = tmp_path_factory.mktemp("live") / "home"
    with open_live(home) as opened:
        for number in range(120):
            viewer = f"viewer {number}"
            report(opened, event(viewer=viewer), *([event("click", viewer=viewer)] if number % 7 == 0 else []))
        key = ArtifactKey("sintel", "thumbnails", "16x9")
        for name in ("a face is cut", "nothing to see", "too <b>dark</b>"):
            held = open_store(opened.settings).hold(key, {"16x9.jpg": home / "made" / "16x9.jpg"}, why=name)
            Ledger(opened.database).held(key, name, place=held)
        yield opened


@pytest.fixture(params=WIDTHS)
def page(request: pytest.FixtureRequest, browser: Browser, live: Live) -> Iterator[Page]:
    """A window of a desk or of a phone, signed in; nothing in it may complain."""
    with open_page(browser, live, f"/experiments/{live.experiment}", width=request.param) as opened:
        yield opened


def all_pictures_there(page: Page) -> None:
    page.evaluate("document.querySelectorAll('img').forEach((one) => { one.loading = 'eager'; })")
    until(page, "[...document.images].every((one) => one.complete && one.naturalWidth > 0)")


def test_an_experiment_shows_its_arms_as_pictures_with_what_each_got(page: Page, live: Live) -> None:
    all_pictures_there(page)
    assert page.locator(".arm").count() == len(ARMS)
    shown = sum(int(each) for each in page.locator('[data-is="impressions"]').all_inner_texts())
    held_out = live.stored("holdout AND kind = 'impression'")
    assert shown == live.stored("kind = 'impression'") - held_out
    best = [float(each.rstrip(" %")) for each in page.locator('[data-is="best"]').all_inner_texts()]
    assert sum(best) == pytest.approx(100, abs=0.3)
    assert float(page.locator(".span").first.get_attribute("width") or 0) > 1
    picture(page, "experiment")


def test_the_numbers_of_a_running_experiment_move_by_themselves(page: Page, live: Live) -> None:
    before = page.locator('[data-is="impressions"]').all_inner_texts()
    report(live, *(event(viewer=f"late {number}") for number in range(40)))
    until(page, f"document.querySelector('[data-is=impressions]').textContent !== {before[0]!r}")


def test_the_list_and_the_title_lead_to_the_experiment(page: Page, live: Live) -> None:
    page.goto(live.url)
    all_pictures_there(page)
    picture(page, "experiments")
    page.locator("a.card").first.click()
    page.get_by_role("link", name="sintel").click()
    playwright.expect(page.get_by_role("heading", level=1)).to_have_text("sintel")
    all_pictures_there(page)
    playwright.expect(page.locator("table")).to_contain_text("thumbnails/16x9")
    picture(page, "title")


def test_reviews_are_decided_by_keyboard_alone(page: Page, live: Live) -> None:
    reviews = Reviews(live.database)
    with live.database.connection() as connection:
        connection.execute("UPDATE reviews SET verdict = 'pending', decided_at = NULL, reviewer = '', note = ''")
    waiting = reviews.queue()
    page.goto(f"{live.url}/reviews")
    all_pictures_there(page)
    picture(page, "reviews")

    page.keyboard.press("j")
    page.keyboard.press("r")
    page.keyboard.type("The face is cut, a good one.")
    page.keyboard.press("Enter")
    until(page, "document.querySelectorAll('.review').length === 2")
    page.keyboard.press("k")
    page.keyboard.press("a")
    until(page, "document.querySelectorAll('.review').length === 1")

    verdicts = [reviews.get(each.id) for each in waiting]
    assert [each.verdict for each in verdicts] == [Verdict.APPROVED, Verdict.REJECTED, Verdict.PENDING]
    assert verdicts[1].note == "The face is cut, a good one."
    assert verdicts[1].reviewer == "everything"


def test_held_blends_wait_among_the_reviews_and_are_decided_there(page: Page, live: Live) -> None:
    blends = Blends(live.database)
    flat, dark = held_blend(live, "Cat by <b>night</b>"), held_blend(live, "")
    page.goto(f"{live.url}/reviews")
    all_pictures_there(page)
    card = page.locator(f"[data-blend={flat}]")
    for told in ("Cat by <b>night</b>", "May it be published as it is?", "it is flat", "Asked for by ada"):
        playwright.expect(card).to_contain_text(told)
    playwright.expect(card.get_by_role("link")).to_have_attribute("href", f"/studio/blend/of/{flat}")
    picture(page, "reviews-blends")

    for _ in range(page.locator(".review").count() - 2):
        page.keyboard.press("j")
    page.keyboard.press("r")
    page.keyboard.type("There is nothing in it.")
    page.keyboard.press("Enter")
    until(page, f"!document.querySelector('[data-blend={flat}]')")
    page.locator(f"[data-blend={dark}]").get_by_role("button", name="Approve").click()
    until(page, f"!document.querySelector('[data-blend={dark}]')")

    rejected, approved = blends.get(flat), blends.get(dark)
    assert rejected is not None and approved is not None
    assert (rejected.state, rejected.why) == (BlendState.REJECTED, "rejected by everything: There is nothing in it.")
    assert (approved.state, approved.reviewer) == (BlendState.OPEN, "everything")


def held_blend(live: Live, name: str) -> str:
    """The id of a new blend that a check held."""
    blends, file = Blends(live.database), live.settings.home / "made" / "16x9.jpg"
    source = blends.add_source(file.read_bytes(), name="cat.jpg", size=(320, 180), owner="ada").sha256
    recipe = BlendRecipe(source, (Source(source, 1.0),), seed=time.time_ns() % 2**31)
    blend = blends.publish(recipe, name=name, owner="ada").id
    place = open_store(live.settings).hold(ArtifactKey(blend, "blended_image"), {"blend.png": file}, why="it is flat")
    blends.hold(blend, "it is flat", place=place, made_from="x")
    return blend


def test_a_rejection_without_a_reason_is_not_sent(page: Page, live: Live) -> None:
    with live.database.connection() as connection:
        connection.execute("UPDATE reviews SET verdict = 'pending', decided_at = NULL, reviewer = '', note = ''")
    page.goto(f"{live.url}/reviews")
    page.get_by_role("button", name="Reject").first.click()
    playwright.expect(page.get_by_role("status")).to_have_text("Say why it is rejected.")
    assert len(Reviews(live.database).queue()) == 3


# -- without a browser


def test_pages_that_watch_one_experiment_share_one_count(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: list[str] = []
    count = Experiments.counts

    def counting(self: Experiments, experiment: str) -> list[list[ArmCounts]]:
        counted.append(experiment)
        return count(self, experiment)

    monkeypatch.setattr(Experiments, "counts", counting)
    cookie = {"showrunner_session": session_of(live)}
    told = [live.get(f"/experiments/{live.experiment}/live", key="", cookies=cookie) for _ in range(4)]
    assert [each.status_code for each in told] == [200] * 4
    assert sum(belief["best"] for belief in told[0].json()["beliefs"].values()) == pytest.approx(1)
    assert len(counted) <= 2  # one, or two where the first grew old meanwhile


# -- sessions


def session_of(live: Live) -> str:
    answer = live.call("POST", "/login", key="", data={"key": live.key, "then": "/"})
    assert answer.status_code == 303
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    found = re.search(r"showrunner_session=([^;]+)", cookie)
    assert found is not None
    return found[1]


def test_a_page_without_a_session_leads_to_signing_in_and_back(live: Live) -> None:
    answer = live.get("/reviews", key="")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login?then=/reviews")


@pytest.mark.parametrize("then", ["https://evil.example", "//evil.example", "/\\evil.example", "/ok\r\nX-Evil: 1"])
def test_signing_in_leads_to_no_other_site(live: Live, then: str) -> None:
    answer = live.call("POST", "/login", key="", data={"key": live.key, "then": then})
    assert answer.headers["Location"] == "/"


def test_a_form_with_more_fields_than_signing_in_has_is_unusable(live: Live) -> None:
    answer = live.call("POST", "/login", key="", data={f"field{number}": "x" for number in range(5)})
    assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json")


def test_a_forged_or_foreign_session_opens_nothing(live: Live) -> None:
    cookie = session_of(live)
    forged = cookie[:-1] + ("0" if cookie[-1] != "0" else "1")
    assert live.get("/v1/experiments", key="", cookies={"showrunner_session": cookie}).status_code == 200
    assert live.get("/v1/experiments", key="", cookies={"showrunner_session": forged}).status_code == 401


def test_another_site_cannot_act_with_a_persons_session(live: Live) -> None:
    cookie = {"showrunner_session": session_of(live)}
    step = {"to": "retired", "why": "evil"}
    path = f"/v1/experiments/{live.experiment}/transitions"
    for headers in ({}, {"Origin": "https://evil.example"}):
        assert live.call("POST", path, key="", json=step, cookies=cookie, headers=headers).status_code == 401
