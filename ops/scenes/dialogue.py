"""Lines of dialogue that can be lifted out of a film: cut on the quiet around them, judged by how they stand alone.

With a transcript a line is a sentence; without one it is a run of speech between two pauses, its words unknown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ops.audio.kinds import Segment, SoundKind
from ops.scenes.hearing import LEVEL_STEP_S
from ops.scenes.model import Line
from ops.scenes.transcript import Sentence, Transcript

__all__ = ["lines_heard", "lines_read"]

_SMOOTH_S = 0.03
_OUTWARD_S = 0.5
"""How far a cut looks for quiet around a sentence: cues are timed to within a third of a second."""

_QUIET_S = 0.15
_DROP_DB = 14.0
"""Quiet is so far below the line's own level for so long: the closure of a last "d" is as quiet, but shorter."""

_PAUSE_S = 0.22
"""A pause between phrases; a closure within a word lasts 0.05 to 0.15 s (Klatt, 1976)."""

_TAIL_S = 0.18
"""Left before and after a run where the pause has room for it: a last consonant dies away 20 dB below its vowel."""

_AT_THE_EDGE = 3
"""Steps of 10 ms from the end of a stretch of speech at which someone is still speaking."""

_LENGTH_S = (1.0, 5.0)
_SHORTEST_S, _LONGEST_S = 0.4, 7.0
_APART_S = 0.3

_LEANING = {
    "en": (
        {"i", "you", "he", "she", "it", "we", "they", "me", "him", "her", "us", "them", "this", "that", "these",
         "those", "there", "one", "his", "its", "their"},
        {"and", "but", "or", "so", "because", "then", "yes", "no", "well", "which", "who", "also", "yeah", "oh"},
    ),
    "de": (
        {"ich", "du", "er", "sie", "es", "wir", "ihr", "mich", "dich", "ihn", "uns", "euch", "ihnen", "das", "dies",
         "dieser", "diese", "sein", "seine", "ihre", "dort"},
        {"und", "aber", "oder", "also", "weil", "dann", "ja", "nein", "denn", "doch", "auch", "ach"},
    ),
    "fr": (
        {"je", "tu", "il", "elle", "on", "nous", "vous", "ils", "elles", "le", "la", "lui", "leur", "ça", "cela", "ce"},
        {"et", "mais", "ou", "donc", "car", "alors", "oui", "non", "puis", "aussi"},
    ),
    "es": (
        {"yo", "tú", "él", "ella", "nosotros", "ellos", "ellas", "lo", "la", "le", "les", "eso", "esto", "este"},
        {"y", "pero", "o", "así", "porque", "entonces", "sí", "no", "pues", "también"},
    ),
}  # fmt: skip
"""By language: words that point at what was said before, and words that go on from it when they come first."""

_LANGUAGES = {"eng": "en", "ger": "de", "deu": "de", "fre": "fr", "fra": "fr", "spa": "es"}

_WHOLE, _LENGTH, _LEANS, _PAUSES = 0.3, 0.2, 0.25, 0.25


def lines_read(transcript: Transcript, level: np.ndarray, starts_s: np.ndarray) -> tuple[Line, ...]:
    """The sentences of a transcript, cut on the quiet around them.

    Args:
        transcript: In the film's seconds.
        level: (L,) dB of each 10 ms of the film's sound.
        starts_s: (N,) when each shot begins.
    """
    smooth, length = _smoothed(level), len(level) * LEVEL_STEP_S
    said = [each for each in transcript.sentences if each.start_s < length and each.end_s > 0]
    spans = [_outward(smooth, max(0.0, each.start_s), min(length, each.end_s)) for each in said]
    for place in range(1, len(spans)):  # two sentences of one breath: neither may begin within the other
        if spans[place][0] < spans[place - 1][1]:
            between = _quietest(smooth, said[place - 1].end_s - _OUTWARD_S / 2, said[place].start_s + _OUTWARD_S / 2)
            between = min(max(between, spans[place - 1][0]), spans[place][1])
            spans[place - 1], spans[place] = (spans[place - 1][0], between), (between, spans[place][1])
    language = _LANGUAGES.get(transcript.language, transcript.language[:2])
    return tuple(
        Line(start, end, each.words, _shot_at(starts_s, start), _alone(each, span, before, after, language))
        for each, span, before, after in zip(said, spans, *_neighbours(spans), strict=True)
        if (end := span[1]) - (start := span[0]) >= _SHORTEST_S
    )


