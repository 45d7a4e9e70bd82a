"""Edits of trailers that people handed in: the newest of each cut is rendered instead of the house's own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from resources.database import Database
from resources.ledger import outdate
from resources.published_variants import exhibit_key

__all__ = ["HandedEdit", "HandedEdits"]


@dataclass(frozen=True)
class HandedEdit:
    """One edit.

    Attributes:
        name: What its file was called.
        otio: The file's text.
        sha256: Of that text.
        master: The SHA-256 of the film that it was handed in for: its frames are counted in that one.
    """

    name: str
    otio: str
    sha256: str
    master: str


class HandedEdits:
    """The edits that stand, one at most a cut of a title."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hand_in(self, title: str, cut: str, *, name: str, otio: str, master: str) -> bool:
        """Keep an edit in place of the one before, and have the trailer stale by it, in one transaction.

        Returns:
            Whether it is another one than stood.
        """
        values = [title, cut, otio, name, hashlib.sha256(otio.encode()).hexdigest(), master]
        with self._database.connection() as connection:
            new = connection.execute(
                """
                INSERT INTO handed_edits (title, cut, otio, name, sha256, master) VALUES (%s, %s, %s, %s, %s, %s)
                ON CONFLICT (title, cut) DO UPDATE
                SET otio = excluded.otio, name = excluded.name, sha256 = excluded.sha256, master = excluded.master,
                    at = now()
                WHERE (handed_edits.otio, handed_edits.master) <> (excluded.otio, excluded.master)
                """,
                values,
            )
            if new.rowcount:
                outdate(connection, exhibit_key(title, cut), f"{name} was handed in")
            return new.rowcount > 0

    def take_back(self, title: str, cut: str) -> bool:
        """Let the house cut again, the trailer stale by it in the same transaction; whether there was an edit."""
        with self._database.connection() as connection:
            gone = connection.execute("DELETE FROM handed_edits WHERE title = %s AND cut = %s", [title, cut])
            if gone.rowcount:
                outdate(connection, exhibit_key(title, cut), "the edit that was handed in is taken back")
            return gone.rowcount > 0

    def of(self, title: str, cut: str) -> HandedEdit | None:
        """The edit that stands."""
        with self._database.connection() as connection:
            row = connection.execute(
                "SELECT name, otio, sha256, master FROM handed_edits WHERE title = %s AND cut = %s", [title, cut]
            ).fetchone()
        return None if row is None else HandedEdit(*row)
