"""chrF and chrF++: how alike two texts are, by n-grams of their characters and words.

Popović, "chrF: character n-gram F-score for automatic MT evaluation" (WMT 2015); "chrF++: words helping character
n-grams" (WMT 2017). With effective order: an order that neither text is long enough for does not count.
"""

from __future__ import annotations

import string
from collections import Counter
from collections.abc import Iterator, Sequence

__all__ = ["chrf"]

_CHARACTERS = 6
_BETA = 2.0
"""Recall weighs twice as much as precision."""


def chrf(hypothesis: str, reference: str, *, words: int = 0) -> float:
    """The F-score of a text against another.

    Args:
        hypothesis: The text.
        reference: What it is measured by.
        words: The longest n-grams of words: 0 is chrF, 2 is chrF++.

    Returns:
        0 for nothing in common to 1 for the same; 0 where either is empty.
    """
    scores = []
    for ours, theirs in _orders(hypothesis, reference, words):
        if not ours or not theirs:
            continue
        common = (ours & theirs).total()
        scores.append((common / ours.total(), common / theirs.total()))
    if not scores:
        return 0.0
    precision = sum(each for each, _ in scores) / len(scores)
    recall = sum(each for _, each in scores) / len(scores)
    weight = _BETA**2
    return (1 + weight) * precision * recall / (weight * precision + recall) if precision + recall else 0.0


def _orders(hypothesis: str, reference: str, words: int) -> Iterator[tuple[Counter, Counter]]:
    ours, theirs = "".join(hypothesis.split()), "".join(reference.split())
    for order in range(1, _CHARACTERS + 1):
        yield _grams(ours, order), _grams(theirs, order)
    our_words, their_words = _words(hypothesis), _words(reference)
    for order in range(1, words + 1):
        yield _grams(our_words, order), _grams(their_words, order)


def _grams(sequence: Sequence[str], order: int) -> Counter:
    return Counter(
        (sequence[at : at + order] if isinstance(sequence, str) else tuple(sequence[at : at + order]))
        for at in range(len(sequence) - order + 1)
    )


def _words(text: str) -> list[str]:
    """One mark at a word's end, or else at its beginning, is a word of its own, as in the author's script."""
    parted = []
    for word in text.split():
        if len(word) > 1 and word[-1] in string.punctuation:
            parted += [word[:-1], word[-1]]
        elif len(word) > 1 and word[0] in string.punctuation:
            parted += [word[0], word[1:]]
        else:
            parted.append(word)
    return parted
