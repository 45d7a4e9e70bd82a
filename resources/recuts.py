"""New cuts that viewers asked for by leaving: which trailers are due for one, and the orders that stand.

An order stands while the version that was published when it was written still is. Whoever makes the trailer asks
`recut_wanted`, and publishes what viewers were shown beside a new edit; a test between the two begins by itself
(`untested.to_test`). Where the old cut wins that test nothing is made at once: each test in a row that is lost doubles
the wait before viewers' leaving is listened to again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from resources.database import Database
from resources.experiment_model import Arm
from resources.experiment_steps import one_at_a_time, outdate, tell
from resources.viewer_events import CONTENT_DIGITS

__all__ = ["BACK_OFF_DAYS", "Completions", "Recut", "completions", "order_recut", "recut_wanted"]

BACK_OFF_DAYS = 28
"""After a lost test; doubled by each one in a row. Four weeks: a test takes one to six, and tastes turn no faster."""

# Evidence is gathered anew after each order about a version: what had been seen by then was answered by that order.
_COMPLETIONS = """
    WITH lately AS (
        SELECT DISTINCT title, aspect FROM viewer_events
        WHERE played IS NOT NULL AND content <> '' AND received_at > %(since)s
    ), firsts AS (
        SELECT DISTINCT ON (v.title, v.aspect, v.content, v.viewer) v.title, v.aspect, v.content,
               v.completed OR v.stopped = 'film' AS done, v.stopped = 'cut_off' AS cut_off
        FROM lately JOIN viewer_events v ON v.title = lately.title AND v.aspect = lately.aspect
        WHERE v.played IS NOT NULL AND v.content <> '' AND v.at > coalesce((
            SELECT max(r.at) FROM recuts r
            WHERE r.title = v.title AND r.cut = v.aspect AND left(r.sha256, %(digits)s) = v.content), '-infinity')
        ORDER BY v.title, v.aspect, v.content, v.viewer, v.at, v.id
    ), counted AS (
        SELECT title, aspect, content, count(*) FILTER (WHERE done OR NOT cut_off) AS viewings,
               count(*) FILTER (WHERE done) AS completed
        FROM firsts GROUP BY title, aspect, content
    )
    SELECT c.title, c.aspect, c.content, c.viewings, c.completed
    FROM counted c
    JOIN titles t ON t.id = c.title AND t.state = 'hot'
    JOIN ledger l ON l.title = c.title AND l.artifact = 'trailer' AND l.variant = c.aspect AND l.state = 'ready'
    CROSS JOIN LATERAL (
        SELECT count(DISTINCT e.id) AS lost, max(s.at) AS ended
        FROM experiments e JOIN transitions s ON s.experiment = e.id
        WHERE e.title = c.title AND e.aspect = c.aspect AND e.started_at IS NOT NULL
        AND e.state IN ('decided', 'retired') AND e.started_at > coalesce((
            SELECT max(w.started_at) FROM experiments w
            WHERE w.title = c.title AND w.aspect = c.aspect AND w.verdict = 'winner'), '-infinity')) past
    WHERE c.viewings >= %(least)s
    AND NOT EXISTS (SELECT FROM experiments e
                    WHERE e.title = c.title AND e.aspect = c.aspect AND e.state = 'running')
    AND NOT EXISTS (SELECT FROM recuts r WHERE r.title = c.title AND r.cut = c.aspect AND r.version = l.version)
    AND (past.lost = 0
         OR past.ended + make_interval(days => (%(back_off)s * 2 ^ least(past.lost - 1, 5))::int) <= now())
    ORDER BY c.title, c.aspect, c.viewings DESC, c.content
