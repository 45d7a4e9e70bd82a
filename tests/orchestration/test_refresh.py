"""Batch runs: many titles in one run, each leaving what an asset run would have left."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
from dagster._core.definitions.data_version import CachingStaleStatusResolver, StaleStatus
from dagster._core.loader import LoadingContextForTest

from assets.families import ARTIFACTS, DEFAULT
from orchestration.build import build_defs
from orchestration.ingest import deliver
from orchestration.refresh import REFRESH_JOB
from resources.studio import Studio

ROWS = "dagster/input_event_pointer/"
"""The row number of some materialization: there for every input, and never the same twice."""

TIMINGS = {"seconds", "version", "stages"}

ONE_STYLE = "rendition/noir"
"""Stands for the renditions, each of which is a film to render."""


def refresh(
    studio: Studio, instance: dg.DagsterInstance, titles: list[str], artifacts: list[str]
) -> dg.ExecuteInProcessResult:
    job = build_defs(resources={"studio": studio}, executor=dg.in_process_executor).resolve_job_def(REFRESH_JOB)
    return job.execute_in_process(
        run_config={"titles": titles, "artifacts": artifacts}, instance=instance, raise_on_error=False
    )


def _another_style(asset: str) -> bool:
    return asset.startswith("rendition") and asset != ONE_STYLE


def materialise(studio: Studio, instance: dg.DagsterInstance, title: str) -> dg.ExecuteInProcessResult:
    job = build_defs(
        resources={"studio": studio}, executor=dg.in_process_executor
    ).resolve_implicit_global_asset_job_def()
    artifacts = [artifact.key for asset, artifact in ARTIFACTS.items() if not _another_style(asset)]
    return job.execute_in_process(
        partition_key=title, asset_selection=artifacts, instance=instance, raise_on_error=False
    )


def trace(result: dg.ExecuteInProcessResult) -> dict[str, object]:
    """Every materialization and check of a run, without what differs from one clock or row to the next."""
    told: dict[str, object] = {}
    for event in result.all_events:
        data = event.event_specific_data
        if event.event_type_value == "ASSET_MATERIALIZATION":
            made = data.materialization  # type: ignore[union-attr]
            tags = {k: "a row" if k.startswith(ROWS) and v.isdigit() else v for k, v in (made.tags or {}).items()}
            metadata = {k: v for k, v in made.metadata.items() if k not in TIMINGS}
            told[made.asset_key.to_user_string()] = (made.partition, tags, metadata)
        if event.event_type_value == "ASSET_CHECK_EVALUATION":
            name = f"{data.asset_key.to_user_string()} {data.check_name}"  # type: ignore[union-attr]
            told[name] = (data.passed, data.severity, data.description, data.blocking, data.metadata)  # type: ignore[union-attr]
    return told


def test_a_batch_run_leaves_the_trace_that_an_asset_run_leaves(
    studio: Studio, instance: dg.DagsterInstance, data: Path
):
    film = data / "video" / "chaplin_640x360.mp4"
    title = deliver(str(film), studio, instance).title
    by_asset_run = materialise(studio, instance, title)
    assert by_asset_run.success
    with studio.database.connection() as connection:
        connection.execute("TRUNCATE ledger")

    by_batch_run = refresh(studio, instance, [title], ["*", ONE_STYLE])

    assert by_batch_run.success
    assert trace(by_batch_run) == trace(by_asset_run)
    # too short for a trailer, and nobody speaks in it
    of_ten_seconds = {asset for asset in DEFAULT if not asset.startswith("trailer")} - {"transcript"} | {ONE_STYLE}
    assert {name for name in trace(by_batch_run) if " " not in name} == of_ten_seconds


def test_dagster_takes_what_a_batch_run_made_for_up_to_date(studio: Studio, instance: dg.DagsterInstance, data: Path):
    title = deliver(str(data / "video" / "one_frame.mp4"), studio, instance).title
    assert refresh(studio, instance, [title], ["keyframes"]).success

    graph = build_defs(resources={"studio": studio}).resolve_asset_graph()
    judge = CachingStaleStatusResolver(instance, graph, LoadingContextForTest(instance))

    for asset in ("source_video", "shots", "keyframes"):
        assert judge.get_stale_causes(dg.AssetKey(asset), title) == []
        assert judge.get_status(dg.AssetKey(asset), title) is StaleStatus.FRESH


def test_a_broken_title_holds_up_no_other_and_the_run_names_it(
    studio: Studio, instance: dg.DagsterInstance, data: Path
):
    broken = deliver(str(data / "broken" / "truncated_60pct_no_moov.mp4"), studio, instance).title
    good = deliver(str(data / "video" / "one_frame.mp4"), studio, instance).title

    result = refresh(studio, instance, [broken, good], ["shots"])

    assert not result.success
    failed = [e for e in result.all_events if e.event_type_value == "STEP_FAILURE"]
    assert [e.step_key for e in failed] == ["close_order"]
    assert broken in (failed[0].message or "") + str(failed[0].event_specific_data)
    assert instance.get_latest_materialization_event(dg.AssetKey("shots")) is not None
    assert studio.catalogue.title(broken).state == "quarantined"
    assert "moov" in studio.catalogue.title(broken).reason or studio.catalogue.title(broken).reason
    assert studio.catalogue.title(good).state == "hot"


def test_a_second_refresh_of_a_fresh_title_makes_nothing(studio: Studio, instance: dg.DagsterInstance, data: Path):
    title = deliver(str(data / "video" / "one_frame.mp4"), studio, instance).title
    assert refresh(studio, instance, [title], ["shots"]).success

    again = refresh(studio, instance, [title], ["shots"])

    assert again.success
    assert trace(again) == {}


def test_a_pattern_that_means_nothing_fails_the_run_before_any_work(
    studio: Studio, instance: dg.DagsterInstance, data: Path
):
    title = deliver(str(data / "video" / "one_frame.mp4"), studio, instance).title

    result = refresh(studio, instance, [title], ["thumbnial/*"])

    assert not result.success
    assert studio.ledger.rows(title) == []
