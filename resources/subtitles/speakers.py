"""What people called the voices of a film, remembered by when each was heard."""

from __future__ import annotations

import json
from collections.abc import Sequence

import psycopg

from ops.errors import UsageError
from resources.database import Database
from resources.ledger import outdate
from resources.store.model import ArtifactKey
from resources.subtitles.touched import order_touched

__all__ = ["SpeakerNames"]

_LONGEST = 60


class SpeakerNames:
    """The names that stand."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, title: str) -> dict[str, list[tuple[float, float]]]:
        """Where each named voice of a title was heard: name to (from, to) in the film's seconds."""
        with self._database.connection() as connection:
            rows = connection.execute(
                "SELECT name, turns FROM speaker_names WHERE title = %s ORDER BY at, name", [title]
            ).fetchall()
        return {name: [(start, end) for start, end in turns] for name, turns in rows}

    def call(self, title: str, name: str, turns: Sequence[tuple[float, float]], *, who: str) -> None:
        """Give a voice its name, by the stretches in which it speaks; what has it is stale, and ordered, with it.

        A name that stood for other stretches is moved; another name of the same stretches is taken back.

        Raises:
            UsageError: The name is empty or too long, or no stretch is given.
        """
        name = " ".join(name.split())
        if not name or len(name) > _LONGEST or not name.isprintable():
            raise UsageError("is no name", where=repr(name[:80]), fix=f"Give 1 to {_LONGEST} characters.")
        if not turns:
            raise UsageError("says nothing in this film", where=name, fix="GET …/speakers lists who speaks.")
        told = json.dumps([[round(start, 3), round(end, 3)] for start, end in turns])
        with self._database.connection() as connection:
            connection.execute("DELETE FROM speaker_names WHERE title = %s AND turns = %s::jsonb", [title, told])
            connection.execute(
                """
                INSERT INTO speaker_names (title, name, turns, who) VALUES (%s, %s, %s, %s)
                ON CONFLICT (title, name) DO UPDATE SET turns = excluded.turns, who = excluded.who, at = now()
                """,
                [title, name, told, who],
            )
            _touch(connection, title, f"a voice is called {name}")

    def forget(self, title: str, name: str) -> bool:
        """Take a name back; whether it stood."""
        with self._database.connection() as connection:
            gone = connection.execute("DELETE FROM speaker_names WHERE title = %s AND name = %s", [title, name])
            if gone.rowcount:
                _touch(connection, title, f"no voice is called {name} any more")
            return gone.rowcount > 0


def _touch(connection: psycopg.Connection, title: str, why: str) -> None:
    """The speech is stale, and what is made of it with its names is ordered."""
    outdate(connection, ArtifactKey(title, "speech"), why)
    order_touched(connection, title, {None}, spoken=None, why=why)
