"""No word cut in half: where a line may be cut, and whether a finished list cuts one.

The evidence is the level of the voice (`hearing_levels.py`): a cut is safe in a pause, seen beside the line's own
level and the room's. Where the times of words are known, they decide. A stop consonant is a pause of up to a tenth
of a second within a word, so a pause to cut in lasts longer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np

from ops.trailer.edl import EditDecisionList
from ops.trailer.measuring.levels import OVER_ROOM_DB, STEP_S, SpeechLevels, speech_levels
from ops.trailer.soundtrack import SoundRole

__all__ = ["ClippedWord", "Edge", "SafeSpan", "clipped_words", "safe_span"]

_PAUSE_S = 0.12
"""Silence before a plosive lasts 50 to 100 ms (Lisker 1957: 75 ms for English /b/, 120 ms for /p/ between vowels)."""

_JUDGED_PAUSE_S = 0.06
"""A cut in a shorter one is taken for a cut in a word."""

_SPEAKING_DB = (-18.0, -10.0)
"""Beside the line's level: what is as soft as this on either side of a cut is no word, but its breath or its room."""

_SURE_DB = 15.0
"""A voice so far over its room shows its words; in Sintel's trailer, with music behind, lines are 16 to 20 dB over."""

_BREATH_S = 0.06
"""Left before a word and after it."""

_WORD_SLACK_S = 0.03
"""Times of words are not known better."""


