"""A test ends on a verdict that promotes nothing: one transaction holds the verdict and all that follows from it."""

from __future__ import annotations

import psycopg

from ops.experiments.exhibit import Shows, artifact_of
from resources.database import Database
from resources.experiment_model import Experiment, Lifecycle
from resources.experiment_steps import outdate, state_of, step, tell

__all__ = ["INVALID", "conclude"]

INVALID = "invalid"
"""The verdict of a test whose counts cannot be trusted: nothing was found, so nothing is lost."""

_TWICE = """
    SELECT FROM (SELECT verdict FROM experiments WHERE title = %(title)s AND aspect = %(aspect)s
                 AND started_at IS NOT NULL ORDER BY started_at DESC OFFSET 1 LIMIT 1) before
    WHERE before.verdict = 'invalid'
"""


def conclude(database: Database, experiment: Experiment, verdict: str, *, who: str, why: str) -> None:
    """End a running test; what ended already is left as it is.

    A test without a verdict is tried again by itself once (see `untested.to_test`). Where that one has none
    either, the split or the log is broken, and an event says that a person is needed. Where no picture won, the
    thumbnails are stale from here on: whoever orders them, today's run or the nightly job, finds it in the ledger. A
    trailer is not made anew because another cut of it lost: see `recuts`.
    """
    with database.connection() as connection:
        if state_of(connection, experiment.id) is not Lifecycle.RUNNING:
            return
        step(connection, experiment.id, Lifecycle.DECIDED, who, why, verdict=verdict)
        if verdict != INVALID:
            if artifact_of(experiment.aspect) == Shows.TRAILER:
                return
            why = f"no variant of experiment {experiment.id} won"
            outdate(connection, experiment.title, experiment.aspect, why)
        elif _twice(connection, experiment):
            tell(connection, "invalid_again", experiment.title, experiment.aspect, experiment=experiment.id, why=why)


def _twice(connection: psycopg.Connection, experiment: Experiment) -> bool:
    values = {"title": experiment.title, "aspect": experiment.aspect}
    return connection.execute(_TWICE, values).fetchone() is not None
