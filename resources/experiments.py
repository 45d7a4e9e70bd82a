"""Experiments: which pictures of a title are being compared, who gets which share, and what was decided.

    draft → running → decided → retired        (a draft, or a running one, may be retired at once)

Every step is written down with who took it and why. The picture that won is *promoted*: one row, in the same
transaction as the decision; `rollback` takes the newest promotion back. Serving reads `running` into memory.
"""

from __future__ import annotations

import json
import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

import psycopg

from ops.errors import UsageError
from ops.experiments.model import ArmCounts, Plan
from resources.database import Database
from resources.experiment_counts import Shown, daily_counts, holdout_counts, impression_log, position_counts
from resources.experiment_model import (
    Arm,
    Experiment,
    Lifecycle,
    Own,
    Promotion,
    Role,
    TakenBack,
    Transition,
    check_arms,
    experiment_of,
    promotion_of,
)
from resources.experiment_steps import allocate, note, one_at_a_time, state_of, step, tell
from resources.ladder_orders import order_ladder
from resources.rejections import refuse_rejected

__all__ = ["Arm", "Experiment", "Experiments", "Lifecycle", "Promotion", "Role", "TakenBack", "Transition"]

_SUM_TOLERANCE = 1e-6


_SELECT = """
    SELECT e.id, e.title, e.aspect, e.state, e.salt, e.plan,
           (SELECT coalesce(json_agg(json_build_array(a.arm, a.version, a.file, a.sha256, a.role, a.recipe)
                                     ORDER BY a.role DESC, a.arm), '[]')
            FROM arms a WHERE a.experiment = e.id AND a.withdrawn_at IS NULL),
           w.weights, w.policy, e.epoch, e.created_at, e.started_at, e.decided_at
    FROM experiments e JOIN allocations w ON w.experiment = e.id AND w.epoch = e.epoch
"""
_CURRENT = """
    SELECT title, aspect, arm, version, file, sha256, experiment, who, why, at, audience FROM promotions
    WHERE title = %s AND aspect = %s AND undone_at IS NULL ORDER BY id DESC LIMIT 1
"""


_SHOWS = """
    SELECT e.id FROM experiments e JOIN arms a ON a.experiment = e.id
    WHERE e.title = %s AND e.aspect = %s AND e.state = 'running' AND a.role = 'incumbent' AND a.arm = %s
"""


