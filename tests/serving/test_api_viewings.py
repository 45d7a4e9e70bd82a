"""Viewings of trailers reported to the live app: held to the trailer, credited to the very file, forgotten at once."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from ops.experiments.model import Plan
from resources.experiments import Arm, Experiments, Lifecycle, Role
from resources.store.model import ArtifactKey, MadeBy, Manifest
from resources.store.opening import open_store
from resources.viewings import Viewings
from serving.decision import Decision
from serving.edge import open_edge
from serving.metrics import Metrics
from serving.standing import Source
from tests.serving.live import Live, open_live

CUT = "trailer_30"
OLD, NEW = "old00000", "new00000"


@pytest.fixture(scope="module")
def _live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with open_live(tmp_path_factory.mktemp("live") / "home") as opened:
        yield opened


@pytest.fixture
def live(_live: Live) -> Iterator[Live]:
    with _live.database.connection() as connection:
        connection.execute("TRUNCATE viewer_events")
    yield _live
    with _live.database.connection() as connection:
        connection.execute("DELETE FROM promotions WHERE aspect = %s", [CUT])
        connection.execute("DELETE FROM experiments WHERE aspect = %s", [CUT])


@pytest.fixture(scope="module")
def trailer(_live: Live, tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    """Sintel's trailer: what is shown, and another cut."""
    folder = tmp_path_factory.mktemp("trailer")
    for name in ("trailer.mp4", "challenger.mp4"):
        (folder / name).write_bytes(f"film of {name}".encode())
    (folder / "variants.json").write_text(
        f'{{"variants": [{{"id": "{OLD}", "file": "trailer.mp4", "kept": true}},'
        f' {{"id": "{NEW}", "file": "challenger.mp4"}}]}}'
    )
    files = {name: folder / name for name in ("trailer.mp4", "challenger.mp4", "variants.json")}
    key = ArtifactKey("sintel", "trailer", CUT)
    return open_store(_live.settings).publish(key, files, made_by=MadeBy("1", "test"), inputs={})


def content(trailer: Manifest, file: str = "trailer.mp4") -> str:
    return trailer.file(file).sha256[:32]


def viewing(viewer: str = "v1", played: Any = ((0, 12.5),), **more: Any) -> dict[str, Any]:
    told = {"id": str(uuid.uuid4()), "kind": "watch", "viewer": viewer, "title": "sintel", "aspect": CUT}
    return {**told, "played": [list(each) for each in played], **more}


def report(live: Live, *events: dict[str, Any]) -> dict[str, Any]:
    answer = live.post("/v1/events", {"events": list(events)})
    assert answer.status_code == 200, answer.text
    return answer.json()


def start(live: Live, trailer: Manifest) -> str:
    """A test of the two cuts, half of the viewers each, that the app knows."""
    experiments = Experiments(live.database)
    arms = [
        Arm(arm, trailer.version, file, trailer.file(file).sha256, role)
        for arm, file, role in ((OLD, "trailer.mp4", Role.INCUMBENT), (NEW, "challenger.mp4", Role.CHALLENGER))
    ]
    made = experiments.create("sintel", CUT, arms, Plan(holdout=0.0), "ada")
    answer = live.post(f"/v1/experiments/{made}/transitions", {"to": "running", "why": "a new cut is made"})
    assert answer.status_code == 200, answer.text
    return made


def test_a_viewing_is_stored_once_with_what_was_played(live: Live, trailer: Manifest):
    told = viewing(played=[(0, 12.5), (20, 30)], content=content(trailer))

    assert report(live, told)["stored"] == 1
    assert report(live, told)["duplicates"] == 1

    [found] = Viewings(live.database).of("sintel", CUT, content(trailer))
    assert found.played == ((0.0, 12.5), (20.0, 30.0))
    assert live.stored("completed") == 0


def test_a_viewing_to_the_end_card_is_completed_and_jumping_there_is_not(live: Live, trailer: Manifest):
    report(live, viewing("stays", [(0, 27.1)]), viewing("jumps", [(0, 3), (28, 30)]))

    assert live.stored("completed") == 1


def test_without_a_test_a_viewing_is_of_what_stands(live: Live, trailer: Manifest):
    assert report(live, viewing())["unattributed"] == 0
    assert live.stored(f"content = '{content(trailer)}' AND experiment IS NULL") == 1


def test_under_test_a_viewing_counts_for_the_arm_whose_file_was_played(live: Live, trailer: Manifest):
    experiment = start(live, trailer)
    viewers = [f"viewer-{number}" for number in range(24)]
    report(live, *(viewing(each) for each in viewers))
    assert live.stored(f"experiment = '{experiment}'") == 24
    for arm, file in ((OLD, "trailer.mp4"), (NEW, "challenger.mp4")):
        own = live.stored(f"arm = '{arm}'")
        assert 0 < own == live.stored(f"arm = '{arm}' AND content = '{content(trailer, file)}'")

    with live.database.connection() as connection:
        connection.execute("TRUNCATE viewer_events")
    report(live, *(viewing(each, content="ab" * 16) for each in viewers))

    assert live.stored(f"content = '{'ab' * 16}' AND experiment IS NULL") == 24, "out of a cache: no word on the test"