def lines_heard(segments: Sequence[Segment], level: np.ndarray, starts_s: np.ndarray) -> tuple[Line, ...]:
    """Runs of speech between two pauses, without words."""
    smooth = _smoothed(level)
    spans = [
        span
        for segment in segments
        if segment.kind is SoundKind.SPEECH
        for run in _runs(smooth, segment.start_s, segment.end_s)
        for span in _short_enough(smooth, *run)
    ]
    ends = [0.0, *np.maximum.accumulate([end for _, end in spans])] if spans else []
    spans = [(max(start, before), end) for (start, end), before in zip(spans, ends, strict=False)]
    spans = [(start, end) for start, end in spans if end - start >= _SHORTEST_S]
    return tuple(
        Line(*span, "", _shot_at(starts_s, span[0]), _alone(None, span, before, after, ""))
        for span, before, after in zip(spans, *_neighbours(spans), strict=True)
    )


_Span = tuple[float, float]


def _neighbours(spans: list[_Span]) -> tuple[list[_Span | None], list[_Span | None]]:
    """What comes before each span, and what after."""
    return [None, *spans][: len(spans)], [*spans, None][1:] if spans else []


def _alone(
    said: Sentence | None,
    span: tuple[float, float],
    before: tuple[float, float] | None,
    after: tuple[float, float] | None,
    language: str,
) -> float:
    length = span[1] - span[0]
    fits = float(np.interp(length, (0.5, _LENGTH_S[0], _LENGTH_S[1], _LONGEST_S), (0, 1, 1, 0)))
    gaps = [
        span[0] - before[1] if before else np.inf,
        after[0] - span[1] if after else np.inf,
    ]
    pauses = float(np.mean([min(1.0, max(0.0, gap) / (2 * _APART_S)) for gap in gaps]))
    crowded = sum(gap < _APART_S for gap in gaps)
    whole, leans = (0.5, 0.5) if said is None else (_is_whole(said), _stands(said.words, language))
    score = _WHOLE * whole + _LENGTH * fits + _LEANS * leans + _PAUSES * pauses
    return round(float(np.clip(score * (1 - 0.15 * crowded), 0, 1)), 4)


def _is_whole(said: Sentence) -> float:
    """A sentence that begins and ends as one; a question asks for an answer that is not there."""
    begins = not said.words[:1].islower()
    hangs = said.words.rstrip("\"'”’») ").endswith(("…", "...", "—", "–"))
    return 0.0 if not said.whole else 0.5 * begins + 0.5 * (not hangs)


def _stands(words: str, language: str) -> float:
    """1 for words that point at nothing before them, 0 for those that do little else; 0.5 in another language."""
    if language not in _LEANING:
        return 0.5
    pointing, going_on = _LEANING[language]
    spoken = re.findall(r"\w+", re.sub(r"['’]\w+", "", words.lower()))
    if not spoken:
        return 0.0
    share = sum(word in pointing for word in spoken) / len(spoken)
    return max(0.0, 1 - 1.5 * share - 0.5 * (spoken[0] in going_on) - 0.3 * (len(spoken) < 3))


def _smoothed(level: np.ndarray) -> np.ndarray:
    """Level over 30 ms: one period of the deepest voices is 15 ms."""
    width = max(1, round(_SMOOTH_S / LEVEL_STEP_S))
    if len(level) < width:
        return level.astype(np.float64)
    power = np.convolve(10 ** (level.astype(np.float64) / 10), np.ones(width) / width, mode="same")
    return 10 * np.log10(np.maximum(power, 1e-10))


