"""A trailer that viewers leave is cut anew, tested against what they were shown, and replaced if they stay longer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from assets.experiment_course import judge_title
from ops.experiments.decision import Verdict
from ops.experiments.model import Plan
from orchestration.ingest import deliver
from orchestration.nightly import order_unsettled
from orchestration.sensors.experiments import experiments_due
from orchestration.sensors.trailers import trailers_below_target
from resources.experiment_agenda import ExperimentAgenda
from resources.recuts import BACK_OFF_DAYS, Recut, recut_wanted
from resources.store.model import ArtifactKey
from resources.studio import Studio
from resources.untested import to_test
from tests.support.trailer_crowd import (
    BAD,
    CUT,
    GOOD,
    content_of,
    crowd_under_test,
    make_new_cut,
    publish_trailer,
    watch,
)

OLD, NEW = "old0000", "edit0001"


@pytest.fixture
def title(studio: Studio, instance: dg.DagsterInstance, data: Path) -> str:
    """A title whose trailer is published."""
    title = deliver(str(data / "video" / "one_frame.mp4"), studio, instance).title
    publish_trailer(studio, title, [OLD])
    return title


class Sensor:
    """The sensor as the daemon runs it: every tick gets the cursor that the last one left."""

    def __init__(self, studio: Studio, instance: dg.DagsterInstance) -> None:
        self.studio, self.instance, self.cursor = studio, instance, None

    def tick(self) -> str:
        context = dg.build_sensor_context(instance=self.instance, resources={"studio": self.studio}, cursor=self.cursor)
        told = trailers_below_target(context)
        assert isinstance(told, dg.SensorResult)
        self.cursor = told.cursor
        assert not told.run_requests and told.skip_reason is not None
        return str(told.skip_reason.skip_message)


@pytest.fixture
def sensor(studio: Studio, instance: dg.DagsterInstance) -> Sensor:
    return Sensor(studio, instance)


def orders(studio: Studio) -> list[tuple[str, ...]]:
    """The artifacts of the work orders that wait, one entry an order."""
    return [order.artifacts for batch in studio.orders.batch(9, 9) for order in batch.orders]


def wanted(studio: Studio, title: str) -> Recut:
    found = recut_wanted(studio.database, title, CUT)
    assert found is not None
    return found


def days_pass(studio: Studio, title: str, days: float) -> None:
    """Everything that happened with a title is so many days longer ago."""
    with studio.database.connection() as connection:
        for table in ("recuts", "viewer_events"):
            connection.execute(
                f"UPDATE {table} SET at = at - make_interval(secs => %s) WHERE title = %s".encode(),
                [86_400 * days, title],
            )
        connection.execute(
            "UPDATE transitions t SET at = t.at - make_interval(secs => %s) FROM experiments e"
            " WHERE e.id = t.experiment AND e.title = %s",
            [86_400 * days, title],
        )


def test_a_trailer_that_viewers_leave_is_ordered_anew_once_however_often_the_sensor_looks(
    studio: Studio, title: str, sensor: Sensor
):
    assert "No trailer" in sensor.tick()
    watch(studio, title, OLD, BAD, 400)

    assert "50% are hoped for" in sensor.tick()
    assert ["No trailer is below the target." for _ in range(2)] == [sensor.tick() for _ in range(2)]
    sensor.cursor = None
    assert "No trailer" in sensor.tick(), "nor after its cursor is lost"

    recut = wanted(studio, title)
    assert (recut.attempt, recut.arm, recut.file, recut.viewings) == (1, OLD, "trailer.mp4", 400)
    assert orders(studio) == [(f"trailer/{CUT}",)]
    row = studio.ledger.row(ArtifactKey(title, "trailer", CUT))
    assert row is not None and row.input_hash == "", "were the run lost, the nightly job would order it"


def test_a_trailer_that_viewers_stay_with_and_one_that_too_few_saw_are_left_alone(
    studio: Studio, title: str, sensor: Sensor
):
    watch(studio, title, OLD, BAD, studio.settings.trailer_min_viewers - 1)
    assert "No trailer" in sensor.tick()
    watch(studio, title, OLD, GOOD, 4_000, seed="good")
    assert "No trailer" in sensor.tick()
    assert recut_wanted(studio.database, title, CUT) is None


def test_what_viewers_left_in_an_older_version_says_nothing_of_the_one_that_they_are_shown(
    studio: Studio, title: str, sensor: Sensor
):
    watch(studio, title, OLD, BAD, 400)
    publish_trailer(studio, title, ["another0"])

    assert "No trailer" in sensor.tick()


def test_a_viewer_who_looks_in_a_hundred_times_is_one_viewer(studio: Studio, title: str, sensor: Sensor):
    for _ in range(5):
        with studio.database.connection() as connection:
            connection.execute("UPDATE viewer_events SET id = gen_random_uuid(), at = at - interval '1 minute'")
        watch(studio, title, OLD, BAD, 150)
    with studio.database.connection() as connection:
        assert connection.execute("SELECT count(*) FROM viewer_events").fetchone() == (750,)

    assert "No trailer" in sensor.tick()


def begun(studio: Studio, title: str, sensor: Sensor, instance: dg.DagsterInstance) -> str:
    """Viewers leave, a new cut is ordered and made, and the test of the two begins; its id."""
    watch(studio, title, OLD, BAD, 400)
    sensor.tick()
    recut = wanted(studio, title)
    make_new_cut(studio, recut)
    assert recut_wanted(studio.database, title, CUT) is None, "it is made"
    due = experiments_due(dg.build_sensor_context(instance=instance, resources={"studio": studio}))
    assert isinstance(due, dg.SensorResult)
    assert [request.run_config["titles"] for request in due.run_requests or []] == [[title]]
    judge_title(title, studio, who="test")
    [test] = studio.experiments.running()
    assert (test.aspect, test.incumbent.id, {arm.id for arm in test.arms}) == (CUT, OLD, {OLD, NEW})
    assert test.plan == Plan()
    return test.id


def test_the_new_cut_that_viewers_stay_with_is_promoted_and_becomes_what_the_next_one_must_beat(
    studio: Studio, title: str, sensor: Sensor, instance: dg.DagsterInstance
):
    test = studio.experiments.get(begun(studio, title, sensor, instance))
    watch(studio, title, OLD, BAD, 400, seed="while it runs")
    assert "No trailer" in sensor.tick(), "a test runs"
    crowd_under_test(studio, test, {OLD: BAD, NEW: GOOD})

    [judged] = judge_title(title, studio, who="test")

    assert judged.decision.verdict is Verdict.WINNER
    assert "completions against the incumbent" in " ".join(judged.decision.reasons)
    standing = studio.experiments.current(title, CUT)
    assert standing is not None
    assert (standing.arm, standing.file, standing.sha256[:32]) == (NEW, "challenger.mp4", content_of(NEW))
    assert "No trailer" in sensor.tick()
    assert ExperimentAgenda(studio.database).shown(ArtifactKey(title, "trailer", CUT)) == [standing.version]
    assert to_test(studio.database) == []

    watch(studio, title, NEW, BAD, 30_000, seed="tastes turned")
    sensor.tick()
    again = wanted(studio, title)
    assert (again.attempt, again.arm, again.file) == (2, NEW, "challenger.mp4")
    make_new_cut(studio, again)
    judge_title(title, studio, who="test")
    [following] = studio.experiments.running()
    assert (following.incumbent.id, {arm.id for arm in following.arms}) == (NEW, {NEW, "edit0002"})


def test_where_the_old_cut_wins_no_third_is_made_until_the_wait_is_over_which_each_defeat_doubles(
    studio: Studio, title: str, sensor: Sensor, instance: dg.DagsterInstance
):
    test = studio.experiments.get(begun(studio, title, sensor, instance))
    orders(studio)
    crowd_under_test(studio, test, {OLD: BAD, NEW: lambda _: 0.12})

    [judged] = judge_title(title, studio, who="test")

    assert judged.decision.verdict is Verdict.INCUMBENT_STAYS
    assert studio.experiments.current(title, CUT) is None
    assert "ordered" not in judged.done
    row = studio.ledger.row(ArtifactKey(title, "trailer", CUT))
    assert row is not None and row.input_hash == "as made", "nothing is stale"
    assert to_test(studio.database) == []
    watch(studio, title, OLD, BAD, 1_000, seed="after the test")
    assert "No trailer" in sensor.tick()

    days_pass(studio, title, BACK_OFF_DAYS + 1)
    watch(studio, title, OLD, BAD, 1_000, seed="a month later")
    assert "are hoped for" in sensor.tick()
    make_new_cut(studio, wanted(studio, title))
    judge_title(title, studio, who="test")
    [second] = studio.experiments.running()
    assert {arm.id for arm in second.arms} == {OLD, "edit0002"}, "what lost does not come back"
    crowd_under_test(studio, second, {OLD: BAD, "edit0002": lambda _: 0.12})
    judge_title(title, studio, who="test")
    days_pass(studio, title, BACK_OFF_DAYS + 1)
    watch(studio, title, OLD, BAD, 1_000, seed="two months later")
    assert "No trailer" in sensor.tick()
    days_pass(studio, title, BACK_OFF_DAYS)
    watch(studio, title, OLD, BAD, 10, seed="three months later")
    assert "are hoped for" in sensor.tick()
    assert wanted(studio, title).attempt == 3


def test_a_cut_that_is_completed_more_and_leads_to_the_film_less_does_not_win(
    studio: Studio, title: str, sensor: Sensor, instance: dg.DagsterInstance
):
    test = studio.experiments.get(begun(studio, title, sensor, instance))
    crowd_under_test(studio, test, {OLD: BAD, NEW: BAD}, film=0.9, viewers=3_000)
    arm = next(each for each in test.arms if each.id == NEW)
    with studio.database.connection() as connection:  # all see the new one to its end, and none of them the film
        connection.execute(
            "UPDATE viewer_events SET completed = true WHERE experiment = %s AND arm = %s AND played IS NOT NULL",
            [test.id, arm.id],
        )
        connection.execute(
            "DELETE FROM viewer_events WHERE experiment = %s AND arm = %s AND played IS NULL AND kind = 'watch'",
            [test.id, arm.id],
        )

    [judged] = judge_title(title, studio, who="test")

    assert judged.decision.verdict is not Verdict.WINNER
    assert judged.decision.refused == (NEW,)
    assert "of its impressions are watched" in " ".join(judged.decision.reasons)


def test_a_kill_between_the_order_and_its_work_order_loses_no_cut(
    studio: Studio, title: str, sensor: Sensor, monkeypatch: pytest.MonkeyPatch
):
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    watch(studio, title, OLD, BAD, 400)
    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(type(studio.orders), "request_many", killed)
        sensor.tick()

    assert wanted(studio, title).attempt == 1
    assert "No trailer" in sensor.tick()
    order_unsettled(studio)
    row = studio.ledger.row(ArtifactKey(title, "trailer", CUT))
    assert row is not None and row.input_hash == ""


def test_a_viewing_that_came_in_before_the_last_look_but_was_committed_after_it_is_not_missed(
    studio: Studio, title: str, sensor: Sensor
):
    sensor.tick()
    watch(studio, title, OLD, BAD, 400)
    with studio.database.connection() as connection:
        connection.execute("UPDATE viewer_events SET received_at = now() - interval '1 minute'")
    assert sensor.cursor is not None and datetime.fromisoformat(sensor.cursor) > datetime.now(UTC) - timedelta(
        minutes=1
    )

    assert "are hoped for" in sensor.tick()
