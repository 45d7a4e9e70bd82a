"""What the gates say of a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

__all__ = ["GATES_VERSION", "Fault", "Judgement"]

GATES_VERSION = 1
"""To be raised when gates or thresholds change what passes: what failed before is then tried again."""


class Fault(StrEnum):
    """What is wrong with a translation.

    Most faults fail it: it is retried, and flagged where that does not help. Those of `_WARNING` cannot be told from
    good text often enough; they are shown, choose between candidates, and fail nothing by themselves.
    """

    DROPPED = "dropped"
    """A part of the source is missing: much shorter than this language's sentences are in this run, or empty."""
    ADDED = "added"
    """Much longer than this language's sentences are in this run."""
    COPIED = "copied"
    """The source again, untranslated."""
    WRONG_SCRIPT = "wrong script"
    """Most letters are of a script that the language is not written in."""
    WRONG_LANGUAGE = "wrong language"
    """The words that every sentence needs are another language's."""
    REPEATED = "repeated"
    """It goes round in a loop that the source has not."""
    NUMBERS = "numbers"
    """A number of the source is another one here."""
    UNKNOWN_GLYPH = "unknown glyph"
    """The engine's mark for what it cannot write."""
    CUT_SHORT = "cut short"
    """It ends before its end."""
    DETACHED = "detached"
    """It says something else: its source is far less likely given it than others are given theirs, or it is unlikely
    and does not come back when translated back."""
    UNLIKELY = "unlikely"
    """The engine itself believes it far less than the run's other sentences, in one direction or the other."""
    NAMES = "names"
    """A name of the source is not in it."""
    ROUND_TRIP = "round trip"
    """Translated back, it is far from the source."""
    PUNCTUATION = "punctuation"
    """A question is none any more, or an exclamation."""
    TERMS = "terms"
    """A glossary's term, or a text that is not to be translated, is missing."""

    @property
    def fails(self) -> bool:
        """Whether a sentence with it does not pass."""
        return self not in _WARNING


_WARNING = frozenset({Fault.NAMES, Fault.ROUND_TRIP, Fault.PUNCTUATION, Fault.TERMS, Fault.UNLIKELY})


@dataclass(frozen=True)
class Judgement:
    """What the gates say of one sentence.

    Attributes:
        faults: What is wrong, in the order of `Fault`.
        scores: What was measured, by name; only what could be.
        passed: Whether none of the faults fails it.
    """

    faults: tuple[Fault, ...]
    scores: Mapping[str, float] = field(default_factory=dict)
    passed: bool = True
