"""What a gate held is published once a person approved it: by the sensor's run, through real store and database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from PIL import Image

from assets.checks.model import CheckOutcome
from assets.checks.promises import check_specs_for
from assets.families import ARTIFACTS
from assets.making import making
from assets.planning import verdicts_of
from assets.staleness import Verdict as Staleness
from ops.thumbnails.saving import DigitalSource, save_picture
from orchestration.build import build_defs
from orchestration.ingest import deliver
from orchestration.releasing import RELEASE_JOB
from orchestration.sensors.approvals import TRY_AGAIN_S, approvals, release_requests
from resources.ledger import LedgerState
from resources.reviews import Verdict
from resources.store.model import ArtifactKey, MadeBy, Manifest
from resources.studio import Studio

WIDE = "thumbnails/16x9"


@pytest.fixture
def title(studio: Studio, instance: dg.DagsterInstance, data: Path) -> str:
    title = deliver(str(data / "video" / "one_frame.mp4"), studio, instance).title
    frame = studio.settings.home / "frame.jpg"
    Image.new("RGB", (32, 18)).save(frame)
    studio.store.publish(ArtifactKey(title, "keyframes"), {"0001.jpg": frame}, made_by=MadeBy("1"), inputs={})
    return title


def hold(studio: Studio, title: str, shade: int = 90) -> int:
    """A thumbnail that fails a blocking check, as the family would make it; gives the review's id."""
    with making(title, ARTIFACTS[WIDE], studio) as work:
        picture = work.folder / "16x9.jpg"
        save_picture(Image.new("RGB", (320, 180), (shade, 20, 20)), picture, source=DigitalSource.ENHANCED)
        checks = [CheckOutcome(each.name, True, "holds", each.blocking) for each in check_specs_for(WIDE)]
        failing = next(check for check in checks if check.blocking)
        checks = [CheckOutcome(c.name, c is not failing, "a face is cut", c.blocking) for c in checks]
        made = work.publish({"16x9.jpg": picture}, checks=checks, quality={"score": 0.4})
    return studio.reviews.queue()[-1].id if made.held else 0


def run(studio: Studio, instance: dg.DagsterInstance, reviews: list[int]) -> dg.ExecuteInProcessResult:
    job = build_defs(resources={"studio": studio}, executor=dg.in_process_executor).get_job_def(RELEASE_JOB)
    return job.execute_in_process(run_config={"reviews": reviews}, instance=instance)


def test_approving_a_held_artifact_leads_to_its_publication(studio: Studio, instance: dg.DagsterInstance, title: str):
    key = ArtifactKey.of_asset(title, WIDE)
    review = hold(studio, title)
    assert studio.store.manifest(key) is None
    context = dg.build_sensor_context(resources={"studio": studio})
    assert isinstance(approvals(context), dg.SkipReason)
    studio.reviews.decide(review, Verdict.APPROVED, who="ada", note="it is meant so")

    asked = approvals(dg.build_sensor_context(resources={"studio": studio}))
    assert isinstance(asked, dg.SensorResult) and asked.run_requests is not None
    [request] = asked.run_requests
    result = run(studio, instance, request.run_config["reviews"])

    assert result.success
    manifest = studio.store.manifest(key)
    assert manifest is not None
    assert (manifest.review, manifest.reviewed["by"], manifest.reviewed["note"]) == (
        "approved",
        "ada",
        "it is meant so",
    )
    assert "a face is cut" in manifest.reviewed["held_for"]
    assert manifest.quality["score"] == 0.4
    content = studio.store.fetch(manifest, "16x9.jpg").read_bytes()
    assert b"jumb" in content, "released pictures are signed as well"
    row = studio.ledger.row(key)
    assert row is not None and (row.state, row.version) == (LedgerState.READY, manifest.version)
    assert row.review_state == "approved"
    [told] = [event.materialization for event in result.all_events if event.is_step_materialization]
    assert (told.asset_key.to_user_string(), told.partition) == (WIDE, title)
    assert told.metadata["approved by"].value == "ada: it is meant so"
    assert isinstance(approvals(dg.build_sensor_context(resources={"studio": studio})), dg.SkipReason)
    assert run(studio, instance, [review]).success
    assert len(studio.store.versions(key)) == 1


def test_a_released_artifact_is_fresh(studio: Studio, instance: dg.DagsterInstance, title: str):
    review = hold(studio, title)
    row = studio.ledger.row(ArtifactKey.of_asset(title, WIDE))
    assert row is not None
    studio.reviews.decide(review, Verdict.APPROVED, who="ada")
    run(studio, instance, [review])
    after = studio.ledger.row(ArtifactKey.of_asset(title, WIDE))
    assert after is not None and after.input_hash == row.tried_hash
    assert verdicts_of(title, studio)[WIDE] is not Staleness.HELD


