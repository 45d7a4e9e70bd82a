"""Work orders: which titles want which artifacts made, and the few runs that serve them.

Viewers' feedback and staleness are sparse; a run a title would drown Dagster, and its range backfills batch
only neighbouring keys. So wishes are written here, and `batch` deals them out: each batch is one run with
several titles in its config, and its id the `run_key`, so that a tick that is repeated, or that two daemons
make at once, asks for the same runs.

    open → planned (in a batch, its run not begun) → running → done
             a failed order stays as such and comes back as a new open one, until it failed MAX_ATTEMPTS times
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

import psycopg

from ops.errors import UsageError
from resources.database import Database

__all__ = ["MAX_ATTEMPTS", "Batch", "WorkOrder", "WorkOrders", "order"]

MAX_ATTEMPTS = 3
_LOCK = 0x4F524452  # "ORDR": one tick deals out at a time


@dataclass(frozen=True)
class WorkOrder:
    """The artifacts, by asset name, that one title wants."""

    title: str
    artifacts: tuple[str, ...]


@dataclass(frozen=True)
class Batch:
    """The orders of one run; `id` is its run key, `priority` that of its most urgent order."""

    id: str
    orders: tuple[WorkOrder, ...]
    priority: int

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles to make."""
        return tuple(order.title for order in self.orders)

    @property
    def artifacts(self) -> tuple[str, ...]:
        """Every artifact that some title of the batch wants."""
        return tuple(sorted({artifact for order in self.orders for artifact in order.artifacts}))


_REQUEST = """
    WITH wished AS (
        SELECT DISTINCT title, artifact
        FROM unnest(%(titles)s::text[], %(artifacts)s::text[]) AS w (title, artifact)
    ), missing AS (
        -- What is planned and not begun will see today's inputs: asking again adds only urgency.
        SELECT title, array_agg(artifact ORDER BY artifact) AS artifacts FROM wished
        WHERE NOT EXISTS (
            SELECT FROM requests p WHERE p.title = wished.title AND p.state = 'planned'
            AND p.priority >= %(priority)s AND wished.artifact = ANY (p.artifacts)
        )
        GROUP BY title ORDER BY title
    )
    INSERT INTO requests (title, artifacts, reason, priority, state)
    SELECT title, artifacts, %(reason)s, %(priority)s, 'open' FROM missing
"""
_JOIN_OPEN = """
    ON CONFLICT (title) WHERE state = 'open' DO UPDATE SET
        artifacts = ARRAY(SELECT DISTINCT unnest(requests.artifacts || excluded.artifacts) ORDER BY 1),
        priority = greatest(requests.priority, excluded.priority),
        attempts = greatest(requests.attempts, excluded.attempts),
        last_error = CASE WHEN excluded.last_error = '' THEN requests.last_error ELSE excluded.last_error END,
        reason = CASE WHEN position(excluded.reason IN requests.reason) > 0 THEN requests.reason
                      ELSE left(requests.reason || '; ' || excluded.reason, 500) END,
        updated_at = now()
"""
_NEXT = """
    SELECT r.id FROM requests r JOIN titles t ON t.id = r.title
    WHERE r.state = 'open' AND t.state <> 'quarantined'
    ORDER BY r.priority DESC, r.artifacts, r.id LIMIT %s
    FOR UPDATE OF r SKIP LOCKED
"""
_RETURN = """
    WITH told AS (
        SELECT title, error FROM unnest(%(titles)s::text[], %(errors)s::text[]) AS t (title, error)
    ), failed AS (
        UPDATE requests r
        SET state = 'failed', attempts = r.attempts + 1, last_error = told.error, updated_at = now()
        FROM told WHERE r.batch = %(batch)s AND r.state IN ('planned', 'running') AND r.title = told.title
        RETURNING r.title, r.artifacts, r.reason, r.priority, r.attempts, r.last_error
    )
    INSERT INTO requests (title, artifacts, reason, priority, state, attempts, last_error)
    SELECT title, artifacts, reason, priority, 'open', attempts, last_error FROM failed
    WHERE attempts < %(cap)s ORDER BY title
"""


