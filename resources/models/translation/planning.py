"""What each sentence asks of the model in each language: what is read, what is said first, and how long it may be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ops.translation.translator import Decoding, TranslatorRow
from resources.models.translation.batching import Task
from resources.models.translation.dialect import Dialect
from resources.models.translation.vocabulary import Vocabulary

__all__ = ["Plan", "fits", "read_pieces"]

_LONGEST = 512
"""Pieces of a source with its ends: NLLB's training ended there, and its model card says so."""
_MOST, _MOST_EACH, _MOST_ANYHOW = 256, 1.5, 20
"""Of a translation: at most this many pieces, and so many for each of the source's and a few more."""


@dataclass(frozen=True)
class Plan:
    """A call's sentences, ready to be asked for.

    Attributes:
        dialect: The model's.
        rows: The sentences.
        pieces: Of each, its own.
        source: Its language.
        decoding: The search.
    """

    dialect: Dialect
    rows: Sequence[TranslatorRow]
    pieces: Sequence[list[int]]
    source: str
    decoding: Decoding

    @classmethod
    def of(cls, dialect: Dialect, rows: Sequence[TranslatorRow], source: str, decoding: Decoding) -> Plan:
        """Read the sentences, none of which is longer than the model reads."""
        return cls(dialect, rows, [read_pieces(dialect.vocabulary, row.text) for row in rows], source, decoding)

    def tasks(self, targets: Sequence[str]) -> list[Task]:
        """Every sentence in every one of some languages."""
        return [self._task(place, target) for target in targets for place in range(len(self.rows))]

    def _task(self, place: int, target: str) -> Task:
        count = len(self.pieces[place])
        most = min(_MOST, int(_MOST_EACH * count) + _MOST_ANYHOW)
        read, forced = self._context(place, target)
        return Task(
            row=place,
            target=target,
            source=self.dialect.source(read, self.source, target),
            prefix=self.dialect.prefix(target),
            forced=tuple(forced),
            least=min(most, math.ceil(self.decoding.shortest * count)),
            most=most,
        )

    def _context(self, place: int, target: str) -> tuple[list[int], list[int]]:
        """What is read and what must be said first; the sentence alone where there is no context or too much of it."""
        row, alone = self.rows[place], self.pieces[place]
        said = row.before_targets.get(target, "") if row.before else ""
        if not said:
            return alone, []
        vocabulary = self.dialect.vocabulary
        read, forced = vocabulary.ids(f"{row.before} {row.text}"), vocabulary.ids(said)
        return (read, forced) if len(read) + 2 <= _LONGEST and len(forced) <= _MOST else (alone, [])


def fits(vocabulary: Vocabulary, text: str) -> bool:
    """Whether a sentence is no longer than a model reads."""
    return len(vocabulary.ids(text)) + 2 <= _LONGEST


def read_pieces(vocabulary: Vocabulary, text: str) -> list[int]:
    """A sentence's pieces; of one that is longer than a model reads, as many as it reads."""
    return vocabulary.ids(text)[: _LONGEST - 2]
