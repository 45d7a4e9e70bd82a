"""The inbox, the work orders and the failures, tick by tick."""

from __future__ import annotations

import json
import os
import shutil
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import dagster as dg
import pytest

from ops.errors import MediaError
from orchestration.build import build_defs
from orchestration.ingest import INGEST_JOB
from orchestration.sensors.failures import run_failures
from orchestration.sensors.inbox import inbox
from orchestration.sensors.work_orders import work_orders
from resources.ledger import LedgerState
from resources.settings import load_settings
from resources.store.model import ArtifactKey
from resources.studio import Studio


@pytest.fixture
def watched(studio: Studio, tmp_path: Path) -> Studio:
    """A studio with an inbox folder."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    settings = load_settings(studio.settings.home, database_url=None, inbox=str(folder), inbox_settle_s=0.0)
    return replace(studio, settings=settings)


def tick(studio: Studio, instance: dg.DagsterInstance, cursor: str | None) -> dg.SensorResult:
    context = dg.build_sensor_context(instance=instance, cursor=cursor, resources={"studio": studio})
    result = inbox(context)
    assert isinstance(result, dg.SensorResult)
    return result


def films(result: dg.SensorResult) -> list[str]:
    return [
        Path(film).name
        for request in result.run_requests or []
        for film in request.run_config["ops"]["take_in"]["config"]["films"]
    ]


def ingest(studio: Studio, instance: dg.DagsterInstance, result: dg.SensorResult) -> None:
    job = build_defs(resources={"studio": studio}, executor=dg.in_process_executor).resolve_job_def(INGEST_JOB)
    for request in result.run_requests or []:
        assert job.execute_in_process(run_config=request.run_config, instance=instance).success


def test_a_film_is_taken_in_once_it_has_settled_and_only_once(
    watched: Studio, instance: dg.DagsterInstance, data: Path
):
    folder = Path(str(watched.settings.inbox))
    shutil.copy(data / "video" / "one_frame.mp4", folder / "first.mp4")
    (folder / "notes.txt").write_text("not a film")

    first = tick(watched, instance, None)
    second = tick(watched, instance, first.cursor)
    third = tick(watched, instance, second.cursor)

    assert films(first) == []
    assert films(second) == ["first.mp4"]
    assert films(third) == []


def test_a_file_that_is_still_being_written_is_left_alone(watched: Studio, instance: dg.DagsterInstance, data: Path):
    whole = (data / "video" / "one_frame.mp4").read_bytes()
    growing = Path(str(watched.settings.inbox)) / "growing.mp4"
    cursor = None
    for part in (2000, 4000, len(whole)):
        growing.write_bytes(whole[:part])
        result = tick(watched, instance, cursor)
        assert films(result) == []
        cursor = result.cursor

    assert films(tick(watched, instance, cursor)) == ["growing.mp4"]


def test_a_file_that_was_touched_a_moment_ago_waits_for_the_settling_time(
    watched: Studio, instance: dg.DagsterInstance, data: Path
):
    slow = replace(watched, settings=watched.settings.model_copy(update={"inbox_settle_s": 60.0}))
    film = Path(str(watched.settings.inbox)) / "film.mp4"
    shutil.copy(data / "video" / "one_frame.mp4", film)

    first = tick(slow, instance, None)
    assert films(tick(slow, instance, first.cursor)) == []

    os.utime(film, (film.stat().st_atime, film.stat().st_mtime - 120))
    moved = tick(slow, instance, first.cursor)
    assert films(tick(slow, instance, moved.cursor)) == ["film.mp4"]


def test_the_same_content_twice_is_one_title_and_a_redelivered_master_a_new_version_of_it(
    watched: Studio, instance: dg.DagsterInstance, data: Path
):
    folder = Path(str(watched.settings.inbox))
    shutil.copy(data / "video" / "one_frame.mp4", folder / "film.mp4")
    shutil.copy(data / "video" / "one_frame.mp4", folder / "copy.mp4")
    first = tick(watched, instance, None)
    second = tick(watched, instance, first.cursor)
    ingest(watched, instance, second)
    titles = instance.get_dynamic_partitions("titles")
    assert len(titles) == 1
    old = watched.catalogue.master(titles[0])

    name = watched.catalogue.title(titles[0]).name
    shutil.copy(data / "video" / "chaplin_640x360.mp4", folder / f"{name}.mp4")
    third = tick(watched, instance, second.cursor)
    ingest(watched, instance, tick(watched, instance, third.cursor))

    assert instance.get_dynamic_partitions("titles") == titles
    assert watched.catalogue.master(titles[0]).sha256 != old.sha256


def test_a_sidecar_names_the_title_that_a_master_belongs_to(watched: Studio, instance: dg.DagsterInstance, data: Path):
    folder = Path(str(watched.settings.inbox))
    shutil.copy(data / "video" / "one_frame.mp4", folder / "delivery_0007_final_v2.mp4")
    (folder / "delivery_0007_final_v2.title.json").write_text(json.dumps({"title": "The Gold Rush", "genre": "Comedy"}))
    first = tick(watched, instance, None)

    ingest(watched, instance, tick(watched, instance, first.cursor))

    assert instance.get_dynamic_partitions("titles") == ["the-gold-rush"]
    assert watched.catalogue.title("the-gold-rush").genre == "comedy"


@pytest.mark.parametrize("genre", [7, ["drama"], "x" * 41])
def test_a_sidecar_whose_genre_is_no_short_text_says_how_to_write_it(
    studio: Studio, tmp_path: Path, data: Path, genre: object
):
    shutil.copy(data / "video" / "one_frame.mp4", tmp_path / "film.mp4")
    (tmp_path / "film.title.json").write_text(json.dumps({"title": "Film", "genre": genre}))
    with pytest.raises(MediaError, match='"genre": "drama"'):
        studio.masters.deliver(tmp_path / "film.mp4", studio.catalogue)


def test_without_an_inbox_the_sensor_says_which_setting_would_give_it_one(studio: Studio, instance: dg.DagsterInstance):
    context = dg.build_sensor_context(instance=instance, resources={"studio": studio})
    result = inbox(context)
    assert isinstance(result, dg.SkipReason)
    assert "SHOWRUNNER_INBOX" in (result.skip_message or "")


def enter(studio: Studio, count: int) -> list[str]:
    return [
        studio.catalogue.deliver(f"film {n}", sha256=f"{n:064x}", uri=f"/films/{n}.mp4", size_bytes=1).title
        for n in range(count)
    ]


def test_a_sparse_set_of_titles_becomes_a_few_runs_and_a_second_tick_the_same_ones(
    studio: Studio, instance: dg.DagsterInstance
):
    titles = enter(studio, 120)
    sparse = titles[::2]
    studio.orders.request_many({title: ["thumbnails/16x9"] for title in sparse}, reason="viewers' feedback")

    def requests() -> list[dg.RunRequest]:
        result = work_orders(dg.build_sensor_context(instance=instance, resources={"studio": studio}))
        assert isinstance(result, dg.SensorResult)
        return list(result.run_requests or [])

    first, second = requests(), requests()

    assert len(first) == -(-len(sparse) // studio.settings.batch_titles)
    assert sorted(title for request in first for title in request.run_config["titles"]) == sorted(sparse)
    assert [r.run_key for r in first] == [r.run_key for r in second]


class _Webhook(BaseHTTPRequestHandler):
    received: ClassVar[list[dict]] = []

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.received.append(json.loads(self.rfile.read(length)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


def test_a_failed_run_is_settled_in_the_ledger_its_orders_given_back_and_somebody_told(
    studio: Studio, instance: dg.DagsterInstance
):
    server = HTTPServer(("127.0.0.1", 0), _Webhook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings = studio.settings.model_copy(
        update={
            "alert_webhook_url": load_settings(
                studio.settings.home,
                database_url=None,
                alert_webhook_url=f"http://127.0.0.1:{server.server_port}/hook",
            ).alert_webhook_url
        }
    )
    alerting = replace(studio, settings=settings)
    (title,) = enter(studio, 1)
    studio.orders.request(title, ["shots"], reason="test")
    (batch,) = studio.orders.batch(10, 10)

    @dg.op(config_schema=dg.Noneable(str))
    def dies():
        studio.orders.start(batch.id, run_id="r")
        raise RuntimeError("out of memory")

    @dg.job(
        config=dg.ConfigMapping(config_fn=lambda _: {}, config_schema=dg.Permissive()),
    )
    def refresh_titles():
        dies()

    failed = refresh_titles.execute_in_process(
        run_config={"titles": [title], "work_order": batch.id}, instance=instance, raise_on_error=False
    )
    key = ArtifactKey(title, "shots")
    studio.ledger.start(key, input_hash="h", run_id=failed.run_id)

    context = dg.build_run_status_sensor_context(
        sensor_name="run_failures",
        dagster_instance=instance,
        dagster_run=failed.dagster_run,
        dagster_event=next(e for e in failed.all_events if e.event_type_value == "PIPELINE_FAILURE"),
        resources={"studio": alerting},
    ).for_run_failure()
    run_failures(context)
    server.shutdown()

    row = studio.ledger.row(key)
    assert row is not None
    assert row.state is LedgerState.FAILED
    assert [b.titles for b in studio.orders.batch(10, 10)] == [(title,)]
    (alert,) = _Webhook.received
    assert alert["titles"] == [title]
    assert title not in alert["text"] or alert["run_id"] == failed.run_id
