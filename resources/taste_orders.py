"""From a cohort's taste to renditions: what was ordered for whom, and the titles that are worth it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg

from ops.style.model import Recipe, Style, look_of
from ops.tastes.cohorts import LEAST_VIEWERS, Shift, shifts
from resources.database import Database
from resources.rendition_orders import order_rendition
from resources.taste_counts import cohort_tastes

__all__ = ["OrderedForTaste", "folded_at", "order_shifts"]

_TITLES = 8
"""Titles that a shift has made anew: the most watched; others are styled live until they are asked for."""

_LOCK = 0x54534854  # "TSHT": one tick orders at a time

# What the cohort watches most of that kind, then what anybody touched last.
_WORTH_IT = """
    SELECT t.id FROM titles t JOIN title_contents c ON c.title = t.id
    LEFT JOIN LATERAL (
        SELECT count(DISTINCT e.viewer) AS viewers FROM look_exposures e JOIN taste_viewers v USING (viewer)
        WHERE e.title = t.id AND v.cohort = %(cohort)s AND e.at > now() - interval '60 days'
    ) seen ON true
    WHERE t.state = 'hot' AND c.whole = %(content)s
    ORDER BY seen.viewers DESC, t.touched_at DESC, t.id LIMIT %(most)s
"""


@dataclass(frozen=True)
class OrderedForTaste:
    """A shift, and the titles ordered for it."""

    shift: Shift
    titles: tuple[str, ...]


def folded_at(database: Database) -> datetime | None:
    """When tastes were last counted; None where they never were."""
    with database.connection() as connection:
        row = connection.execute("SELECT folded_at FROM taste_model").fetchone()
    return None if row is None else row[0]


def order_shifts(
    database: Database,
    library: Mapping[str, Style],
    *,
    now: datetime | None = None,
    least_viewers: int = LEAST_VIEWERS,
) -> list[OrderedForTaste]:
    """Order renditions for every cohort whose taste has shifted; what was ordered is written down with it.

    All in one transaction: killed, nothing was ordered, and repeated, nothing is ordered twice. A shift for which
    there is no title yet is not written down, and waits for one.

    Args:
        database: The house's.
        library: The styles there are; a style that is no longer there is not ordered.
        now: The time; unset, the clock's.
        least_viewers: See `shifts`.
    """
    done = []
    with database.connection() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        ordered = {
            (cohort, content): style
            for cohort, content, style in connection.execute("SELECT cohort, content, style FROM taste_orders")
        }
        tastes = cohort_tastes(connection, now or datetime.now(UTC))
        for shift in shifts(tastes, ordered, least_viewers=least_viewers):
            titles = _titles(connection, shift) if shift.style in library else ()
            if titles:
                _order(connection, shift, titles, library)
                done.append(OrderedForTaste(shift, titles))
    return done


def _titles(connection: psycopg.Connection, shift: Shift) -> tuple[str, ...]:
    values = {"cohort": shift.cohort, "content": shift.content, "most": _TITLES}
    return tuple(row[0] for row in connection.execute(_WORTH_IT, values))


def _order(connection: psycopg.Connection, shift: Shift, titles: Sequence[str], library: Mapping[str, Style]) -> None:
    look = look_of([(Recipe(shift.style), 1.0)], library)
    for title in titles:
        order_rendition(connection, title, look, shift.why)
    connection.execute(
        """
        INSERT INTO taste_orders (cohort, content, style, why) VALUES (%s, %s, %s, %s)
        ON CONFLICT (cohort, content) DO UPDATE SET style = excluded.style, why = excluded.why, at = now()
        """,
        [shift.cohort, shift.content, shift.style, shift.why],
    )
