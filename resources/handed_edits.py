"""Edits of trailers that people handed in: the newest of each cut is rendered instead of the house's own."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from resources.database import Database

__all__ = ["HandedEdit", "HandedEdits"]


@dataclass(frozen=True)
class HandedEdit:
    """One edit.

    Attributes:
        name: What its file was called.
        otio: The file's text.
        sha256: Of that text.
    """

    name: str
    otio: str
    sha256: str


class HandedEdits:
    """The edits that stand, one at most a cut of a title."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def hand_in(self, title: str, cut: str, *, name: str, otio: str) -> HandedEdit:
        """Keep an edit in place of the one before."""
        edit = HandedEdit(name, otio, hashlib.sha256(otio.encode()).hexdigest())
        with self._database.connection() as connection:
            connection.execute(
                """
                INSERT INTO handed_edits (title, cut, otio, name, sha256) VALUES (%s, %s, %s, %s, %s)
                ON CONFLICT (title, cut) DO UPDATE
                SET otio = excluded.otio, name = excluded.name, sha256 = excluded.sha256, at = now()
                """,
                [title, cut, otio, name, edit.sha256],
            )
        return edit

    def take_back(self, title: str, cut: str) -> bool:
        """Let the house cut again; whether there was an edit to take back."""
        with self._database.connection() as connection:
            gone = connection.execute("DELETE FROM handed_edits WHERE title = %s AND cut = %s", [title, cut])
            return gone.rowcount > 0

    def of(self, title: str, cut: str) -> HandedEdit | None:
        """The edit that stands."""
        with self._database.connection() as connection:
            row = connection.execute(
                "SELECT name, otio, sha256 FROM handed_edits WHERE title = %s AND cut = %s", [title, cut]
            ).fetchone()
        return None if row is None else HandedEdit(*row)