class Experiments:
    """The experiments of all titles, and the promotions that came of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, title: str, aspect: str, arms: Sequence[Arm], plan: Plan, who: str) -> str:
        """Draft an experiment with equal shares; returns its id.

        Raises:
            UsageError: Fewer than two arms, not exactly one incumbent, an arm twice, a floor that leaves no
                room, or a title that is not in the catalogue.
        """
        with self._database.connection() as connection:
            return _draft(connection, title, aspect, arms, plan, who)

    def start(  # noqa: PLR0917  (who and why stand last, as in every change)
        self, title: str, aspect: str, arms: Sequence[Arm], plan: Plan, who: str, why: str
    ) -> str:
        """Draft an experiment and let it run, in one transaction: nobody finds a draft that was meant to run.

        Raises:
            UsageError: As of `create`, another experiment runs for the picture, or a person rejected one of its arms.
        """
        with self._database.connection() as connection:
            experiment = _draft(connection, title, aspect, arms, plan, who)
            step(connection, experiment, Lifecycle.RUNNING, who, why)
        return experiment

    def transition(self, experiment: str, to: Lifecycle | str, who: str, why: str) -> None:
        """Take an experiment a step on; a step that was taken already is taken once.

        Raises:
            UsageError: No such experiment, no such step from where it stands, another runs for its picture, or a person
                rejected one of its arms.
        """
        with self._database.connection() as connection:
            step(connection, experiment, Lifecycle(to), who, why)

    def get(self, experiment: str) -> Experiment:
        """An experiment by its id.

        Raises:
            UsageError: There is none.
        """
        with self._database.connection() as connection:
            return _read(connection, experiment)

    def running(self) -> list[Experiment]:
        """Every running experiment, in one query."""
        return self.find(state=Lifecycle.RUNNING, limit=None)

    def fingerprint(self) -> str:
        """Changes whenever an experiment starts, ends or deals out other shares: cheap to ask for every few seconds."""
        with self._database.connection() as connection:
            row = connection.execute(
                "SELECT count(*), coalesce(sum(hashtextextended(id, epoch)), 0) FROM experiments"
                " WHERE state = 'running'"
            ).fetchone()
        return repr(row)

    def find(
        self,
        *,
        state: Lifecycle | None = None,
        title: str | None = None,
        before: tuple[datetime, str] | None = None,
        limit: int | None = 100,
    ) -> list[Experiment]:
        """Experiments, newest first; `before` is the (created_at, id) of the last one already seen."""
        at, seen = before or (None, None)
        values = {"state": state, "title": title, "at": at, "seen": seen, "limit": limit}
        with self._database.connection() as connection:
            rows = connection.execute(
                _SELECT
                + """
                WHERE (%(state)s::text IS NULL OR e.state = %(state)s)
                  AND (%(title)s::text IS NULL OR e.title = %(title)s)
                  AND (%(at)s::timestamptz IS NULL OR (e.created_at, e.id) < (%(at)s, %(seen)s))
                ORDER BY e.created_at DESC, e.id DESC LIMIT %(limit)s
                """,
                values,
            ).fetchall()
        return [experiment_of(row) for row in rows]

    def history(self, experiment: str) -> list[Transition]:
        """Every step that the experiment took, oldest first."""
        with self._database.connection() as connection:
            rows = connection.execute(
                "SELECT was, became, who, why, at FROM transitions WHERE experiment = %s ORDER BY id", [experiment]
            ).fetchall()
        return [Transition(*row) for row in rows]

    def set_weights(self, experiment: str, weights: Mapping[str, float], policy: str) -> int:
        """Give the arms other shares from now on; viewers who have an arm keep it. Returns the new epoch.

        Raises:
            UsageError: The weights are not those of all arms, or do not add up to 1, or it does not run.
        """
        found = self.get(experiment)
        known = {arm.id for arm in found.arms}
        if set(weights) != known or min(weights.values()) < 0 or abs(sum(weights.values()) - 1) > _SUM_TOLERANCE:
            raise UsageError(
                f"the weights {dict(weights)} are no shares of the arms {sorted(known)}",
                where=f"experiment {experiment}",
                fix="Give one share of 0 or more to each arm; together they are 1.",
            )
        total = math.fsum(weights.values())
        shares = {arm: weight / total for arm, weight in weights.items()}
        with self._database.connection() as connection:
            row = connection.execute(
                "UPDATE experiments SET epoch = epoch + 1 WHERE id = %s AND state = 'running' RETURNING epoch",
                [experiment],
            ).fetchone()
            if row is None:
                raise UsageError("does not run", where=f"experiment {experiment}", fix="Start it first.")
            allocate(connection, experiment, row[0], shares, policy)
        return row[0]

    def counts(self, experiment: str) -> list[list[ArmCounts]]:
        """What each arm got, day by day from the start (24 h each, the last one under way); arms in order.

        Raises:
            UsageError: There is no such experiment.
        """
        found = self.get(experiment)
        with self._database.connection() as connection:
            return daily_counts(connection, experiment, [arm.id for arm in found.arms])

    def positions(self, experiment: str) -> list[list[ArmCounts]]:
        """The same impressions by the position they were shown at; empty where none was logged."""
        found = self.get(experiment)
        with self._database.connection() as connection:
            return position_counts(connection, experiment, [arm.id for arm in found.arms])

    def holdout(self, experiment: str) -> ArmCounts:
        """What the held-out viewers did, who saw the incumbent throughout."""
        found = self.get(experiment)
        with self._database.connection() as connection:
            return holdout_counts(connection, experiment, found.incumbent.id)

    def log(self, experiment: str) -> list[Shown]:
        """The newest 200,000 impressions of an experiment's arms, in the order of their time."""
        arms = {arm.id for arm in self.get(experiment).arms}
        with self._database.connection() as connection:
            return [shown for shown in impression_log(connection, experiment) if shown.arm in arms]

    def promote(  # noqa: PLR0917  (who and why stand last, as in every change)
        self, title: str, aspect: str, arm: str, version: str, experiment: str | None, who: str, why: str,
        *, file: str = "", sha256: str = "", audience: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        """Make an arm the title's picture; its experiment, where it still runs, is decided by the same transaction.

        Args:
            title: Whose picture.
            aspect: Which shape: "16x9".
            arm: The recipe's id.
            version: The published version that holds it.
            experiment: Which experiment it won, or None where a person chose it.
            who: A key's name, "sensor", …
            why: For people.
            file: The picture's name in that version; taken from the experiment's arm where there is one.
            sha256: The hash of its bytes; the same.
            audience: The experiment's arm that a segment of viewers is shown instead, by segment.

        Raises:
            UsageError: An arm is not one of the experiment's or was rejected by a person, or no file is told.
        """
        owns: dict[str, dict[str, str]] = {}
        with self._database.connection() as connection:
            refuse_rejected(connection, title, [arm, *(audience or {}).values()])
            one_at_a_time(connection, title, aspect)
            if experiment is not None:
                found = _read(connection, experiment)
                if (found.title, found.aspect) != (title, aspect):
                    raise UsageError("is of another picture", where=f"experiment {experiment}", fix="Name its title.")
                chosen = found.arm(arm)
                version, file, sha256 = version or chosen.version, chosen.file, chosen.sha256
                for segment, own in (audience or {}).items():
                    one = found.arm(own)
                    owns[segment] = asdict(Own(one.id, one.version, one.file, one.sha256))
            if not file or not sha256:
                raise UsageError(
                    "the picture's file and hash are not told", where=f"{title} {aspect}", fix="Tell both."
                )
            standing = connection.execute(_CURRENT, [title, aspect]).fetchone()
            if standing is None or (*standing[2:7], standing[-1]) != (arm, version, file, sha256, experiment, owns):
                connection.execute(
                    "INSERT INTO promotions (title, aspect, arm, version, file, sha256, experiment, who, why,"
                    " audience) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                    [title, aspect, arm, version, file, sha256, experiment, who, why, json.dumps(owns)],
                )
                tell(connection, "promoted", title, aspect, arm=arm, experiment=experiment, who=who, why=why)
                order_ladder(connection, title, aspect, f"{arm} was promoted")
            if experiment is not None and state_of(connection, experiment) is Lifecycle.RUNNING:
                step(connection, experiment, Lifecycle.DECIDED, who, why)

    def rollback(self, title: str, aspect: str, who: str, why: str) -> Promotion | None:
        """Take the newest promotion back, as `take_back`; returns the one that stands again, None for the first choice.

        Raises:
            UsageError: Nothing is promoted.
        """
        return self.take_back(title, aspect, who, why).standing

    def take_back(self, title: str, aspect: str, who: str, why: str) -> TakenBack:
        """Take the newest promotion back; a running test that shows its picture as the incumbent is retired with it.

        Raises:
            UsageError: Nothing is promoted.
        """
        with self._database.connection() as connection:
            one_at_a_time(connection, title, aspect)
            undone = connection.execute(
                """
                UPDATE promotions SET undone_at = now(), undone_by = %(who)s, undone_why = %(why)s
                WHERE id = (SELECT max(id) FROM promotions
                            WHERE title = %(title)s AND aspect = %(aspect)s AND undone_at IS NULL)
                RETURNING arm
                """,
                {"who": who, "why": why, "title": title, "aspect": aspect},
            ).fetchone()
            if undone is None:
                raise UsageError("nothing is promoted", where=f"{title} {aspect}", fix="There is nothing to take back.")
            tell(connection, "rolled_back", title, aspect, arm=undone[0], who=who, why=why)
            order_ladder(connection, title, aspect, f"{undone[0]} was rolled back")
            row = connection.execute(_CURRENT, [title, aspect]).fetchone()
            standing, retired = None if row is None else promotion_of(row), []
            if standing is None or standing.arm != undone[0]:  # else it was promoted before as well
                for (experiment,) in connection.execute(_SHOWS, [title, aspect, undone[0]]).fetchall():
                    step(connection, experiment, Lifecycle.RETIRED, who, f"{undone[0]} was rolled back: {why}")
                    retired.append(experiment)
        return TakenBack(standing, tuple(retired))

    def current(self, title: str, aspect: str) -> Promotion | None:
        """The promotion that stands, or None where the artifact's first choice does."""
        with self._database.connection() as connection:
            row = connection.execute(_CURRENT, [title, aspect]).fetchone()
        return None if row is None else promotion_of(row)


def _read(connection: psycopg.Connection, experiment: str) -> Experiment:
    row = connection.execute(_SELECT + "WHERE e.id = %s", [experiment]).fetchone()
    if row is None:
        raise UsageError("is no experiment", where=experiment, fix="GET /v1/experiments lists them.")
    return experiment_of(row)


def _draft(  # noqa: PLR0917  (as `create`)
    connection: psycopg.Connection, title: str, aspect: str, arms: Sequence[Arm], plan: Plan, who: str
) -> str:
    check_arms(title, arms, plan)
    experiment = secrets.token_hex(6)
    try:
        connection.execute(
            "INSERT INTO experiments (id, title, aspect, salt, plan) VALUES (%s, %s, %s, %s, %s)",
            [experiment, title, aspect, secrets.token_hex(8), json.dumps(plan.to_json())],
        )
    except psycopg.errors.ForeignKeyViolation:
        raise UsageError("is not in the catalogue", where=title, fix="Deliver its file first.") from None
    connection.cursor().executemany(
        "INSERT INTO arms (experiment, arm, role, version, file, sha256, recipe) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [
            (experiment, arm.id, arm.role, arm.version, arm.file, arm.sha256, json.dumps(dict(arm.recipe)))
            for arm in arms
        ],
    )
    allocate(connection, experiment, 0, {arm.id: 1 / len(arms) for arm in arms}, "uniform")
    note(connection, experiment, "", Lifecycle.DRAFT, who=who, why="created")
    return experiment
