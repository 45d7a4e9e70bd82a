"""No word cut in half: where a line may be cut, and whether a finished list cuts one.

The evidence is the level of the voice (`hearing_levels.py`): a cut is safe in a pause, seen beside the line's own
level and the room's. A stop consonant is a pause of up to a tenth of a second within a word, so a pause to cut in lasts
longer.
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

_STRONG_DB, _AUDIBLE_DB = -6.0, -45.0
"""Over music a voice is sure to be cut where it is within 6 dB of the line's own level on both sides of the cut, and
above -45 dB of full scale on both."""

_BREATH_S = 0.06
"""Left before a word and after it."""

_LINE_SLACK_S = 0.1
"""The ends of lines are not known better: nobody speaks so near to one."""


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
    """An end of a piece of the film's sound at which somebody is speaking.

    Attributes:
        sound: Index among the list's sounds.
        edge: Which end.
        at_s: Where, seconds of the film.
        inside_db, outside_db: Level of the voice just inside and just outside, beside the line's own level.
        sure: Whether the voice stands out from its room enough to be judged by its sound, or is strong on both sides
            of the cut.
        why: In words.
    """

    sound: int
    edge: Edge
    at_s: float
    inside_db: float
    outside_db: float
    sure: bool
    why: str

    @property
    def told(self) -> str:
        """For people."""
        end = "begins" if self.edge is Edge.IN else "ends"
        return f"sound {self.sound} {end} at {self.at_s:.2f} s of the film: {self.why}"


def safe_span(levels: SpeechLevels, start_s: float, end_s: float, *, reach_s: float = 0.8) -> SafeSpan:
    """Move the ends of a line outwards to the nearest pause, so that no word is cut.

    Args:
        levels: As `speech_levels` gives them for it.
        start_s, end_s: From and to, seconds of the film.
        reach_s: How far an end may move; 1.4 s are heard beyond it.
    """
    pauses = _pauses(levels, levels.quiet(start_s, end_s), _PAUSE_S)
    start, start_safe = _moved(levels, pauses, start_s, -reach_s)
    end, end_safe = _moved(levels, pauses, end_s, reach_s)
    return SafeSpan(start, end, start_safe, end_safe)


def clipped_words(
    edl: EditDecisionList, film: Path, *, lines: Sequence[tuple[float, float]] = ()
) -> tuple[ClippedWord, ...]:
    """Ends of the film's sounds in a list at which a word of the film is cut.

    An end of a line is judged by what is heard there. An end of the pictures' own sound is judged where a line of the
    film is being spoken, beside that line: a sea that goes on over a cut is no word.

    Args:
        edl: The list.
        film: The film's track.
        lines: From and to of the film's lines, seconds, as its analysis knows them.

    Raises:
        MediaError: The track cannot be read.
    """
    found = []
    for index, sound in enumerate(edl.sounds):
        start_s, end_s = float(sound.start / edl.rate), float(sound.end / edl.rate)
        for edge, at_s in ((Edge.IN, start_s), (Edge.OUT, end_s)):
            if sound.role is SoundRole.DIALOGUE:
                spoken = [(start_s, end_s)]
            else:
                spoken = [line for line in lines if line[0] + _LINE_SLACK_S < at_s < line[1] - _LINE_SLACK_S]
            clipped = (_clipped(film, index, edge, at_s, line) for line in spoken)
            found += [word for word in clipped if word is not None][:1]
    return tuple(found)


def _clipped(film: Path, index: int, edge: Edge, at_s: float, line: tuple[float, float]) -> ClippedWord | None:
    """The word that an end cuts, judged beside the line that is spoken there."""
    levels = speech_levels(film, *line)
    voice, room = levels.voice_db(*line), levels.room_db()
    before, after = (_mean(levels.between(at_s + a, at_s + b)) - voice for a, b in ((-0.06, 0), (0, 0.06)))
    inside, outside = (after, before) if edge is Edge.IN else (before, after)
    softer = min(inside, outside)
    if softer <= np.clip(room - voice + OVER_ROOM_DB + 2, *_SPEAKING_DB):
        return None
    why = _cut_by_sound(levels, levels.quiet(*line), at_s)
    sure = voice - room >= _SURE_DB or (softer >= _STRONG_DB and softer + voice >= _AUDIBLE_DB)
    return ClippedWord(index, edge, at_s, inside, outside, sure, why) if why else None


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


def _mean(levels: np.ndarray) -> float:
    return float(levels.mean()) if len(levels) else -120.0


def _runs(flags: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
