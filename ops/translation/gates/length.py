"""Whether a part is missing or was made up, by lengths.

A translation's length is the source's times a factor of the two languages, and its variance grows with the length: Gale
and Church, "A program for aligning sentences in bilingual corpora" (Computational Linguistics 19, 1993). Factor and
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
_LATIN = regex.compile(r"\p{Latin}")
_SENTENCE_END = regex.compile(
    r"(?:(?<=\p{L}\p{M}*)[.।။។᱾۔։།](?!\.)|[!?。！？؟]+|(?<=\p{Greek}\p{M}*);)+(?=[\s\"'”’»」)]|\p{Lo}|$)"
)
"""No ellipsis: a sentence may go on behind one."""

_DENSITY = {"Hans": 0.36, "Hant": 0.36, "Jpan": 0.47, "Hang": 0.44, "Arab": 0.77, "Hebr": 0.75, "Deva": 0.61,
            "Beng": 0.7, "Ethi": 0.55, "Thai": 0.8}  # fmt: skip
"""Letters that a script needs for what Latin writes in one; for runs of fewer than 8 sentences, and for Latin words in
the dense ones. Medians of good.py's translations from English; Hebrew, Bengali, Ethiopic and Thai are estimates."""

_SHORTEST_KNOWN = 8
"""Letters of a source from which its translation's length says something of the factor."""

_DROPPED_DISTANCE, _DROPPED_RATIO = -1.4, 0.6
_FEWER_RATIO = 0.8
"""Of a translation that has fewer sentences than its source."""
_FEWEST_LETTERS = 20
"""Of a source, for a shorter translation to be one that lacks something: "Where are you?" is "Ты где?"."""
_ADDED_DISTANCE, _ADDED_RATIO = 4.5, 2.2
"""Of 270 good sentences in nine languages the shortest have 0.60 of the usual length, the longest 1.73. Both conditions
must hold: the distance excuses short sentences, the ratio long ones in runs that are very even."""


class Lengths:
    """A run's lengths.

    Args:
        pairs: The run.
        source: The source's code.
        target: The target's.
    """

    def __init__(self, pairs: Sequence[Pair], source: str, target: str) -> None:
        self._dense = _density(source), _density(target)
        self._prior = self._dense[1] / self._dense[0]
        counted = [self._counted(pair) for pair in pairs]
        known = [(ours, theirs) for ours, theirs in counted if ours >= _SHORTEST_KNOWN and theirs]
        factor = usual([theirs / ours for ours, theirs in known], least_spread=0.01)
        self._factor = factor.middle if factor else self._prior
        spread = usual([self._scaled(ours, theirs) for ours, theirs in known], least_spread=1.0)
        self._spread = spread or Usual(0.0, 2.6)  # Gale and Church's own variance, 6.8

    def ratio(self, pair: Pair) -> float:
        """How long a translation is against what is usual for its source; 1 is as usual."""
        ours, theirs = self._counted(pair)
        return theirs / (self._factor * ours) if ours else 1.0

    def distance(self, pair: Pair) -> float:
        """How many standard deviations it lies from the usual length; negative is shorter."""
        ours, theirs = self._counted(pair)
        return self._scaled(ours, theirs) / self._spread.spread if ours else 0.0

    def dropped(self, pair: Pair) -> bool:
        """Whether a part is missing, or all of it."""
        if not letters(pair.source):
            return False
        if not letters(pair.target):
            return True
        if letters(pair.source) < _FEWEST_LETTERS:
            return False
        ratio = self.ratio(pair)
        fewer = sentences_in(pair.target) < sentences_in(pair.source) and ratio < _FEWER_RATIO
        return fewer or (self.distance(pair) < _DROPPED_DISTANCE and ratio < _DROPPED_RATIO)

    def added(self, pair: Pair) -> bool:
        """Whether it says much more than its source can have said."""
        return self.distance(pair) > _ADDED_DISTANCE and self.ratio(pair) > _ADDED_RATIO

    def _counted(self, pair: Pair) -> tuple[float, float]:
        """The letters of both; Latin words within a dense script count as what they would be in it."""
        ours, theirs = self._dense
        return _weighed(pair.source, ours), _weighed(pair.target, theirs)

    def _scaled(self, ours: float, theirs: float) -> float:
        return (theirs - self._factor * ours) / sqrt(max(1.0, self._factor * ours))


@lru_cache(maxsize=1 << 15)
def _weighed(text: str, density: float) -> float:
    return letters(text) - (1.0 - density) * len(_LATIN.findall(text))


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
