"""Experiments from start to decision: real database, real store, simulated viewers with tastes that the test knows."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

import dagster as dg
import pytest

from assets.experiment_course import Judged, judge_title, outdate_worn, start_experiment
from assets.lessons import learned_lean, lessons_of_the_house
from ops.errors import UsageError
from ops.experiments.assignment import assign, bucket
from ops.experiments.decision import Verdict
from ops.experiments.model import Plan
from orchestration.build import build_defs
from orchestration.ingest import deliver
from orchestration.judging import JUDGE_JOB
from orchestration.nightly import order_unsettled
from orchestration.sensors.experiments import TRY_AGAIN_S, experiments_due, judge_requests, not_asked_yet
from resources.experiment_agenda import Due, ExperimentAgenda
from resources.experiment_model import Experiment, Lifecycle
from resources.reviews import Question
from resources.reviews import Verdict as Approval
from resources.store.model import ArtifactKey, MadeBy
from resources.studio import Studio
from resources.untested import to_test
from resources.viewer_events import EventKind, ViewerEvent

ASPECT = "16x9"
PICTURES = ("amber_door.jpg", "building.jpg", "home.jpg", "chelsea_cat.png")
TREATMENTS = ("clean", "grade", "title", "collage")
ARMS = ("a0000001", "b0000002", "c0000003", "d0000004")
PLAN = Plan(holdout=0.0, min_days=0.0, novelty_days=0.0, min_impressions=500, guardrail=1.0, max_days=30.0)
DAYS = 10


@pytest.fixture
def title(studio: Studio, instance: dg.DagsterInstance, data: Path) -> str:
    """A title with four published variants."""
    title = deliver(str(data / "video" / "one_frame.mp4"), studio, instance).title
    publish(studio, title, data, ARMS)
    return title


def publish(studio: Studio, title: str, data: Path, arms: tuple[str, ...], *, generated: tuple[str, ...] = ()) -> None:
    folder = studio.settings.home / "staged"
    folder.mkdir(exist_ok=True)
    variants = [
        {
            "id": arm,
            "file": f"variant-{arm}.jpg",
            "recipe": {"treatment": TREATMENTS[place]},
            "traits": {"treatment": TREATMENTS[place]},
            "generated": arm in generated,
        }
        for place, arm in enumerate(arms)
    ]
    (folder / "variants.json").write_text(json.dumps({"variants": variants}))
    pictures = {f"variant-{arm}.jpg": data / "images/content" / name for arm, name in zip(arms, PICTURES, strict=False)}
    key = ArtifactKey(title, "thumbnails", ASPECT)
    manifest = studio.store.publish(
        key,
        pictures | {"variants.json": folder / "variants.json"},
        made_by=MadeBy(code_version="1", engine="test", parameters={}),
        inputs={},
        quality={},
        cost_s=1.0,
    )
    studio.ledger.ready(key, input_hash="as made", manifest=manifest)


def events(studio: Studio, title: str) -> list[str]:
    """The kinds of the events that the house told of a title, in order."""
    with studio.database.connection() as connection:
        return [row[0] for row in connection.execute("SELECT kind FROM events WHERE title = %s ORDER BY id", [title])]


def running(studio: Studio, title: str) -> Experiment:
    """An experiment of the title that has run for ten days."""
    experiment = start_experiment(title, ASPECT, studio, who="test", plan=PLAN)
    with studio.database.connection() as connection:
        connection.execute(
            "UPDATE experiments SET started_at = now() - make_interval(days => %s) WHERE id = %s",
            [DAYS, experiment.id],
        )
    return studio.experiments.get(experiment.id)


def browse(
    studio: Studio,
    experiment: Experiment,
    rates: Mapping[str, float],
    viewers: int = 24_000,
    segments: Mapping[str, Mapping[str, float]] | None = None,
    *,
    seed: int = 7,
) -> None:
    """Viewers see the arm that the edge would have shown them, and click by its true rate, a segment's by its own."""
    names = ["", *(segments or {})]
    chance = random.Random(seed)
    began = datetime.now(UTC) - timedelta(days=DAYS)
    events = []
    for number in range(viewers):
        viewer = f"viewer-{number}"
        arm, propensity = assign(experiment.weights, bucket("test", "salt", viewer))  # the same split every time
        at = began + timedelta(days=DAYS * (number + 0.5) / viewers)
        segment = names[number % len(names)]
        likes = (segments or {}).get(segment, rates)
        kinds = [EventKind.IMPRESSION] + [EventKind.CLICK] * (chance.random() < likes[arm])
        events += [
            ViewerEvent(
                id=UUID(int=chance.getrandbits(128)),
                kind=kind,
                at=at,
                viewer=viewer,
                title=experiment.title,
                aspect=experiment.aspect,
                experiment=experiment.id,
                arm=arm,
                epoch=experiment.epoch,
                propensity=propensity,
                segment=segment,
            )
            for kind in kinds
        ]
    studio.viewer_events.record(events)


