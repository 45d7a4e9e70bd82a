"""Whether a translation is its source again."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from statistics import median

import regex

from ops.translation.chrf import chrf
from ops.translation.terms import Terms, finder
from ops.translation.translator import Pair

__all__ = ["Copies"]

_WORD = regex.compile(r"[\p{L}\p{M}]+")
_LIKE_ANOTHER = 0.75
"""chrF from which a text is its source's copy, in a run of languages that are not alike."""
_ALIKE = 0.5
"""A run's median from which its languages are so alike (Danish and Norwegian) that only equal text is a copy; and from
`_ALL_COPIED` on nothing was translated at all."""
_ALL_COPIED = 0.9
_FEWEST_LETTERS = 6
"""Below, equal words are as often right ("No.", "Okay", "Taxi")."""


class Copies:
    """A run's likeness to its source.

    Args:
        pairs: The run.
        terms: Whose names may be copied.
    """

    def __init__(self, pairs: Sequence[Pair], terms: Terms) -> None:
        self._keep = terms.keep
        self._common = {word for pair in pairs for word in _WORD.findall(pair.source) if word == word.lower()}
        likeness = [self.likeness(pair) for pair in pairs if len(_plain(pair.source)) >= _FEWEST_LETTERS]
        self._middle = median(likeness) if likeness else 0.0

    def likeness(self, pair: Pair) -> float:
        """chrF between a source and its translation, names that are kept left out."""
        return _likeness(self._without_names(pair.source), self._without_names(pair.target))

    def copied(self, pair: Pair) -> bool:
        """Whether it is the source again; what may be a name alone is not told."""
        ours, theirs = _plain(self._without_names(pair.source)), _plain(self._without_names(pair.target))
        if len(ours) < _FEWEST_LETTERS or not theirs or self._may_be_a_name(pair.source):
            return False
        if ours == theirs:
            return self._middle < _ALIKE or self._middle > _ALL_COPIED or len(ours) > 4 * _FEWEST_LETTERS
        return self.likeness(pair) > _LIKE_ANOTHER and self._middle < _ALIKE

    def _without_names(self, text: str) -> str:
        for name in self._keep:
            text = finder(name).sub(" ", text)
        return text

    def _may_be_a_name(self, text: str) -> bool:
        """Whether every word has a capital, and stands nowhere in the run without."""
        words = _WORD.findall(text)
        return all(word != word.lower() and word.lower() not in self._common for word in words)


@lru_cache(maxsize=1 << 15)
def _likeness(source: str, target: str) -> float:
    return chrf(target.casefold(), source.casefold())


def _plain(text: str) -> str:
    return "".join(_WORD.findall(text)).casefold()
