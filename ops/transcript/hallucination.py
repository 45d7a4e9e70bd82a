"""What a recogniser wrote though nobody said it, taken out layer by layer, each with its reason.

Recognisers that write text from sound go on writing over music and silence, and repeat themselves. No single cure is
known (Baranski et al., 2025, arXiv 2501.11378); these are the layers that help together. Every layer takes the windows
in order and returns them with what it took out.
"""

from __future__ import annotations

import tomllib
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from ops.transcript.model import Word
from ops.transcript.recognition import HeardWindow
from ops.transcript.speakers import sentence_runs

__all__ = [
    "Layered",
    "Spans",
    "folded",
    "implausibly_fast_or_slow",
    "known_phrases",
    "layered",
    "loops",
    "no_speech",
    "outside_speech",
]

Spans = Sequence[tuple[float, float]]
Layered = tuple[list[HeardWindow], list[tuple[str, str]]]

_PHRASES = Path(__file__).with_name("phrases.toml")

_EDGE_S = 0.2
"""A detector of speech is late or early by so much."""

_INSIDE = 0.3
"""The share of a word that must lie on speech."""

_NO_SPEECH, _LOW_LOG_PROB = 0.6, -1.0
"""Whisper's own thresholds (Radford et al., 2022, 4.5); each alone is wrong on whispering and on singing."""

_UNSURE = 0.5
_CHARACTERS_S = (1.0, 25.0)
"""Fewer or more a second is no speech (craft: 3 times the mean of read English is 40, of a rapper 25)."""

_SLOW_FROM_S = 6.0
"""Below so much speech a single "no" is nothing strange."""

_VOICED_S = 1.5
"""No word of read speech lasts so long."""

_FAST_FROM = 20
"""Characters from which a rate can be told."""

_WIDE = 2.5
"""Characters of an alphabet that one Chinese or Japanese sign is worth, by the house's reading speeds (42 to 16)."""

_LOOP_WORDS = 12
"""The longest run of words that a loop within a window is looked for in."""


def layered(heard: Sequence[HeardWindow], spans: Spans) -> Layered:
    """All layers, in the order in which they need each other."""
    steps: tuple[Callable[[Sequence[HeardWindow]], Layered], ...] = (
        lambda windows: known_phrases(windows, spans),  # first, while a phrase is still whole
        lambda windows: outside_speech(windows, spans),
        no_speech,
        loops,
        lambda windows: implausibly_fast_or_slow(windows, spans),
    )
    windows = list(heard)
    dropped: list[tuple[str, str]] = []
    for step in steps:
        windows, more = step(windows)
        dropped += more
    return windows, dropped


def outside_speech(heard: Sequence[HeardWindow], spans: Spans) -> Layered:
    """Words that lie where nobody speaks."""
    return _without(heard, lambda window: [(word, _outside(word, spans)) for word in window.words])


def no_speech(heard: Sequence[HeardWindow]) -> Layered:
    """Windows of which the engine says both that nobody speaks and that it is unsure of its words."""

    def reasons(window: HeardWindow) -> list[tuple[Word, str]]:
        silent = window.no_speech is not None and window.no_speech > _NO_SPEECH
        unsure = window.log_prob is not None and window.log_prob < _LOW_LOG_PROB
        why = f"the engine hears no speech ({window.no_speech:.2f})" if silent and unsure else ""
        return [(word, why) for word in window.words]

    return _without(heard, reasons)


def known_phrases(heard: Sequence[HeardWindow], spans: Spans) -> Layered:
    """Whole utterances that engines are known to invent, where nobody speaks or the engine is unsure."""

    def reasons(window: HeardWindow) -> list[tuple[Word, str]]:
        phrases = _phrases().get(window.language, frozenset())
        marked: list[tuple[Word, str]] = []
        for start, end in sentence_runs(window.words):
            run = window.words[start:end]
            known = folded("".join(word.text for word in run)) in phrases
            doubtful = known and (_unsure(window, run) or all(_outside(word, spans) for word in run))
            marked += [(word, "a phrase that engines invent" if doubtful else "") for word in run]
        return marked

    return _without(heard, reasons)


def loops(heard: Sequence[HeardWindow]) -> Layered:
    """The same words again and again, within a window and over windows; the first time they are said stays.

    People repeat themselves too: "No, no, no." and a refrain stay unless the engine is unsure, the words come faster
    than anyone speaks, or they come more often than any song has them.
    """
    within, dropped = _without(heard, _looped)
    kept: list[HeardWindow] = []
    before: list[str] = []
    times = 0
    for window in within:
        said = [folded(word.text) for word in window.words]
        times = times + 1 if said and said == before else 1
        before = said or before
        repeated = times > 1 and len(said) >= 3 and (times > 3 or _unsure(window, window.words))
        if repeated:
            dropped.append((_text(window.words), "the window repeats the one before it"))
        kept.append(replace(window, words=()) if repeated else window)
    return kept, dropped


