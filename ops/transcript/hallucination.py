"""What a recogniser wrote though nobody said it, taken out layer by layer, each with its reason.

Recognisers that write text from sound go on writing over music and silence, and repeat themselves. No single cure is
known (Baranski et al., 2025, arXiv 2501.11378); these are the layers that help together. Every layer takes the windows
in order and returns them with what it took out.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from ops.transcript.layers import (
    FASTEST,
    LOW_LOG_PROB,
    NO_SPEECH,
    Layered,
    breaths,
    characters,
    folded,
    unsure,
    without,
)
from ops.transcript.loops import loops
from ops.transcript.model import Word
from ops.transcript.recognition import HeardWindow
from ops.transcript.speakers import ends_sentence, sentence_runs

__all__ = ["Spans", "folded", "implausibly_fast_or_slow", "known_phrases", "layered", "no_speech", "outside_speech"]

Spans = Sequence[tuple[float, float]]

_PHRASES = Path(__file__).with_name("phrases.toml")

_EDGE_S = 0.2
"""A detector of speech is late or early by so much."""

_INSIDE = 0.3
"""The share of a word that must lie on speech."""

_SLOWEST = 1.0
"""Fewer letters a second are no speech."""

_SLOW_FROM_S = 6.0
"""Below so much speech a single "no" is nothing strange."""

_VOICED_S = 1.5
"""No word of read speech lasts so long."""

_FAST_FROM = 20
"""Characters from which a rate can be told."""

_CREDIT = 40
"""Letters after a credit's opening words: a name or two, a company; with more it is a sentence of its own."""


def layered(heard: Sequence[HeardWindow], spans: Spans) -> Layered:
    """All layers, in the order in which they need each other."""
    steps: tuple[Callable[[Sequence[HeardWindow]], Layered], ...] = (
        lambda windows: known_phrases(windows, spans),  # first, while a phrase is still whole
        lambda windows: outside_speech(windows, spans),
        no_speech,
        loops,
        lambda windows: known_phrases(windows, spans),  # again, as one that was looped is alone only now
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
    return without(heard, lambda window: [(word, _outside(word, spans)) for word in window.words])


def no_speech(heard: Sequence[HeardWindow]) -> Layered:
    """Windows of which the engine says both that nobody speaks and that it is unsure of its words."""

    def reasons(window: HeardWindow) -> list[tuple[Word, str]]:
        silent = window.no_speech is not None and window.no_speech > NO_SPEECH
        unsure = window.log_prob is not None and window.log_prob < LOW_LOG_PROB
        why = f"the engine hears no speech ({window.no_speech:.2f})" if silent and unsure else ""
        return [(word, why) for word in window.words]

    return without(heard, reasons)


def known_phrases(heard: Sequence[HeardWindow], spans: Spans) -> Layered:
    """Whole utterances that engines are known to invent, where nobody speaks or the engine is unsure."""

    def reasons(window: HeardWindow) -> list[tuple[Word, str]]:
        marked: list[tuple[Word, str]] = []
        for start, end in _utterances(window.words):
            run = window.words[start:end]
            known = _is_known(folded("".join(word.text for word in run)), window.language)
            doubtful = known and (unsure(window, run) or all(_outside(word, spans) for word in run))
            marked += [(word, "a phrase that engines invent" if doubtful else "") for word in run]
        return marked

    return without(heard, reasons)


def implausibly_fast_or_slow(heard: Sequence[HeardWindow], spans: Spans) -> Layered:
    """Words that come faster than anyone speaks, and lone words over long speech."""

    def reasons(window: HeardWindow) -> list[tuple[Word, str]]:
        marked: list[tuple[Word, str]] = []
        for start, end in breaths(window.words):
            run = window.words[start:end]
            seconds = max(run[-1].end_s - run[0].start_s, 0.01)
            rate = characters(run) / seconds
            fast = characters(run) >= _FAST_FROM and rate > FASTEST
            spoken = _spoken_s(run[0].start_s, run[-1].end_s, spans)
            slow = spoken > _SLOW_FROM_S and characters(run) / spoken < _SLOWEST
            why = f"{rate:.0f} characters a second" if fast else f"{rate:.1f} characters a second" if slow else ""
            marked += [(word, why or _dragged(word, spans)) for word in run]
        return marked

    return without(heard, reasons)


def _utterances(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Sentences; in a script without spaces, where the writing tells none, what is said in one breath.

    Not so where an engine writes words without stops: there "so" and "thank you" between two pauses are mostly said.
    """
    for start, end in sentence_runs(words):
        run = words[start:end]
        if ends_sentence(run[-1].text) or 2 * sum(word.spaced for word in run) > len(run):
            yield start, end
        else:
            yield from ((start + first, start + last) for first, last in breaths(run))


def _is_known(said: str, language: str) -> bool:
    """Whether an utterance is a phrase of its language, or a credit, in its language or in English."""
    phrases, credits = _phrases()
    of_it = "zho" if language.startswith(("zho", "yue")) else language
    if said in phrases.get(of_it, ()):
        return True
    openings = (*credits.get(of_it, ()), *credits["eng_Latn"])
    return any(said.startswith(opening) and len(said) <= len(opening) + _CREDIT for opening in openings)


@cache
def _phrases() -> tuple[Mapping[str, frozenset[str]], Mapping[str, frozenset[str]]]:
    """Whole utterances, and how credits begin, by language."""
    table = tomllib.loads(_PHRASES.read_text(encoding="utf-8"))
    by_kind = [
        {language: frozenset(folded(phrase) for phrase in phrases) for language, phrases in table[kind].items()}
        for kind in ("utterances", "credits")
    ]
    return by_kind[0], by_kind[1]


def _outside(word: Word, spans: Spans) -> str:
    length = max(word.end_s - word.start_s, 0.01)
    inside = _spoken_s(word.start_s - _EDGE_S, word.end_s + _EDGE_S, spans)
    return "" if min(inside, length) / length >= _INSIDE else "where nobody speaks"


def _dragged(word: Word, spans: Spans) -> str:
    """A word over seconds of voice that it has no letters for; one that lingers over a pause is cut short elsewhere."""
    seconds = word.end_s - word.start_s
    slow = characters([word]) / max(seconds, 0.01) < _SLOWEST
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
