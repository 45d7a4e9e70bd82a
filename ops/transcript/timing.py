"""Words' times set right: missing ones shared between neighbours, long ones capped, all of them within speech."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ops.transcript.model import Timing, Word

__all__ = ["clamped", "letters_of", "repaired", "shared"]

_SHORTEST_S = 0.04
"""No word is shorter: three states of 10 ms and a little, below which a recogniser's model of a sound cannot go."""

_PAUSE_S = 0.3


def letters_of(text: str) -> int:
    """How many letters and digits a word has, 1 at least: what its share of time goes by."""
    return max(1, sum(sign.isalnum() for sign in text))


def shared(words: Sequence[Word], start_s: float, end_s: float) -> list[Word]:
    """Words over a stretch of time, each by its letters; their timing says so."""
    total = sum(letters_of(word.text) for word in words)
    placed: list[Word] = []
    before = 0
    for word in words:
        after = before + letters_of(word.text)
        placed.append(
            replace(
                word,
                start_s=start_s + (end_s - start_s) * before / total,
                end_s=start_s + (end_s - start_s) * after / total,
                timing=Timing.SHARED,
            )
        )
        before = after
    return placed


def repaired(words: Sequence[Word], start_s: float, end_s: float) -> list[Word]:
    """The words of a stretch in order, with the times that were missing or impossible shared out between neighbours.

    A time is missing where it is not finite, outside the stretch, where a word ends before it begins, or where it goes
    back behind the word before.
    """
    good = [_possible(word, start_s, end_s) for word in words]
    reached = start_s
    for place, word in enumerate(words):
        if good[place] and word.start_s < reached - 0.02:
            good[place] = False
        if good[place]:
            reached = word.start_s
    fixed: list[Word] = []
    place = 0
    while place < len(words):
        if good[place]:
            before = fixed[-1].end_s if fixed else start_s
            begins = max(words[place].start_s, before)
            fixed.append(replace(words[place], start_s=begins, end_s=max(words[place].end_s, begins)))
            place += 1
            continue
        until = next((at for at in range(place, len(words)) if good[at]), len(words))
        low = fixed[-1].end_s if fixed else start_s
        high = max(low, words[until].start_s if until < len(words) else end_s)
        lost = words[place:until]
        need = sum(_longest(word.text) for word in lost)  # beside a long pause they lie next to the words they follow
        fixed += shared(lost, low, min(high, low + need))
        place = until
    return fixed


def clamped(words: Sequence[Word], spans: Sequence[tuple[float, float]]) -> list[Word]:
    """No word longer than its letters can last, none lingering outside speech.

    Args:
        words: In order.
        spans: Where somebody speaks, in order; a word that touches none keeps its place.
    """
    kept: list[Word] = []
    ends = [end for _, end in spans]
    for place, word in enumerate(words):
        start_s, end_s = _spoken(word, spans, bisect_left(ends, word.start_s))
        cap = _longest(word.text)
        if end_s - start_s > cap:
            alone_before = place == 0 or word.start_s - words[place - 1].end_s > _PAUSE_S
            joined_after = place + 1 < len(words) and words[place + 1].start_s - word.end_s <= 0.05
            if alone_before and joined_after:  # it was begun in the pause before it
                start_s = end_s - cap
            else:
                end_s = start_s + cap
        kept.append(replace(word, start_s=start_s, end_s=max(end_s, start_s + _SHORTEST_S)))
    return _apart(kept)


def _spoken(word: Word, spans: Sequence[tuple[float, float]], first: int) -> tuple[float, float]:
    """The part of a word from the first to the last speech that it touches."""
    touched: list[tuple[float, float]] = []
    for start_s, end_s in spans[first:]:
        if start_s >= word.end_s:
            break
        if end_s > word.start_s:
            touched.append((start_s, end_s))
    if not touched:
        return word.start_s, word.end_s
    longest = max(touched, key=lambda span: min(span[1], word.end_s) - max(span[0], word.start_s))
    inside = max(word.start_s, longest[0]), min(word.end_s, longest[1])
    # a detector's edge is no better than this: a word is not squeezed for a span's sake
    return inside if inside[1] - inside[0] >= 0.08 else (word.start_s, word.end_s)


def _longest(text: str) -> float:
    """The longest that a word is said, seconds.

    Measured on read and solemn speech (14 words of John F. Kennedy's inaugural address are the longest): no word of n
    letters lasts longer than 0.55 s + 0.07 s a letter.
    """
    return 0.55 + 0.07 * letters_of(text)


def _possible(word: Word, start_s: float, end_s: float) -> bool:
    return (
        math.isfinite(word.start_s)
        and math.isfinite(word.end_s)
        and word.end_s > word.start_s
        and word.start_s >= start_s - 0.05
        and word.end_s <= end_s + 0.05
    )


def _apart(words: list[Word]) -> list[Word]:
    """In order of their beginnings; each ends where the next begins at the latest."""
    ordered = sorted(words, key=lambda word: word.start_s)
    ended = [
        replace(word, end_s=max(word.start_s, min(word.end_s, after.start_s))) for word, after in pairwise(ordered)
    ]
    return ended + ordered[-1:]
