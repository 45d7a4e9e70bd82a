"""A sentence of a film's dialogue: what is translated at once."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Sentence"]


@dataclass(frozen=True)
class Sentence:
    """One sentence.

    Attributes:
        id: Stable while its words stay: a hash of them, and which of those alike it is ("3fa2c1d09b1e-0").
        text: As it is written.
        first_word: The first of the transcript's words that it holds.
        end_word: One past the last.
        speaker: Who says it, or empty.
        confidence: Of the least certain stretch of its words, 0 to 1.
    """

    id: str
    text: str
    first_word: int
    end_word: int
    speaker: str = ""
    confidence: float = 1.0