def test_starting_twice_starts_once(studio: Studio, title: str):
    first = start_experiment(title, ASPECT, studio, who="test", plan=PLAN)

    again = start_experiment(title, ASPECT, studio, who="test", plan=PLAN)

    assert again.id == first.id
    assert first.state is Lifecycle.RUNNING
    assert [arm.id for arm in first.arms if arm.id == first.incumbent.id] == [ARMS[0]]
    assert len(studio.experiments.running()) == 1


def test_a_picture_that_viewers_prefer_is_promoted_and_asking_again_changes_nothing(studio: Studio, title: str):
    experiment = running(studio, title)
    browse(studio, experiment, dict.fromkeys(ARMS, 0.05) | {ARMS[2]: 0.10})

    [judged] = judge_title(title, studio, who="test")

    assert judged.decision.verdict is Verdict.WINNER
    standing = studio.experiments.current(title, ASPECT)
    assert standing is not None
    assert (standing.arm, standing.experiment) == (ARMS[2], experiment.id)
    assert studio.experiments.get(experiment.id).state is Lifecycle.DECIDED
    assert judge_title(title, studio, who="test") == []
    assert studio.experiments.rollback(title, ASPECT, "test", "the editor disagrees") is None


def test_a_segment_that_prefers_another_picture_than_the_winner_gets_it_until_the_promotion_is_taken_back(
    studio: Studio, title: str
):
    experiment = running(studio, title)
    most = dict.fromkeys(ARMS, 0.05) | {ARMS[2]: 0.15}
    family = dict.fromkeys(ARMS, 0.03) | {ARMS[1]: 0.16}
    browse(studio, experiment, most, segments={"family": family, "drama": most})

    [judged] = judge_title(title, studio, who="test")

    standing = studio.experiments.current(title, ASPECT)
    assert standing is not None
    assert standing.arm == ARMS[2]
    assert {segment: own.arm for segment, own in standing.audience.items()} == {"family": ARMS[1]}
    assert "judged off-policy" in standing.why and ARMS[1] in judged.done
    assert ARMS[1] not in ExperimentAgenda(studio.database).lost(title, ASPECT)
    assert studio.experiments.rollback(title, ASPECT, "test", "the editor disagrees") is None


def test_a_promoted_picture_and_those_under_test_outlive_however_many_newer_versions(
    studio: Studio, title: str, data: Path
):
    experiment = running(studio, title)
    browse(studio, experiment, dict.fromkeys(ARMS, 0.05) | {ARMS[2]: 0.10})
    judge_title(title, studio, who="test")
    key = ArtifactKey(title, "thumbnails", ASPECT)
    standing = studio.experiments.current(title, ASPECT)
    assert standing is not None

    for number in range(studio.settings.keep_versions + 2):
        publish(studio, title, data, (f"{number:08d}", *ARMS[1:]))

    kept = studio.store.manifest(key, standing.version)
    assert kept is not None
    assert studio.store.fetch(kept, standing.file).stat().st_size > 0
    assert len(studio.store.versions(key)) == studio.settings.keep_versions + 1


