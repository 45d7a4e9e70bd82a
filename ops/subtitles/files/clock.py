"""A track's times in the unit of a file format: milliseconds in SRT and WebVTT, hundredths of a second in ASS.

Times are cut to the unit and not rounded: a player shows a cue on each picture whose time t is in start <= t < end, so
a start that is rounded up comes a picture late, and an end that is rounded up stays a picture too long. Cutting can
make the gap between two cues shorter by a part of a unit (two pictures at 24 a second, 83.3 ms, as 8 hundredths); then
the earlier cue ends one unit sooner.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from ops.subtitles.cue import Change, CueTrack, Reason

__all__ = ["CENTISECONDS", "MILLISECONDS", "WrittenTime", "quantisation", "written_times"]

MILLISECONDS = 1000
CENTISECONDS = 100


@dataclass(frozen=True)
class WrittenTime:
    """When a cue comes and goes, in units of the format."""

    start: int
    end: int


def written_times(track: CueTrack, per_s: int) -> list[WrittenTime]:
    """The times of each cue: no two overlap, none is empty, no gap is shorter than it is in frames.

    A start is less than one unit early, an end less than two. Where a frame is shorter than two units (ASS above 50
    frames a second) a cue of one frame may last longer than that frame, and push the next.
    """
    starts = [_cut(track.start_s(cue), per_s) for cue in track.cues]
    ends = [_cut(track.end_s(cue), per_s) for cue in track.cues]
    for index, (before, after) in enumerate(pairwise(track.cues)):
        gap = track.start_s(after) - track.end_s(before)
        if starts[index + 1] - ends[index] < gap * per_s:
            ends[index] -= 1
    times: list[WrittenTime] = []
    for start, end in zip(starts, ends, strict=True):
        free = max(start, times[-1].end if times else 0)
        times.append(WrittenTime(free, max(end, free + 1)))
    return times


def quantisation(track: CueTrack, per_s: int) -> list[tuple[int, Change]]:
    """Which cues end sooner in the file than their last frame cut to the unit, by index, to keep a gap."""
    moved = []
    for index, (cue, time) in enumerate(zip(track.cues, written_times(track, per_s), strict=True)):
        cut = _cut(track.end_s(cue), per_s)
        if time.end < cut:
            moved.append((index, Change(Reason.QUANTISED, "out", _seconds(cut, per_s), _seconds(time.end, per_s))))
    return moved


def _cut(time_s: Fraction, per_s: int) -> int:
    return (time_s.numerator * per_s) // time_s.denominator


def _seconds(units: int, per_s: int) -> str:
    return f"{units / per_s:.{len(str(per_s)) - 1}f} s"
