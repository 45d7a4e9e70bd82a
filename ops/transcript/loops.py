"""Loops of a recogniser taken out: the same words again and again, within a window and over windows.

Whisper writes scripts without spaces sign by sign, and a sentence of fifteen signs is as ready to loop as one of three
words; so a loop is sought up to 120 units long, all lengths at once over the whole window.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

import numpy as np

from ops.transcript.layers import FASTEST, Layered, characters, folded, plain, unsure, without
from ops.transcript.model import Word
from ops.transcript.recognition import HeardWindow
from ops.transcript.timing import shared

__all__ = ["loops"]

_LONGEST = 120
"""Units of the longest loop that is sought: half of what is said in a window of 30 s at 8 signs a second."""

_REMEMBERED = 4
"""Windows before, to which one is compared: what alternates comes back after one or two others."""

_REPETITIVE = 1.35
"""Tokens over what they compress to, from which an engine takes its own text for a loop (Radford et al., 2022)."""

_UNSPACED_UNIT = 0.5
"""Words that a sign or a syllable of a script without spaces is worth."""

_AT_EASE = 15.0
"""Letters a second at ease, in which what is left of a loop is said that was written faster than anyone speaks."""


def loops(heard: Sequence[HeardWindow]) -> Layered:
    """The same words again and again; the first time they are said stays, with a time in which they can be said.

    People repeat themselves too: "No, no, no." and a refrain stay unless the engine is unsure, the words come faster
    than anyone speaks, or they come more often than any song has them.
    """
    firsts = [window.words[0].start_s if window.words else math.inf for window in heard]
    room = iter([*list(accumulate(reversed(firsts), min))[::-1][1:], math.inf])
    within, dropped = without(heard, lambda window: _looped(window, next(room)))
    kept: list[HeardWindow] = []
    before: deque[tuple[list[str], int]] = deque(maxlen=_REMEMBERED)
    for window, whole in zip(within, heard, strict=True):
        said = [folded(word.text) for word in window.words]
        times = 1 + next((times for other, times in before if other == said), 0)
        doubted = unsure(window, window.words) or len(window.words) < len(whole.words)
        repeated = times > 1 and _words(window.words) >= 3 and (times > 3 or doubted)
        if said:
            before = deque(((other, count) for other, count in before if other != said), _REMEMBERED)
            before.appendleft((said, times))
        if repeated:
            dropped.append((plain(window.words), "the window repeats one before it"))
        kept.append(replace(window, words=()) if repeated else window)
    return kept, dropped


def _looped(window: HeardWindow, until_s: float) -> list[tuple[Word, str]]:
    """The words of a window, each with why it goes; what stays may last until the next window's first word."""
    words = list(window.words)
    sizes, reaches = _repeats([folded(word.text) for word in words])
    marked = ["" for _ in words]
    place = 0
    while place < len(words):
        size, reach = int(sizes[place]), int(reaches[place])
        times = reach // size
        end = place + size * times
        if times > 1 and _is_loop(window, words[place:end], size, times):
            if place + reach == len(words):  # a window's end cuts the last time short
                end = place + reach
            marked[place + size : end] = [f"repeated {times} times"] * (end - place - size)
            free_s = words[end].start_s if end < len(words) else until_s
            words[place : place + size] = _at_ease(words[place : place + size], free_s)
        place = end
    return list(zip(words, marked, strict=True))


def _repeats(said: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """For each place the run of words from there that is repeated over the most words; the shortest of several.

    Returns:
        (N,) int64 its size, 1 where nothing is repeated; (N,) int64 how many words it and its repetitions reach over, a
        last one that is cut short included.
    """
    length = len(said)
    names: dict[str, int] = {}
    words = np.array([names.setdefault(each, len(names)) for each in said], dtype=np.int64)
    silent = np.array([not each for each in said], dtype=bool)
    sizes, reaches = np.ones(length, np.int64), np.ones(length, np.int64)
    covered = np.ones(length, np.int64)
    for size in range(1, min(_LONGEST, length // 2) + 1):
        same = words[size:] == words[:-size]
        differs = np.where(same, len(same), np.arange(len(same)))
        alike = np.minimum.accumulate(differs[::-1])[::-1] - np.arange(len(same))
        times = 1 + alike // size
        mute = np.convolve(silent, np.ones(size, np.int64))[size - 1 : size - 1 + len(same)] == size
        better = (times > 1) & (size * times > covered[: len(same)]) & ~mute
        places = np.flatnonzero(better)
        covered[places], sizes[places], reaches[places] = size * times[places], size, size + alike[places]
    return sizes, reaches


def _is_loop(window: HeardWindow, run: Sequence[Word], size: int, times: int) -> bool:
    if times >= (10 if _words(run[:size]) <= 2 else 6):
        return True
    if _words(run) < 6:
        return False
    rate = characters(run) / max(run[-1].end_s - run[0].start_s, 0.01)
    repetitive = window.repetition is not None and window.repetition > _REPETITIVE
    return rate > FASTEST or (times >= 3 and unsure(window, run)) or (times >= 4 and repetitive)


def _words(words: Sequence[Word]) -> float:
    """How many words there are, by what a sign of a script without spaces is worth."""
    return sum(1.0 if word.spaced else _UNSPACED_UNIT for word in words)


def _at_ease(words: Sequence[Word], until_s: float) -> list[Word]:
    """The first saying as it is; where its own time is none to say it in, over as much as it wants and is free."""
    said = characters(words)
    if said / max(words[-1].end_s - words[0].start_s, 0.01) <= FASTEST:
        return list(words)
    start_s = words[0].start_s
    return shared(words, start_s, min(until_s, start_s + said / _AT_EASE))
