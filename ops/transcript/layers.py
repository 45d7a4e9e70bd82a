"""What the layers against inventions share: how much a text says, what an engine doubts, how words are taken out."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace

from ops.transcript.model import Word
from ops.transcript.recognition import HeardWindow

__all__ = [
    "FASTEST",
    "LOW_LOG_PROB",
    "NO_SPEECH",
    "Layered",
    "breaths",
    "characters",
    "folded",
    "plain",
    "unsure",
    "without",
]

Layered = tuple[list[HeardWindow], list[tuple[str, str]]]
"""The windows, and what was taken out of them, each with why."""

NO_SPEECH, LOW_LOG_PROB = 0.6, -1.0
"""Whisper's own thresholds (Radford et al., 2022, 4.5); each alone is wrong on whispering and on singing."""

FASTEST = 25.0
"""More letters of an alphabet a second are no speech (3 times the mean of read English is 40, a rapper's 25)."""

_FASTEST_WIDE = 12.0
"""More Chinese, Japanese or Korean signs a second are none: three times the 4 a second in which they are read, as the
alphabets' 25 is well over their 17."""

_UNSURE = 0.5
_BREATH_S = 0.5


def without(heard: Sequence[HeardWindow], reasons: Callable[[HeardWindow], list[tuple[Word, str]]]) -> Layered:
    """The windows without the words that have a reason to go; neighbours that go for one reason are told as one."""
    kept: list[HeardWindow] = []
    dropped: list[tuple[str, str]] = []
    for window in heard:
        marked = reasons(window)
        run: list[Word] = []
        for place, (word, why) in enumerate(marked):
            if why:
                run.append(word)
                if place + 1 == len(marked) or marked[place + 1][1] != why:
                    dropped.append((plain(run), f"{why}, at {run[0].start_s:.1f} s"))
                    run = []
        kept.append(replace(window, words=tuple(word for word, why in marked if not why)))
    return kept, dropped


def breaths(words: Sequence[Word]) -> list[tuple[int, int]]:
    """Runs of words without a pause of 0.5 s between them, as the first and one past the last."""
    runs: list[tuple[int, int]] = []
    first = 0
    for place, word in enumerate(words):
        if place + 1 == len(words) or words[place + 1].start_s - word.end_s > _BREATH_S:
            runs.append((first, place + 1))
            first = place + 1
    return runs


def characters(words: Sequence[Word]) -> float:
    """How much there is to say, in letters of an alphabet; vowel signs go with their letter."""
    total = 0.0
    for word in words:
        for sign in word.text:
            if unicodedata.category(sign)[0] in "LN":
                total += FASTEST / _FASTEST_WIDE if unicodedata.east_asian_width(sign) in "WF" else 1.0
        total += 1.0 if word.spaced else 0.0
    return total


def folded(text: str) -> str:
    """A text as phrases are compared: letters, signs on them and digits, in small letters."""
    same = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in same if unicodedata.category(sign)[0] in "LMN")


def plain(words: Sequence[Word]) -> str:
    """Words in one line."""
    return "".join(f" {word.text}" if word.spaced else word.text for word in words).strip()


def unsure(window: HeardWindow, run: Sequence[Word]) -> bool:
    """Whether the engine doubts the words by its own figures."""
    mean = sum(word.confidence for word in run) / len(run) if run else 0.0
    low = window.log_prob is not None and window.log_prob < LOW_LOG_PROB
    silent = window.no_speech is not None and window.no_speech > NO_SPEECH
    return mean < _UNSURE or low or silent
