"""What viewers do, stored exactly once; and the one call that makes a viewer forgotten.

A viewing of a trailer is one event of the kind `watch`, with the stretches that were played in the order of playing:
what was skipped and what was seen again follows from them. A `watch` without stretches is of the title itself.

A viewer is a pseudonym here (a keyed hash; serving makes it): the name that a client gave is never stored. Clients may
send an event again and again; its id, a hash of the sender and the idempotency key, lets it in once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from ops.experiments.exhibit import length_s
from ops.trailer.viewers.retention import Stop, Viewing
from resources.database import Database

__all__ = ["CONTENT_DIGITS", "EventKind", "Recorded", "ViewerEvent", "ViewerEvents", "event_id"]

QUALIFIED_S = 30.0
QUALIFIED_FRACTION = 0.1
_SLICE = 20_000  # rows that one statement of the retention deletes: 0.2 s, and no long transaction


class EventKind(StrEnum):
    """What a viewer did, or what was done to them."""

    IMPRESSION = "impression"
    CLICK = "click"
    PLAY = "play"
    WATCH = "watch"
    LIKE = "like"
    DISLIKE = "dislike"
    SKIP = "skip"
    FLAG = "flag"


@dataclass(frozen=True)
class ViewerEvent:
    """One thing a viewer did, with what they had been shown where that was under test."""

    id: UUID
    kind: EventKind
    at: datetime
    viewer: str
    title: str
    aspect: str = ""
    experiment: str | None = None
    arm: str | None = None
    epoch: int | None = None
    propensity: float | None = None
    holdout: bool = False
    watched_s: float | None = None
    watched_fraction: float | None = None
    surface: str = ""
    position: int | None = None
    segment: str = ""
    content: str = ""
    played: tuple[tuple[float, float], ...] = ()
    stopped: Stop | None = None

    @property
    def completed(self) -> bool:
        """Of a viewing of a trailer: whether it was seen to its end card."""
        length = length_s(self.aspect)
        return bool(self.played) and length is not None and Viewing(self.played).completed(length)

    @property
    def stretches(self) -> str | None:
        """What was played, as a PostgreSQL array; None of anything but a viewing of a trailer."""
        return "{" + ",".join(f"{edge:g}" for stretch in self.played for edge in stretch) + "}" if self.played else None

    @property
    def ended(self) -> str:
        """How the viewing stopped; empty of anything else."""
        return str(self.stopped or Stop.LEFT) if self.played else ""

    @property
    def qualified(self) -> bool:
        """Whether the title was watched, not merely opened: 30 s, or a tenth of it."""
        return (
            self.kind is EventKind.WATCH
            and not self.played
            and ((self.watched_s or 0.0) >= QUALIFIED_S or (self.watched_fraction or 0.0) >= QUALIFIED_FRACTION)
        )


@dataclass(frozen=True)
class Recorded:
    """What became of a batch: the ids now stored by it, and the titles that nobody knows."""

    stored: frozenset[UUID]
    unknown_titles: frozenset[str]


def event_id(sender: str, key: str) -> UUID:
    """The id of an event: the first 128 bits of a hash of who sent it and its idempotency key."""
    return UUID(bytes=sha256(f"{sender}\0{key}".encode()).digest()[:16])


CONTENT_DIGITS = 32
"""A file is known by the first half of its hash, which stands in its address."""

_COLUMNS = {
    "id": "uuid",
    "at": "timestamptz",
    "kind": "text",
    "viewer": "text",
    "title": "text",
    "aspect": "text",
    "experiment": "text",
    "arm": "text",
    "epoch": "integer",
    "propensity": "double precision",
    "holdout": "boolean",
    "qualified": "boolean",
    "watched_s": "real",
    "watched_fraction": "real",
    "surface": "text",
    "position": "smallint",
    "segment": "text",
    "content": "text",
    "completed": "boolean",
    "stretches": "text",
    "ended": "text",
}
_GIVEN = ", ".join(_COLUMNS)
_NAMES = _GIVEN.replace("stretches", "played").replace("ended", "stopped")
_VALUES = _GIVEN.replace("stretches", "stretches::real[]")
_ARRAYS = ", ".join(f"%({name})s::{kind}[]" for name, kind in _COLUMNS.items())
# Names of columns alone, from the table above. In order of id, so that two batches with the same events wait for
# each other instead of deadlocking.
_RECORD = f"""
    WITH given AS MATERIALIZED (SELECT * FROM unnest({_ARRAYS}) AS g ({_GIVEN})),
    known AS (SELECT id FROM titles WHERE id IN (SELECT title FROM given)),
    stored AS (
        INSERT INTO viewer_events ({_NAMES})
        SELECT {_VALUES} FROM given WHERE title IN (SELECT id FROM known) ORDER BY id
        ON CONFLICT (id) DO NOTHING RETURNING id
    )
    SELECT ARRAY(SELECT id FROM stored),
           ARRAY(SELECT DISTINCT title FROM given WHERE title NOT IN (SELECT id FROM known))
"""  # noqa: S608


class ViewerEvents:
    """The events of all viewers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, events: Sequence[ViewerEvent]) -> Recorded:
        """Store events, each once however often it is sent, in one statement; committed when this returns.

        Events of titles that are not in the catalogue are left out and their titles told.
        """
        if not events:
            return Recorded(frozenset(), frozenset())
        values = {name: [getattr(event, name) for event in events] for name in _COLUMNS}
        with self._database.connection() as connection:
            row = connection.execute(_RECORD.encode(), values).fetchone()
        assert row is not None
        return Recorded(frozenset(row[0]), frozenset(row[1]))

    def erase(self, viewer: str) -> int:
        """Forget a viewer: every event and every assignment. Returns how many rows went."""
        with self._database.connection() as connection:
            events = connection.execute("DELETE FROM viewer_events WHERE viewer = %s", [viewer]).rowcount
            return events + connection.execute("DELETE FROM assignments WHERE viewer = %s", [viewer]).rowcount

    def retain(self, days: float) -> int:
        """Delete what arrived more than so many days ago, in slices; returns how many events went.

        Assignments of experiments that ended so long ago go with them.
        """
        gone = 0
        while True:
            with self._database.connection() as connection:
                taken = connection.execute(
                    """
                    DELETE FROM viewer_events WHERE id IN (
                        SELECT id FROM viewer_events WHERE received_at < now() - make_interval(secs => %s) LIMIT %s
                        FOR UPDATE SKIP LOCKED)
                    """,
                    [days * 86_400, _SLICE],
                ).rowcount
                gone += taken
                if taken < _SLICE:
                    connection.execute(
                        """
                        DELETE FROM assignments a USING experiments e WHERE e.id = a.experiment
                        AND e.state IN ('decided', 'retired')
                        AND coalesce(e.decided_at, a.at) < now() - make_interval(secs => %s)
                        """,
                        [days * 86_400],
                    )
                    return gone

    def flags(self, title: str, *, hours: float = 24.0) -> dict[tuple[str, str], int]:
        """How many viewers flagged each (aspect, arm) of a title lately; the arm is empty outside a test."""
        with self._database.connection() as connection:
            rows = connection.execute(
                """
                SELECT aspect, coalesce(arm, ''), count(DISTINCT viewer) FROM viewer_events
                WHERE title = %s AND kind = 'flag' AND at > now() - make_interval(secs => %s)
                GROUP BY aspect, coalesce(arm, '')
                """,
                [title, hours * 3600],
            ).fetchall()
        return {(aspect, arm): count for aspect, arm, count in rows}
