"""The best passage of a track to lay under a trailer: the film's own music, or a track that somebody supplied.

It begins on a downbeat, keeps its tempo, has nobody speaking over it and, best of all, rises. One that is short by
no more than half is made longer by going back a few bars, at a bar line, where the two bars sound alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ops.audio.features import AudioFeatures
from ops.audio.kinds import SoundKind
from ops.audio.loudness import FLOOR_LUFS, STEP_S
from ops.audio.measure import measure
from ops.audio.rhythm import Passage
from ops.errors import MediaError
from ops.progress import Progress, no_progress
from ops.trailer.soundtrack import Bed, BedKind

__all__ = ["film_bed", "supplied_bed"]

_LEAST_SHARE = 0.5
"""A passage shorter than half the trailer would be heard three times."""

_LEAST_BARS = 4
_STEADY = 0.06
"""Share of a beat by which beats may stray from an even grid, at the median; a rubato strays by a fifth."""

_TOLERATED_S = 0.3
"""Speech of this length is a laugh or a mistake of the ear."""


_NEAR_VOICES_S = 20.0
"""Music so near to speech is left alone: where one voice was heard over it, others were taken for music (two of the
demo film's five sentences are), and half a sentence in the music spoils a trailer."""


@dataclass(frozen=True)
class _Course:
    """A way through a track.

    Attributes:
        start_s: Where it begins.
        splices: As in `Bed`.
        worth: How much it is liked.
        why: In words.
    """

    start_s: float
    splices: tuple[tuple[float, float], ...]
    worth: float
    why: str
    passage: int


def film_bed(features: AudioFeatures, seconds: float) -> Bed | None:
    """The film's own music for a trailer; None where it has none that will do.

    Args:
        features: Of the film's track.
        seconds: Length of the trailer.
    """
    course = _best_course(features, seconds, speech_allowed=False)
    return None if course is None else _bed(BedKind.FILM, features, course, seconds, "")


def supplied_bed(track: Path, seconds: float, *, progress: Progress = no_progress) -> Bed:
    """A track that somebody supplied, measured, from its best bar on; voices in it are part of the song.

    Args:
        track: Any sound file.
        seconds: Length of the trailer.
        progress: Told the fraction done.

    Raises:
        MediaError: It cannot be read, is silent, or is too short.
    """
    features = measure(track, progress=progress)
    if features.loudness.integrated_lufs is None:
        raise MediaError("the supplied music is silent", where=track, fix="Supply another track.")
    course = _best_course(features, seconds, speech_allowed=True) or _beatless(features, seconds)
    if course is None:
        raise MediaError(
            f"the supplied music lasts {features.duration_s:.1f} s, too little for {seconds:.1f} s",
            where=track,
            fix=f"Supply one of that length, or one of {_LEAST_SHARE * seconds:.0f} s or more with a steady beat.",
        )
    return _bed(BedKind.SUPPLIED, features, course, seconds, track.name)


def _bed(kind: BedKind, features: AudioFeatures, course: _Course, seconds: float, source: str) -> Bed:
    beats: list[float] = []
    downbeats: list[float] = []
    passage = features.rhythm.passages[course.passage] if course.passage >= 0 else None
    cuts = [(0.0, course.start_s), *course.splices]
    for place, (at_s, from_s) in enumerate(cuts):
        until = cuts[place + 1][0] if place + 1 < len(cuts) else seconds
        for beat in features.rhythm.beats:
            time = beat.time_s - from_s + at_s
            # a splice lies on a bar line: its downbeat is the second stretch's, not both's
            if beat.passage == course.passage and at_s - 1e-3 <= time < until - 1e-3:
                beats.append(max(0.0, time))
                if beat.position == 1:
                    downbeats.append(max(0.0, time))
    return Bed(
        kind,
        start_s=course.start_s,
        tempo_bpm=passage.tempo_bpm if passage else None,
        beats_s=tuple(beats),
        downbeats_s=tuple(downbeats),
        source=source,
        reason=course.why,
        splices=course.splices,
    )


def _best_course(features: AudioFeatures, seconds: float, *, speech_allowed: bool) -> _Course | None:
    unwanted = () if speech_allowed else (SoundKind.SPEECH,)
    courses = []
    for index, passage in enumerate(features.rhythm.passages):
        if not _steady(features, index):
            continue
        bars = [beat.time_s for beat in features.rhythm.beats if beat.passage == index and beat.position == 1]
        bar_s = 60 / passage.tempo_bpm * passage.meter
        for low, high in _stretches(features, passage, bar_s, unwanted):
            inside = [bar for bar in bars if low - 1e-3 <= bar <= high]
            courses += [
                course
                for first in range(len(inside))
                if (course := _course(features, index, inside[first:], high, seconds)) is not None
            ]
    return max(courses, key=lambda course: course.worth, default=None)


def _steady(features: AudioFeatures, passage: int) -> bool:
    times = np.array([beat.time_s for beat in features.rhythm.beats if beat.passage == passage])
    if len(times) < 2:
        return False
    steps = np.diff(times)
    return bool(np.median(np.abs(steps / np.median(steps) - 1)) <= _STEADY)


def _stretches(
    features: AudioFeatures, passage: Passage, bar_s: float, unwanted: tuple[SoundKind, ...]
) -> list[tuple[float, float]]:
    """From and to of what is left of a passage without stretches of unwanted kinds; the last bar counts as whole."""
    end = min(features.duration_s, passage.end_s + bar_s)
    left, low = [], passage.start_s
    for segment in features.segments:
        barred = segment.kind in unwanted and segment.end_s - segment.start_s > _TOLERATED_S
        if barred and segment.end_s + _NEAR_VOICES_S > low and segment.start_s - _NEAR_VOICES_S < end:
            left.append((low, segment.start_s - _NEAR_VOICES_S))
            low = max(low, segment.end_s + _NEAR_VOICES_S)
    left.append((low, end))
    return [(low, high) for low, high in left if high - low > _LEAST_BARS * bar_s]


def _course(features: AudioFeatures, passage: int, bars: list[float], end: float, seconds: float) -> _Course | None:
    """A course from the first of these bars on, spliced once where it would end too early."""
    start, tempo = bars[0], features.rhythm.passages[passage]
    splices: tuple[tuple[float, float], ...] = ()
    how = ""
    if end - start < seconds:
        spliced = _splice(features, bars, end, seconds)
        if spliced is None:
            return None
        out_s, back_s = spliced
        splices = ((out_s - start, back_s),)
        how = f", made longer by {out_s - back_s:.1f} s at a bar line"
    rise = _rise(features, start, min(end, start + seconds))
    loud = _loudness(features, start, min(end, start + seconds)) - (features.loudness.integrated_lufs or FLOOR_LUFS)
    # a rise of 6 LU is worth what 12 LU of loudness are; a splice costs what 4 LU of rise are
    worth = np.clip(rise, -6, 6) + 0.5 * np.clip(loud, -12, 6) + 4 * tempo.confidence + 2 * tempo.bar_confidence
    worth -= 4 * len(splices)
    why = (
        f"from {start:.1f} s of the track, on a downbeat: {tempo.tempo_bpm:.1f} beats a minute, steady, "
        f"{'rising by' if rise >= 0 else 'falling by'} {abs(rise):.1f} LU{how}"
    )
    return _Course(start, splices, float(worth), why, passage)


def _splice(features: AudioFeatures, bars: list[float], end: float, seconds: float) -> tuple[float, float] | None:
    """Bar line at which the music goes back, and that to which: the two that sound most alike."""
    missing = seconds - (end - bars[0])
    if len(bars) < _LEAST_BARS + 1 or end - bars[0] < _LEAST_SHARE * seconds:
        return None
    curve = features.loudness.momentary_lufs
    best, found = np.inf, None
    for late in range(2, len(bars)):
        for early in range(late - 1):
            back = bars[late] - bars[early]
            if not missing <= back <= missing + 8:
                continue
            two_bars = round((bars[late] - bars[late - 2]) / STEP_S)
            here, there = (round(bars[place] / STEP_S) for place in (late, early))
            length = min(two_bars, len(curve) - here, len(curve) - there)
            if length < 1:
                continue
            differ = float(np.abs(curve[here : here + length] - curve[there : there + length]).mean())
            phrase = 0.0 if (late - early) % 4 == 0 else 1.5  # phrases are of four bars
            if differ + phrase < best:
                best, found = differ + phrase, (bars[late], bars[early])
    return found


def _beatless(features: AudioFeatures, seconds: float) -> _Course | None:
    """From the first sound on, where there is no beat to begin on."""
    heard = np.flatnonzero(features.loudness.momentary_lufs > FLOOR_LUFS + 20)
    start = max(0.0, heard[0] * STEP_S - 0.4) if len(heard) else 0.0
    if features.duration_s - start < seconds:
        return None
    return _Course(start, (), 0.0, f"from {start:.1f} s of the track; it has no steady beat", -1)


def _loudness(features: AudioFeatures, start: float, end: float) -> float:
    part = features.loudness.momentary_lufs[round(start / STEP_S) : max(round(start / STEP_S) + 1, round(end / STEP_S))]
    return float(10 * np.log10(np.mean(10 ** (part.astype(np.float64) / 10)))) if len(part) else FLOOR_LUFS


def _rise(features: AudioFeatures, start: float, end: float) -> float:
    third = (end - start) / 3
    return _loudness(features, end - third, end) - _loudness(features, start, start + third)
