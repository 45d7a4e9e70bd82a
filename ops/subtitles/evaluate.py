"""How near a track's edges are to those of a reference, and how many of its cues keep to each profile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ops.subtitles.conform import conformance
from ops.subtitles.cue import CueTrack
from ops.subtitles.profile import profile_named, profile_names

__all__ = ["EdgeScore", "Offsets", "TrackScore", "conforming_shares", "edge_score", "scores"]

_FRAMES = (1, 2, 3)
_SECONDS = (Fraction(1, 10), Fraction(1, 5), Fraction(1, 2))


@dataclass(frozen=True)
class EdgeScore:
    """Edges found within a tolerance, each matched with one of the reference at most.

    Attributes:
        matched: How many.
        found: How many there are.
        wanted: How many the reference has.
    """

    matched: int
    found: int
    wanted: int

    @property
    def precision(self) -> float:
        """Matched of found; 1 where nothing was found and nothing wanted, 0 where something was."""
        return self.matched / self.found if self.found else float(not self.wanted)

    @property
    def recall(self) -> float:
        """Matched of wanted; 1 where nothing was wanted."""
        return self.matched / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        """Their harmonic mean, as 2 matched / (found + wanted); 1 for two tracks without cues."""
        return 2 * self.matched / (self.found + self.wanted) if self.found + self.wanted else 1.0


@dataclass(frozen=True)
class Offsets:
    """How far each edge of the reference is from the nearest that was found, in seconds.

    Attributes:
        mean_s: Mean of the distances; None where one of the tracks has no cue.
        p95_s: 95th percentile of the distances; None likewise.
        bias_s: Mean with its sign: above 0 where edges come late; None likewise.
    """

    mean_s: float | None
    p95_s: float | None
    bias_s: float | None


@dataclass(frozen=True)
class TrackScore:
    """In-times or out-times of a track.

    Attributes:
        within_frames: F1 and the rest by tolerance in frames of the reference.
        within_ms: By tolerance in milliseconds.
        offsets: How far they are off.
    """

    within_frames: Mapping[int, EdgeScore]
    within_ms: Mapping[int, EdgeScore]
    offsets: Offsets


def scores(track: CueTrack, reference: CueTrack) -> dict[str, TrackScore]:
    """In-times and out-times against a reference, by "in" and "out".

    Args:
        track: What is judged; its rate may be another.
        reference: What is held for right.
    """
    edges = {"in": CueTrack.start_s, "out": CueTrack.end_s}
    found = {}
    for name, at in edges.items():
        mine = [at(track, cue) for cue in track.cues]
        theirs = [at(reference, cue) for cue in reference.cues]
        found[name] = TrackScore(
            {count: edge_score(mine, theirs, count / reference.rate) for count in _FRAMES},
            {int(1000 * each): edge_score(mine, theirs, each) for each in _SECONDS},
            _offsets(mine, theirs),
        )
    return found


def edge_score(found: Sequence[Fraction], wanted: Sequence[Fraction], tolerance: Fraction) -> EdgeScore:
    """Match edges one to one, as many as can be; on a line the first that fits is as good as any.

    Args:
        found: Times, in any order.
        wanted: Times, in any order.
        tolerance: How far two that match may be apart, included.
    """
    mine, theirs = sorted(found), sorted(wanted)
    matched = one = other = 0
    while one < len(mine) and other < len(theirs):
        if abs(mine[one] - theirs[other]) <= tolerance:
            matched, one, other = matched + 1, one + 1, other + 1
        elif mine[one] < theirs[other]:
            one += 1
        else:
            other += 1
    return EdgeScore(matched, len(mine), len(theirs))


def _offsets(found: Sequence[Fraction], wanted: Sequence[Fraction]) -> Offsets:
    if not found or not wanted:
        return Offsets(None, None, None)
    mine = np.sort(np.array(found, np.float64))
    theirs = np.array(wanted, np.float64)
    after = np.clip(np.searchsorted(mine, theirs), 0, len(mine) - 1)
    before = np.clip(after - 1, 0, len(mine) - 1)
    nearest = np.where(np.abs(mine[before] - theirs) <= np.abs(mine[after] - theirs), mine[before], mine[after])
    off = nearest - theirs
    return Offsets(float(np.abs(off).mean()), float(np.percentile(np.abs(off), 95)), float(off.mean()))


def conforming_shares(track: CueTrack, *, cuts: Sequence[int] = ()) -> dict[str, float]:
    """The share of its cues that keep to each profile there is, 0 to 1."""
    return {
        name: conformance(track, profile_named(name).limits(track.language), cuts=cuts).share
        for name in profile_names()
    }
