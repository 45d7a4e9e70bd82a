"""People's corrections of subtitles: kept for ever, applied on every re-run, taken back by name."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import psycopg

from ops.errors import UsageError
from ops.languages.table import language
from ops.subtitles.corrections import Correction, is_same_place
from resources.database import Database
from resources.ledger import outdate
from resources.store.model import ArtifactKey
from resources.subtitles.touched import order_touched

__all__ = ["Corrections"]

_LONGEST = 1000
"""Characters of a cue's text; two lines have 84."""


class Corrections:
    """The corrections that stand; of one text in one cue the newest."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, title: str, code: str) -> list[Correction]:
        """A title's corrections in a language, oldest first."""
        with self._database.connection() as connection:
            rows = connection.execute(
                "SELECT told, who, at FROM corrections WHERE title = %s AND language = %s ORDER BY at, id",
                [title, code],
            ).fetchall()
        return [replace(Correction.from_json(told), who=who, when=at.isoformat()) for told, who, at in rows]

    def hand_in(self, title: str, corrections: Sequence[Correction], *, who: str, spoken: str | None) -> int:
        """Keep corrections, all or none; what they touch is stale, and ordered, in the same transaction.

        Args:
            title: The title's id.
            corrections: In any languages.
            who: Whose they are.
            spoken: The title's own language: a correction in it touches the transcript.

        Returns:
            How many are other than stood.

        Raises:
            UsageError: One has no language of the house, is too long, or begins before the film.
        """
        corrections = [_storable(each) for each in corrections]
        for each in corrections:
            _check(each)
        now = datetime.now(UTC)
        with self._database.connection() as connection:
            changed = [each.language for each in corrections if _keep(connection, title, each, who, now)]
            if changed:
                _touch(connection, title, set(changed), spoken, f"{who} corrected it")
        return len(changed)

    def take_back(self, title: str, code: str, cue: str, *, spoken: str | None) -> int:
        """Forget the corrections of a cue; returns how many stood. What they touched is ordered, as when they came."""
        with self._database.connection() as connection:
            gone = connection.execute(
                "DELETE FROM corrections WHERE title = %s AND language = %s AND cue = %s", [title, code, cue]
            ).rowcount
            if gone:
                _touch(connection, title, {code}, spoken, "a correction was taken back")
        return gone


def _check(correction: Correction) -> None:
    language(correction.language)
    if max(len(correction.text), len(correction.base_text), len(correction.cue)) > _LONGEST:
        raise UsageError(
            "is too long for a cue", where=correction.text[:60], fix=f"Give {_LONGEST} characters at most."
        )
    times = [time for time in (correction.start_s, correction.end_s, correction.at_s) if time is not None]
    if any(not 0 <= time < 1e6 for time in times):
        raise UsageError("is no time in a film", where=str(times), fix="Give seconds from its first picture.")


def _storable(correction: Correction) -> Correction:
    """PostgreSQL takes neither NUL nor half a character, and a file may hold anything."""
    words = {name: getattr(correction, name) for name in ("cue", "base_text", "text")}
    return replace(
        correction,
        **{name: text.replace("\0", "").encode("utf-8", "ignore").decode() for name, text in words.items()},
    )


def _keep(connection: psycopg.Connection, title: str, correction: Correction, who: str, now: datetime) -> bool:
    """Whether it is other than stood: of two of the same text in the same cue the newer stands."""
    told = replace(correction, who="", when="").to_json()
    rows = connection.execute(
        "SELECT id, told FROM corrections WHERE title = %s AND language = %s AND cue = %s AND base = %s",
        [title, correction.language, correction.cue, correction.base],
    ).fetchall()
    before = {each: stood for each, stood in rows if is_same_place(Correction.from_json(stood), correction)}
    if list(before.values()) == [told]:
        return False
    connection.execute("DELETE FROM corrections WHERE id = ANY (%s)", [list(before)])
    connection.execute(
        """
        INSERT INTO corrections (title, language, cue, base, at_ms, told, who, at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (title, language, cue, base, at_ms) DO UPDATE
        SET told = excluded.told, who = excluded.who, at = excluded.at
        """,
        [
            title,
            correction.language,
            correction.cue,
            correction.base,
            _at_ms(correction),
            json.dumps(told, ensure_ascii=False),
            who,
            now,
        ],
    )
    return True


def _at_ms(correction: Correction) -> int:
    at_s = correction.at_s if correction.cue else correction.start_s
    return -1 if at_s is None else round(at_s * 1000)


def _touch(connection: psycopg.Connection, title: str, codes: set[str], spoken: str | None, why: str) -> None:
    """What the corrections touch is stale, and ordered."""
    for code in sorted(codes):
        outdate(connection, ArtifactKey(title, "subtitles", code), why)
    if spoken in codes:
        outdate(connection, ArtifactKey(title, "transcript"), why)
    order_touched(connection, title, codes, spoken=spoken, why=why)