def _outward(level: np.ndarray, start_s: float, end_s: float) -> tuple[float, float]:
    """Both ends moved outwards to the nearest quiet, or where there is none to the quietest within reach."""
    first, last = round(start_s / LEVEL_STEP_S), round(end_s / LEVEL_STEP_S)
    spoken = level[first:last]
    if not len(spoken):
        return start_s, end_s
    quiet = float(np.percentile(spoken, 90)) - _DROP_DB
    reach, hold = round(_OUTWARD_S / LEVEL_STEP_S), round(_QUIET_S / LEVEL_STEP_S)
    before = level[max(0, first - reach) : first][::-1]
    after = level[last : last + reach]
    first, last = first - _to_quiet(before, quiet, hold), last + _to_quiet(after, quiet, hold)
    return first * LEVEL_STEP_S, last * LEVEL_STEP_S


def _to_quiet(level: np.ndarray, quiet: float, hold: int) -> int:
    """Steps to the middle of the first stretch of quiet; else to the quietest step; 0 where there is nothing."""
    if not len(level):
        return 0
    run = 0
    for place, value in enumerate(level):
        run = run + 1 if value < quiet else 0
        if run == hold:
            return place - hold // 2
    return int(np.argmin(level))


def _quietest(level: np.ndarray, start_s: float, end_s: float) -> float:
    first = max(0, round(start_s / LEVEL_STEP_S))
    within = level[first : max(first + 1, round(end_s / LEVEL_STEP_S))]
    return (first + int(np.argmin(within))) * LEVEL_STEP_S if len(within) else start_s


def _runs(level: np.ndarray, start_s: float, end_s: float) -> list[tuple[float, float]]:
    """Speech from pause to pause, its ends in the middle of short pauses and a little into long ones."""
    first, last = round(start_s / LEVEL_STEP_S), min(len(level), round(end_s / LEVEL_STEP_S))
    within = level[first:last]
    if not len(within):
        return []
    loud = within >= np.percentile(within, 90) - 1.5 * _DROP_DB
    edges = np.flatnonzero(np.diff(np.concatenate([[False], loud, [False]]).astype(np.int8)))
    runs = [(int(one), int(other)) for one, other in edges.reshape(-1, 2)]
    joined: list[tuple[int, int]] = []
    for one, other in runs:
        if joined and one - joined[-1][1] < _PAUSE_S / LEVEL_STEP_S:
            joined[-1] = (joined[-1][0], other)
        else:
            joined.append((one, other))
    room = round(_TAIL_S / LEVEL_STEP_S)
    gaps = [2 * room, *(after[0] - before[1] for before, after in pairwise(joined)), 2 * room]
    spans = [
        (
            max(0, first + one - min(room, before // 2)) * LEVEL_STEP_S,
            min(len(level), first + other + min(room, after // 2)) * LEVEL_STEP_S,
        )
        for (one, other), before, after in zip(joined, gaps[:-1], gaps[1:], strict=True)
    ]
    # where the stretch of speech itself ends within a word, as it was told by windows of a second, the word goes on
    if joined[0][0] < _AT_THE_EDGE:
        spans[0] = (_outward(level, *spans[0])[0], spans[0][1])
    if joined[-1][1] > len(within) - _AT_THE_EDGE:
        spans[-1] = (spans[-1][0], _outward(level, *spans[-1])[1])
    return spans


def _short_enough(level: np.ndarray, start_s: float, end_s: float) -> list[tuple[float, float]]:
    """A run without a pause for too long, halved where it is quietest."""
    if end_s - start_s <= _LONGEST_S:
        return [(start_s, end_s)]
    middle = _quietest(level, start_s + 0.3 * (end_s - start_s), end_s - 0.3 * (end_s - start_s))
    return [*_short_enough(level, start_s, middle), *_short_enough(level, middle, end_s)]


def _shot_at(starts_s: np.ndarray, time_s: float) -> int:
    return max(0, int(np.searchsorted(starts_s, time_s + 1e-6, side="right")) - 1)
