"""The single writes that an experiment's changes are made of; each within its caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping

import psycopg

from ops.errors import UsageError
from resources.experiment_model import Lifecycle

__all__ = ["allocate", "note", "one_at_a_time", "state_of", "step", "tell"]

_STEPS = {
    Lifecycle.DRAFT: {Lifecycle.RUNNING, Lifecycle.RETIRED},
    Lifecycle.RUNNING: {Lifecycle.DECIDED, Lifecycle.RETIRED},
    Lifecycle.DECIDED: {Lifecycle.RETIRED},
    Lifecycle.RETIRED: set[Lifecycle](),
}


def state_of(connection: psycopg.Connection, experiment: str) -> Lifecycle:
    """Where an experiment stands, its row locked."""
    row = connection.execute("SELECT state FROM experiments WHERE id = %s FOR UPDATE", [experiment]).fetchone()
    if row is None:
        raise UsageError("is no experiment", where=experiment, fix="GET /v1/experiments lists them.")
    return Lifecycle(row[0])


def step(connection: psycopg.Connection, experiment: str, to: Lifecycle, who: str, why: str) -> None:
    """Take a step, if it was not taken yet.

    Raises:
        UsageError: There is no such step from here, or another experiment runs for the picture.
    """
    was = state_of(connection, experiment)
    if was is to:
        return
    if to not in _STEPS[was]:
        nexts = ", ".join(sorted(_STEPS[was])) or "nothing more"
        raise UsageError(f"cannot go from {was} to {to}", where=f"experiment {experiment}", fix=f"Next: {nexts}.")
    try:
        connection.execute(
            """
            UPDATE experiments SET state = %(to)s,
                started_at = CASE WHEN %(to)s = 'running' THEN now() ELSE started_at END,
                decided_at = CASE WHEN %(to)s = 'decided' THEN now() ELSE decided_at END
            WHERE id = %(id)s
            """,
            {"to": to, "id": experiment},
        )
    except psycopg.errors.UniqueViolation:
        raise UsageError(
            "another experiment runs for the same picture",
            where=f"experiment {experiment}",
            fix="Decide or retire that one first.",
        ) from None
    note(connection, experiment, was, to, who=who, why=why)


def note(connection: psycopg.Connection, experiment: str, was: str, became: str, *, who: str, why: str) -> None:
    """Write a step down."""
    connection.execute(
        "INSERT INTO transitions (experiment, was, became, who, why) VALUES (%s, %s, %s, %s, %s)",
        [experiment, was, became, who, why],
    )


def allocate(
    connection: psycopg.Connection, experiment: str, epoch: int, weights: Mapping[str, float], policy: str
) -> None:
    """Write down who gets how much from now on; shares sum to 1 exactly."""
    connection.execute(
        "INSERT INTO allocations (experiment, epoch, policy, weights) VALUES (%s, %s, %s, %s)",
        [experiment, epoch, policy, json.dumps(dict(weights))],
    )


def one_at_a_time(connection: psycopg.Connection, title: str, aspect: str) -> None:
    """Let one transaction at a time change what stands for a picture."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"{title}/{aspect}"])


def tell(connection: psycopg.Connection, kind: str, title: str, aspect: str, **detail: str | None) -> None:
    """Say so in the house's events."""
    connection.execute(
        "INSERT INTO events (kind, title, artifact, variant, detail) VALUES (%s, %s, 'thumbnails', %s, %s)",
        [kind, title, aspect, json.dumps(detail)],
    )
