"""Which titles' words people have corrected or named lately."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from resources.database import Database

__all__ = ["touched_since"]


def touched_since(database: Database, since: datetime | None) -> dict[str, set[str | None]]:
    """The languages that were corrected, by title; None among them where a voice was named.

    Args:
        database: The house's.
        since: Only what came in after it; None for all.
    """
    with database.connection() as connection:
        rows = connection.execute(
            """
            SELECT title, language FROM corrections WHERE at > %(since)s
            UNION SELECT title, NULL FROM speaker_names WHERE at > %(since)s
            ORDER BY title
            """,
            {"since": since or datetime.min},
        ).fetchall()
    touched: dict[str, set[str | None]] = defaultdict(set)
    for title, language in rows:
        touched[title].add(language)
    return dict(touched)
