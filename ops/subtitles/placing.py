"""Cues that know their words and sounds are given their times."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from ops.subtitles.cue import Cue, CueTrack
from ops.subtitles.measure import length, words_in
from ops.subtitles.profile import Limits
from ops.subtitles.timing.passes import Need, timed

__all__ = ["frames_to_read", "placed", "sound_of"]


def frames_to_read(lines: Sequence[str], limits: Limits, rate: Fraction) -> int:
    """How long a reader takes for a cue, in whole frames."""
    frames = 0
    if limits.cps is not None:
        frames = math.ceil(sum(length(line, wide=limits.wide) for line in lines) * rate / limits.cps)
    if limits.words_a_minute is not None:
        frames = max(frames, math.ceil(60 * words_in(lines) * rate / limits.words_a_minute))
    return frames


def sound_of(cue: Cue) -> tuple[int, int]:
    """Where its words are heard, as far as that is known."""
    return cue.sound or (cue.start, cue.end)


def placed(
    cues: Sequence[Cue],
    *,
    language: str,
    rate: Fraction,
    cuts: Sequence[int],
    frames: int,
    limits: Limits,
    notes: Sequence[str] = (),
) -> CueTrack:
    """Time cues by rule.

    Args:
        cues: In any order; they may overlap. Each keeps its words, and adds to its changes.
        language: A code of `ops.languages`.
        rate: Frames a second.
        cuts: First frames of shots that begin with a cut, in order.
        frames: Of the film.
        limits: The rules.
        notes: What is told already.

    Returns:
        A track; cues that lie past the film's end are left out, and told in its notes.
    """
    ordered = sorted(cues, key=lambda cue: (sound_of(cue), cue.start))
    needs = [Need(cue.start, cue.end, sound_of(cue), frames_to_read(cue.lines, limits, rate)) for cue in ordered]
    found = timed(needs, limits.at(rate), cuts, frames)
    kept = [
        replace(cue, start=one.start, end=one.end, sound=sound_of(cue), changes=(*cue.changes, *one.changes))
        for cue, one in zip(ordered, found, strict=True)
        if one is not None
    ]
    told = list(notes)
    if out := len(ordered) - len(kept):
        first = float(sound_of(ordered[len(kept)])[0] / rate)
        told.append(f"{out} of {len(ordered)} cues, from {first:.1f} s on, have no place before the film's end.")
    return CueTrack(language, rate, tuple(kept), limits.profile, tuple(told))
