"""When to cut: a trailer's time divided into slots by the pacing curve, every cut on a beat where there are beats.

Shot lengths in trailers are about log-normal, and fall from the set-up to the climax. Lengths are drawn so, then the
cuts they give are moved onto beats all together, by dynamic programming: the least total displacement wins, not the
nearest beat of each, which would put two cuts on one beat or starve a shot.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from ops.trailer.editing.structure import Structure
from ops.trailer.events import Part

__all__ = ["SHORTEST_S", "Slot", "beat_frames", "divide", "fitted"]

SHORTEST_S = 0.5
"""Shorter shots are seen as flicker."""

_LONGEST_S = 4.5
_SPREAD = 0.35
"""Sigma of the logarithm of lengths within a part; with the fall from part to part it makes the 0.6 of a trailer."""

_OFF_DOWNBEAT_S = 0.12
"""What missing the downbeat costs, in seconds of displacement: enough to move a cut by a little, never by a beat."""

_ONE_SHOT_S = Fraction(7, 2)
"""A hook is one shot that makes one curious; only a longer one has two."""

_FAR_S = Fraction(1)
"""A cut that has no beat nearer is left where it is: the slowest music has one every second."""

_MOVES_S = 1.2
"""How far a part may be moved to begin with a bar."""

_INTENSITY: Mapping[Part, tuple[float, float]] = {
    Part.HOOK: (0.75, 0.75),
    Part.SETUP: (0.30, 0.45),
    Part.RISE: (0.50, 0.90),
    Part.CLIMAX: (0.95, 1.0),
    Part.BUTTON: (0.40, 0.40),
}
"""How intense the picture should be at a part's beginning and end, 0 to 1 within the title: the tension rises."""


@dataclass(frozen=True)
class Slot:
    """A place for one event.

    Attributes:
        part: Which part it belongs to.
        start: First frame of the trailer.
        end: One past the last.
        intensity: What the curve asks of its picture, 0 to 1 within the title.
    """

    part: Part
    start: int
    end: int
    intensity: float

    @property
    def frames(self) -> int:
        """Its length."""
        return self.end - self.start


def beat_frames(times_s: Sequence[float], rate: Fraction) -> list[int]:
    """The frames to cut at for beats at these times: each begins on the beat or less than a frame before it.

    A picture that changes just before the stroke is felt to be on it; one that changes after it is late.
    """
    return sorted({int(time_s * rate + Fraction(1, 1000)) for time_s in map(Fraction, times_s)})


def divide(
    structure: Structure,
    frames: int,
    rate: Fraction,
    *,
    beats_s: Sequence[float] = (),
    downbeats_s: Sequence[float] = (),
    marks: Mapping[Part, float] | None = None,
    seed: int = 0,
) -> tuple[Slot, ...]:
    """Divide a trailer into slots.

    Args:
        structure: Its parts, paced.
        frames: Its length.
        rate: Its rate.
        beats_s: The music's beats, seconds; empty for none: cuts fall where the lengths drawn put them.
        downbeats_s: Those that begin a bar.
        marks: Where the music itself begins a part, seconds; other parts begin by their share.
        seed: Another seed draws other lengths.
    """
    beats, downbeats = beat_frames(beats_s, rate), beat_frames(downbeats_s, rate)
    edges = _part_edges(structure, frames, rate, downbeats or beats, marks or {})
    random = np.random.default_rng(seed)
    slots: list[Slot] = []
    for plan, (start, end) in zip(structure.parts, pairwise(edges), strict=True):
        whole = plan.part is Part.BUTTON or (plan.part is Part.HOOK and end - start <= _ONE_SHOT_S * rate)
        wished = [start, end] if whole else _draw(start, end, rate, plan.shot_s, random)
        cuts = _onto_beats(wished, beats, set(downbeats), rate) if beats else wished
        low, high = _INTENSITY[plan.part]
        for first, last in pairwise(cuts):
            along = ((first + last) / 2 - start) / max(1, end - start)
            slots.append(Slot(plan.part, first, last, low + (high - low) * along))
    return tuple(slots)


def fitted(
    slots: Sequence[Slot], lengths: Sequence[int], rate: Fraction, beats_s: Sequence[float] = ()
) -> tuple[Slot, ...] | None:
    """The slots, with those parted that no shot is long enough for; None where there are fewer shots than slots then.

    By lengths alone: the longest slot needs the longest shot, and so on. A slot is parted on the beat by its middle.

    Args:
        slots: Where pictures are wanted.
        lengths: Frames that each shot could be shown for.
        rate: The trailer's rate.
        beats_s: The music's beats.
    """
    shortest, beats = int(np.ceil(SHORTEST_S * rate)), beat_frames(beats_s, rate)
    there = sorted(lengths, reverse=True)
    fitting = list(slots)
    while True:
        wanted = sorted(fitting, key=lambda slot: -slot.frames)
        if len(wanted) > len(there):
            return None
        amiss = next((slot for slot, most in zip(wanted, there, strict=False) if slot.frames > most), None)
        if amiss is None:
            return tuple(fitting)
        middle = (amiss.start + amiss.end) / 2
        inside = [beat for beat in beats if amiss.start + shortest <= beat <= amiss.end - shortest]
        if not inside and amiss.frames >= 2 * shortest:
            inside = [int(middle)]
        if not inside:
            return None
        cut = min(inside, key=lambda beat: abs(beat - middle))
        place = fitting.index(amiss)
        fitting[place : place + 1] = [replace(amiss, end=cut), replace(amiss, start=cut)]