def test_what_was_approved_is_not_asked_about_again_while_it_stays_the_same(
    studio: Studio, instance: dg.DagsterInstance, title: str
):
    key = ArtifactKey.of_asset(title, WIDE)
    review = hold(studio, title)
    studio.reviews.decide(review, Verdict.APPROVED, who="ada")
    run(studio, instance, [review])
    assert hold(studio, title) == 0, "the same is published"
    manifest = studio.store.manifest(key)
    assert manifest is not None and (manifest.review, manifest.reviewed["by"]) == ("approved", "ada")
    assert hold(studio, title, shade=200) > review, "another picture is another question"
    assert studio.store.manifest(key) == manifest


def test_a_rejected_artifact_is_never_published(studio: Studio, instance: dg.DagsterInstance, title: str):
    review = hold(studio, title)
    studio.reviews.decide(review, Verdict.REJECTED, who="ada", note="the face")
    assert studio.reviews.to_release() == []
    assert run(studio, instance, [review]).success
    assert studio.store.manifest(ArtifactKey.of_asset(title, WIDE)) is None


def test_an_approval_speaks_of_what_the_person_saw(studio: Studio, instance: dg.DagsterInstance, title: str):
    first = hold(studio, title, shade=90)
    second = hold(studio, title, shade=200)
    studio.reviews.decide(first, Verdict.APPROVED, who="ada")
    assert run(studio, instance, [first]).success
    assert studio.store.manifest(ArtifactKey.of_asset(title, WIDE)) is None, "the newer one waits"
    assert [review.id for review in studio.reviews.queue()] == [second]
    assert studio.reviews.to_release() == []
    with studio.database.connection() as connection:
        [(how,)] = connection.execute("SELECT detail ->> 'how' FROM events WHERE kind = 'review_settled'").fetchall()
    assert how == "something newer stands in its place"


def test_a_remake_that_overtakes_a_release_stands(
    studio: Studio, instance: dg.DagsterInstance, title: str, monkeypatch: pytest.MonkeyPatch
):
    key = ArtifactKey.of_asset(title, WIDE)
    review = hold(studio, title)
    studio.reviews.decide(review, Verdict.APPROVED, who="ada")
    release = studio.store.release

    def slowly(*told: Any, **more: Any) -> Manifest:
        with making(title, ARTIFACTS[WIDE], studio) as work:
            save_picture(Image.new("RGB", (320, 180), (9, 9, 99)), work.folder / "a.jpg", source=DigitalSource.ENHANCED)
            checks = [CheckOutcome(each.name, True, "holds", each.blocking) for each in check_specs_for(WIDE)]
            work.publish({"16x9.jpg": work.folder / "a.jpg"}, checks=checks)
        return release(*told, **more)

    monkeypatch.setattr(studio.store, "release", slowly)
    assert run(studio, instance, [review]).success
    manifest, row = studio.store.manifest(key), studio.ledger.row(key)
    assert manifest is not None and row is not None
    assert (manifest.review, row.state, row.version) == ("auto", LedgerState.READY, manifest.version)
    assert studio.store.versions(key) == [manifest.version], "nothing of the other is left"
    assert run(studio, instance, [review]).success
    assert studio.reviews.to_release() == []


def test_what_waits_for_a_person_stays_however_often_the_artifact_is_made(studio: Studio, title: str):
    reviews = [studio.reviews.get(hold(studio, title, shade=shade)) for shade in range(90, 160, 10)]
    assert all(studio.store.held(review.held) for review in reviews)


def test_what_is_not_kept_any_more_is_told_and_asked_for_no_longer(
    studio: Studio, instance: dg.DagsterInstance, title: str
):
    review = hold(studio, title)
    place = studio.settings.home / "store" / studio.reviews.get(review).held / "why.json"
    told = json.loads(place.read_text())
    place.chmod(0o644)
    place.write_text(json.dumps({name: value for name, value in told.items() if name != "publish"}))
    studio.reviews.decide(review, Verdict.APPROVED, who="ada")
    assert run(studio, instance, [review]).success
    assert studio.reviews.to_release() == []
    assert studio.store.manifest(ArtifactKey.of_asset(title, WIDE)) is None


def test_ticks_ask_for_the_same_runs_until_it_is_time_to_try_again():
    asked = release_requests([1, 2, 3], now_s=7 * TRY_AGAIN_S, batch=2)
    again = release_requests([1, 2, 3], now_s=7 * TRY_AGAIN_S + 30, batch=2)
    later = release_requests([1, 2, 3], now_s=8 * TRY_AGAIN_S, batch=2)
    assert [each.run_key for each in asked] == [each.run_key for each in again]
    assert not {each.run_key for each in asked} & {each.run_key for each in later}
    assert [each.run_config["reviews"] for each in asked] == [[1, 2], [3]]
