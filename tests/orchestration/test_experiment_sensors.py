"""Who starts experiments and judges them: the sensor, its runs, and the questions to a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import dagster as dg
import pytest

from assets.experiment_course import Judged, judge_title, start_experiment
from ops.experiments.model import Plan
from orchestration.build import build_defs
from orchestration.ingest import deliver
from orchestration.judging import JUDGE_JOB
from orchestration.sensors.experiments import TRY_AGAIN_S, experiments_due, judge_requests, not_asked_yet
from resources.experiment_agenda import Due, ExperimentAgenda
from resources.experiment_model import Lifecycle
from resources.reviews import Question
from resources.reviews import Verdict as Approval
from resources.store.model import ArtifactKey
from resources.studio import Studio
from resources.untested import to_test
from resources.viewer_events import EventKind, ViewerEvent
from tests.support.tested_title import ARMS, ASPECT, PLAN, browse, events, publish, running, title

__all__ = ["title"]


def seen(studio: Studio, title: str, aspect: str) -> None:
    """A viewer sees a title in one shape, outside any test."""
    name = uuid5(NAMESPACE_URL, f"{title} {aspect}")
    studio.viewer_events.record([ViewerEvent(name, EventKind.IMPRESSION, datetime.now(UTC), "ada", title, aspect)])


def tick(studio: Studio, instance: dg.DagsterInstance) -> list[str]:
    """The titles that the sensor asks for, all judged."""
    asked = experiments_due(dg.build_sensor_context(instance=instance, resources={"studio": studio}))
    requests = asked.run_requests or [] if isinstance(asked, dg.SensorResult) else []
    titles = [name for request in requests for name in request.run_config["titles"]]
    for name in titles:
        judge_title(name, studio, who="test")
    return titles


def test_the_first_test_starts_by_itself_once_viewers_see_the_title_in_that_shape(
    studio: Studio, title: str, instance: dg.DagsterInstance
):
    assert tick(studio, instance) == [], "nobody would see it"
    seen(studio, title, "2x3")
    assert tick(studio, instance) == []
    off = studio.settings.model_copy(update={"test_aspects": "none"})
    full = studio.settings.model_copy(update={"tests_at_once": 0})
    seen(studio, title, ASPECT)
    assert [tick(replace(studio, settings=each), instance) for each in (off, full)] == [[], []]

    assert tick(studio, instance) == [title]

    [test] = studio.experiments.running()
    assert (test.title, test.aspect, test.plan) == (title, ASPECT, Plan())
    assert tick(studio, instance) == []


def test_a_title_with_nothing_to_compare_is_tried_once_a_version(
    studio: Studio, title: str, data: Path, instance: dg.DagsterInstance
):
    publish(studio, title, data, ARMS[:1])
    seen(studio, title, ASPECT)

    assert [tick(studio, instance) for _ in range(2)] == [[title], []]

    assert events(studio, title)[-1] == "nothing_to_test"
    publish(studio, title, data, ARMS)
    assert tick(studio, instance) == [title]
    assert len(studio.experiments.running()) == 1


def test_a_generated_variant_that_a_person_approves_is_tested_next(
    studio: Studio, title: str, data: Path, instance: dg.DagsterInstance
):
    publish(studio, title, data, ARMS, generated=(ARMS[3],))
    key = ArtifactKey(title, "thumbnails", ASPECT)
    for recipe in (ARMS[3], "9999ffff"):  # the other is published no more
        studio.reviews.ask(key, Question.GENERATED, recipe, why="a model painted it")
    experiment = running(studio, title)
    assert ARMS[3] not in {arm.id for arm in experiment.arms}
    browse(studio, experiment, dict.fromkeys(ARMS, 0.05) | {ARMS[2]: 0.10})
    judge_title(title, studio, who="test")
    assert tick(studio, instance) == []

    asked = {review.subject: review.id for review in studio.reviews.queue()}
    studio.reviews.decide(asked["9999ffff"], Approval.APPROVED, who="ada")
    assert [tick(studio, instance) for _ in range(2)] == [[title], []]
    assert studio.experiments.running() == []
    studio.reviews.decide(asked[ARMS[3]], Approval.APPROVED, who="ada")
    assert tick(studio, instance) == [title]

    [following] = studio.experiments.running()
    assert {arm.id for arm in following.arms} == {ARMS[2], ARMS[3]}


def test_what_is_made_anew_is_tested_also_after_a_test_that_was_retired_and_beside_a_draft(
    studio: Studio, title: str, data: Path
):
    retired = start_experiment(title, ASPECT, studio, who="test")
    studio.experiments.transition(retired.id, Lifecycle.RETIRED, "test", "the front page is rebuilt")
    studio.experiments.create(title, ASPECT, retired.arms, PLAN, "somebody who never started it")
    assert to_test(studio.database) == [], "a person ended it"

    publish(studio, title, data, ("e0000005", *ARMS[1:]))
    judge_title(title, studio, who="test")

    [following] = studio.experiments.running()
    assert "e0000005" in {arm.id for arm in following.arms}


def test_a_test_that_cannot_start_leaves_no_draft(studio: Studio, title: str, monkeypatch: pytest.MonkeyPatch):
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("resources.experiments.step", killed)
    with pytest.raises(KeyboardInterrupt):
        start_experiment(title, ASPECT, studio, who="test")

    assert studio.experiments.find(title=title) == []


def test_a_tick_that_is_repeated_asks_for_the_same_run_and_none_is_due_after_judging(
    studio: Studio, title: str, instance: dg.DagsterInstance
):
    experiment = running(studio, title)
    browse(studio, experiment, dict.fromkeys(ARMS, 0.05), viewers=500)
    agenda = ExperimentAgenda(studio.database)

    ticks = [judge_requests(agenda.due(every_s=0), batch_titles=50, now_s=60.0 * n) for n in range(2)]

    assert [request.run_key for request in ticks[0]] == [request.run_key for request in ticks[1]]
    assert ticks[0][0].run_config == {"titles": [title]}
    judge_title(title, studio, who="test")
    assert judge_requests(agenda.due(every_s=0), batch_titles=50, now_s=120)[0].run_key != ticks[0][0].run_key
    context = dg.build_sensor_context(instance=instance, resources={"studio": studio})
    assert isinstance(experiments_due(context), dg.SkipReason)  # judged a moment ago, due in an hour


def test_what_failed_is_asked_for_again_but_not_with_every_title_that_falls_due(
    studio: Studio, title: str, instance: dg.DagsterInstance
):
    experiment = running(studio, title)
    with studio.database.connection() as connection:
        connection.execute("UPDATE allocations SET at = now() - interval '2 hours'")
    context = dg.build_sensor_context(instance=instance, resources={"studio": studio})
    first = experiments_due(context)
    assert isinstance(first, dg.SensorResult) and len(first.run_requests or []) == 1

    context = dg.build_sensor_context(instance=instance, resources={"studio": studio}, cursor=first.cursor)
    assert isinstance(experiments_due(context), dg.SkipReason), "its run may be on its way"

    poisoned = Due(experiment.id, title, ASPECT, experiment.epoch)
    healthy = Due("another", "another-title", ASPECT, 3)
    _, asked = not_asked_yet([poisoned], {}, now_s=0)
    assert not_asked_yet([poisoned, healthy], asked, now_s=60)[0] == [healthy]
    again, _ = not_asked_yet([poisoned], asked, now_s=TRY_AGAIN_S)
    assert again == [poisoned]
    keys = {judge_requests([poisoned], 50, now_s=now_s)[0].run_key for now_s in (0, TRY_AGAIN_S)}
    assert len(keys) == 2, "Dagster launches a run key once"


@pytest.mark.parametrize(("error", "tries"), [(ValueError("poisoned"), 1), (OSError("the store is away"), 2)])
def test_a_poisoned_title_is_tried_once_and_keeps_no_other_from_being_judged_once(
    studio: Studio,
    title: str,
    data: Path,
    instance: dg.DagsterInstance,
    monkeypatch: pytest.MonkeyPatch,
    *,
    error: Exception,
    tries: int,
):
    other = deliver(str(data / "video" / "bikes_640x272.mp4"), studio, instance).title
    publish(studio, other, data, ARMS)
    healthy = running(studio, title)
    failed: list[str] = []

    def judged(name: str, *given: Studio, who: str) -> list[Judged]:
        if name == other and len(failed) < tries:
            failed.append(name)
            if len(failed) == 1:
                raise error
        return judge_title(name, *given, who=who)

    monkeypatch.setattr("orchestration.judging.judge_title", judged)
    job = build_defs(resources={"studio": studio}, executor=dg.in_process_executor).resolve_job_def(JUDGE_JOB)

    result = job.execute_in_process(run_config={"titles": [title, other]}, instance=instance, raise_on_error=False)

    assert result.success is (tries == 2)
    assert len(failed) == tries
    assert studio.experiments.get(healthy.id).epoch == healthy.epoch + 1, "judged once, whatever came after"


def test_a_batch_run_shows_posteriors_and_the_winner_in_the_ui(
    studio: Studio, title: str, instance: dg.DagsterInstance
):
    experiment = running(studio, title)
    browse(studio, experiment, dict.fromkeys(ARMS, 0.05) | {ARMS[3]: 0.10})
    job = build_defs(resources={"studio": studio}, executor=dg.in_process_executor).resolve_job_def(JUDGE_JOB)

    result = job.execute_in_process(run_config={"titles": [title]}, instance=instance)

    assert result.success
    told = {
        event.materialization.asset_key.to_user_string(): event.materialization
        for event in result.all_events
        if event.is_step_materialization
    }
    assert set(told) == {"experiment_results", "winner"}
    assert told["winner"].partition == title
    assert "data:image/jpeg" in str(told["experiment_results"].metadata[f"{ASPECT} posterior"].value)
    assert "winner" in str(told["experiment_results"].metadata[f"{ASPECT} decision"].value)
    assert ARMS[3] in str(told["winner"].metadata[f"{ASPECT} why"].value)


def test_what_three_viewers_flag_goes_to_a_person_once(studio: Studio, title: str):
    experiment = running(studio, title)
    arm = experiment.arms[1]
    for viewer in ("one", "two", "three"):
        flag = ViewerEvent(
            id=uuid5(NAMESPACE_URL, viewer),
            kind=EventKind.FLAG,
            at=datetime.now(UTC),
            viewer=viewer,
            title=title,
            aspect=ASPECT,
            experiment=experiment.id,
            arm=arm.id,
            epoch=0,
            propensity=0.25,
        )
        studio.viewer_events.record([flag])
        judge_title(title, studio, who="test")
        judge_title(title, studio, who="test")

    [review] = studio.reviews.queue()

    assert [file.name for file in studio.store.held(review.held)] == [arm.file]
    assert "3 viewers" in review.why


def flags(studio: Studio, title: str, round_: str) -> None:
    """Three viewers flag what they see of a title outside tests."""
    studio.viewer_events.record(
        [
            ViewerEvent(
                uuid5(NAMESPACE_URL, f"{round_} {name}"), EventKind.FLAG, datetime.now(UTC), name, title, ASPECT
            )
            for name in ("one", "two", "three")
        ]
    )


def test_what_stands_outside_tests_and_viewers_flag_goes_to_a_person_once(
    studio: Studio, title: str, data: Path, instance: dg.DagsterInstance
):
    flags(studio, title, "before it was published anew")
    with studio.database.connection() as connection:
        connection.execute("UPDATE viewer_events SET at = at - interval '1 minute'")
    publish(studio, title, data, ARMS)
    assert tick(studio, instance) == [], "they saw an older version"

    flags(studio, title, "the first choice")
    assert [tick(studio, instance) for _ in range(2)] == [[title], []]
    experiment = running(studio, title)
    browse(studio, experiment, dict.fromkeys(ARMS, 0.05) | {ARMS[2]: 0.10})
    judge_title(title, studio, who="test")
    flags(studio, title, "the promoted one")
    assert [tick(studio, instance) for _ in range(2)] == [[title], []]

    reviews = studio.reviews.queue()
    assert [(review.asks, review.subject) for review in reviews] == [
        (Question.FLAGGED, ARMS[0]),
        (Question.FLAGGED, ARMS[2]),
    ]
    assert [[file.name for file in studio.store.held(review.held)] for review in reviews] == [
        [f"variant-{ARMS[0]}.jpg"],
        [f"variant-{ARMS[2]}.jpg"],
    ]
    assert all("outside tests" in review.why for review in reviews)
