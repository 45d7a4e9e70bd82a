"""The translation memory: every accepted sentence, by the hash of everything that decided it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from ops.translation.keys import Remembered
from resources.database import Database

__all__ = ["TranslationMemory"]


class TranslationMemory:
    """See `ops.translation.keys.Memory`; safe against others who keep the same keys."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, keys: Sequence[str]) -> dict[str, Remembered]:
        """What is remembered of these keys."""
        with self._database.connection() as connection:
            rows = connection.execute(
                "UPDATE translations SET used_at = now() WHERE key = ANY(%s) RETURNING key, told", [sorted(keys)]
            ).fetchall()
        return {key: Remembered.from_json(told) for key, told in rows}

    def keep(self, language: str, entries: Mapping[str, Remembered]) -> None:
        """Remember accepted sentences of a language, in one transaction; what is known already stays as it is."""
        keys = sorted(entries)
        with self._database.connection() as connection:
            connection.execute(
                """
                INSERT INTO translations (key, language, told)
                SELECT key, %s, told::jsonb FROM unnest(%s::text[], %s::text[]) AS t (key, told)
                ON CONFLICT (key) DO NOTHING
                """,
                [language, keys, [_storable(entries[key]) for key in keys]],
            )

    def forget_unused(self, *, days: float) -> int:
        """Drop what no title has used for so long; returns how many."""
        with self._database.connection() as connection:
            return connection.execute(
                "DELETE FROM translations WHERE used_at < now() - make_interval(secs => %s)", [days * 86_400]
            ).rowcount


def _storable(entry: Remembered) -> str:
    """As JSON; PostgreSQL's takes no NUL, and an engine may write anything."""
    told = entry.to_json()
    told |= {"text": _plain(entry.text), "notes": [_plain(note) for note in entry.notes]}
    return json.dumps(told, ensure_ascii=False)


def _plain(text: str) -> str:
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
