"""What viewers saw of trailers, as values: the viewings of a version, and which versions were seen enough to learn of.

A version is known by its content, the first half of its file's hash, wherever it was shown: a cut that was tested, then
promoted, then published anew is one. Of a viewer the first viewing of a version counts, and no other.
"""

from __future__ import annotations

from dataclasses import dataclass

from ops.trailer.viewers.retention import Stop, Viewing
from resources.database import Database

__all__ = ["SeenVersion", "Viewings"]

_OF = """
    SELECT played, stopped FROM (
        SELECT DISTINCT ON (viewer) viewer, at, played, stopped FROM viewer_events
        WHERE title = %(title)s AND aspect = %(cut)s AND content = %(content)s AND played IS NOT NULL
        ORDER BY viewer, at, id) firsts
    ORDER BY at DESC LIMIT %(most)s
"""
_SEEN = """
    SELECT title, aspect, content, count(DISTINCT viewer) AS viewers FROM viewer_events
    WHERE played IS NOT NULL AND content <> '' AND (%(title)s::text IS NULL OR title = %(title)s)
    GROUP BY title, aspect, content HAVING count(DISTINCT viewer) >= %(least)s
    ORDER BY viewers DESC, title, aspect, content LIMIT %(most)s
"""


@dataclass(frozen=True)
class SeenVersion:
    """A version of a trailer, and how many viewers saw any of it, where these were counted."""

    title: str
    cut: str
    content: str
    viewers: int = 0


class Viewings:
    """The viewings of all trailers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, title: str, cut: str, content: str, *, most: int = 20_000) -> list[Viewing]:
        """The newest viewers' first viewings of a version."""
        values = {"title": title, "cut": cut, "content": content, "most": most}
        with self._database.connection() as connection:
            rows = connection.execute(_OF, values).fetchall()
        return [Viewing(tuple(zip(played[::2], played[1::2], strict=True)), Stop(stopped)) for played, stopped in rows]

    def seen(self, *, least: int, title: str | None = None, most: int = 500) -> list[SeenVersion]:
        """Versions that at least so many viewers saw, the most seen first; of a title, or of all."""
        with self._database.connection() as connection:
            rows = connection.execute(_SEEN, {"least": least, "title": title, "most": most}).fetchall()
        return [SeenVersion(*row) for row in rows]
