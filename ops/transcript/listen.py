"""From sound to a transcript: windows heard, doubted, heard again, cleaned of inventions, timed, given to speakers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ops.errors import UsageError
from ops.languages.table import language as language_of_code
from ops.progress import Progress, no_progress
from ops.speech.model import Turn
from ops.transcript.hallucination import Spans, layered
from ops.transcript.heard_languages import hears_each, in_its_writing, languages_by_window, told_languages
from ops.transcript.model import Transcript, Word
from ops.transcript.recognition import HeardWindow, Recogniser, Window
from ops.transcript.speakers import with_speakers
from ops.transcript.timing import clamped, repaired
from ops.transcript.windows import windows_of
from ops.transcript.writing import is_bare, written

__all__ = ["confidence_of", "spoken_language", "transcribe"]

_RATE = 16_000
_BAD = 0.5
"""Confidence of a window below which it is heard once more: the engine gives more than half of its words up."""

_BETTER = 0.02
"""By how much the denoised sound must be surer: engines are trained on noise, not on what a denoiser leaves."""

_ASKED = 5
"""Windows that a language is told by, spread over the film."""

_FIRST_HEARING = 0.85
"""Of the progress: how much of the work the first hearing is, where a second may come."""


def transcribe(
    samples: np.ndarray,
    spans: Spans,
    recogniser: Recogniser,
    *,
    language: str | None,
    denoised: np.ndarray | None = None,
    turns: Sequence[Turn] = (),
    progress: Progress = no_progress,
) -> Transcript:
    """What is said in a film's sound.

    Args:
        samples: (N,) float32 mono at 16 kHz, full scale 1.
        spans: Where somebody speaks, in order and apart, (from, to) in seconds.
        recogniser: The engine.
        language: Of the speech, as a code of `ops.languages`; None asks the engine, window by window where it can
            (`ops.transcript.heard_languages`). Chinese is labelled by the signs that the engine writes.
        denoised: (N,) as `samples`, with less noise; windows of which the engine is unsure are heard again in it, and
            the hearing that it is surer of is kept.
        turns: Who speaks when.
        progress: Told how far it is.

    Raises:
        UsageError: The language is not declared and the engine cannot tell it, or the engine does not hear it.
    """
    windows = windows_of(samples, spans)
    code, codes = _languages(windows, recogniser, language)
    if not windows:
        return Transcript(code, (), recogniser.name, draft=recogniser.draft, notes=("Nobody speaks in it.",))
    share = 1.0 if denoised is None else _FIRST_HEARING
    heard = _hear(windows, recogniser, codes, progress=lambda done: progress(done * share))
    notes = told_languages(windows, codes, code)
    if denoised is not None:
        heard, again = _heard_again(windows, heard, denoised, recogniser, codes)
        notes += again
    kept, dropped = layered(
        [
            replace(each, words=tuple(repaired(each.words, window.start_s, window.end_s)))
            for each, window in zip(heard, windows, strict=True)
        ],
        spans,
    )
    words = clamped([word for each in kept for word in each.words], spans)
    words, more = _as_written(words, code)
    code, signs = in_its_writing(words, code)
    progress(1.0)
    return Transcript(
        language=code,
        words=tuple(with_speakers(words, turns)),
        source=recogniser.name,
        draft=recogniser.draft,
        confidence=confidence_of(words),
        dropped=tuple(dropped),
        notes=(*notes, *more, *signs),
    )


def confidence_of(words: Sequence[Word]) -> float:
    """Mean confidence, weighed by how long each word lasts; 0 for no words."""
    if not words:
        return 0.0
    lengths = [max(word.end_s - word.start_s, 0.01) for word in words]
    return (
        sum(word.confidence * length for word, length in zip(words, lengths, strict=True)) / sum(lengths)
        if words
        else 0.0
    )


def spoken_language(windows: Sequence[Window], recogniser: Recogniser) -> str | None:
    """The language by the longest windows of each part of the film; None where the engine cannot tell."""
    parts = min(_ASKED, len(windows))
    bounds = [place * len(windows) // parts for place in range(parts)] + [len(windows)]
    asked = [max(windows[low:high], key=lambda one: len(one.sound)) for low, high in pairwise(bounds)]
    return recogniser.language_of(asked) if asked else None


def _languages(windows: Sequence[Window], recogniser: Recogniser, declared: str | None) -> tuple[str, Sequence[str]]:
    """The film's language, and every window's."""
    each = hears_each(recogniser)
    if declared is None and windows and each is not None:
        told = languages_by_window(windows, each.languages_of(windows))
        if told is not None:
            return told
    code = _language(windows, recogniser, declared)
    return code, [code] * len(windows)


def _hear(
    windows: Sequence[Window], recogniser: Recogniser, codes: Sequence[str], *, progress: Progress = no_progress
) -> list[HeardWindow]:
    """Every window in its language; an engine that hears one alone is given one."""
    if (each := hears_each(recogniser)) is not None:
        return each.hear(windows, language=codes, progress=progress)
    return recogniser.hear(windows, language=codes[0], progress=progress)


def _language(windows: Sequence[Window], recogniser: Recogniser, declared: str | None) -> str:
    if declared is not None:
        return language_of_code(declared).code
    told = spoken_language(windows, recogniser) if windows else None
    if told is not None:
        return language_of_code(told).code
    if not windows:
        return "eng_Latn"
    raise UsageError(
        f"nobody says which language is spoken, and {recogniser.name} cannot tell",
        where="language",
        fix="Name it by --language or SHOWRUNNER_LANGUAGE (eng_Latn), or tag the film's sound with it; the embedded "
        "recogniser hears English, and only where it is declared.",
    )


def _heard_again(
    windows: Sequence[Window],
    heard: Sequence[HeardWindow],
    denoised: np.ndarray,
    recogniser: Recogniser,
    codes: Sequence[str],
) -> tuple[list[HeardWindow], list[str]]:
    """The windows that the engine doubts, heard in the denoised sound too; whichever it is surer of."""
    doubted = [place for place, each in enumerate(heard) if _sureness(each) < _BAD]
    if not doubted:
        return list(heard), []
    again = _hear([_same(windows[place], denoised) for place in doubted], recogniser, [codes[at] for at in doubted])
    best = list(heard)
    taken: Counter[bool] = Counter()
    for place, other in zip(doubted, again, strict=True):
        better = _sureness(other) > _sureness(best[place]) + _BETTER
        taken[better] += 1
        if better:
            best[place] = replace(other, tries=best[place].tries + other.tries)
    return best, [
        f"{len(doubted)} of {len(windows)} windows were heard again without noise, as the engine was unsure of them; "
        f"{taken[True]} were surer that way and are kept so."
    ]


def _same(window: Window, denoised: np.ndarray) -> Window:
    start = round(window.start_s * _RATE)
    return Window(window.start_s, denoised[start : start + len(window.sound)])


def _sureness(heard: HeardWindow) -> float:
    """How sure an engine is of a window, 0 to 1; 0 where it hears nothing in what is speech."""
    if not heard.words:
        return 0.0
    sure = confidence_of(heard.words)
    return min(sure, float(np.exp(heard.log_prob))) if heard.log_prob is not None else sure


def _as_written(words: list[Word], language: str) -> tuple[list[Word], list[str]]:
    """English that an engine gave bare, with capitals and stops."""
    if language != "eng_Latn" or not is_bare(words):
        return words, []
    return written(words), ["Capitals and stops were set by pauses and a few rules: the engine writes none."]
