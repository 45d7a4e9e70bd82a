"""The single writes that an experiment's changes are made of; each within its caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping

import psycopg

from ops.errors import UsageError
from ops.experiments.exhibit import artifact_of
from resources.experiment_model import Lifecycle
from resources.rejections import refuse_rejected

__all__ = ["allocate", "note", "one_at_a_time", "outdate", "state_of", "step", "tell"]

_ARMS = """
    SELECT e.title, array_agg(a.arm) FROM experiments e JOIN arms a ON a.experiment = e.id
    WHERE e.id = %s AND a.withdrawn_at IS NULL GROUP BY e.title
"""
_STEPS = {
    Lifecycle.DRAFT: {Lifecycle.RUNNING, Lifecycle.RETIRED},
    Lifecycle.RUNNING: {Lifecycle.DECIDED, Lifecycle.RETIRED},
    Lifecycle.DECIDED: {Lifecycle.RETIRED},
    Lifecycle.RETIRED: set[Lifecycle](),
}
# A promotion that the deciding transaction wrote is the verdict by itself.
_VERDICT = """
    UPDATE experiments e SET verdict = CASE
        WHEN EXISTS (SELECT FROM promotions p WHERE p.experiment = e.id AND p.undone_at IS NULL) THEN 'winner'
        ELSE %(verdict)s END
    WHERE e.id = %(id)s
"""
_OUTCOMES = """
    UPDATE arms a SET outcome = CASE
        WHEN e.verdict <> 'winner' AND a.role = 'incumbent' THEN 'stands'
        WHEN EXISTS (SELECT FROM promotions p WHERE p.experiment = e.id AND p.undone_at IS NULL AND (p.arm = a.arm
                     OR EXISTS (SELECT FROM jsonb_each(p.audience) o WHERE o.value ->> 'arm' = a.arm))) THEN 'stands'
        ELSE 'lost' END
    FROM experiments e
    WHERE e.id = %s AND a.experiment = e.id AND a.withdrawn_at IS NULL
    AND e.verdict IN ('winner', 'incumbent_stays', 'undecided')
"""
_OUTDATE = """
    UPDATE ledger SET input_hash = '', tried_hash = NULL, last_error = %(why)s, failures = 0, updated_at = now()
    WHERE title = %(title)s AND artifact = artifact_of_exhibit(%(aspect)s) AND variant = %(aspect)s AND state = 'ready'
"""


def state_of(connection: psycopg.Connection, experiment: str) -> Lifecycle:
    """Where an experiment stands, its row locked."""
    row = connection.execute("SELECT state FROM experiments WHERE id = %s FOR UPDATE", [experiment]).fetchone()
    if row is None:
        raise UsageError("is no experiment", where=experiment, fix="GET /v1/experiments lists them.")
    return Lifecycle(row[0])


def step(
    connection: psycopg.Connection, experiment: str, to: Lifecycle, who: str, why: str, *, verdict: str | None = None
) -> None:
    """Take a step, if it was not taken yet; a test that is decided also learns which of its arms lost.

    Without a verdict and without a promotion, as where a person ends a test, none has lost.

    Raises:
        UsageError: There is no such step from here, another experiment runs for the picture, or a person rejected one
            that would be shown.
    """
    if to is Lifecycle.RUNNING:
        for title, arms in connection.execute(_ARMS, [experiment]).fetchall():
            refuse_rejected(connection, title, arms)
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
    if to is Lifecycle.DECIDED:
        connection.execute(_VERDICT, {"id": experiment, "verdict": verdict})
        connection.execute(_OUTCOMES, [experiment])
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
        "INSERT INTO events (kind, title, artifact, variant, detail) VALUES (%s, %s, %s, %s, %s)",
        [kind, title, artifact_of(aspect), aspect, json.dumps(detail)],
    )


def outdate(connection: psycopg.Connection, title: str, aspect: str, why: str) -> None:
    """Let an exhibit of a title be made anew: from here on the ledger has it as stale."""
    connection.execute(_OUTDATE, {"title": title, "aspect": aspect, "why": why})
