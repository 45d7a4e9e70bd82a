"""The course of an experiment, from start to decision and to what follows: real database, real store."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from assets.experiment_course import judge_title, outdate_worn, start_experiment
from assets.lessons import learned_lean, lessons_of_the_house
from ops.errors import UsageError
from ops.experiments.decision import Verdict
from orchestration.nightly import order_unsettled
from orchestration.sensors.experiments import judge_requests
from resources.experiment_agenda import ExperimentAgenda
from resources.experiment_model import Lifecycle
from resources.store.model import ArtifactKey
from resources.studio import Studio
from resources.untested import to_test
from resources.viewer_events import EventKind, ViewerEvent
from tests.support.tested_title import ARMS, ASPECT, PLAN, TREATMENTS, browse, events, publish, running, title

__all__ = ["title"]


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
