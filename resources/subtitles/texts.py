"""Subtitles and scripts that people gave with a film: beside its file, or handed in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import psycopg

from resources.database import Database
from resources.ledger import outdate
from resources.store.model import ArtifactKey

__all__ = ["HandedText", "HandedTexts", "TextKind"]


class TextKind(StrEnum):
    """What a text is."""

    SUBTITLES = "subtitles"
    SCRIPT = "script"


@dataclass(frozen=True)
class HandedText:
    """One text.

    Attributes:
        kind: What it is.
        language: A code of `ops.languages`; empty where nothing tells it.
        name: What its file was called.
        content: Its bytes as they were given.
    """

    kind: TextKind
    language: str
    name: str
    content: bytes

    @property
    def sha256(self) -> str:
        """Of its content."""
        return hashlib.sha256(self.content).hexdigest()


class HandedTexts:
    """The texts that stand: the newest of each kind and language."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, title: str) -> list[HandedText]:
        """A title's texts, by kind and language."""
        with self._database.connection() as connection:
            rows = connection.execute(
                "SELECT kind, language, name, content FROM handed_texts WHERE title = %s ORDER BY kind, language",
                [title],
            ).fetchall()
        return [HandedText(TextKind(kind), language, name, bytes(content)) for kind, language, name, content in rows]

    def lie_beside(self, title: str, texts: Sequence[HandedText]) -> list[str]:
        """These are the texts that lie beside a title's film now, and no others; what hangs on a change is stale.

        Args:
            title: The title's id.
            texts: Of several of a kind in a language the first counts.

        Returns:
            The names of those that are new, other than before, or gone.
        """
        stand: dict[tuple[TextKind, str], HandedText] = {}
        for text in texts:
            stand.setdefault((text.kind, text.language), text)
        with self._database.connection() as connection:
            changed = _drop_others(connection, title, list(stand))
            for text in stand.values():
                new = connection.execute(_KEEP, [title, *_values(text)])
                if new.rowcount:
                    changed.append((text.kind, text.language, text.name))
            for kind, language, name in changed:
                _outdate(connection, title, TextKind(kind), language, name)
        return [name for _, _, name in changed]


_KEEP = """
    INSERT INTO handed_texts (title, kind, language, name, content, sha256) VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (title, kind, language) DO UPDATE
    SET content = excluded.content, name = excluded.name, sha256 = excluded.sha256, at = now()
    WHERE (handed_texts.sha256, handed_texts.name) <> (excluded.sha256, excluded.name)
"""
_DROP = """
    DELETE FROM handed_texts WHERE title = %s
    AND NOT EXISTS (SELECT FROM unnest(%s::text[], %s::text[]) AS t (kind, language)
                    WHERE t.kind = handed_texts.kind AND t.language = handed_texts.language)
    RETURNING kind, language, name
"""


def _values(text: HandedText) -> list[object]:
    return [text.kind, text.language, text.name, text.content, text.sha256]


def _drop_others(
    connection: psycopg.Connection, title: str, kept: Sequence[tuple[str, str]]
) -> list[tuple[str, str, str]]:
    """What lay there and does so no more."""
    kinds, languages = [kind for kind, _ in kept], [language for _, language in kept]
    return [(row[0], row[1], row[2]) for row in connection.execute(_DROP, [title, kinds, languages]).fetchall()]


def _outdate(connection: psycopg.Connection, title: str, kind: TextKind, language: str, name: str) -> None:
    why = f"{name} beside the film has changed"
    outdate(connection, ArtifactKey(title, "transcript"), why)
    if language and kind is TextKind.SUBTITLES:
        outdate(connection, ArtifactKey(title, "subtitles", language), why)
