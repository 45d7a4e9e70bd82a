"""The ledger: what was made of each title, from what, by what, how good it is and how the last attempt went.

One row a title × artifact × variant. What a row says about the last published result (hashes, version,
engine, quality, cost) stays while a new attempt is under way or has failed; state, last error and run speak
of the last attempt.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, LiteralString, NamedTuple

import psycopg

from resources.catalogue import TitleState
from resources.database import Database
from resources.store.model import ArtifactKey, Manifest

__all__ = ["Ledger", "LedgerRow", "LedgerState", "Shelf", "Showing", "Standing", "input_hash", "outdate"]

_LONGEST_ERROR = 4_000  # characters; a whole traceback belongs to the run's log


class LedgerState(StrEnum):
    """How the last attempt at an artifact went."""

    MAKING = "making"
    READY = "ready"
    FAILED = "failed"
    HELD = "held"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class LedgerRow:
    """One artifact of one title. Hashes and version are None until something was published."""

    key: ArtifactKey
    state: LedgerState
    input_hash: str | None
    code_version: str | None
    data_version: str | None
    version: str | None
    engine: str | None
    quality: Mapping[str, Any]
    cost: Mapping[str, float]
    review_state: str
    last_error: str
    tried_hash: str | None
    failures: int
    run_id: str
    started_at: datetime | None
    updated_at: datetime
    showing: Showing | None = None


class Showing(StrEnum):
    """How far a language's subtitles may be shown, by what was measured on them."""

    PUBLISHED = "published"
    DRAFT = "draft"
    WITHHELD = "withheld"


class Standing(NamedTuple):
    """What staleness needs to know of a row; `tried_hash` and `failures` are the last attempt's input and its
    misses, `language` what its published result is in and `came_with` the languages of texts beside it, where told.
    """

    state: LedgerState
    input_hash: str | None
    code_version: str | None
    data_version: str | None
    tried_hash: str | None
    failures: int
    started_at: datetime | None
    language: str | None = None
    came_with: str | None = None


class Shelf(NamedTuple):
    """A title with all that the ledger knows of it, by asset name ("thumbnails/16x9")."""

    title: str
    master: str
    standings: Mapping[str, Standing]


def input_hash(
    upstream: Mapping[str, str],
    *,
    code_version: str,
    engine: str = "",
    parameters: Mapping[str, Any] | None = None,
) -> str:
    """Everything that decides a result, as one hash: the same means that making it again would change
    nothing.

    Args:
        upstream: Each upstream asset's data version (for a film: the master's SHA-256).
        code_version: The family's code version.
        engine: The engine and model that would make it.
        parameters: Settings of this artifact, JSON values.
    """
    content = [dict(upstream), code_version, engine, dict(parameters or {})]
    return sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


