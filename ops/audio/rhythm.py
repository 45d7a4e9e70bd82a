"""The rhythm of a track: its passages of steady tempo, their beats and bars, and how sure that is.

A passage is looked for within music and within what is not music, each for itself, so that a song's tempo is
not blurred by the talk before it. Speech, rain and silence have no passages, and the reason is given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ops.audio.beats import TrackedBeats, track_beats
from ops.audio.kinds import Segment, SoundKind
from ops.audio.onsets import onset_envelope
from ops.audio.pulse import NO_PULSE, Pulse, find_pulses
from ops.audio.spectrum import FRAMES_PER_S
from ops.audio.traits import FrameTraits

__all__ = ["SURE", "Beat", "Passage", "Rhythm", "find_rhythm"]

SURE = 0.5
"""Passages of less confidence are left out: a cut on a beat that is none is worse than a cut anywhere."""

_SOFTNESS = 0.035
"""Comb score that takes the confidence from one half to three quarters."""

_FEW_BEATS = 6.0
_NOT_MUSIC = 0.6
"""A train has a pulse as well: what is not music has this share of the confidence."""

_NOTHING, _TELLING_BEATS = 0.1, 6
"""A ghost note is more than a tenth of a beat; five beats prove no habit."""

_REST_S = 2.0
"""A rest: the beat goes on through it."""

_SLOW_BPM, _AS_MUCH = 77.5, 0.4
"""Twice 77.5 is as fast as most beats go; 0.4 tells a drummer's beats from eighths on a hi-hat."""

_INTERLUDE_S = 10.0
"""Music goes on over a shorter stretch of another kind (a sung line, applause, a bang)."""


@dataclass(frozen=True)
class Beat:
    """One beat.

    Attributes:
        time_s: When, seconds from the track's first sample.
        position: Place in its bar; 1 is the downbeat.
        passage: Index of its passage.
        strength: Strength of the onset on it; about 1 is as strong as the music around, 0 is none.
    """

    time_s: float
    position: int
    passage: int
    strength: float


@dataclass(frozen=True)
class Passage:
    """A stretch of steady tempo.

    Attributes:
        start_s, end_s: Its first and last beat.
        tempo_bpm: From the times of the beats.
        confidence: 0.5 to 1, that there is this pulse.
        meter: Beats a bar, 3 or 4.
        bar_confidence: 0 to 1, that the downbeats are the downbeats.
    """

    start_s: float
    end_s: float
    tempo_bpm: float
    confidence: float
    meter: int
    bar_confidence: float


@dataclass(frozen=True)
class Rhythm:
    """The rhythm of a track.

    Attributes:
        tempo_bpm: Of the passage with the most beats; None where there is none.
        confidence: Of that passage; 0 where there is none.
        reason: Why there are no beats; empty where there are.
        passages: In order, apart from each other.
        beats: Of all passages, in order.
    """

    tempo_bpm: float | None
    confidence: float
    reason: str
    passages: tuple[Passage, ...]
    beats: tuple[Beat, ...]


def find_rhythm(traits: FrameTraits, sounding: np.ndarray, segments: Sequence[Segment]) -> Rhythm:
    """Passages and beats of a track, given its frames (T) and what is heard when."""
    if not sounding.any():
        return _without("the track is silent")
    envelope = onset_envelope(traits.flux) * sounding
    passages: list[Passage] = []
    beats: list[Beat] = []
    unsure = 0.0
    for start, end in _regions(segments):
        for pulse in find_pulses(envelope[start:end]):
            there = Pulse(pulse.start + start, pulse.end + start, pulse.strength, pulse.period)
            tracked = track_beats(envelope, traits, there)
            share = _octave(traits.flux, tracked)
            if share != 1:
                there = replace(there, period=there.period * share)
                tracked = track_beats(envelope, traits, there)
            if len(tracked.times_s) < 2:
                continue
            confidence = _confidence(pulse, tracked, segments)
            if confidence < SURE:
                unsure = max(unsure, confidence)
                continue
            beats += _beats(tracked, len(passages))
            passages.append(_passage(tracked, confidence))
    if not passages:
        doubt = f" (the likeliest one has a confidence of {unsure:.2f})" if unsure else ""
        return _without(f"no steady pulse was found{doubt}")
    counts = np.bincount([beat.passage for beat in beats], minlength=len(passages))
    main = passages[int(counts.argmax())]
    return Rhythm(main.tempo_bpm, main.confidence, "", tuple(passages), tuple(beats))