def test_an_event_without_a_shape_is_of_the_thumbnail_though_a_trailer_is_under_test_as_well(
    live: Live, trailer: Manifest
):
    start(live, trailer)
    report(live, {"id": str(uuid.uuid4()), "kind": "click", "viewer": "v1", "title": "sintel"})

    assert live.stored(f"experiment = '{live.experiment}' AND aspect = '16x9'") == 1


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"played": [[0, 31.5]]}, "within 30 s"),
        ({"played": [[5, 5]]}, "is no stretch"),
        ({"played": [[8, 3]]}, "is no stretch"),
        ({"aspect": "16x9"}, "the trailer's cut"),
        ({"kind": "click"}, "told of a watch"),
        ({"played": [], "stopped": "film"}, "told of a viewing of a trailer"),
    ],
)
def test_what_is_no_viewing_of_the_trailer_is_refused_and_keeps_no_other_out(
    live: Live, trailer: Manifest, wrong: dict[str, Any], why: str
):
    wrong = viewing() | wrong

    told = report(live, wrong, viewing("sound"))

    assert told["stored"] == live.stored() == 1
    [refused] = told["refused"]
    assert refused["id"] == wrong["id"]
    assert why in refused["why"]


@pytest.mark.parametrize(
    "malformed",
    [
        {"played": [[-1, 3]]},
        {"played": [[0, 3]] * 65},
        {"played": [[0, 3, 4]]},
        {"played": [[0, 601]]},
        {"aspect": "trailer_31"},
        {"stopped": "bored"},
        {"content": "../../etc"},
    ],
)
def test_what_is_malformed_refuses_the_batch(live: Live, malformed: dict[str, Any]):
    answer = live.post("/v1/events", {"events": [viewing() | malformed]})

    assert answer.status_code == 422
    assert live.stored() == 0


def test_numbers_that_are_none_are_refused(live: Live):
    body = '{"events": [{"id": "12345678", "kind": "watch", "viewer": "v", "title": "sintel", "aspect": "trailer_30", '
    for number in ("NaN", "1e999"):
        answer = live.call(
            "POST", "/v1/events", data=body + f'"played": [[0, {number}]]}}]}}',
            headers={"Content-Type": "application/json"},
        )  # fmt: skip
        assert answer.status_code == 422


def test_who_is_forgotten_leaves_no_viewing(live: Live, trailer: Manifest):
    report(live, viewing("remembered"), viewing("forgotten"))

    assert live.call("DELETE", "/v1/viewers/forgotten").status_code == 200

    assert live.stored() == 1
    assert live.stored("viewer LIKE '%remembered%'") == 0, "names are not kept"


def decide(live: Live, *viewers: str | None, title: str = "sintel") -> list[Decision | None]:
    """What another serving process decides."""

    async def ask() -> list[Decision | None]:
        async with open_edge(live.settings, Metrics()) as edge:
            return [await edge.decider.decide(title, CUT, viewer) for viewer in viewers]

    return asyncio.run(ask())


def test_a_viewer_is_shown_what_stands_the_arm_under_test_and_then_the_winner(live: Live, trailer: Manifest):
    [stands] = decide(live, "somebody")
    assert stands is not None
    assert (stands.picture.source, stands.picture.file, stands.assignment) == (Source.ARTIFACT, "trailer.mp4", None)

    experiment = start(live, trailer)
    shown = [each for each in decide(live, *(f"viewer-{number}" for number in range(20))) if each is not None]
    assert {each.picture.file for each in shown} == {"trailer.mp4", "challenger.mp4"}
    assert all(each.picture.source is Source.EXPERIMENT and each.assignment is not None for each in shown)
    assert {each.picture.key for each in shown} == {trailer.key}

    body = {"experiment": experiment, "arm": NEW, "why": "viewers stay"}
    assert live.post("/v1/titles/sintel/promotions", body).status_code == 200
    [won] = decide(live, None)
    assert won is not None
    assert (won.picture.source, won.picture.content) == (Source.PROMOTION, content(trailer, "challenger.mp4"))
    assert live.post(f"/v1/titles/sintel/rollback?aspect={CUT}", {"why": "the editor disagrees"}).json()["arm"] is None


def test_a_title_without_a_trailer_gets_no_stand_in(live: Live):
    assert decide(live, "somebody", None, title="cosmos") == [None, None]


def test_a_test_of_cuts_is_drafted_over_the_api_and_its_page_shows_trailers(live: Live, trailer: Manifest):
    arms = [{"id": OLD, "file": "trailer.mp4", "role": "incumbent"}, {"id": NEW, "file": "challenger.mp4"}]
    drafted = live.post("/v1/experiments", {"title": "sintel", "aspect": CUT, "arms": arms})
    assert drafted.status_code == 201, drafted.text
    told = drafted.json()
    assert told["artifact"] == "trailer"
    experiments = Experiments(live.database)
    experiments.transition(told["id"], Lifecycle.RUNNING, "ada", "ready")
    for number, file in enumerate(("trailer.mp4", "challenger.mp4")):
        report(
            live,
            *(viewing(f"{file} {each}", [(0, 8 + 20 * number)], content=content(trailer, file)) for each in range(9)),
        )
    signed_in = live.call("POST", "/login", data={"key": live.key, "then": "/"}, key="")
    cookie = {"Cookie": signed_in.headers["set-cookie"].split(";")[0]}

    pages = [
        live.call("GET", path, key="", headers=cookie) for path in (f"/experiments/{told['id']}", "/", "/titles/sintel")
    ]

    assert [page.status_code for page in pages] == [200] * 3, [page.text[:300] for page in pages]
    assert all("<video" in page.text and "challenger.mp4" in page.text for page in pages[:2])
    assert "Which trailer of 30 s?" in pages[0].text and "Completed" in pages[0].text
    assert "second 8 loses 100% of its viewers" in pages[0].text and "completed by 100%" in pages[0].text
    assert "trailer.mp4" in pages[2].text
    assert "media-src 'self'" in pages[0].headers["content-security-policy"]
