"""Experiments live, are decided and promoted, on a real PostgreSQL."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from ops.errors import UsageError
from ops.experiments.model import ArmCounts, Plan, totals
from resources.catalogue import Catalogue
from resources.database import Database
from resources.experiment_counts import Shown
from resources.experiments import Arm, Experiments, Lifecycle, Role
from resources.viewer_events import EventKind, ViewerEvent, ViewerEvents, event_id

VERSION = "20261121T010203000000-0123456789ab"


def arm(name: str, role: Role = Role.CHALLENGER) -> Arm:
    return Arm(name, VERSION, f"variant-{name}.jpg", sha256(name.encode()).hexdigest(), role, {"treatment": "clean"})


ARMS = (arm("aaaa0000", Role.INCUMBENT), arm("bbbb1111"))


@pytest.fixture
def experiments(database: Database) -> Experiments:
    for name in ("sintel", "cosmos"):
        Catalogue(database).deliver(name, sha256=sha256(name.encode()).hexdigest(), uri=f"/{name}", size_bytes=1)
    return Experiments(database)


def start(experiments: Experiments, title: str = "sintel", aspect: str = "16x9") -> str:
    experiment = experiments.create(title, aspect, ARMS, Plan(), "ada")
    experiments.transition(experiment, Lifecycle.RUNNING, "ada", "approved")
    return experiment


def test_a_draft_is_what_was_asked_for_with_equal_shares(experiments: Experiments):
    plan = Plan(holdout=0.1, min_impressions=50)
    found = experiments.get(experiments.create("sintel", "16x9", ARMS, plan, "ada"))
    assert (found.state, found.plan, found.arms, found.epoch) == (Lifecycle.DRAFT, plan, ARMS, 0)
    assert found.weights == {"aaaa0000": 0.5, "bbbb1111": 0.5}
    assert found.incumbent.id == "aaaa0000"


@pytest.mark.parametrize(
    "arms", [(ARMS[0],), (ARMS[0], ARMS[0]), (ARMS[1], arm("cccc2222")), (ARMS[0], arm("cccc2222", Role.INCUMBENT))]
)
def test_arms_that_cannot_be_compared_are_refused(experiments: Experiments, arms: tuple[Arm, ...]):
    with pytest.raises(UsageError, match="cannot compare"):
        experiments.create("sintel", "16x9", arms, Plan(), "ada")
    assert experiments.find() == []


def test_an_experiment_on_an_unknown_title_is_refused(experiments: Experiments):
    with pytest.raises(UsageError, match="catalogue"):
        experiments.create("nobody", "16x9", ARMS, Plan(), "ada")


def test_every_step_says_who_took_it_and_why(experiments: Experiments):
    experiment = start(experiments)
    experiments.transition(experiment, "decided", "sensor", "enough evidence")
    steps = [(step.was, step.became, step.who, step.why) for step in experiments.history(experiment)]
    assert steps == [
        ("", "draft", "ada", "created"),
        ("draft", "running", "ada", "approved"),
        ("running", "decided", "sensor", "enough evidence"),
    ]


def test_a_step_taken_twice_is_taken_once(experiments: Experiments):
    experiment = start(experiments)
    experiments.transition(experiment, Lifecycle.RUNNING, "ada", "again")
    assert len(experiments.history(experiment)) == 2


@pytest.mark.parametrize("to", [Lifecycle.DECIDED, Lifecycle.DRAFT])
def test_no_step_is_skipped_or_taken_back(experiments: Experiments, to: Lifecycle):
    experiment = experiments.create("sintel", "16x9", ARMS, Plan(), "ada")
    if to is Lifecycle.DRAFT:
        experiments.transition(experiment, Lifecycle.RUNNING, "ada", "go")
    with pytest.raises(UsageError, match="cannot go"):
        experiments.transition(experiment, to, "ada", "no")


def test_one_experiment_runs_for_a_picture_at_a_time(experiments: Experiments):
    first = start(experiments)
    second = experiments.create("sintel", "16x9", ARMS, Plan(), "ada")
    with pytest.raises(UsageError, match="another experiment"):
        experiments.transition(second, Lifecycle.RUNNING, "ada", "go")
    start(experiments, aspect="1x1")
    experiments.transition(first, Lifecycle.RETIRED, "ada", "stopped")
    experiments.transition(second, Lifecycle.RUNNING, "ada", "go")
    assert {each.id for each in experiments.running()} == {second} | {
        each.id for each in experiments.running() if each.aspect == "1x1"
    }


def test_experiments_are_listed_newest_first_page_by_page(experiments: Experiments):
    made = [experiments.create("sintel", "16x9", ARMS, Plan(), "ada") for _ in range(5)]
    first = experiments.find(limit=3)
    rest = experiments.find(limit=3, before=(first[-1].created_at, first[-1].id))
    assert [each.id for each in (*first, *rest)] == made[::-1]


def test_new_weights_are_a_new_epoch_of_a_running_experiment(experiments: Experiments):
    experiment = start(experiments)
    assert experiments.set_weights(experiment, {"aaaa0000": 0.2, "bbbb1111": 0.8}, "thompson") == 1
    found = experiments.get(experiment)
    assert (found.weights, found.policy, found.epoch) == ({"aaaa0000": 0.2, "bbbb1111": 0.8}, "thompson", 1)


@pytest.mark.parametrize(
    "weights", [{"aaaa0000": 1.0}, {"aaaa0000": 0.5, "bbbb1111": 0.6}, {"aaaa0000": -1, "bbbb1111": 2}]
)
def test_weights_that_are_no_shares_of_all_arms_are_refused(experiments: Experiments, weights: dict[str, float]):
    experiment = start(experiments)
    with pytest.raises(UsageError, match="no shares"):
        experiments.set_weights(experiment, weights, "thompson")
    assert experiments.get(experiment).epoch == 0


def test_a_draft_deals_nothing_and_takes_no_weights(experiments: Experiments):
    experiment = experiments.create("sintel", "16x9", ARMS, Plan(), "ada")
    with pytest.raises(UsageError, match="does not run"):
        experiments.set_weights(experiment, {"aaaa0000": 0.5, "bbbb1111": 0.5}, "uniform")


# -- promotion


def test_the_winner_is_promoted_and_its_experiment_decided_at_once(experiments: Experiments):
    experiment = start(experiments)
    experiments.promote("sintel", "16x9", "bbbb1111", VERSION, experiment, "sensor", "it won")
    standing = experiments.current("sintel", "16x9")
    assert standing is not None
    assert (standing.arm, standing.file, standing.sha256) == ("bbbb1111", ARMS[1].file, ARMS[1].sha256)
    assert experiments.get(experiment).state is Lifecycle.DECIDED
    assert experiments.running() == []


def test_a_promotion_that_is_repeated_stands_once(experiments: Experiments):
    experiment = start(experiments)
    for _ in range(2):
        experiments.promote("sintel", "16x9", "bbbb1111", VERSION, experiment, "sensor", "it won")
    assert experiments.rollback("sintel", "16x9", "ada", "undo") is None


def test_one_call_takes_a_promotion_back_and_the_one_before_stands_again(experiments: Experiments):
    for name in ("bbbb1111", "cccc2222"):
        chosen = arm(name)
        experiments.promote(
            "sintel", "16x9", name, VERSION, None, "ada", "by hand", file=chosen.file, sha256=chosen.sha256
        )
    again = experiments.rollback("sintel", "16x9", "ada", "viewers complain")
    assert again is not None
    assert again.arm == "bbbb1111"
    assert experiments.rollback("sintel", "16x9", "ada", "the other too") is None
    assert experiments.current("sintel", "16x9") is None
    with pytest.raises(UsageError, match="nothing is promoted"):
        experiments.rollback("sintel", "16x9", "ada", "once more")


def test_an_arm_of_no_experiment_is_not_promoted_and_nothing_is_decided(experiments: Experiments):
    experiment = start(experiments)
    with pytest.raises(UsageError, match="has no arm"):
        experiments.promote("sintel", "16x9", "ffff9999", VERSION, experiment, "sensor", "?")
    with pytest.raises(UsageError, match="another picture"):
        experiments.promote("cosmos", "16x9", "bbbb1111", VERSION, experiment, "sensor", "?")
    assert experiments.get(experiment).state is Lifecycle.RUNNING


def test_promotions_at_once_leave_one_that_stands(experiments: Experiments):
    experiment = start(experiments)
    together = threading.Barrier(4)

    def promote(_: int) -> None:
        together.wait()
        experiments.promote("sintel", "16x9", "bbbb1111", VERSION, experiment, "sensor", "it won")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(promote, range(4)))
    assert [step.became for step in experiments.history(experiment)].count("decided") == 1
    assert experiments.rollback("sintel", "16x9", "ada", "undo") is None


# -- counts


def happened(
    experiment: str, viewer: str, arm: str, *kinds: EventKind, day: float = 0.0, epoch: int = 0, **more: object
) -> list[ViewerEvent]:
    began = datetime.now(UTC) + timedelta(days=day, seconds=1)
    return [
        ViewerEvent(
            id=event_id("test", f"{experiment}{viewer}{day}{kind}{number}"),
            kind=kind,
            at=began + timedelta(seconds=number),
            viewer=viewer,
            title="sintel",
            aspect="16x9",
            experiment=experiment,
            arm=arm,
            epoch=epoch,
            watched_s=40.0 if kind is EventKind.WATCH else None,
            **more,  # type: ignore[arg-type]
        )
        for number, kind in enumerate(kinds)
    ]


IMPRESSION, CLICK, WATCH = EventKind.IMPRESSION, EventKind.CLICK, EventKind.WATCH


def test_an_experiment_that_has_not_begun_has_no_days(experiments: Experiments):
    assert experiments.counts(experiments.create("sintel", "16x9", ARMS, Plan(), "ada")) == []


def test_counts_are_by_day_and_arm_and_a_day_without_events_is_there(experiments: Experiments, database: Database):
    experiment = start(experiments)
    events = ViewerEvents(database)
    events.record(
        happened(experiment, "v1", "aaaa0000", IMPRESSION, CLICK, WATCH)
        + happened(experiment, "v2", "bbbb1111", IMPRESSION)
        + happened(experiment, "v3", "bbbb1111", IMPRESSION, CLICK, day=2)
    )
    assert experiments.counts(experiment) == [
        [ArmCounts("aaaa0000", 1, 1, 1, 1.0, 1, 1.0), ArmCounts("bbbb1111", 1, 0, 0, 1.0, 1, 1.0)],
        [ArmCounts("aaaa0000", 0, 0, 0, 0.0), ArmCounts("bbbb1111", 0, 0, 0, 0.0)],
        [ArmCounts("aaaa0000", 0, 0, 0, 0.5, 0, 0.5), ArmCounts("bbbb1111", 1, 1, 0, 0.5, 1, 0.5)],
    ]


def test_what_was_to_be_expected_follows_the_weights_of_the_time(experiments: Experiments, database: Database):
    experiment = start(experiments)
    experiments.set_weights(experiment, {"aaaa0000": 0.1, "bbbb1111": 0.9}, "thompson")
    events = [
        event
        for number in range(10)
        for event in happened(experiment, f"v{number}", "bbbb1111", IMPRESSION, epoch=number % 2)
    ]
    ViewerEvents(database).record(events)
    expected = {each.arm: each.expected for each in totals(experiments.counts(experiment))}
    assert expected == pytest.approx({"aaaa0000": 5 * 0.5 + 5 * 0.1, "bbbb1111": 5 * 0.5 + 5 * 0.9})


def test_an_impression_is_clicked_once_at_most_and_a_click_without_one_is_none(
    experiments: Experiments, database: Database
):
    experiment = start(experiments)
    ViewerEvents(database).record(
        happened(experiment, "v1", "aaaa0000", IMPRESSION, CLICK, CLICK, WATCH, WATCH)
        + happened(experiment, "v2", "aaaa0000", CLICK, WATCH)
        + happened(experiment, "v3", "aaaa0000", IMPRESSION, WATCH, CLICK)
    )
    counted = totals(experiments.counts(experiment))[0]
    assert (counted.impressions, counted.clicks, counted.qualified) == (2, 2, 1)


def test_a_click_after_midnight_belongs_to_the_impression_of_the_day_before(
    experiments: Experiments, database: Database
):
    experiment = start(experiments)
    ViewerEvents(database).record(
        happened(experiment, "v1", "aaaa0000", IMPRESSION) + happened(experiment, "v1", "aaaa0000", CLICK, day=1)
    )
    assert [(day[0].impressions, day[0].clicks) for day in experiments.counts(experiment)] == [(1, 1)]


def test_positions_are_counted_apart_and_what_is_not_told_is_a_stratum_of_its_own(
    experiments: Experiments, database: Database
):
    experiment = start(experiments)
    events = ViewerEvents(database)
    events.record(happened(experiment, "v0", "aaaa0000", IMPRESSION))
    assert experiments.positions(experiment) == []
    events.record(
        happened(experiment, "v1", "aaaa0000", IMPRESSION, CLICK, position=0)
        + happened(experiment, "v2", "bbbb1111", IMPRESSION, position=0)
        + happened(experiment, "v3", "bbbb1111", IMPRESSION, position=4000)
    )
    assert experiments.positions(experiment) == [
        [ArmCounts("aaaa0000", 1, 0), ArmCounts("bbbb1111", 0, 0)],
        [ArmCounts("aaaa0000", 1, 1), ArmCounts("bbbb1111", 1, 0)],
        [ArmCounts("aaaa0000", 0, 0), ArmCounts("bbbb1111", 1, 0)],
    ]


def test_the_log_tells_each_impression_once_with_its_segment_and_propensity(
    experiments: Experiments, database: Database
):
    experiment = start(experiments)
    told: dict[str, Any] = {"segment": "family", "propensity": 0.5}
    ViewerEvents(database).record(
        happened(experiment, "v1", "aaaa0000", IMPRESSION, CLICK, CLICK, **told)
        + happened(experiment, "v2", "bbbb1111", IMPRESSION, day=1, **told)
        + happened(experiment, "v3", "bbbb1111", IMPRESSION, CLICK, holdout=True, **told)
    )
    assert experiments.log(experiment) == [
        Shown("family", "aaaa0000", 0.5, True),
        Shown("family", "bbbb1111", 0.5, False),
    ]


def test_the_holdout_is_outside_the_test(experiments: Experiments, database: Database):
    experiment = start(experiments)
    ViewerEvents(database).record(happened(experiment, "v1", "aaaa0000", IMPRESSION, CLICK, holdout=True))
    assert totals(experiments.counts(experiment))[0] == ArmCounts("aaaa0000", 0, 0)
    assert experiments.holdout(experiment) == ArmCounts("aaaa0000", 1, 1)