def test_where_no_variant_is_better_others_are_ordered_and_the_losers_never_come_back(
    studio: Studio, title: str, data: Path
):
    experiment = running(studio, title)
    browse(studio, experiment, dict.fromkeys(ARMS, 0.04) | {ARMS[0]: 0.08})

    [judged] = judge_title(title, studio, who="test")

    assert judged.decision.verdict is Verdict.INCUMBENT_STAYS
    assert studio.experiments.current(title, ASPECT) is None
    row = studio.ledger.row(ArtifactKey(title, "thumbnails", ASPECT))
    assert row is not None and row.input_hash == ""
    assert [batch.artifacts for batch in studio.orders.batch(max_titles=9, max_runs=9)] == [(f"thumbnails/{ASPECT}",)]
    assert set(ExperimentAgenda(studio.database).lost(title, ASPECT)) == set(ARMS[1:])
    with pytest.raises(UsageError, match="no variant is left"):
        start_experiment(title, ASPECT, studio, who="test", plan=PLAN)
    publish(studio, title, data, (ARMS[0], "e0000005", ARMS[1], "f0000006"))
    [new] = to_test(studio.database)
    assert judge_requests([new], batch_titles=50, now_s=0)[0].run_config == {"titles": [title]}
    judge_title(title, studio, who="test")
    [following] = studio.experiments.running()
    assert {arm.id for arm in following.arms} == {ARMS[0], "e0000005", "f0000006"}


def test_a_kill_between_verdict_and_order_loses_no_order(studio: Studio, title: str, monkeypatch: pytest.MonkeyPatch):
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    experiment = running(studio, title)
    browse(studio, experiment, dict.fromkeys(ARMS, 0.04) | {ARMS[0]: 0.08})
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(type(studio.orders), "request_many", killed)
        judge_title(title, studio, who="test")

    assert studio.experiments.get(experiment.id).state is Lifecycle.DECIDED
    order_unsettled(studio)

    [batch] = studio.orders.batch(max_titles=9, max_runs=9)
    assert f"thumbnails/{ASPECT}" in batch.artifacts


def test_a_kill_after_a_worn_picture_was_told_loses_no_order(
    studio: Studio, title: str, monkeypatch: pytest.MonkeyPatch
):
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    studio.experiments.promote(title, ASPECT, ARMS[1], "v1", None, "test", "a person", file="x.jpg", sha256="0" * 64)
    with studio.database.connection() as connection:
        connection.execute("UPDATE promotions SET at = now() - interval '20 days'")
    agenda = ExperimentAgenda(studio.database)
    [standing] = agenda.standing(days=14)
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("resources.experiment_agenda.outdate", killed)
        agenda.outdate_worn(standing, "fewer clicks")

    assert agenda.standing(days=14) == [standing], "it is not told, so the next night finds it again"


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


def test_what_a_winner_beat_never_comes_back_the_incumbent_no_more_than_the_others(
    studio: Studio, title: str, data: Path
):
    experiment = running(studio, title)
    browse(studio, experiment, dict.fromkeys(ARMS, 0.05) | {ARMS[2]: 0.10})
    judge_title(title, studio, who="test")

    publish(studio, title, data, (ARMS[0], "e0000005", ARMS[1], "f0000006"))
    judge_title(title, studio, who="test")

    [following] = studio.experiments.running()
    assert {arm.id for arm in following.arms} == {ARMS[2], "e0000005", "f0000006"}
    assert following.incumbent.id == ARMS[2]
    assert following.incumbent.recipe["traits"] == {"treatment": TREATMENTS[2]}, "lessons are drawn about it as well"


def test_a_promotion_that_is_taken_back_lets_what_it_beat_stand_and_keeps_what_won_away(studio: Studio, title: str):
    experiment = running(studio, title)
    browse(studio, experiment, dict.fromkeys(ARMS, 0.05) | {ARMS[2]: 0.10})
    judge_title(title, studio, who="test")

    studio.experiments.rollback(title, ASPECT, "test", "the editor disagrees")

    assert ExperimentAgenda(studio.database).lost(title, ASPECT) == [*ARMS[1:]]