def implausibly_fast_or_slow(heard: Sequence[HeardWindow], spans: Spans) -> Layered:
    """Words that come faster than anyone speaks, and lone words over long speech."""

    def reasons(window: HeardWindow) -> list[tuple[Word, str]]:
        marked: list[tuple[Word, str]] = []
        for start, end in _breaths(window.words):
            run = window.words[start:end]
            seconds = max(run[-1].end_s - run[0].start_s, 0.01)
            rate = _characters(run) / seconds
            fast = _characters(run) >= _FAST_FROM and rate > _CHARACTERS_S[1]
            spoken = _spoken_s(run[0].start_s, run[-1].end_s, spans)
            slow = spoken > _SLOW_FROM_S and _characters(run) / spoken < _CHARACTERS_S[0]
            why = f"{rate:.0f} characters a second" if fast else f"{rate:.1f} characters a second" if slow else ""
            marked += [(word, why or _dragged(word, spans)) for word in run]
        return marked

    return _without(heard, reasons)


def folded(text: str) -> str:
    """A text as phrases are compared: letters, signs on them and digits, in small letters."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in plain if unicodedata.category(sign)[0] in "LMN")


@cache
def _phrases() -> Mapping[str, frozenset[str]]:
    table = tomllib.loads(_PHRASES.read_text(encoding="utf-8"))
    return {language: frozenset(folded(phrase) for phrase in phrases) for language, phrases in table.items()}


def _without(heard: Sequence[HeardWindow], reasons: Callable[[HeardWindow], list[tuple[Word, str]]]) -> Layered:
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
                    dropped.append((_text(run), f"{why}, at {run[0].start_s:.1f} s"))
                    run = []
        kept.append(replace(window, words=tuple(word for word, why in marked if not why)))
    return kept, dropped


def _outside(word: Word, spans: Spans) -> str:
    length = max(word.end_s - word.start_s, 0.01)
    inside = _spoken_s(word.start_s - _EDGE_S, word.end_s + _EDGE_S, spans)
    return "" if min(inside, length) / length >= _INSIDE else "where nobody speaks"


def _dragged(word: Word, spans: Spans) -> str:
    """A word over seconds of voice that it has no letters for; one that lingers over a pause is cut short elsewhere."""
    seconds = word.end_s - word.start_s
    slow = _characters([word]) / max(seconds, 0.01) < _CHARACTERS_S[0]
    voiced = slow and _spoken_s(word.start_s, word.end_s, spans) > _VOICED_S
    return f"one word over {seconds:.1f} s" if voiced else ""


def _spoken_s(start_s: float, end_s: float, spans: Spans) -> float:
    """Seconds of speech in a stretch."""
    first = bisect_left(spans, start_s, key=lambda span: span[1])
    total = 0.0
    for begins, ends in spans[first:]:
        if begins >= end_s:
            break
        total += max(0.0, min(ends, end_s) - max(begins, start_s))
    return total


def _unsure(window: HeardWindow, run: Sequence[Word]) -> bool:
    """Whether the engine doubts the words by its own figures."""
    mean = sum(word.confidence for word in run) / len(run) if run else 0.0
    low = window.log_prob is not None and window.log_prob < _LOW_LOG_PROB
    silent = window.no_speech is not None and window.no_speech > _NO_SPEECH
    return mean < _UNSURE or low or silent


def _looped(window: HeardWindow) -> list[tuple[Word, str]]:
    words = window.words
    said = [folded(word.text) for word in words]
    marked = ["" for _ in words]
    place = 0
    while place < len(words):
        size, times = _repeats(said, place)
        end = place + size * times
        if times > 1 and _is_loop(window, words[place:end], size, times):
            marked[place + size : end] = [f"repeated {times} times"] * (end - place - size)
        place = end if times > 1 else place + 1
    return list(zip(words, marked, strict=True))


def _repeats(said: Sequence[str], place: int) -> tuple[int, int]:
    """The run of words from here that is repeated over the most words: its size and how often it comes in a row."""
    best = (1, 1)
    for size in range(1, min(_LOOP_WORDS, (len(said) - place) // 2) + 1):
        unit = said[place : place + size]
        times = 1
        while said[place + size * times : place + size * (times + 1)] == unit:
            times += 1
        if times > 1 and size * times > best[0] * best[1] and any(unit):
            best = (size, times)
    return best


def _is_loop(window: HeardWindow, run: Sequence[Word], size: int, times: int) -> bool:
    if times >= (10 if size <= 2 else 6):
        return True
    if times < 3 or len(run) < 6:
        return False
    rate = _characters(run) / max(run[-1].end_s - run[0].start_s, 0.01)
    return _unsure(window, run) or rate > _CHARACTERS_S[1]


def _breaths(words: Sequence[Word]) -> list[tuple[int, int]]:
    """Runs of words without a pause of 0.5 s between them."""
    runs: list[tuple[int, int]] = []
    first = 0
    for place, word in enumerate(words):
        if place + 1 == len(words) or words[place + 1].start_s - word.end_s > 0.5:
            runs.append((first, place + 1))
            first = place + 1
    return runs


def _characters(words: Sequence[Word]) -> float:
    """How much there is to say, in letters of an alphabet; vowel signs go with their letter."""
    total = 0.0
    for word in words:
        for sign in word.text:
            if unicodedata.category(sign)[0] in "LN":
                total += _WIDE if unicodedata.east_asian_width(sign) in "WF" else 1.0
        total += 1.0 if word.spaced else 0.0
    return total


def _text(words: Sequence[Word]) -> str:
    return "".join(f" {word.text}" if word.spaced else word.text for word in words).strip()
