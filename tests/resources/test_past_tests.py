"""What past tests got is counted once, and outlives the events."""

from __future__ import annotations

from ops.experiments.model import Plan
from resources.database import Database
from resources.experiments import Experiments, Lifecycle
from resources.past_tests import past_tests
from resources.viewer_events import ViewerEvents
from tests.resources.test_experiments import ARMS, CLICK, IMPRESSION, experiments, happened, start

__all__ = ["experiments"]


def test_a_test_that_is_over_tells_its_totals_even_when_its_events_are_gone(
    experiments: Experiments, database: Database
):
    experiment = start(experiments)
    ViewerEvents(database).record(
        happened(experiment, "v1", "aaaa0000", IMPRESSION, CLICK) + happened(experiment, "v2", "bbbb1111", IMPRESSION)
    )
    assert past_tests(database) == []
    experiments.transition(experiment, Lifecycle.DECIDED, "ada", "enough")

    [first] = past_tests(database)
    with database.connection() as connection:
        connection.execute("DELETE FROM viewer_events")
    [again] = past_tests(database)

    assert {arm.counts.arm: (arm.counts.impressions, arm.counts.clicks) for arm in first} == {
        "aaaa0000": (1, 1),
        "bbbb1111": (1, 0),
    }
    assert again == first


def test_a_draft_that_never_ran_teaches_nothing(experiments: Experiments, database: Database):
    experiments.transition(experiments.create("sintel", "16x9", ARMS, Plan(), "ada"), Lifecycle.RETIRED, "ada", "no")

    assert past_tests(database) == []
