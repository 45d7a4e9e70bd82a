"""The catalogue: which titles there are, which master each has, and which of them are hot.

PostgreSQL is the truth about titles; Dagster's partitions follow the hot ones. Belongs here: titles and
masters. Does not belong here: what was made of them (ledger.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import psycopg
from psycopg.rows import class_row

from ops.errors import UsageError
from resources.database import Database
from resources.title_ids import clean_name, slug
from resources.titles import Delivery, Master, Outcome, Title, TitleState

__all__ = ["Catalogue", "Delivery", "Master", "Outcome", "Title", "TitleState"]

_LOCK = 0x5449544C  # "TITL": new ids, new masters and the hot set change one at a time
_PAGE = 5_000
_LONGEST_GENRE = 40


_TITLE = "SELECT id, name, state, reason, master, created_at, delivered_at, touched_at, genre, language FROM titles"


class Catalogue:
    """Titles and their masters.

    Args:
        database: An open database.
        hot_titles: How many titles may be hot; `Settings.hot_titles`.
    """

    def __init__(self, database: Database, *, hot_titles: int = 10_000) -> None:
        self._database = database
        self._hot_titles = hot_titles

    def deliver(self, name: str, *, sha256: str, uri: str, size_bytes: int, genre: str | None = None) -> Delivery:
        """Takes in a master under the name of the title it is for; any number of processes may, of the same
        file too.

        - Bytes that are some title's current master are that title, whatever the name: KNOWN.
        - A new name makes a NEW_TITLE; hot while there is room, else cold.
        - Else the named title gets a NEW_MASTER (also one of its older ones, or one that another title had
          before): what was made of the old one is stale. A quarantined title gets another chance.

        Args:
            name: The title's name, as people write it.
            sha256: The file's hash, hex.
            uri: Where it lies: an absolute path or s3://….
            size_bytes: Its size.
            genre: The title's genre in any words, at most 40 characters; None leaves what is known.

        Raises:
            UsageError: The name is empty, or the genre is too long.
        """
        name, genre = clean_name(name), _genre(genre)
        with self._database.connection() as connection:
            holder = _holder(connection, sha256)
            if holder is None:
                connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
                holder = _holder(connection, sha256)  # somebody may have delivered it while we waited
            if holder is None:
                delivery = self._take_in(connection, name, sha256, uri, size_bytes)
                _set_genre(connection, delivery.title, genre)
                return delivery
            _set_genre(connection, holder[0], genre)
            connection.execute("UPDATE masters SET uri = %s WHERE sha256 = %s AND uri <> %s", [uri, sha256, uri])
            return Delivery(holder[0], sha256, Outcome.KNOWN, TitleState(holder[1]))

    def _take_in(self, connection: psycopg.Connection, name: str, sha256: str, uri: str, size_bytes: int) -> Delivery:
        row = connection.execute("SELECT id, state FROM titles WHERE name = %s", [name]).fetchone()
        if row is None:
            outcome, title, state = Outcome.NEW_TITLE, _free_id(connection, name), self._room(connection)
            connection.execute(
                "INSERT INTO titles (id, name, state, master) VALUES (%s, %s, %s, %s)",
                [title, name, state, sha256],
            )
        else:
            outcome, title, state = Outcome.NEW_MASTER, row[0], TitleState(row[1])
            if state is TitleState.QUARANTINED:
                state = self._room(connection)
            connection.execute(
                """
                UPDATE titles
                SET master = %s, state = %s, reason = '', delivered_at = now(), touched_at = now()
                WHERE id = %s
                """,
                [sha256, state, title],
            )
        connection.execute(
            """
            INSERT INTO masters (sha256, title, uri, size_bytes) VALUES (%s, %s, %s, %s)
            ON CONFLICT (sha256) DO UPDATE
            SET title = excluded.title, uri = excluded.uri, delivered_at = now()
            """,
            [sha256, title, uri, size_bytes],
        )
        _record(connection, "delivered", title, outcome=outcome, sha256=sha256, uri=uri)
        return Delivery(title, sha256, outcome, state)

    def _room(self, connection: psycopg.Connection) -> TitleState:
        """Hot while there is room for one more, else cold."""
        row = connection.execute("SELECT count(*) FROM titles WHERE state = 'hot'").fetchone()
        return TitleState.HOT if row is None or row[0] < self._hot_titles else TitleState.COLD

    def title(self, title: str) -> Title:
        """A title by its id.

        Raises:
            UsageError: There is no such title.
        """
        found = self.find(title)
        if found is None:
            raise UsageError("is not in the catalogue", where=title, fix="Deliver its file: showrunner make FILE.")
        return found

    def find(self, title: str) -> Title | None:
        """A title by its id, or None."""
        with (
            self._database.connection() as connection,
            connection.cursor(row_factory=class_row(Title)) as cursor,
        ):
            return cursor.execute(f"{_TITLE} WHERE id = %s", [title]).fetchone()

    def titles(self, state: TitleState | None = None) -> Iterator[Title]:
        """All titles, or those of a state, by id; in pages, so that millions need neither memory nor a connection."""
        last = ""
        while True:
            with (
                self._database.connection() as connection,
                connection.cursor(row_factory=class_row(Title)) as cursor,
            ):
                page = cursor.execute(
                    f"{_TITLE} WHERE id > %s AND (%s::text IS NULL OR state = %s) ORDER BY id LIMIT %s",
                    [last, state, state, _PAGE],
                ).fetchall()
            yield from page
            if len(page) < _PAGE:
                return
            last = page[-1].id

    def hot_ids(self) -> list[str]:
        """The ids of the hot titles: what the partition set should hold."""
        with self._database.connection() as connection:
            rows = connection.execute("SELECT id FROM titles WHERE state = 'hot' ORDER BY id").fetchall()
        return [row[0] for row in rows]

    def master(self, title: str) -> Master:
        """A title's current master.

        Raises:
            UsageError: There is no such title.
        """
        with (
            self._database.connection() as connection,
            connection.cursor(row_factory=class_row(Master)) as cursor,
        ):
            found = cursor.execute(
                "SELECT m.title, m.sha256, m.uri, m.size_bytes, m.delivered_at FROM masters m"
                " JOIN titles t ON t.id = m.title AND t.master = m.sha256 WHERE t.id = %s",
                [title],
            ).fetchone()
        if found is None:
            raise UsageError("is not in the catalogue", where=title, fix="Deliver its file: showrunner make FILE.")
        return found

    def quarantine(self, title: str, reason: str) -> None:
        """Takes a title whose master is unusable out of all work, saying why."""
        with self._database.connection() as connection:
            self._move(connection, [title], TitleState.QUARANTINED, reason or "no reason given")

    def release(self, title: str) -> None:
        """Ends a quarantine."""
        with self._database.connection() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            self._move(connection, [title], self._room(connection), "", only=TitleState.QUARANTINED)

    def retire(self, titles: Sequence[str]) -> list[str]:
        """Makes hot titles cold; returns those that were hot."""
        with self._database.connection() as connection:
            return self._move(connection, titles, TitleState.COLD, "", only=TitleState.HOT)

    def warm(self, title: str) -> list[str]:
        """Makes a cold title hot; where there is no room, the title untouched for longest retires.

        Returns:
            The titles that had to retire.
        """
        with self._database.connection() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            if not self._move(connection, [title], TitleState.HOT, "", only=TitleState.COLD):
                return []
            rows = connection.execute(
                "SELECT id FROM titles WHERE state = 'hot' AND id <> %s ORDER BY touched_at DESC, id OFFSET %s",
                [title, self._hot_titles - 1],
            ).fetchall()
            return self._move(connection, [row[0] for row in rows], TitleState.COLD, "", only=TitleState.HOT)

    def idle(self, days: float) -> list[str]:
        """The hot titles that nobody touched for so many days: the nightly job retires them."""
        with self._database.connection() as connection:
            rows = connection.execute(
                "SELECT id FROM titles WHERE state = 'hot' AND touched_at < now() - make_interval(secs => %s)"
                " ORDER BY touched_at, id",
                [days * 86_400],
            ).fetchall()
        return [row[0] for row in rows]

    def touch(self, titles: Sequence[str]) -> None:
        """Notes that somebody looked at titles or had them made: they stay hot longer."""
        with self._database.connection() as connection:
            # In one order, so that two touches of the same titles cannot wait for each other.
            connection.execute(
                """
                UPDATE titles SET touched_at = now()
                FROM (SELECT id FROM titles WHERE id = ANY(%s) ORDER BY id FOR UPDATE) chosen
                WHERE titles.id = chosen.id
                """,
                [list(titles)],
            )

    @staticmethod
    def _move(
        connection: psycopg.Connection,
        titles: Sequence[str],
        state: TitleState,
        reason: str,
        *,
        only: TitleState | None = None,
    ) -> list[str]:
        rows = connection.execute(
            """
            WITH chosen AS (
                SELECT id FROM titles
                WHERE id = ANY(%(titles)s) AND (%(only)s::text IS NULL OR state = %(only)s)
                ORDER BY id FOR UPDATE
            ), moved AS (
                UPDATE titles SET state = %(state)s, reason = %(reason)s,
                    touched_at = CASE WHEN %(state)s = 'hot' THEN now() ELSE touched_at END
                FROM chosen WHERE titles.id = chosen.id RETURNING titles.id
            ), told AS (
                INSERT INTO events (kind, title, detail)
                SELECT 'became_' || %(state)s, id, jsonb_build_object('reason', %(reason)s::text) FROM moved
            )
            SELECT id FROM moved ORDER BY id
            """,
            {"titles": list(titles), "only": only, "state": state, "reason": reason},
        ).fetchall()
        return [row[0] for row in rows]


def _genre(told: str | None) -> str | None:
    """In lower case, without doubled spaces; None where nothing is told."""
    genre = " ".join((told or "").split()).casefold()
    if len(genre) > _LONGEST_GENRE:
        raise UsageError("is too long for a genre", where=genre[:60], fix=f"Use {_LONGEST_GENRE} characters at most.")
    return genre or None


def _set_genre(connection: psycopg.Connection, title: str, genre: str | None) -> None:
    if genre is not None:
        connection.execute(
            "UPDATE titles SET genre = %s WHERE id = %s AND genre IS DISTINCT FROM %s", [genre, title, genre]
        )


def _free_id(connection: psycopg.Connection, name: str) -> str:
    """The name's slug, or the slug with the first number that no other title has: "sintel-2"."""
    stem = slug(name)
    first = 1
    while True:
        wanted = [stem if number == 1 else f"{stem}-{number}" for number in range(first, first + 100)]
        rows = connection.execute("SELECT id FROM titles WHERE id = ANY(%s)", [wanted]).fetchall()
        taken = {row[0] for row in rows}
        for candidate in wanted:
            if candidate not in taken:
                return candidate
        first += 100


def _holder(connection: psycopg.Connection, sha256: str) -> tuple[str, str] | None:
    """The title whose current master has these bytes, and its state."""
    return connection.execute(
        "SELECT t.id, t.state FROM titles t JOIN masters m ON m.title = t.id AND m.sha256 = t.master"
        " WHERE m.sha256 = %s",
        [sha256],
    ).fetchone()


def _record(connection: psycopg.Connection, kind: str, title: str, **detail: str) -> None:
    connection.execute(
        "INSERT INTO events (kind, title, detail) VALUES (%s, %s, %s)", [kind, title, json.dumps(detail)]
    )