_ROW = """
    SELECT title, artifact, variant, state, input_hash, code_version, data_version, version, engine, quality,
           cost, review_state, last_error, tried_hash, failures, run_id, started_at, updated_at, showing
    FROM ledger WHERE title = %(title)s
"""
_START = """
    INSERT INTO ledger (title, artifact, variant, state, tried_hash, run_id, started_at)
    VALUES (%(title)s, %(artifact)s, %(variant)s, 'making', %(tried)s, %(run)s, now())
    ON CONFLICT (title, artifact, variant) DO UPDATE SET
        state = 'making', run_id = excluded.run_id, started_at = now(), updated_at = now(),
        failures = CASE WHEN ledger.tried_hash = excluded.tried_hash THEN ledger.failures ELSE 0 END,
        tried_hash = excluded.tried_hash
"""
# What takes another's place at an address that caches keep for a minute is told, for those who can have it dropped (see
# `cdn`); the first of its kind takes nothing's place.
_REPLACING = """
    WITH was AS (
        SELECT version FROM ledger WHERE title = %(title)s AND artifact = %(artifact)s AND variant = %(variant)s
    ), made AS (
"""
_REPLACED = """
        RETURNING title, artifact, variant, version
    )
    INSERT INTO events (kind, title, artifact, variant, detail)
    SELECT 'replaced', made.title, made.artifact, made.variant,
           jsonb_build_object('version', made.version, 'was', was.version)
    FROM made, was WHERE made.artifact IN ('trailer', 'trailer_ladder') AND was.version <> made.version
"""
# An attempt that is outdated while it is under way has lost its `tried_hash`: what it gives is stale from the start.
_MADE_OF: LiteralString = """
    CASE WHEN ledger.state = 'making' AND ledger.tried_hash IS NULL THEN '' ELSE excluded.input_hash END
"""
_READY = """
    INSERT INTO ledger (title, artifact, variant, state, input_hash, code_version, data_version, version,
                        engine, quality, cost, review_state, tried_hash, showing)
    VALUES (%(title)s, %(artifact)s, %(variant)s, 'ready', %(input)s, %(code)s, %(data)s, %(version)s,
            %(engine)s, %(quality)s, %(cost)s, %(review)s, %(input)s, %(showing)s)
    ON CONFLICT (title, artifact, variant) DO UPDATE SET
        state = 'ready', input_hash = {made_of}, code_version = excluded.code_version,
        data_version = excluded.data_version, version = excluded.version, engine = excluded.engine,
        quality = excluded.quality, cost = excluded.cost, review_state = excluded.review_state,
        tried_hash = excluded.tried_hash, showing = excluded.showing, last_error = '', failures = 0, updated_at = now()
""".replace("{made_of}", _MADE_OF)
_RELEASED = """
    UPDATE ledger SET
        state = 'ready', input_hash = coalesce(tried_hash, ''), code_version = %(code)s, data_version = %(data)s,
        version = %(version)s, engine = %(engine)s, quality = %(quality)s, cost = %(cost)s, review_state = %(review)s,
        showing = %(showing)s, last_error = '', failures = 0, updated_at = now()
    WHERE title = %(title)s AND artifact = %(artifact)s AND variant = %(variant)s AND state = 'held'
"""
_FAILED = """
    INSERT INTO ledger (title, artifact, variant, state, last_error, failures)
    VALUES (%(title)s, %(artifact)s, %(variant)s, 'failed', %(error)s, 1)
    ON CONFLICT (title, artifact, variant) DO UPDATE SET
        state = 'failed', last_error = excluded.last_error, failures = ledger.failures + 1, updated_at = now()
"""
_SKIPPED = """
    INSERT INTO ledger (title, artifact, variant, state, input_hash, tried_hash, last_error)
    VALUES (%(title)s, %(artifact)s, %(variant)s, 'skipped', %(input)s, %(input)s, %(why)s)
    ON CONFLICT (title, artifact, variant) DO UPDATE SET
        state = 'skipped', input_hash = {made_of}, tried_hash = excluded.tried_hash,
        last_error = excluded.last_error, failures = 0, updated_at = now()
""".replace("{made_of}", _MADE_OF)
# Whatever became of the last attempt: what was skipped, held or failed may turn out otherwise now. See _MADE_OF for an
# attempt under way.
_OUTDATE = """
    UPDATE ledger SET input_hash = '', tried_hash = NULL, last_error = %(why)s, failures = 0, updated_at = now()
    WHERE title = %(title)s AND artifact = %(artifact)s AND variant = %(variant)s
"""
_HELD = """
    WITH asked AS (
        INSERT INTO reviews (title, artifact, variant, held, why)
        VALUES (%(title)s, %(artifact)s, %(variant)s, %(place)s, %(why)s)
    )
    INSERT INTO ledger (title, artifact, variant, state, last_error, review_state)
    VALUES (%(title)s, %(artifact)s, %(variant)s, 'held', %(why)s, 'pending')
    ON CONFLICT (title, artifact, variant) DO UPDATE SET
        state = 'held', last_error = excluded.last_error, review_state = 'pending', updated_at = now()
"""


