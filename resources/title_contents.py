"""What titles are like, as tastes need it: read from their scenes once, and kept where serving finds it at once."""

from __future__ import annotations

from collections.abc import Sequence

from psycopg.types.json import Jsonb

from ops.tastes.content import Content, SceneContent
from resources.database import Database

__all__ = ["TitleContents"]


class TitleContents:
    """What all titles are like."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def outdated(self, artifact: str, *, most: int) -> list[tuple[str, str, str]]:
        """Titles whose analysis of this name, or whose genre, is another than what was written down of them.

        Returns:
            The title's id, the analysis's version and the genre ("" where none is known).
        """
        with self._database.connection() as connection:
            return connection.execute(
                """
                SELECT t.id, l.version, coalesce(t.genre, '') FROM titles t
                JOIN ledger l ON l.title = t.id AND l.artifact = %s AND l.version IS NOT NULL
                LEFT JOIN title_contents c ON c.title = t.id
                WHERE t.state = 'hot' AND c.version IS DISTINCT FROM l.version || ' ' || coalesce(t.genre, '')
                ORDER BY t.touched_at DESC, t.id LIMIT %s
                """,
                [artifact, most],
            ).fetchall()

    def write(self, title: str, version: str, genre: str, whole: Content, scenes: Sequence[SceneContent]) -> None:
        """Write down what a title is like, by that version of its analysis and that genre."""
        told = Jsonb([[round(each.end_s, 3), each.content.key] for each in scenes])
        with self._database.connection() as connection:
            connection.execute(
                """
                INSERT INTO title_contents (title, version, whole, scenes) VALUES (%s, %s, %s, %s)
                ON CONFLICT (title) DO UPDATE
                SET version = excluded.version, whole = excluded.whole, scenes = excluded.scenes
                """,
                [title, f"{version} {genre}", whole.key, told],
            )
