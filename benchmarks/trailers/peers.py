"""The same cut list by us, by moviepy and by one FFmpeg graph, turn by turn, and whether the same came out."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from benchmarks.trailers.costs import Cost, in_own_process
from benchmarks.trailers.cut_list import CutList, spread_over
from ops.audio.track import extract_track
from ops.media.frames import read_frames

__all__ = ["PEERS", "Race", "race", "told_alike"]

PEERS = ("ours", "moviepy", "one graph")
_ALIKE = 12.0
"""Mean difference, of 255, of one frame coded twice in other ways; another frame of a moving shot is further off."""


@dataclass(frozen=True)
class Race:
    """What each took for one cut list, by turn; None where it was ended at the limit.

    Attributes:
        cuts: The cut list.
        costs: By peer.
        counts: The frames that came out, by peer that came to an end.
        apart: Mean difference of a picture from ours, of 255, where it is largest; by peer.
        limit_s: How long each was given.
    """

    cuts: CutList
    costs: dict[str, list[Cost | None]]
    counts: dict[str, int]
    apart: dict[str, float]
    limit_s: float

    def seconds(self, peer: str, *, cpu: bool = False) -> float:
        """Of the median turn; the limit where it was reached."""
        return statistics.median(
            self.limit_s if cost is None else cost.cpu_s if cpu else cost.seconds for cost in self.costs[peer]
        )

    def ended(self, peer: str) -> bool:
        """Whether it ever ran out of time."""
        return any(cost is None for cost in self.costs[peer])

    def times_ours(self, peer: str, *, cpu: bool = False) -> float:
        """How many times our time it takes, within a turn; the median of the turns. At least so many where it ended."""
        pairs = zip(self.costs[peer], self.costs["ours"], strict=True)
        return statistics.median(
            (self.limit_s if theirs is None else theirs.cpu_s if cpu else theirs.seconds)
            / (ours.cpu_s if cpu else ours.seconds)
            for theirs, ours in pairs
            if ours is not None
        )


def race(
    film: Path, scratch: Path, *, dissolve: int, turns: int, limit_s: float, clips: int = 20, clip_s: float = 1.5
) -> Race:
    """Run every peer on the same cut list of a film, turn by turn.

    Args:
        film: The film: constant rate, with sound.
        scratch: For what comes out.
        dissolve: Frames of a cross-fade at each cut; 0 for plain cuts.
        turns: How often.
        limit_s: How long each is given.
        clips: How many clips.
        clip_s: How long each is.

    Raises:
        RuntimeError: One of them failed, or made other frames than the list has, moviepy one or two fewer aside.
    """
    with av.open(str(film)) as opened:
        video = opened.streams.video[0]
        rate, size = Fraction(video.average_rate or 24), (video.width, video.height)
        frames = sum(1 for packet in opened.demux(video) if packet.size)
    track = scratch / "track.flac"
    if not track.exists() and extract_track(film, track) is None:
        raise RuntimeError(f"{film.name} is silent")
    cuts = spread_over(film, rate, frames, clips=clips, clip_frames=round(clip_s * rate), dissolve=dissolve)
    told = {"cuts": cuts.to_json(), "size": size, "track": str(track)}
    costs: dict[str, list[Cost | None]] = {peer: [] for peer in PEERS}
    made = {peer: scratch / f"{peer.replace(' ', '-')}-{dissolve}.mp4" for peer in PEERS}
    counts: dict[str, int] = {}
    for _ in range(turns):
        for peer in PEERS:
            cost = in_own_process(peer, {**told, "out": str(made[peer])}, timeout_s=limit_s)
            costs[peer].append(cost)
            if cost is not None:
                counts[peer] = _counted(made[peer], cuts.frames, size, exact=peer == PEERS[0])
    apart = {
        peer: _apart(made["ours"], made[peer], cuts) for peer in PEERS[1:] if not any(c is None for c in costs[peer])
    }
    return Race(cuts, costs, counts, apart, limit_s)


def _counted(made: Path, frames: int, size: tuple[int, int], *, exact: bool) -> int:
    """The frames of a file; moviepy adds up lengths in floating point and may lose one at the end."""
    with av.open(str(made)) as opened:
        video = opened.streams.video[0]
        counted = sum(1 for packet in opened.demux(video) if packet.size)
        found = (video.width, video.height)
    if abs(counted - frames) > (0 if exact else 2) or found != size:
        raise RuntimeError(f"{made.name} has {counted} frames of {found}, not {frames} of {size}")
    return counted


def _apart(one: Path, other: Path, cuts: CutList) -> float:
    """The largest difference of the pictures in the middle of each clip, of 255."""
    rate = Fraction(cuts.rate)
    at, apart = 0, []
    for start, end in cuts.clips:
        middle = (at + (end - start) // 2) / rate
        pair = [_picture(path, float(middle), rate) for path in (one, other)]
        apart.append(float(np.abs(pair[0] - pair[1]).mean()))
        at += end - start
    return max(apart)


def _picture(path: Path, at_s: float, rate: Fraction) -> np.ndarray:
    half = float(Fraction(1, 2) / rate)
    return next(iter(read_frames(path, start_s=at_s - half, end_s=at_s + half))).rgb.astype(np.float32)


def told_alike(apart: float) -> str:
    """In words, whether the pictures are the same."""
    return f"same pictures (off by {apart:.1f} of 255)" if apart < _ALIKE else f"OTHER pictures (off by {apart:.1f})"