class WorkOrders:
    """The wishes of all titles, and the batches made of them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def request(self, title: str, artifacts: Iterable[str], *, reason: str, priority: int = 0) -> None:
        """Asks for artifacts of one title; joins the title's open order where there is one."""
        self.request_many({title: list(artifacts)}, reason=reason, priority=priority)

    def request_many(self, wishes: Mapping[str, Iterable[str]], *, reason: str, priority: int = 0) -> None:
        """Asks for artifacts of many titles, in one statement.

        Args:
            wishes: Title id to asset names.
            reason: Why, for people: "nightly: input changed".
            priority: Higher goes first; Dagster's run priority.

        Raises:
            UsageError: A title is not in the catalogue.
        """
        try:
            with self._database.connection() as connection:
                order(connection, wishes, reason=reason, priority=priority)
        except psycopg.errors.ForeignKeyViolation as error:
            raise UsageError(
                f"a title is not in the catalogue ({error.diag.message_detail})",
                where="work orders",
                fix="Deliver its file first.",
            ) from None

    def batch(self, max_titles: int, max_runs: int) -> list[Batch]:
        """Deals open orders out, most urgent first, and gives every batch whose run has not begun.

        A repeated call gives the same batches under the same ids, and new ones while there are fewer than
        `max_runs`. Orders of quarantined titles wait.

        Args:
            max_titles: Most titles of a batch.
            max_runs: Most batches planned at a time.
        """
        with self._database.connection() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            room = max_runs - len(_batches(connection, "planned"))
            if room > 0:
                rows = connection.execute(_NEXT, [room * max_titles]).fetchall()
                today = datetime.now(UTC).strftime("%Y%m%d")
                names = [f"{today}-{secrets.token_hex(6)}" for _ in range(0, len(rows), max_titles)]
                connection.execute(
                    """
                    UPDATE requests SET state = 'planned', batch = dealt.batch, updated_at = now()
                    FROM unnest(%s::bigint[], %s::text[]) AS dealt (id, batch) WHERE requests.id = dealt.id
                    """,
                    [[row[0] for row in rows], [names[place // max_titles] for place in range(len(rows))]],
                )
            return _batches(connection, "planned")

    def start(self, batch_id: str, *, run_id: str) -> Batch:
        """Notes that a batch's run begins, and gives what is left of it to do.

        Nothing is left where the batch was given up meanwhile (its orders are in newer batches then).
        """
        with self._database.connection() as connection:
            connection.execute(
                """
                UPDATE requests SET state = 'running', run_id = %s, updated_at = now()
                WHERE batch = %s AND state IN ('planned', 'running')
                """,
                [run_id, batch_id],
            )
            found = _batches(connection, "running", batch_id)
        return found[0] if found else Batch(batch_id, (), 0)

    def finish(self, batch_id: str, *, failed: Mapping[str, str] | None = None) -> None:
        """Closes a batch: the titles in `failed` (title → error) go back, the others are done."""
        with self._database.connection() as connection:
            _give_back(connection, batch_id, failed or {})
            connection.execute(
                """
                UPDATE requests SET state = 'done', updated_at = now()
                WHERE batch = %s AND state IN ('planned', 'running')
                """,
                [batch_id],
            )

    def fail(self, batch_id: str, error: str) -> None:
        """Gives back all that a batch has not finished: its run was killed, or never began."""
        with self._database.connection() as connection:
            rows = connection.execute(
                "SELECT title FROM requests WHERE batch = %s AND state IN ('planned', 'running')", [batch_id]
            ).fetchall()
            _give_back(connection, batch_id, {row[0]: error for row in rows})

    def give_back_lost(self, *, after_hours: float) -> list[str]:
        """Gives back the batches whose run began so long ago and never reported; returns their ids."""
        with self._database.connection() as connection:
            rows = connection.execute(
                """
                SELECT batch FROM requests WHERE state = 'running' GROUP BY batch
                HAVING max(updated_at) < now() - make_interval(secs => %s) ORDER BY batch
                """,
                [after_hours * 3600],
            ).fetchall()
        for (batch_id,) in rows:
            self.fail(batch_id, f"the run did not report within {after_hours:g} hours")
        return [row[0] for row in rows]


def order(
    connection: psycopg.Connection, wishes: Mapping[str, Iterable[str]], *, reason: str, priority: int = 0
) -> None:
    """What `WorkOrders.request_many` does, within the caller's transaction."""
    pairs = [(title, artifact) for title, artifacts in wishes.items() for artifact in artifacts]
    values = {
        "titles": [title for title, _ in pairs],
        "artifacts": [artifact for _, artifact in pairs],
        "reason": reason,
        "priority": priority,
    }
    connection.execute(_REQUEST + _JOIN_OPEN, values)


def _give_back(connection: psycopg.Connection, batch_id: str, errors: Mapping[str, str]) -> None:
    values = {
        "batch": batch_id,
        "titles": list(errors),
        "errors": [error.replace("\0", "\ufffd")[:2000] for error in errors.values()],
        "cap": MAX_ATTEMPTS,
    }
    connection.execute(_RETURN + _JOIN_OPEN, values)


def _batches(connection: psycopg.Connection, state: str, batch_id: str | None = None) -> list[Batch]:
    """The batches of a state, most urgent first, then oldest."""
    rows: Sequence[tuple[str, str, list[str], int, int]] = connection.execute(
        """
        SELECT batch, title, artifacts, priority, min(id) OVER (PARTITION BY batch) AS oldest FROM requests
        WHERE state = %(state)s AND (%(batch)s::text IS NULL OR batch = %(batch)s)
        ORDER BY max(priority) OVER (PARTITION BY batch) DESC, oldest, batch, priority DESC, artifacts, id
        """,
        {"state": state, "batch": batch_id},
    ).fetchall()
    batches = []
    for name, members in groupby(rows, key=lambda row: row[0]):
        orders = list(members)
        work = tuple(WorkOrder(row[1], tuple(row[2])) for row in orders)
        batches.append(Batch(name, work, max(row[3] for row in orders)))
    return batches