def _without(reason: str) -> Rhythm:
    return Rhythm(None, 0.0, reason, (), ())


def _regions(segments: Sequence[Segment]) -> list[tuple[int, int]]:
    """Stretches to look for passages in, in frames: long silence parts them, and where music begins or ends."""
    regions: list[tuple[float, float, bool]] = []
    for index, segment in enumerate(segments):
        if segment.kind is SoundKind.SILENCE:
            continue
        music = segment.kind is SoundKind.MUSIC or _interlude(segments, index)
        if regions and regions[-1][2] == music and segment.start_s - regions[-1][1] < _REST_S:
            regions[-1] = (regions[-1][0], segment.end_s, music)
        else:
            regions.append((segment.start_s, segment.end_s, music))
    return [(round(start * FRAMES_PER_S), round(end * FRAMES_PER_S)) for start, end, _ in regions]


def _interlude(segments: Sequence[Segment], index: int) -> bool:
    """Whether a stretch is short and music goes on around it."""
    here = segments[index]
    around = [*segments[max(0, index - 1) : index], *segments[index + 1 : index + 2]]
    return (
        here.end_s - here.start_s < _INTERLUDE_S
        and len(around) == 2
        and all(each.kind is SoundKind.MUSIC for each in around)
    )


def _octave(flux: np.ndarray, tracked: TrackedBeats) -> float:
    """What the period is to be multiplied by: 2, 1 or one half.

    One half where a slow pulse skips every second beat, as much is struck between its beats as on them; 2 where
    nothing at all is struck on every second beat of a quicker one.
    """
    times = tracked.times_s
    if len(times) < _TELLING_BEATS:
        return 1.0

    def struck(at_s: np.ndarray) -> float:
        frames = np.round(at_s * FRAMES_PER_S).astype(int)
        near = np.clip(np.add.outer(frames, np.arange(-4, 4)), 0, len(flux) - 1)
        return float(np.median(flux[near].max(axis=1)))

    if _tempo(times) < _SLOW_BPM:
        return 0.5 if struck((times[:-1] + times[1:]) / 2) > _AS_MUCH * struck(times) else 1.0
    one, other = struck(times[::2]), struck(times[1::2])
    return 2.0 if min(one, other) < _NOTHING * max(one, other) else 1.0


def _confidence(pulse: Pulse, tracked: TrackedBeats, segments: Sequence[Segment]) -> float:
    clear = 1 / (1 + np.exp((NO_PULSE - pulse.strength) / _SOFTNESS))
    enough = 1 - np.exp(-len(tracked.times_s) / _FEW_BEATS)
    ends = [segment.end_s for segment in segments]
    at = np.clip(np.searchsorted(ends, tracked.times_s, side="right"), 0, len(segments) - 1)
    music = np.mean([segments[index].kind is SoundKind.MUSIC for index in at])
    return float(clear * enough * (_NOT_MUSIC + (1 - _NOT_MUSIC) * music))


def _passage(tracked: TrackedBeats, confidence: float) -> Passage:
    return Passage(
        start_s=float(tracked.times_s[0]),
        end_s=float(tracked.times_s[-1]),
        tempo_bpm=_tempo(tracked.times_s),
        confidence=confidence,
        meter=tracked.meter,
        bar_confidence=tracked.bar_confidence,
    )


def _tempo(times_s: np.ndarray) -> float:
    """Beats a minute from their times: the line through them without the few that stray from it.

    Where they do not lie on a line, as the tempo moves, it is the median of the intervals.
    """
    number = np.arange(len(times_s))
    kept = np.ones(len(times_s), dtype=bool)
    slope = float(np.median(np.diff(times_s)))
    for _ in range(3):
        slope, offset = np.polyfit(number[kept], times_s[kept], 1)
        away = np.abs(times_s - (slope * number + offset))
        kept = away <= max(0.01, 3 * float(np.median(away)))
        if kept.sum() < 2:
            break
    interval = float(np.median(np.diff(times_s)))
    return float(60 / (slope if abs(slope / interval - 1) < 0.03 else interval))


def _beats(tracked: TrackedBeats, passage: int) -> list[Beat]:
    rows = zip(tracked.times_s, tracked.positions, tracked.strengths, strict=True)
    return [Beat(float(time), int(position), passage, float(strength)) for time, position, strength in rows]
