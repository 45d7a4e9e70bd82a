"""Which arm each viewer was given, kept so that a viewer never sees the picture change under their eyes.

Written behind in batches: the hash that assigns is the same everywhere, so what a killed process had not yet written
is found again by hashing, as long as the weights stand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import psycopg

from ops.experiments.assignment import assign, bucket, held_out
from resources.database import Database
from resources.experiment_model import Experiment

__all__ = ["HOLDOUT_SALT", "Assignment", "Assignments", "deal"]


@dataclass(frozen=True)
class Assignment:
    """A viewer's arm: with what probability it was dealt, under the weights of which epoch; in the holdout or not."""

    experiment: str
    viewer: str
    arm: str
    epoch: int
    propensity: float
    holdout: bool = False


HOLDOUT_SALT = "showrunner"
"""One for the house: who is held out sees every title's incumbent."""


def deal(experiment: Experiment, viewer: str) -> Assignment:
    """The arm that hashing gives a viewer under the weights of now, with its exact propensity."""
    if held_out(HOLDOUT_SALT, viewer, experiment.plan.holdout):
        return Assignment(experiment.id, viewer, experiment.incumbent.id, experiment.epoch, 1.0, holdout=True)
    arm, propensity = assign(experiment.weights, bucket(experiment.id, experiment.salt, viewer))
    return Assignment(experiment.id, viewer, arm, experiment.epoch, propensity)


_WRITE = """
    INSERT INTO assignments (experiment, viewer, arm, epoch, propensity, holdout)
    SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::integer[], %s::float8[], %s::boolean[])
        AS given (experiment, viewer, arm, epoch, propensity, holdout)
    ORDER BY experiment, viewer ON CONFLICT DO NOTHING RETURNING experiment, viewer
"""
# LATERAL with OFFSET keeps to one look-up by key a pair: for a hundred of them the planner would rather read from end
# to end a table that was not analysed yet.
_FIND = """
    SELECT a.* FROM unnest(%s::text[], %s::text[]) AS asked (experiment, viewer)
    CROSS JOIN LATERAL (
        SELECT experiment, viewer, arm, epoch, propensity, holdout FROM assignments
        WHERE experiment = asked.experiment AND viewer = asked.viewer OFFSET 0
    ) a
"""


class Assignments:
    """The assignments of all experiments."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, assignments: Collection[Assignment]) -> list[Assignment]:
        """Write assignments; returns those that had been made otherwise before, as they stand."""
        if not assignments:
            return []
        columns = [list(column) for column in zip(*(vars(each).values() for each in assignments), strict=True)]
        with self._database.connection() as connection:
            rows = connection.execute(_WRITE, columns).fetchall()
            written = set(rows)
            before = [each for each in assignments if (each.experiment, each.viewer) not in written]
            arms = {(each.experiment, each.viewer): each.arm for each in before}
            found = _find(connection, arms)
        return [each for each in found if each.arm != arms[each.experiment, each.viewer]]

    def find(self, wanted: Iterable[tuple[str, str]]) -> list[Assignment]:
        """The assignments that stand for these (experiment, viewer), in one query."""
        with self._database.connection() as connection:
            return _find(connection, wanted)


def _find(connection: psycopg.Connection, wanted: Iterable[tuple[str, str]]) -> list[Assignment]:
    pairs = list(wanted)
    if not pairs:
        return []
    rows = connection.execute(_FIND, [[pair[0] for pair in pairs], [pair[1] for pair in pairs]]).fetchall()
    return [Assignment(*row) for row in rows]
