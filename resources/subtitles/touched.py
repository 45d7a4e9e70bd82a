"""What people's words on a title touch: the languages that they corrected, and all of them where a voice was named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set
from datetime import datetime

import psycopg

from resources.database import Database
from resources.work_orders import order

__all__ = ["order_touched", "touched_assets", "touched_since"]

_SUBTITLES = "subtitles"


def order_touched(
    connection: psycopg.Connection, title: str, languages: Set[str | None], *, spoken: str | None, why: str
) -> None:
    """Order what a person's word touches, in the transaction that keeps it: neither is without the other.

    Args:
        connection: In the transaction.
        title: The title's id.
        languages: Those that were corrected; None among them where a voice was named.
        spoken: The title's own language, where it is known.
        why: For people.
    """
    order(connection, {title: touched_assets(connection, title, languages, spoken=spoken)}, reason=why)


def touched_assets(
    connection: psycopg.Connection, title: str, languages: Set[str | None], *, spoken: str | None
) -> list[str]:
    """The assets that are other by what was said, upstreams first.

    A correction of a translation touches that language alone. One of what is spoken touches the transcript, and the
    languages that there are; of those only the sentence is translated again. A voice's name also touches the speech.
    """
    if not languages & {None, spoken}:
        return [f"{_SUBTITLES}/{code}" for code in sorted(filter(None, languages))]
    rows = connection.execute(
        "SELECT variant FROM ledger WHERE title = %s AND artifact = %s ORDER BY variant", [title, _SUBTITLES]
    ).fetchall()
    others = {code for code in languages if code and code != spoken}
    named = ["speech"] if None in languages else []
    return [*named, "transcript", *(f"{_SUBTITLES}/{code}" for code in sorted({row[0] for row in rows} | others))]


def touched_since(database: Database, since: datetime | None) -> dict[str, set[str | None]]:
    """The languages that were corrected, by title; None among them where a voice was named.

    Args:
        database: The house's.
        since: Only what came in after it, and stands; None for all that stands.
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
