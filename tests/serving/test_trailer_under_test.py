"""A trailer under test over HTTP: each viewer has their cut, as one file, and what a person rejects is gone."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests

from ops.experiments.model import Plan
from resources.experiments import Arm, Experiments, Lifecycle, Role
from resources.reviews import Question, Reviews, Verdict
from resources.store.model import ArtifactKey, Manifest
from resources.store.opening import open_store
from tests.serving.live import Live, deliver, open_live
from tests.support.ladders import FinishedLadder, finished, publish_ladder

CUT = "teaser_15"
OLD, NEW = "old00000", "new00000"
CHALLENGER = b"film of another edit"
VIEWERS = [f"viewer-{number}" for number in range(30)]


@pytest.fixture(scope="module")
def made(data: Path, tmp_path_factory: pytest.TempPathFactory) -> FinishedLadder:
    return finished(data, tmp_path_factory)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with open_live(tmp_path_factory.mktemp("tested") / "home") as opened:
        yield opened


@pytest.fixture
def trailer(live: Live, made: FinishedLadder, request: pytest.FixtureRequest) -> Manifest:
    """The teaser of a title of the test's own with its ladder, and a challenger beside it."""
    title = f"title-{sha256(request.node.name.encode()).hexdigest()[:8]}"
    deliver(live.database, title)
    publish_ladder(live.settings, made, title, challenger=CHALLENGER)
    found = open_store(live.settings).manifest(ArtifactKey(title, "trailer", CUT))
    assert found is not None
    return found


def start(live: Live, trailer: Manifest) -> str:
    """A test of the two cuts, half of the viewers each, that the app knows."""
    experiments = Experiments(live.database)
    arms = [
        Arm(arm, trailer.version, file, trailer.file(file).sha256, role)
        for arm, file, role in ((OLD, "trailer.mp4", Role.INCUMBENT), (NEW, "challenger.mp4", Role.CHALLENGER))
    ]
    test = experiments.create(trailer.key.title, CUT, arms, Plan(holdout=0.0), "ada")
    answer = live.post(f"/v1/experiments/{test}/transitions", {"to": "running", "why": "a new cut is made"})
    assert answer.status_code == 200, answer.text
    return test


def asked(live: Live, trailer: Manifest, viewer: str = "", **headers: str) -> requests.Response:
    path = f"/v1/titles/{trailer.key.title}/trailer?cut={CUT}" + (f"&viewer={viewer}" if viewer else "")
    return live.get(path, headers=headers)


def until(ask: Callable[[], Any], there: Callable[[Any], bool]) -> Any:
    """What is answered once it is so: serving learns of changes within some seconds."""
    deadline = time.monotonic() + 30
    while not there(told := ask()):
        assert time.monotonic() < deadline, told
        time.sleep(0.2)
    return told


def test_each_viewer_keeps_a_cut_and_every_cut_is_one_file_without_a_ladder(
    live: Live, trailer: Manifest, made: FinishedLadder
):
    test = start(live, trailer)
    until(lambda: asked(live, trailer, "first").json(), lambda told: told["source"] == "experiment")

    told = {viewer: asked(live, trailer, viewer) for viewer in VIEWERS}

    assert {viewer: asked(live, trailer, viewer).json() for viewer in VIEWERS} == {
        v: each.json() for v, each in told.items()
    }
    films = {OLD: made.film.read_bytes(), NEW: CHALLENGER}
    seen = Counter(answer.json()["arm"] for answer in told.values())
    assert set(seen) == set(films)
    for answer in told.values():
        body, headers = answer.json(), answer.headers
        assert (body["experiment"], body["source"], body["propensity"]) == (test, "experiment", 0.5)
        assert [body[part] for part in ("hls", "dash", "poster", "storyboard")] == [None] * 4
        assert body["content"] == body["mp4"].split("/")[2]
        assert headers["cache-control"] == "private, max-age=60"
        assert headers["x-showrunner-arm"] == body["arm"]
    for arm, film in films.items():
        body = next(answer.json() for answer in told.values() if answer.json()["arm"] == arm)
        assert requests.get(urljoin(live.url, body["mp4"]), timeout=20).content == film