"""
_ORDER = """
    INSERT INTO recuts (title, cut, attempt, version, arm, shown, file, sha256, viewings, completed, why)
    SELECT l.title, l.variant, 1 + (SELECT count(*) FROM recuts r WHERE r.title = l.title AND r.cut = l.variant),
           l.version, %(arm)s, %(shown)s, %(file)s, %(sha256)s, %(viewings)s, %(completed)s, %(why)s
    FROM ledger l WHERE l.title = %(title)s AND l.artifact = 'trailer' AND l.variant = %(cut)s AND l.state = 'ready'
    AND NOT EXISTS (SELECT FROM recuts r WHERE r.title = l.title AND r.cut = l.variant AND r.version = l.version)
    AND NOT EXISTS (SELECT FROM experiments e
                    WHERE e.title = l.title AND e.aspect = l.variant AND e.state = 'running')
    RETURNING title, cut, attempt, version, arm, shown, file, sha256, viewings, completed, why, at
"""
_WANTED = """
    SELECT r.title, r.cut, r.attempt, r.version, r.arm, r.shown, r.file, r.sha256, r.viewings, r.completed, r.why, r.at
    FROM recuts r JOIN ledger l ON l.title = r.title AND l.artifact = 'trailer' AND l.variant = r.cut
    WHERE r.title = %s AND r.cut = %s AND r.version = l.version
    ORDER BY r.attempt DESC LIMIT 1
"""


@dataclass(frozen=True)
class Completions:
    """How often a version of a trailer was completed, or left for the film, since a new cut of it was last ordered."""

    title: str
    cut: str
    content: str
    viewings: int
    completed: int


@dataclass(frozen=True)
class Recut:
    """An order for a new cut.

    Attributes:
        title: Whose trailer.
        cut: Which: "trailer_30".
        attempt: 1 for the first new cut of this trailer, one more for each later one: a seed for another edit.
        version: The version that was published when it was ordered.
        arm: The variant that viewers were shown then, which is to be kept: the id that it keeps in `variants.json`.
        shown: The version that holds it: the published one, or an older one that was promoted.
        file: Its name there.
        sha256: The hash of its bytes.
        viewings: Viewers on whom the order rests.
        completed: How many of them saw it to its end card, or left for the film.
        why: For people.
        at: When.
    """

    title: str
    cut: str
    attempt: int
    version: str
    arm: str
    shown: str
    file: str
    sha256: str
    viewings: int
    completed: int
    why: str
    at: datetime


def completions(database: Database, *, least: int, since: datetime | None = None) -> list[Completions]:
    """What viewers completed of each version of the trailers that a new cut may be ordered of.

    Left out is what is under test, what a new cut was ordered of that is not made yet, and what lately won a test
    against one.

    Args:
        database: The house's.
        least: Viewers that a version needs.
        since: Only trailers of which viewings came in after it; None for all.
    """
    values = {
        "least": least,
        "since": since or datetime.min,
        "digits": CONTENT_DIGITS,
        "back_off": BACK_OFF_DAYS,
    }
    query = _COMPLETIONS if since is not None else _COMPLETIONS.replace("AND received_at > %(since)s", "")
    with database.connection() as connection:
        rows = connection.execute(query.encode(), values).fetchall()
    return [Completions(*row) for row in rows]


def order_recut(database: Database, seen: Completions, shown: Arm, why: str) -> Recut | None:
    """Write an order down, and have the trailer stale from here on, in one transaction.

    None where it stands already, or a test began meanwhile: asking twice orders once.
    """
    values = {
        "title": seen.title,
        "cut": seen.cut,
        "arm": shown.id,
        "shown": shown.version,
        "file": shown.file,
        "sha256": shown.sha256,
        "viewings": seen.viewings,
        "completed": seen.completed,
        "why": why,
    }
    with database.connection() as connection:
        one_at_a_time(connection, seen.title, seen.cut)
        row = connection.execute(_ORDER, values).fetchone()
        if row is None:
            return None
        tell(connection, "recut_ordered", seen.title, seen.cut, arm=shown.id, why=why)
        outdate(connection, seen.title, seen.cut, why)
    return _recut(row)


def recut_wanted(database: Database, title: str, cut: str) -> Recut | None:
    """The order for a new cut of a trailer that is not made yet; None where none stands."""
    with database.connection() as connection:
        row = connection.execute(_WANTED, [title, cut]).fetchone()
    return None if row is None else _recut(row)


def _recut(row: Sequence[Any]) -> Recut:
    return Recut(*row)