class Edge(StrEnum):
    """An end of a line."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True)
class SafeSpan:
    """A line's span after its ends were moved.

    Attributes:
        start_s, end_s: From and to, seconds of the film.
        start_safe, end_safe: Whether the end lies in a pause; False where none was within reach: it then lies in the
            softest place there.
    """

    start_s: float
    end_s: float
    start_safe: bool
    end_safe: bool


@dataclass(frozen=True)
class ClippedWord:
    """An end of a line at which somebody is speaking.

    Attributes:
        sound: Index among the list's sounds.
        edge: Which end.
        at_s: Where, seconds of the film.
        inside_db, outside_db: Level of the voice just inside and just outside, beside the line's own level.
        sure: Whether word times say so, or the voice stands out from its room enough to be judged by its sound.
        why: In words.
    """

    sound: int
    edge: Edge
    at_s: float
    inside_db: float
    outside_db: float
    sure: bool
    why: str


def safe_span(
    levels: SpeechLevels,
    start_s: float,
    end_s: float,
    *,
    words: Sequence[tuple[float, float]] = (),
    reach_s: float = 0.8,
) -> SafeSpan:
    """Move the ends of a line outwards to the nearest pause, so that no word is cut.

    Args:
        levels: As `speech_levels` gives them for it.
        start_s, end_s: From and to, seconds of the film.
        words: From and to of each word, where they are known.
        reach_s: How far an end may move; 1.4 s are heard beyond it.
    """
    if words:
        return _between_words(start_s, end_s, words, reach_s)
    pauses = _pauses(levels, levels.quiet(start_s, end_s), _PAUSE_S)
    start, start_safe = _moved(levels, pauses, start_s, -reach_s)
    end, end_safe = _moved(levels, pauses, end_s, reach_s)
    return SafeSpan(start, end, start_safe, end_safe)


def clipped_words(
    edl: EditDecisionList, film: Path, *, words: Sequence[tuple[float, float]] = ()
) -> tuple[ClippedWord, ...]:
    """Ends of the list's lines at which a word of the film is cut.

    Args:
        edl: The list.
        film: The film's track.
        words: From and to of the film's words, seconds, where they are known; a line that none of them is near is
            judged by its sound.

    Raises:
        MediaError: The track cannot be read.
    """
    found = []
    for index, sound in enumerate(edl.sounds):
        if sound.role is not SoundRole.DIALOGUE:
            continue
        start_s, end_s = float(sound.start / edl.rate), float(sound.end / edl.rate)
        levels = speech_levels(film, start_s, end_s)
        quiet = levels.quiet(start_s, end_s)
        near = [word for word in words if word[0] < end_s + 1 and word[1] > start_s - 1]
        voice = levels.voice_db(start_s, end_s)
        sure = bool(near) or voice - levels.room_db() >= _SURE_DB
        for edge, at_s in ((Edge.IN, start_s), (Edge.OUT, end_s)):
            before, after = (_mean(levels.between(at_s + a, at_s + b)) - voice for a, b in ((-0.06, 0), (0, 0.06)))
            inside, outside = (after, before) if edge is Edge.IN else (before, after)
            speaking = min(inside, outside) > np.clip(levels.room_db() - voice + OVER_ROOM_DB + 2, *_SPEAKING_DB)
            why = _cut_by_words(at_s, near) if near else _cut_by_sound(levels, quiet, at_s) if speaking else ""
            if why:
                found.append(ClippedWord(index, edge, at_s, inside, outside, sure, why))
    return tuple(found)


def _cut_by_words(at_s: float, words: Sequence[tuple[float, float]]) -> str:
    for start, end in words:
        if start + _WORD_SLACK_S < at_s < end - _WORD_SLACK_S:
            return f"a word lasts from {start:.2f} to {end:.2f} s"
    return ""


def _cut_by_sound(levels: SpeechLevels, quiet: np.ndarray, at_s: float) -> str:
    if at_s <= STEP_S:
        return ""
    here = (at_s - levels.start_s) / STEP_S
    for first, last in _runs(quiet):
        if first - 1 <= here <= last + 1 and (last - first) * STEP_S >= _JUDGED_PAUSE_S:
            return ""
    return "the voice goes on over the cut"


def _pauses(levels: SpeechLevels, quiet: np.ndarray, least_s: float) -> list[tuple[float, float]]:
    return [
        (levels.start_s + first * STEP_S, levels.start_s + last * STEP_S)
        for first, last in _runs(quiet)
        # what is heard may begin or end within a pause, whose length is then not known
        if (last - first) * STEP_S >= least_s or first == 0 or last == len(quiet)
    ]


def _moved(
    levels: SpeechLevels, pauses: Sequence[tuple[float, float]], at_s: float, reach_s: float
) -> tuple[float, bool]:
    """An end moved outwards, back for a negative reach, to the nearest pause: left with a breath where it has room."""
    outwards = 1 if reach_s > 0 else -1
    for first, last in pauses if outwards > 0 else list(reversed(pauses)):
        near, far = (first, last) if outwards > 0 else (last, first)  # the pause's side that the word is on
        breath = near + outwards * min(_BREATH_S, (last - first) / 2)
        if outwards * (far - at_s) < _BREATH_S / 2:
            continue  # the pause is over before the line's end
        if outwards * (breath - at_s) <= 0:
            return at_s, True  # it lies in the pause already
        if outwards * (breath - at_s) <= abs(reach_s):
            return max(0.0, breath), True
        break
    if at_s <= STEP_S:
        return at_s, True
    low, high = sorted((at_s, at_s + reach_s))
    heard = levels.between(low, high)
    if not len(heard):
        return at_s, False
    return max(low, levels.start_s) + int(np.argmin(heard)) * STEP_S, False


def _between_words(start_s: float, end_s: float, words: Sequence[tuple[float, float]], reach_s: float) -> SafeSpan:
    """Ends moved out of the words that they cut, and on into half of the gap behind, at most a breath."""
    ordered = sorted(words)
    start, end, start_safe, end_safe = start_s, end_s, True, True
    for nth, (first, last) in enumerate(ordered):
        if first - _WORD_SLACK_S < start_s < last:
            gap = first - ordered[nth - 1][1] if nth else 2 * _BREATH_S
            start = max(0.0, first - min(_BREATH_S, max(0.0, gap) / 2))
            start_safe = start_s - start <= reach_s
        if first < end_s < last + _WORD_SLACK_S:
            gap = ordered[nth + 1][0] - last if nth + 1 < len(ordered) else 2 * _BREATH_S
            end = last + min(_BREATH_S, max(0.0, gap) / 2)
            end_safe = end - end_s <= reach_s
    return SafeSpan(start if start_safe else start_s, end if end_safe else end_s, start_safe, end_safe)


def _mean(levels: np.ndarray) -> float:
    return float(levels.mean()) if len(levels) else -120.0


def _runs(flags: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
