"""Viewers' deeds counted into evidence: each once, in batches, at the cost of what is new; and taken out again.

A cohort's rows are the sums of its viewers' evidence. Whoever changes a viewer's evidence takes that viewer out of the
sums first and adds them after, in one transaction, one at a time: so the sums are those of the viewers who are there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from ops.tastes.cohorts import CohortTaste
from ops.tastes.content import UNKNOWN, content_from_key
from ops.tastes.evidence import Deed, DeedKind, Evidence, Fading, cells_of
from resources.database import Database

__all__ = [
    "MODEL",
    "Folded",
    "TasteModel",
    "cohort_tastes",
    "erase_counts",
    "fold",
    "forget_old",
    "model_of",
    "told_of_tastes",
]

MODEL = "1"
"""By which rules deeds are counted; where it moves on, all deeds that are still there are counted anew."""

_SLICE = 20_000
_OVERLAP = timedelta(minutes=10)
"""Viewers' events are looked at again for so long: one may be committed after a look that it was received before."""

_LOCK = 0x54415354  # "TAST"
_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

# A viewing, like or skip of a title that was told to the house's common events, credited to the look it was shown in.
_TAKE_OVER = """
    INSERT INTO style_events (id, at, kind, viewer, title, weights, share)
    SELECT v.id, v.at, v.kind, v.viewer, v.title, shown.weights, CASE WHEN v.kind = 'watch' THEN v.watched_fraction END
    FROM viewer_events v CROSS JOIN LATERAL (
        SELECT e.weights FROM look_exposures e WHERE e.viewer = v.viewer AND e.title = v.title
        AND e.at BETWEEN v.at - interval '1 day' AND v.at + interval '5 minutes' ORDER BY e.at DESC LIMIT 1
    ) shown
    WHERE v.received_at >= %(since)s AND v.received_at < %(until)s AND v.played IS NULL
    AND (v.kind IN ('like', 'dislike', 'skip') OR (v.kind = 'watch' AND v.watched_fraction IS NOT NULL))
    ORDER BY v.id ON CONFLICT (id) DO NOTHING
"""
_TAKE = """
    WITH taken AS (
        SELECT id FROM style_events WHERE NOT folded ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
    )
    UPDATE style_events e SET folded = true FROM taken WHERE e.id = taken.id
    RETURNING e.viewer, e.title, e.kind, e.at, e.weights, e.share, e.place_s
"""
_ADD = """
    INSERT INTO taste_evidence AS t (viewer, style, content, liked, disliked)
    SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::float8[], %s::float8[])
    ON CONFLICT (viewer, style, content)
    DO UPDATE SET liked = t.liked + excluded.liked, disliked = t.disliked + excluded.disliked
"""
_COUNT = """
    INSERT INTO taste_cohorts AS c (cohort, style, content, viewers, liked, disliked)
    SELECT v.cohort, e.style, e.content, %(sign)s * count(*), %(sign)s * sum(e.liked), %(sign)s * sum(e.disliked)
    FROM taste_viewers v JOIN taste_evidence e USING (viewer) WHERE v.viewer = ANY (%(viewers)s)
    GROUP BY v.cohort, e.style, e.content ORDER BY v.cohort, e.style, e.content
    ON CONFLICT (cohort, style, content) DO UPDATE SET viewers = c.viewers + excluded.viewers,
        liked = greatest(0, c.liked + excluded.liked), disliked = greatest(0, c.disliked + excluded.disliked)
"""
# Whom a viewer leans to is the style that most speaks for, all kinds of films together; to none where nothing does.
_LEAN = """
    INSERT INTO taste_viewers (viewer, cohort, folded_at)
    SELECT DISTINCT ON (viewer) viewer, CASE WHEN net > 0 THEN style ELSE '' END, %(now)s FROM (
        SELECT viewer, style, sum(liked - disliked) AS net FROM taste_evidence
        WHERE viewer = ANY (%(viewers)s) GROUP BY viewer, style) styles
    ORDER BY viewer, net DESC, style
    ON CONFLICT (viewer) DO UPDATE SET cohort = excluded.cohort, folded_at = excluded.folded_at
"""


@dataclass(frozen=True)
class TasteModel:
    """By which rules the evidence at hand was counted, and until when viewers' events were taken over."""

    version: str
    fading: Fading
    taken_until: datetime


@dataclass(frozen=True)
class Folded:
    """What a fold did: deeds that were counted, viewers whose taste they changed, and deeds taken from elsewhere."""

    deeds: int
    viewers: int
    taken_over: int


def model_of(connection: psycopg.Connection) -> TasteModel:
    """The rules of the evidence at hand; the house's own where nothing was counted yet."""
    row = connection.execute("SELECT version, half_life_days, taken_until FROM taste_model").fetchone()
    return TasteModel(MODEL, Fading(), _LONG_AGO) if row is None else TasteModel(row[0], Fading(row[1]), row[2])


def fold(database: Database, fading: Fading, *, now: datetime | None = None) -> Folded:
    """Count every deed that was not counted yet. Repeated, it does nothing; killed, it goes on where it was.

    Args:
        database: The house's.
        fading: How evidence fades; where that has changed, all deeds are counted anew.
        now: The time; unset, the clock's.
    """
    now = now or datetime.now(UTC)
    with database.connection() as connection:
        taken_over = _prepare(connection, fading, now)
    deeds = 0
    viewers: set[str] = set()
    while True:
        with database.connection() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            rows = connection.execute(_TAKE, [_SLICE]).fetchall()
            viewers |= _count_in(connection, rows, fading, now)
        deeds += len(rows)
        if len(rows) < _SLICE:
            return Folded(deeds, len(viewers), taken_over)


