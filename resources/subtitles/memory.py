"""The translation memory: every sentence with what was said of it, by the hash of everything that decided it."""

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
        wanted = [sorted(keys)]
        with self._database.connection() as connection:
            rows = connection.execute("SELECT key, told FROM translations WHERE key = ANY(%s)", wanted).fetchall()
            # a row that is written is a row made anew: once a day tells well enough what is still used
            connection.execute(
                "UPDATE translations SET used_at = now() WHERE key = ANY(%s) AND used_at < now() - interval '1 day'",
                wanted,
            )
        return {key: Remembered.from_json(told) for key, told in rows}

    def keep(self, language: str, entries: Mapping[str, Remembered]) -> None:
        """Remember sentences of a language, in one transaction.

        What is known already stays as it is; one that failed by gates of another version is replaced, and an alignment
        that was not asked for then is put to the same text.
        """
        keys = sorted(entries)
        with self._database.connection() as connection:
            connection.execute(
                """
                INSERT INTO translations (key, language, told)
                SELECT key, %s, told::jsonb FROM unnest(%s::text[], %s::text[]) AS t (key, told)
                ON CONFLICT (key) DO UPDATE SET told = CASE
                    WHEN NOT (translations.told ->> 'passed')::boolean
                        AND translations.told -> 'gates' <> excluded.told -> 'gates' THEN excluded.told
                    ELSE translations.told || jsonb_build_object('alignment', excluded.told -> 'alignment')
                END
                WHERE (
                    NOT (translations.told ->> 'passed')::boolean
                    AND translations.told -> 'gates' <> excluded.told -> 'gates'
                ) OR (
                    translations.told ->> 'alignment' IS NULL AND excluded.told ->> 'alignment' IS NOT NULL
                    AND translations.told ->> 'text' = excluded.told ->> 'text'
                )
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
    return json.dumps(told, ensure_ascii=False, allow_nan=False)


def _plain(text: str) -> str:
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
