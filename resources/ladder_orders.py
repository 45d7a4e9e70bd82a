"""A trailer's quality ladder follows the cut that stands: whoever changes what viewers are shown orders it anew.

The trailer's published version stays what it is when a cut is promoted, so that its ladder would pass for fresh.
"""

from __future__ import annotations

import psycopg

from ops.experiments.exhibit import Shows, artifact_of
from resources.database import Database
from resources.experiment_steps import one_at_a_time
from resources.rejections import beside_showings
from resources.work_orders import order

__all__ = ["LADDER", "changes_are_over", "order_ladder"]

LADDER = "trailer_ladder"

# What is being made now is asked again once it is there: see `changes_are_over`.
_OUTDATE = """
    UPDATE ledger SET input_hash = '', tried_hash = NULL, last_error = %(why)s, failures = 0, updated_at = now()
    WHERE title = %(title)s AND artifact = %(artifact)s AND variant = %(cut)s AND state <> 'making'
"""
_MADE = "SELECT FROM ledger WHERE title = %(title)s AND artifact = %(artifact)s AND variant = %(cut)s"


def order_ladder(connection: psycopg.Connection, title: str, exhibit: str, why: str) -> None:
    """Have a cut's ladder stale, and order it, within the caller's transaction; where none was ever made, nothing.

    Of a thumbnail it does nothing either, so that whoever changes what stands need not know of ladders.
    """
    if artifact_of(exhibit) != Shows.TRAILER:
        return
    values = {"title": title, "artifact": LADDER, "cut": exhibit, "why": why}
    if connection.execute(_MADE, values).fetchone() is None:
        return
    connection.execute(_OUTDATE, values)
    order(connection, {title: [f"{LADDER}/{exhibit}"]}, reason=f"{exhibit}: {why}")


def changes_are_over(database: Database, title: str, cut: str) -> None:
    """Return once no transaction is under way that found the cut's ladder in the making and changes what stands.

    Asked after the ladder is in the ledger as ready: whatever changes what stands from then on finds it there and has
    it stale, and what changed it before can be read.
    """
    with database.connection() as connection:
        beside_showings(connection, title)
        one_at_a_time(connection, title, cut)