def test_whoever_is_no_viewer_of_the_test_gets_what_stands_with_its_ladder(live: Live, trailer: Manifest):
    start(live, trailer)
    until(lambda: asked(live, trailer, "first").json(), lambda told: told["source"] == "experiment")

    answer = asked(live, trailer)

    assert answer.json()["source"] == "artifact"
    assert answer.json()["hls"].endswith("/master.m3u8")
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert asked(live, trailer, **{"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_a_viewing_of_the_content_that_was_answered_counts_for_the_arm(live: Live, trailer: Manifest):
    test = start(live, trailer)
    until(lambda: asked(live, trailer, "first").json(), lambda told: told["source"] == "experiment")
    told = {viewer: asked(live, trailer, viewer).json() for viewer in VIEWERS}
    events = [
        {"id": f"viewing-{v}", "kind": "watch", "viewer": v, "title": trailer.key.title, "aspect": CUT,
         "played": [[0, 14]], "content": each["content"]}
        for v, each in told.items()
    ]  # fmt: skip

    assert live.post("/v1/events", {"events": events}).json()["stored"] == len(VIEWERS)

    arms = Counter(each["arm"] for each in told.values())
    for arm, viewers in arms.items():
        assert live.stored(f"experiment = '{test}' AND arm = '{arm}' AND completed") == viewers


def test_the_promoted_cut_is_shown_without_the_ladder_of_the_one_that_it_beat(live: Live, trailer: Manifest):
    test = start(live, trailer)
    Experiments(live.database).promote(trailer.key.title, CUT, NEW, "", test, "ada", "viewers stay longer")

    told = until(lambda: asked(live, trailer).json(), lambda told: told["source"] == "promotion")

    assert (told["arm"], told["experiment"], told["hls"]) == (NEW, None, None)
    assert requests.get(urljoin(live.url, told["mp4"]), timeout=20).content == CHALLENGER
    Experiments(live.database).rollback(trailer.key.title, CUT, "ada", "a complaint")
    assert until(lambda: asked(live, trailer).json(), lambda told: told["source"] == "artifact")["hls"]


def rejected(live: Live, trailer: Manifest, arm: str) -> None:
    """A person looks at a cut that was put in doubt, and rejects it."""
    reviews = Reviews(live.database)
    reviews.ask(trailer.key, Question.GENERATED, arm, why="a viewer complained")
    [review] = [each for each in reviews.queue() if (each.key, each.subject) == (trailer.key, arm)]
    answer = live.post(f"/v1/reviews/{review.id}/reject", {"reason": "not for children"})
    assert answer.status_code == 200, answer.text
    assert reviews.get(review.id).verdict is Verdict.REJECTED


def test_a_rejected_challenger_is_dealt_to_nobody_and_its_address_answers_as_a_rejected_thumbnails_does(
    live: Live, trailer: Manifest
):
    test = start(live, trailer)
    until(lambda: asked(live, trailer, "first").json(), lambda told: told["source"] == "experiment")
    address = next(told["mp4"] for v in VIEWERS if (told := asked(live, trailer, v).json())["arm"] == NEW)

    rejected(live, trailer, NEW)

    answer = requests.get(urljoin(live.url, address), timeout=20)
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")
    assert Experiments(live.database).get(test).state is Lifecycle.RETIRED
    until(lambda: {asked(live, trailer, v).json()["content"] for v in VIEWERS}, lambda shown: len(shown) == 1)
    told = asked(live, trailer, VIEWERS[0]).json()
    assert requests.get(urljoin(live.url, told["mp4"]), timeout=20).status_code == 200
    assert requests.get(urljoin(live.url, told["hls"]), timeout=20).status_code == 200, "its ladder is the other's"


def test_of_a_rejected_first_choice_the_ladder_is_gone_as_well(live: Live, trailer: Manifest):
    told = asked(live, trailer).json()

    rejected(live, trailer, OLD)

    for part in ("mp4", "hls", "dash", "poster", "storyboard"):
        assert requests.get(urljoin(live.url, told[part]), timeout=20).status_code == 404, part
    shown = until(lambda: asked(live, trailer).json(), lambda now: now["content"] != told["content"])
    assert requests.get(urljoin(live.url, shown["mp4"]), timeout=20).content == CHALLENGER
    assert shown["hls"] is None


def test_where_every_cut_is_rejected_there_is_no_trailer(live: Live, trailer: Manifest):
    rejected(live, trailer, OLD)
    rejected(live, trailer, NEW)
    assert until(lambda: asked(live, trailer), lambda answer: answer.status_code == 404).json()["detail"]
