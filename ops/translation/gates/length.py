"""Whether a part is missing or was made up, by lengths.

A translation's length is the source's times a factor of the two languages, and its variance grows with the length:
Gale and Church, "A program for aligning sentences in bilingual corpora" (Computational Linguistics 19, 1993). Factor and
variance are the run's own here; where it has too few sentences, the scripts' densities stand in.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import sqrt

import regex

from ops.languages.table import language
from ops.translation.gates.run import Usual, usual
from ops.translation.translator import Pair

__all__ = ["Lengths", "letters", "sentences_in"]

_LETTERS = regex.compile(r"[\p{L}\p{N}]")
_SENTENCE_END = regex.compile(
    r"(?:(?<=\p{L}\p{M}*)[.।။។።᱾۔։།]|[!?…。！？؟]+|(?<=\p{Greek}\p{M}*);)+(?=[\s\"'”’»」)]|\p{Lo}|$)"
)

_DENSITY = {"Hans": 0.32, "Hant": 0.32, "Jpan": 0.5, "Hang": 0.48, "Arab": 0.78, "Hebr": 0.75, "Deva": 0.7, "Beng": 0.7,
            "Ethi": 0.55, "Thai": 0.8}  # fmt: skip
"""Letters that a script needs for what Latin writes in one: medians over the sentences of tests/ops/translation/good.py,
others rounded; only for runs of fewer than 8 sentences."""

_SHORTEST_KNOWN = 8
"""Letters of a source from which its translation's length says something of the factor."""

_DROPPED_DISTANCE, _DROPPED_RATIO = -2.2, 0.62
_FEWER_RATIO = 0.8
"""Of a translation that has fewer sentences than its source."""
_ADDED_DISTANCE, _ADDED_RATIO = 4.0, 1.9
"""Good sentences of ten languages lie between 0.45 and 1.9 (docs/translation_quality.md); both conditions must hold: the
distance excuses short sentences, the ratio long ones in runs that are very even."""


class Lengths:
    """A run's lengths.

    Args:
        pairs: The run.
        source: The source's code.
        target: The target's.
    """

    def __init__(self, pairs: Sequence[Pair], source: str, target: str) -> None:
        self._prior = _density(target) / _density(source)
        counted = [(letters(pair.source), letters(pair.target)) for pair in pairs]
        known = [(ours, theirs) for ours, theirs in counted if ours >= _SHORTEST_KNOWN and theirs]
        factor = usual([theirs / ours for ours, theirs in known], least_spread=0.01)
        self._factor = factor.middle if factor else self._prior
        spread = usual([self._scaled(ours, theirs) for ours, theirs in known], least_spread=1.0)
        self._spread = spread or Usual(0.0, 2.6)  # Gale and Church's own variance, 6.8

    def ratio(self, pair: Pair) -> float:
        """How long a translation is against what is usual for its source; 1 is as usual."""
        expected = self._factor * letters(pair.source)
        return letters(pair.target) / expected if expected else 1.0

    def distance(self, pair: Pair) -> float:
        """How many standard deviations it lies from the usual length; negative is shorter."""
        ours = letters(pair.source)
        return self._scaled(ours, letters(pair.target)) / self._spread.spread if ours else 0.0

    def dropped(self, pair: Pair) -> bool:
        """Whether a part is missing, or all of it."""
        if not letters(pair.source):
            return False
        if not letters(pair.target):
            return True
        ratio = self.ratio(pair)
        fewer = sentences_in(pair.target) < sentences_in(pair.source) and ratio < _FEWER_RATIO
        return fewer or (self.distance(pair) < _DROPPED_DISTANCE and ratio < _DROPPED_RATIO)

    def added(self, pair: Pair) -> bool:
        """Whether it says much more than its source can have said."""
        return self.distance(pair) > _ADDED_DISTANCE and self.ratio(pair) > _ADDED_RATIO

    def _scaled(self, ours: int, theirs: int) -> float:
        return (theirs - self._factor * ours) / sqrt(max(1.0, self._factor * ours))


@lru_cache(maxsize=1 << 15)
def letters(text: str) -> int:
    """How many letters and digits a text has; signs that stand over or under a letter are part of it."""
    return len(_LETTERS.findall(text))


@lru_cache(maxsize=1 << 15)
def sentences_in(text: str) -> int:
    """How many sentences a text holds: at least one."""
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    return max(1, len(ends) + bool(ends and _LETTERS.search(text[ends[-1] :])))


def _density(code: str) -> float:
    return _DENSITY.get(language(code).script, 1.0)