def test_a_test_without_a_verdict_burns_no_picture_and_is_begun_again_once(studio: Studio, title: str):
    broken = {arm: 1.0 if arm == ARMS[0] else 0.0 for arm in ARMS}
    salts = set()
    for seed in (7, 8):
        experiment = running(studio, title)
        salts.add(experiment.salt)
        browse(studio, replace(experiment, weights=broken), dict.fromkeys(ARMS, 0.05), viewers=3_000, seed=seed)
        [judged] = judge_title(title, studio, who="test")
        assert judged.decision.verdict is Verdict.INVALID
        assert ExperimentAgenda(studio.database).lost(title, ASPECT) == []
        told = [event for event in events(studio, title) if event == "invalid_again"]
        if len(salts) == 1:
            assert told == []
            judge_title(title, studio, who="test")  # the sensor's next run: it begins the second one
            assert len(studio.experiments.running()) == 1

    assert len(salts) == 2
    assert told == ["invalid_again"]
    assert to_test(studio.database) == []
    assert start_experiment(title, ASPECT, studio, who="a person").state is Lifecycle.RUNNING


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


def test_a_test_that_is_retired_or_ended_by_a_person_burns_no_picture(studio: Studio, title: str):
    for end in (Lifecycle.RETIRED, Lifecycle.DECIDED):
        experiment = start_experiment(title, ASPECT, studio, who="test")
        studio.experiments.transition(experiment.id, end, "test", "the incumbent was rejected")

    assert ExperimentAgenda(studio.database).lost(title, ASPECT) == []


def test_while_nothing_is_proven_the_traffic_follows_the_clicks_above_a_floor(studio: Studio, title: str):
    experiment = running(studio, title)
    browse(studio, experiment, dict.fromkeys(ARMS, 0.05) | {ARMS[1]: 0.065}, viewers=3_000)

    [judged] = judge_title(title, studio, who="test")

    assert judged.decision.verdict is Verdict.KEEP_RUNNING
    weights = judged.experiment.weights
    assert judged.experiment.epoch == experiment.epoch + 1
    assert sum(weights.values()) == pytest.approx(1)
    assert min(weights.values()) >= PLAN.floor
    assert weights != experiment.weights


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


@pytest.mark.parametrize(("later", "tired"), [(0.06, True), (0.095, False)])
def test_a_winner_that_viewers_grow_tired_of_is_made_anew_and_told_once(
    studio: Studio, title: str, later: float, tired: bool
):
    experiment = running(studio, title)
    browse(studio, experiment, dict.fromkeys(ARMS, 0.05) | {ARMS[2]: 0.10})
    judge_title(title, studio, who="test")
    chance = random.Random(5)
    promoted = datetime.now(UTC) - timedelta(days=20)
    with studio.database.connection() as connection:
        connection.execute("UPDATE promotions SET at = %s", [promoted])
    events = []
    for number in range(8_000):
        day = 20 * number / 8_000
        kinds = [EventKind.IMPRESSION] + [EventKind.CLICK] * (chance.random() < (0.10 if day < 7 else later))
        at = promoted + timedelta(days=day)
        events += [
            ViewerEvent(UUID(int=chance.getrandbits(128)), kind, at, f"late-{number}", title, ASPECT) for kind in kinds
        ]
    studio.viewer_events.record(events)

    worn = outdate_worn(studio)

    assert worn == ([f"{title} {ASPECT}"] if tired else [])
    row = studio.ledger.row(ArtifactKey(title, "thumbnails", ASPECT))
    assert row is not None and (row.input_hash == "") is tired
    assert outdate_worn(studio) == []


def test_what_was_tested_becomes_a_lesson_for_the_next_pictures(studio: Studio, title: str):
    experiment = running(studio, title)
    browse(studio, experiment, dict.fromkeys(ARMS, 0.05) | {ARMS[2]: 0.10})
    judge_title(title, studio, who="test")

    lessons = {lesson.value: lesson for lesson in lessons_of_the_house(studio) if lesson.feature == "treatment"}

    assert lessons["title"].effect > 0 > lessons["clean"].effect
    lean = learned_lean(studio)["treatment"]
    assert lean["title"] > 1 > lean["clean"]


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
