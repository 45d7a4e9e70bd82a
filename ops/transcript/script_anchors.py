"""Which words of a script are which of those that were heard, in a time that grows with their number.

Runs of words that both texts have once each are matched first, in the longest order that both keep (Bram Cohen's
"patience diff"), ever shorter runs between them, and what is left between by the heaviest common subsequence within a
band around the diagonal. A plain longest common subsequence of two texts of 9,000 words has 81 million places to look.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

__all__ = ["matched"]

_LONGEST_RUN = 4
"""Words in a row; longer ones are seldom heard whole where each third word is misheard."""

_WHOLE = 4096
"""Blocks of no more places are searched whole: 64 words in 64."""

_BAND = 128
"""Words to either side of the diagonal of a block; recognisers leave out or invent fewer between two anchors."""

_UP, _MATCH, _LEFT = 0, 1, 2


def matched(script: Sequence[str], heard: Sequence[str]) -> list[tuple[int, int]]:
    """Places of words that are the same, as (in the script, in what was heard), both rising.

    Of words that could be matched in several ways rare ones weigh more, as each text has "the" everywhere.

    Args:
        script: Folded words.
        heard: Folded words.
    """
    names: dict[str, int] = {}
    one = np.array([names.setdefault(word, len(names)) for word in script], np.int64)
    other = np.array([names.setdefault(word, len(names)) for word in heard], np.int64)
    counts = np.bincount(one, minlength=len(names) + 1)
    weights = 1 / np.sqrt(np.maximum(counts, 1))
    return list(_between(one, other, weights, _LONGEST_RUN))


def _between(one: np.ndarray, other: np.ndarray, weights: np.ndarray, run: int) -> Iterator[tuple[int, int]]:
    """The matches of two blocks, by runs of so many words and ever fewer between them."""
    if not len(one) or not len(other):
        return
    if not run or len(one) * len(other) <= _WHOLE:
        yield from _heaviest(one, other, weights)
        return
    anchors = _rising(_unique_runs(one, other, run))
    for (here, there), (after, beyond) in pairwise([(-1, -1), *anchors, (len(one), len(other))]):
        if here >= 0:
            yield here, there
        inner = _between(one[here + 1 : after], other[there + 1 : beyond], weights, run - 1)
        yield from ((here + 1 + place, there + 1 + other_place) for place, other_place in inner)


def _unique_runs(one: np.ndarray, other: np.ndarray, run: int) -> list[tuple[int, int]]:
    """Where runs of so many words begin that both have once, by their place in the first."""
    ours, theirs = _runs(one, run), _runs(other, run)
    once = {key for key, count in Counter(ours).items() if count == 1}
    once &= {key for key, count in Counter(theirs).items() if count == 1}
    where = {key: place for place, key in enumerate(theirs) if key in once}
    return [(place, where[key]) for place, key in enumerate(ours) if key in once]


def _runs(words: np.ndarray, run: int) -> list[tuple[int, ...]]:
    plain = words.tolist()
    return list(zip(*(plain[step:] for step in range(run)), strict=False))


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of pairs, sorted by their first, of which the second rises too (Fredman, 1975)."""
    tails: list[int] = []
    lasts: list[int] = []
    before: list[int] = []
    for place, (_, value) in enumerate(pairs):
        rank = bisect_left(tails, value)
        before.append(lasts[rank - 1] if rank else -1)
        if rank == len(tails):
            tails.append(value)
            lasts.append(place)
        else:
            tails[rank], lasts[rank] = value, place
    chain: list[tuple[int, int]] = []
    place = lasts[-1] if lasts else -1
    while place >= 0:
        chain.append(pairs[place])
        place = before[place]
    return chain[::-1]


def _heaviest(one: np.ndarray, other: np.ndarray, weights: np.ndarray) -> list[tuple[int, int]]:
    """The heaviest common subsequence within the band."""
    width = len(other) if len(one) * len(other) <= _WHOLE else min(len(other), 2 * _BAND + 1)
    middles = np.arange(len(one)) * len(other) // len(one)
    lows = np.clip(middles - width // 2, 0, len(other) - width)
    steps = np.empty((len(one), width), np.uint8)
    above = np.zeros(width)
    for row in range(len(one)):
        low = int(lows[row])
        shift = low - int(lows[row - 1]) if row else low
        same = other[low : low + width] == one[row]
        above, corner = _shifted(above, shift, first=low == 0)
        match = np.where(same, np.concatenate([[corner], above[:-1]]) + weights[one[row]], -np.inf)
        best = np.maximum(above, match)
        here = np.maximum.accumulate(best)
        steps[row] = np.where(here > best, _LEFT, np.where(match > above, _MATCH, _UP))
        above = here
    return _walked(steps, lows)


def _shifted(above: np.ndarray, shift: int, *, first: bool) -> tuple[np.ndarray, float]:
    """The row above under the columns of this one, and what stands to the left of them in it."""
    corner = 0.0 if first else float(above[shift - 1]) if 0 < shift <= len(above) else -np.inf
    if not shift:
        return above, corner
    kept = above[shift:]
    return np.concatenate([kept, np.full(len(above) - len(kept), above[-1])]), corner


def _walked(steps: np.ndarray, lows: np.ndarray) -> list[tuple[int, int]]:
    row, column = len(steps) - 1, int(lows[-1]) + steps.shape[1] - 1
    found: list[tuple[int, int]] = []
    while row >= 0 and column >= 0:
        place = column - int(lows[row])
        if place < 0:
            break
        if place >= steps.shape[1]:  # beyond the band of this row, which ends at its last column
            column = int(lows[row]) + steps.shape[1] - 1
            continue
        step = steps[row, place]
        if step == _MATCH:
            found.append((row, column))
            row, column = row - 1, column - 1
        elif step == _LEFT:
            column -= 1
        else:
            row -= 1
    return found[::-1]