def _part_edges(
    structure: Structure, frames: int, rate: Fraction, bars: Sequence[int], marks: Mapping[Part, float]
) -> list[int]:
    """Where each part begins, and the end: at the music's own marks, else at a bar near its share of the time."""
    reach, shortest = float(_MOVES_S * rate), int(np.ceil(SHORTEST_S * rate))
    edges, share = [0], 0.0
    for plan, following in pairwise(structure.parts):
        share += plan.share
        wished = share * frames
        if following.part in marks:
            near = int(Fraction(marks[following.part]) * rate + Fraction(1, 1000))
        else:
            near = min(bars, key=lambda bar: abs(bar - wished), default=round(wished))
            if abs(near - wished) > reach:
                near = round(wished)
        edges.append(min(max(near, edges[-1] + shortest), frames - shortest))
    return [*edges, frames]


def _draw(start: int, end: int, rate: Fraction, shot_s: tuple[float, float], random: np.random.Generator) -> list[int]:
    """Cut points from `start` to `end` with log-normal lengths about the curve, scaled to fill the part."""
    whole_s = float((end - start) / rate)
    ends, at = [], 0.0
    while at < whole_s:
        mean = shot_s[0] + (shot_s[1] - shot_s[0]) * min(1.0, at / whole_s)
        drawn = mean * float(np.exp(_SPREAD * random.standard_normal() - _SPREAD**2 / 2))
        at += float(np.clip(drawn, SHORTEST_S, _LONGEST_S))
        ends.append(at)
    # the last length is cut off or made up: whichever changes the whole less
    if len(ends) > 1 and whole_s - ends[-2] < ends[-1] - whole_s:
        ends.pop()
    cuts = [start + round(each / ends[-1] * (end - start)) for each in ends]
    kept, shortest = [start], int(np.ceil(SHORTEST_S * rate))
    for cut in cuts[:-1]:
        if cut - kept[-1] >= shortest and end - cut >= shortest:
            kept.append(cut)
    return [*kept, end]


def _onto_beats(wished: Sequence[int], beats: Sequence[int], downbeats: set[int], rate: Fraction) -> list[int]:
    """Cut points moved onto beats: as many as fit, in order, at least the shortest shot apart, least moved in all."""
    start, end = wished[0], wished[-1]
    shortest = int(np.ceil(SHORTEST_S * rate))
    places = [beat for beat in beats if start + shortest <= beat <= end - shortest]
    inner = list(wished[1:-1])
    # where the music pauses, a cut stays where the curve wants it
    far = _FAR_S * rate
    places = sorted({*places, *(cut for cut in inner if min((abs(beat - cut) for beat in beats), default=far) >= far)})
    while inner:
        found = _least_moved(inner, places, downbeats, shortest, float(_OFF_DOWNBEAT_S * rate))
        if found is not None:
            return [start, *found, end]
        inner.pop(len(inner) // 2)  # more cuts than beats: one fewer
    return [start, end]


def _least_moved(
    wished: Sequence[int], places: Sequence[int], downbeats: set[int], apart: int, off_downbeat: float
) -> list[int] | None:
    """One place for each wish, in order and `apart`, so that the squares of the displacements are least; None: too few.

    Dynamic programming over wishes and places.
    """
    if len(places) < len(wished):
        return None
    off = np.array([0.0 if place in downbeats else off_downbeat**2 for place in places])
    at = np.array(places, dtype=float)
    best = (at - wished[0]) ** 2 + off
    came: list[np.ndarray] = []
    for wish in wished[1:]:
        reachable = np.searchsorted(at, at - apart, side="right")  # how many places lie far enough before each
        order = np.minimum.accumulate(best)
        where = np.array([int(np.argmin(best[:n])) if n else -1 for n in reachable])
        carried = np.where(reachable > 0, order[np.maximum(reachable - 1, 0)], np.inf)
        best = carried + (at - wish) ** 2 + off
        came.append(where)
    last = int(np.argmin(best))
    if not np.isfinite(best[last]):
        return None
    chosen = [last]
    for where in reversed(came):
        chosen.append(int(where[chosen[-1]]))
    return [places[each] for each in reversed(chosen)]
