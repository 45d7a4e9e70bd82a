"""Subtitles and scripts that people gave with a film: beside its file, or handed in."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ops.errors import UsageError
from resources.database import Database
from resources.ledger import outdate
from resources.store.model import ArtifactKey

__all__ = ["MOST_BYTES", "HandedText", "HandedTexts", "TextKind"]

MOST_BYTES = 32 << 20
"""A three-hour film's subtitles have 200 kB; what has more is something else."""


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

    def hand_in(self, title: str, texts: Sequence[HandedText]) -> list[str]:
        """Keep texts in place of those before; whatever is made from them is stale in the same transaction.

        Returns:
            The names of those that are other than stood.

        Raises:
            UsageError: One is too large.
        """
        changed = []
        with self._database.connection() as connection:
            for text in texts:
                if len(text.content) > MOST_BYTES:
                    raise UsageError(
                        "is too large for subtitles or a script", where=text.name, fix="Give the text alone."
                    )
                new = connection.execute(
                    """
                    INSERT INTO handed_texts (title, kind, language, name, content, sha256)
                    VALUES (%s, %s, %s, %s, %s, %s)
                    ON CONFLICT (title, kind, language) DO UPDATE
                    SET content = excluded.content, name = excluded.name, sha256 = excluded.sha256, at = now()
                    WHERE handed_texts.sha256 <> excluded.sha256
                    """,
                    [title, text.kind, text.language, text.name, text.content, text.sha256],
                )
                if new.rowcount:
                    changed.append(text.name)
                    why = f"{text.name} was handed in"
                    outdate(connection, ArtifactKey(title, "transcript"), why)
                    if text.language and text.kind is TextKind.SUBTITLES:
                        outdate(connection, ArtifactKey(title, "subtitles", text.language), why)
        return changed