class Ledger:
    """The rows of the ledger; every change is one statement, safe against others at the same key."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def row(self, key: ArtifactKey) -> LedgerRow | None:
        """An artifact's row, or None where it was never attempted."""
        with self._database.connection() as connection:
            found = connection.execute(
                _ROW + "AND artifact = %(artifact)s AND variant = %(variant)s", _values(key)
            ).fetchone()
        return None if found is None else _row(found)

    def rows(self, title: str) -> list[LedgerRow]:
        """A title's rows, by artifact and variant."""
        with self._database.connection() as connection:
            found = connection.execute(_ROW + "ORDER BY artifact, variant", {"title": title}).fetchall()
        return [_row(each) for each in found]

    def shelves(self, state: TitleState = TitleState.HOT) -> Iterator[Shelf]:
        """Every title of a state with its rows, in one streamed query on one connection; in order of title."""
        # LATERAL with OFFSET keeps to one index look-up a title: the planner would rather read the whole ledger, which
        # holds the cold millions as well.
        query = """
            SELECT t.id, t.master, l.artifact, l.variant, l.state, l.input_hash, l.code_version,
                   l.data_version, l.tried_hash, l.failures, l.started_at, l.quality ->> 'language',
                   l.quality ->> 'came_with'
            FROM titles t LEFT JOIN LATERAL (SELECT * FROM ledger WHERE title = t.id OFFSET 0) l ON true
            WHERE t.state = %s ORDER BY t.id
        """
        with self._database.connection() as connection, connection.cursor(name="shelves") as cursor:
            cursor.itersize = 5_000
            cursor.execute(query, [state])
            for (title, master), rows in itertools.groupby(cursor, key=lambda row: row[:2]):
                yield Shelf(title, master, {_asset(row[2], row[3]): _standing(row) for row in rows if row[2]})

    def unchanged(self, key: ArtifactKey, input_hash: str) -> LedgerRow | None:
        """The artifact's row where it is ready and was made from exactly this input; else None: it must be made."""
        row = self.row(key)
        return row if row is not None and row.state is LedgerState.READY and row.input_hash == input_hash else None

    def start(self, key: ArtifactKey, *, input_hash: str, run_id: str = "") -> None:
        """Notes that an attempt begins."""
        self._write(_START, key, tried=input_hash, run=run_id)

    def ready(self, key: ArtifactKey, *, input_hash: str, manifest: Manifest) -> None:
        """Notes a published result; what made it, quality, cost and review come from its manifest."""
        self._write(_REPLACING + _READY + _REPLACED, key, input=input_hash, **_of_manifest(manifest))

    def released(self, key: ArtifactKey, manifest: Manifest) -> None:
        """Notes that what a gate had held was published on a person's word: it is fresh for the input it was made from.

        Where something newer was begun since, that stands.
        """
        self._write(_REPLACING + _RELEASED + _REPLACED, key, **_of_manifest(manifest))

    def failed(self, key: ArtifactKey, error: str) -> None:
        """Notes that the attempt failed, and why; what was published before stays."""
        self._write(_FAILED, key, error=_plain(error))

    def held(self, key: ArtifactKey, why: str, *, place: str) -> None:
        """Notes that a gate held the result back, kept at `place` in the store, and asks for a review."""
        self._write(_HELD, key, place=place, why=_plain(why))

    def skipped(self, key: ArtifactKey, *, input_hash: str, why: str) -> None:
        """Notes that the artifact does not apply to this title (the sound of a silent film), until its input
        changes.
        """
        self._write(_SKIPPED, key, input=input_hash, why=_plain(why))

    def outdate(self, key: ArtifactKey, why: str) -> None:
        """Notes that it is to be made again although nothing that it was made from has changed, however it stands."""
        with self._database.connection() as connection:
            outdate(connection, key, why)

    def hide(self, title: str, artifact: str, why: str) -> None:
        """Notes that nothing of a family may be shown until it is made again: it speaks of what is not so any more."""
        with self._database.connection() as connection:
            connection.execute(
                "UPDATE ledger SET showing = NULL, last_error = %s, updated_at = now()"
                " WHERE title = %s AND artifact = %s AND showing IS NOT NULL",
                [_plain(why), title, artifact],
            )

    def fail_run(self, run_id: str, error: str) -> list[ArtifactKey]:
        """Notes that a run ended while it was making artifacts (killed, evicted); returns those."""
        with self._database.connection() as connection:
            found = connection.execute(
                """
                UPDATE ledger
                SET state = 'failed', last_error = %s, failures = failures + 1, updated_at = now()
                WHERE run_id = %s AND run_id <> '' AND state = 'making' RETURNING title, artifact, variant
                """,
                [_plain(error), run_id],
            ).fetchall()
        return sorted(ArtifactKey(*each) for each in found)

    def _write(self, statement: LiteralString, key: ArtifactKey, **values: object) -> None:
        with self._database.connection() as connection:
            connection.execute(statement, {**_values(key), **values})


def outdate(connection: psycopg.Connection, key: ArtifactKey, why: str) -> None:
    """`Ledger.outdate` within the transaction of what outdates it, so that neither is without the other."""
    connection.execute(_OUTDATE, {**_values(key), "why": _plain(why)})


def _of_manifest(manifest: Manifest) -> dict[str, object]:
    return {
        "code": manifest.made_by.code_version,
        "data": manifest.data_version,
        "version": manifest.version,
        "engine": manifest.made_by.engine,
        "quality": json.dumps(dict(manifest.quality)),
        "cost": json.dumps(dict(manifest.cost)),
        "review": manifest.review,
        "showing": manifest.quality.get("showing"),
    }


def _plain(error: str) -> str:
    """PostgreSQL's text takes no NUL, and FFmpeg's last words may hold anything."""
    return error.replace("\0", "\ufffd").encode("utf-8", "replace").decode()[:_LONGEST_ERROR]


def _values(key: ArtifactKey) -> dict[str, object]:
    return {"title": key.title, "artifact": key.artifact, "variant": key.variant}


def _asset(artifact: str, variant: str) -> str:
    return f"{artifact}/{variant}" if variant else artifact


def _row(found: Sequence[Any]) -> LedgerRow:
    *told, showing = found[4:]
    return LedgerRow(
        ArtifactKey(*found[:3]), LedgerState(found[3]), *told, showing=None if showing is None else Showing(showing)
    )


_STATES = {state.value: state for state in LedgerState}


def _standing(row: Sequence[Any]) -> Standing:
    return Standing(_STATES[row[4]], *row[5:])