def erase_counts(connection: psycopg.Connection, viewer: str) -> None:
    """Take a viewer's evidence out of the sums, within the caller's transaction, which then deletes it."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    _sum(connection, [viewer], -1)


def cohort_tastes(connection: psycopg.Connection, now: datetime) -> list[CohortTaste]:
    """What every cohort thinks of every style on every kind of films."""
    fading = model_of(connection).fading
    rows = connection.execute(
        "SELECT cohort, style, content, viewers, liked, disliked FROM taste_cohorts ORDER BY cohort, style, content"
    ).fetchall()
    return [
        CohortTaste(cohort, style, content, viewers, fading.now(Evidence(liked, disliked), now))
        for cohort, style, content, viewers, liked, disliked in rows
    ]


def told_of_tastes(database: Database) -> tuple[int, dict[str, int]]:
    """How many deeds wait to be counted, and how many viewers lean to each style ("" to none)."""
    with database.connection() as connection:
        waiting = connection.execute("SELECT count(*) FROM style_events WHERE NOT folded").fetchone()
        rows = connection.execute("SELECT cohort, count(*) FROM taste_viewers GROUP BY cohort").fetchall()
    assert waiting is not None
    return waiting[0], dict(rows)


def forget_old(database: Database, *, days: float) -> int:
    """Delete counted deeds, and exposures, of more than so many days ago; what they count stays, and fades."""
    gone = 0
    with database.connection() as connection:
        for statement in (
            "DELETE FROM style_events WHERE folded AND received_at < now() - make_interval(secs => %s)",
            "DELETE FROM look_exposures WHERE at < now() - make_interval(secs => %s)",
        ):
            gone += connection.execute(statement, [days * 86_400]).rowcount
    return gone


def _prepare(connection: psycopg.Connection, fading: Fading, now: datetime) -> int:
    """Begin anew where the rules have changed, and take over what was told as common events."""
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    model = model_of(connection)
    if (model.version, model.fading) != (MODEL, fading):
        connection.execute("TRUNCATE taste_evidence, taste_viewers, taste_cohorts")
        connection.execute("UPDATE style_events SET folded = false WHERE folded")
    taken_over = connection.execute(_TAKE_OVER, {"since": model.taken_until - _OVERLAP, "until": now}).rowcount
    connection.execute(
        """
        INSERT INTO taste_model (version, half_life_days, taken_until, folded_at) VALUES (%(version)s, %(days)s,
            %(now)s, %(now)s)
        ON CONFLICT (sole) DO UPDATE SET version = excluded.version, half_life_days = excluded.half_life_days,
            taken_until = excluded.taken_until, folded_at = excluded.folded_at
        """,
        {"version": MODEL, "days": fading.half_life_days, "now": now},
    )
    return taken_over


def _count_in(
    connection: psycopg.Connection, rows: Sequence[tuple[Any, ...]], fading: Fading, now: datetime
) -> set[str]:
    """Add deeds to their viewers' evidence, and to the sums; returns the viewers."""
    if not rows:
        return set()
    deeds: dict[str, list[Deed]] = {}
    contents = _contents(connection, {row[1] for row in rows})
    for viewer, title, kind, at, weights, share, place_s in rows:
        content = _content_at(contents.get(title), place_s)
        deeds.setdefault(viewer, []).append(Deed(DeedKind(kind), at, weights, share, content))
    viewers = sorted(deeds)
    _sum(connection, viewers, -1)
    added = [
        (viewer, style, content, evidence.liked, evidence.disliked)
        for viewer in viewers
        for style, cells in sorted(cells_of(deeds[viewer], fading).items())
        for content, evidence in sorted(cells.items())
    ]
    connection.execute(_ADD, [list(column) for column in zip(*added, strict=True)])
    connection.execute(_LEAN, {"viewers": viewers, "now": now})
    _sum(connection, viewers, 1)
    return set(viewers)


def _sum(connection: psycopg.Connection, viewers: Sequence[str], sign: int) -> None:
    """Add viewers to the sums of their cohorts, or take them out; what has no viewers left goes."""
    connection.execute(_COUNT, {"viewers": list(viewers), "sign": sign})
    connection.execute("DELETE FROM taste_cohorts WHERE viewers <= 0")


def _contents(connection: psycopg.Connection, titles: set[str]) -> dict[str, tuple[str, list[tuple[float, str]]]]:
    rows = connection.execute(
        "SELECT title, whole, scenes FROM title_contents WHERE title = ANY (%s)", [sorted(titles)]
    ).fetchall()
    return {title: (whole, [(end, key) for end, key in scenes]) for title, whole, scenes in rows}


def _content_at(told: tuple[str, list[tuple[float, str]]] | None, place_s: float | None) -> str:
    """The key of what a film is like, as a whole or at a place."""
    if told is None:
        return UNKNOWN.key
    whole, scenes = told
    if place_s is None:
        return whole
    found = next((key for end, key in scenes if place_s < end), whole)
    return content_from_key(found).key
