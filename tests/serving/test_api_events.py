"""Events reported to the live app: counted once, attributed, forgotten; never lost once acknowledged."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from ops.experiments.model import Plan
from resources.api_keys import ApiKeys, Scope
from resources.assignments import Assignment, Assignments
from resources.database import Database
from resources.experiments import Experiments, Lifecycle
from resources.settings import load_settings
from resources.store.model import ArtifactKey
from resources.viewer_events import event_id
from serving.pseudonyms import Pseudonyms, edge_secret
from tests.serving.live import ARMS, Live, deliver, free_port, open_live, start_experiment, wait_until_up


@pytest.fixture(scope="module")
def _live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with open_live(tmp_path_factory.mktemp("live") / "home") as opened:
        yield opened


@pytest.fixture
def live(_live: Live) -> Live:
    with _live.database.connection() as connection:
        connection.execute("TRUNCATE viewer_events")
    return _live


def event(kind: str = "impression", viewer: str = "v1", **more: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "kind": kind, "viewer": viewer, "title": "sintel", "aspect": "16x9", **more}


def report(live: Live, *events: dict[str, Any]) -> dict[str, Any]:
    answer = live.post("/v1/events", {"events": list(events)})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_what_is_sent_again_counts_once(live: Live):
    batch = [event(), event("click")]
    assert report(live, *batch) == {"stored": 2, "duplicates": 0, "refused": [], "unattributed": 0}
    assert report(live, *batch, event("play")) == {"stored": 1, "duplicates": 2, "refused": [], "unattributed": 0}
    assert live.stored() == 3


def test_the_same_batch_from_many_at_once_counts_once(live: Live):
    batch = [event() for _ in range(50)]
    with ThreadPoolExecutor(8) as pool:
        stored = [told["stored"] for told in pool.map(lambda _: report(live, *batch), range(8))]
    assert sum(stored) == live.stored() == 50


def test_events_count_for_the_arm_that_their_viewer_sees(live: Live):
    viewers = [f"shown-{number}" for number in range(20)]
    arms = [live.get(f"/v1/titles/sintel/thumbnail?aspect=16x9&viewer={each}").headers["X-Showrunner-Arm"]
            for each in viewers]  # fmt: skip
    report(live, *(event(viewer=each) for each in viewers))
    with live.database.connection() as connection:
        rows = connection.execute("SELECT arm, count(*) FROM viewer_events GROUP BY arm").fetchall()
    assert dict(rows) == {arm: arms.count(arm) for arm in set(arms)}


def test_an_event_without_a_shape_counts_for_the_one_under_test(live: Live):
    told = event("like")
    del told["aspect"]
    report(live, told)
    assert live.stored(f"experiment = '{live.experiment}' AND aspect = '16x9'") == 1


# -- events that come late


def ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


def past_test(live: Live, *, ended: str = "decided") -> str:
    """A test of sintel that ran from three days ago to one day ago, and showed `watcher` its second arm."""
    experiments = Experiments(live.database)
    made = start_experiment(
        live.database, replace(live.manifest, key=ArtifactKey("sintel", "thumbnails", "2x3")), Plan()
    )
    experiments.transition(made, Lifecycle(ended), "ada", "enough")
    Assignments(live.database).write([Assignment(made, pseudonym(live, "watcher"), ARMS[1], 0, 1 / 3)])
    with live.database.connection() as connection:
        connection.execute(
            "UPDATE experiments SET aspect = '16x9', started_at = now() - interval '3 days',"
            " decided_at = decided_at - interval '1 day' WHERE id = %s",
            [made],
        )
        connection.execute("UPDATE transitions SET at = at - interval '1 day' WHERE experiment = %s", [made])
    return made


def pseudonym(live: Live, viewer: str) -> str:
    return Pseudonyms(edge_secret(live.settings)).of(viewer)


@pytest.mark.parametrize("ended", ["decided", "retired"])
def test_a_late_event_counts_for_the_test_that_ran_when_it_happened(live: Live, ended: str):
    past = past_test(live, ended=ended)
    late = event(viewer="watcher", at=ago(days=2))
    shapeless = event("click", viewer="watcher", at=ago(days=2))
    del shapeless["aspect"]
    report(live, late, shapeless)
    assert live.stored(f"experiment = '{past}' AND arm = '{ARMS[1]}' AND aspect = '16x9'") == 2
    with live.database.connection() as connection:
        connection.execute("DELETE FROM assignments WHERE experiment = %s", [past])


def test_a_late_event_of_something_that_no_test_showed_counts_for_none(live: Live):
    past = past_test(live)
    report(
        live,
        event(viewer="watcher", at=ago(hours=12)),  # between that test and the one that runs
        event(viewer="somebody else", at=ago(days=2)),
        event(viewer="watcher", aspect="1x1", at=ago(days=2)),
    )
    assert live.stored("experiment IS NULL") == 3
    report(live, event(viewer="watcher"), event(viewer="watcher", at=ago(seconds=0)))
    assert live.stored(f"experiment = '{live.experiment}'") == 2
    with live.database.connection() as connection:
        connection.execute("DELETE FROM assignments WHERE experiment = %s", [past])


# -- events that tell no shape


def shapeless(title: str, kind: str = "impression") -> dict[str, Any]:
    told = event(kind, title=title)
    del told["aspect"]
    return told


def promote(live: Live, title: str, aspect: str) -> None:
    Experiments(live.database).promote(title, aspect, "a1", "v1", None, "ada", "better", file="a.jpg", sha256="a" * 64)


def test_an_event_without_a_shape_counts_for_the_one_that_is_promoted(live: Live):
    deliver(live.database, "promoted-once")
    promote(live, "promoted-once", "2x3")
    assert report(live, shapeless("promoted-once"), shapeless("promoted-once", "click"))["unattributed"] == 0
    assert live.stored("aspect = '2x3' AND experiment IS NULL") == 2
    promote(live, "promoted-once", "1x1")
    assert report(live, shapeless("promoted-once"))["unattributed"] == 1


def test_what_no_shape_is_found_for_is_stored_and_told(live: Live):
    deliver(live.database, "tested-twice")
    for aspect in ("16x9", "1x1"):
        start_experiment(
            live.database, replace(live.manifest, key=ArtifactKey("tested-twice", "thumbnails", aspect)), Plan()
        )
    time.sleep(2.5)  # until both are in memory
    batch = [shapeless("tested-twice", kind) for kind in ("impression", "click", "watch", "flag", "like")]
    told = report(live, *batch, shapeless("cosmos"), shapeless("nobody"))
    assert (told["stored"], told["unattributed"], len(told["refused"])) == (6, 5, 1)
    assert report(live, *batch)["unattributed"] == 0  # they had been stored before
    assert live.stored("aspect = '' AND experiment IS NULL") == 6


def test_counts_of_the_api_are_those_of_the_events(live: Live):
    for number in range(30):
        report(live, event(viewer=f"c{number}"), event("click", viewer=f"c{number}"))
        report(live, event("watch", viewer=f"c{number}", watched_s=31))
    told = live.get(f"/v1/experiments/{live.experiment}").json()
    held_out = live.stored("holdout AND kind = 'impression'")
    assert sum(arm["impressions"] for arm in told["arms"]) == 30 - held_out
    assert sum(arm["qualified"] for arm in told["arms"]) == 30 - held_out
    assert sum(arm["expected"] for arm in told["arms"]) == pytest.approx(30 - held_out)


def test_no_viewers_name_is_stored(live: Live):
    report(live, event(viewer="ada.lovelace@example.org"))
    with live.database.connection() as connection:
        [(row,)] = connection.execute("SELECT v::text FROM viewer_events v").fetchall()
    assert "ada" not in row


def test_one_call_forgets_a_viewer(live: Live):
    report(live, event(viewer="leaving"), event("click", viewer="leaving"), event(viewer="staying"))
    answer = live.call("DELETE", "/v1/viewers/leaving")
    assert answer.json()["erased"] >= 2
    assert live.stored() == 1
    assert live.call("DELETE", "/v1/viewers/leaving", key=live.new_key(Scope.EVENTS)).status_code == 403


def test_what_cannot_be_stored_is_told_and_the_rest_is_stored(live: Live):
    late = (datetime.now(UTC) - timedelta(days=8)).isoformat()
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    told = report(live, event(), event(title="nobody"), event(at=late), event(at=soon))
    assert (told["stored"], len(told["refused"])) == (1, 3)


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "purchase"}, {"viewer": ""}, {"viewer": "x" * 201}, {"title": "'; DROP TABLE titles; --"},
        {"id": "short"}, {"id": "has a space"}, {"watched_fraction": 1.1}, {"position": -1}, {"surface": "<b>"},
        {"at": "2026-11-21T00:00:00"}, {"unknown": 1}, {"aspect": "17x9"},
    ],
)  # fmt: skip
def test_an_unusable_event_refuses_its_batch_and_names_the_part(live: Live, change: dict[str, Any]):
    answer = live.post("/v1/events", {"events": [event(), event() | change]})
    assert answer.status_code == 422
    assert all(each["where"].startswith("body.events.1") for each in answer.json()["errors"])
    assert live.stored() == 0


def test_a_time_too_small_for_the_table_is_none_at_all(live: Live):
    assert report(live, event("watch", watched_s=1e-60, watched_fraction=5e-324))["stored"] == 1


def test_a_batch_is_bounded_in_number_and_bytes(live: Live):
    assert live.post("/v1/events", {"events": [event() for _ in range(501)]}).status_code == 422
    assert live.post("/v1/events", {"events": []}).status_code == 422
    big = live.call("POST", "/v1/events", data=b" " * 600_000, headers={"Content-Type": "application/json"})
    assert big.status_code == 413
    chunks = live.call("POST", "/v1/events", data=iter([b" " * 100_000] * 6),
                       headers={"Content-Type": "application/json"})  # fmt: skip
    assert chunks.status_code == 413


def test_every_acknowledged_event_outlives_a_process_killed_under_load(tmp_path: Path):
    home, port = tmp_path / "home", free_port()
    settings = load_settings(home, database_url=None)
    with Database.open(settings) as database:
        deliver(database, "sintel")
        full_key = ApiKeys(database).create("load", [Scope.EVENTS], rate_per_s=10_000)
        identifier = full_key.split("_")[1]
        acknowledged: set[str] = set()
        guard = threading.Lock()
        stop = threading.Event()

        def send() -> None:
            with requests.Session() as session:
                while not stop.is_set():
                    batch = [event() for _ in range(40)]
                    try:
                        answer = session.post(
                            f"http://127.0.0.1:{port}/v1/events", json={"events": batch}, timeout=5,
                            headers={"Authorization": f"Bearer {full_key}"},
                        )  # fmt: skip
                    except requests.RequestException:
                        return
                    if answer.status_code == 200 and json.loads(answer.text)["stored"] == 40:
                        with guard:
                            acknowledged.update(each["id"] for each in batch)

        serving = subprocess.Popen(
            [sys.executable, "-m", "orchestration.cli", "serve", "--home", str(home), "--port", str(port)],
            env={**os.environ, "SHOWRUNNER_HOME": str(home)},
        )
        try:
            wait_until_up(f"http://127.0.0.1:{port}", limit_s=60)
            with ThreadPoolExecutor(4) as pool:
                senders = [pool.submit(send) for _ in range(4)]
                time.sleep(2.0)
                serving.send_signal(signal.SIGKILL)
                serving.wait()
                stop.set()
                for each in senders:
                    each.result()
        finally:
            serving.kill()
        with database.connection() as connection:
            rows = connection.execute("SELECT id FROM viewer_events").fetchall()
        stored = {row[0] for row in rows}
        assert len(acknowledged) > 500
        assert {event_id(identifier, each) for each in acknowledged} <= stored
