"""Timing cues by rule, in whole frames.

In-times first: the sound, then the cuts. Out-times after them, each chosen among the places that a rule names: where
the sound ends, where the text is read, a gap before a cut or before the next cue. In-times depend on the sound and on
what comes before them, out-times on in-times alone: so one round reaches the fixpoint, and a second moves nothing.

Netflix, Timed Text Style Guide: Subtitle Timing Guidelines; the BBC's Subtitle Guidelines by other numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ops.subtitles.cue import Change, Reason
from ops.subtitles.profile import FrameLimits
from ops.subtitles.timing.cuts import clean_in, cuts_near, cuts_within, is_clean_in, is_clean_out

__all__ = ["Need", "Timed", "timed"]


@dataclass(frozen=True)
class Need:
    """What one cue asks for.

    Attributes:
        start: Its in-time as it stands.
        end: Its out-time as it stands.
        sound: Where its words are heard: first frame, one past the last.
        reading: Frames that a reader takes for it.
    """

    start: int
    end: int
    sound: tuple[int, int]
    reading: int


@dataclass(frozen=True)
class Timed:
    """When one cue comes and goes.

    Attributes:
        start: Its first frame.
        end: One past the last.
        changes: How it came to that from where it stood; each begins where the one before it ended.
    """

    start: int
    end: int
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class _Film:
    """What all cues share."""

    limits: FrameLimits
    cuts: Sequence[int]
    frames: int


_UNCLEAN, _GAP_BETWEEN, _OVER_CUT, _TOO_SHORT = 1000, 400, 150, 100
_UNREAD, _UNHEARD, _LINGERS, _LATE = 20, 2, 3, 1
"""What an out-time costs: once for what is beside a cut, in a gap that is to be closed, over a cut that its sound does
not reach; for each frame too few to be noticed, to be read, to be heard; for each frame too many. In order of what
Netflix's guidelines let give way: the sound's last frames first, to a cut; then reading speed; cuts and shortest
durations last."""


def timed(needs: Sequence[Need], limits: FrameLimits, cuts: Sequence[int], frames: int) -> list[Timed | None]:
    """Give every cue its times.

    Args:
        needs: In order of their sounds' beginnings.
        limits: At the film's rate.
        cuts: First frames of shots that begin with a cut, in order.
        frames: Of the film.

    Returns:
        One for each; None for a cue that has no place left before the film's end.

    Raises:
        ValueError: They are out of order, or a sound does not last.
    """
    if any(before.sound[0] > after.sound[0] for before, after in pairwise(needs)):
        raise ValueError("cues are timed in order of their sounds")
    if any(need.sound[1] <= need.sound[0] for need in needs):
        raise ValueError("a sound lasts for a frame at least")
    film = _Film(limits, cuts, frames)
    starts = list(_starts(needs, film))
    placed = sum(start is not None for start, _ in starts)
    found: list[Timed | None] = []
    for place in range(placed):
        start, changes = starts[place]
        assert start is not None
        following = starts[place + 1][0] if place + 1 < placed else None
        end, out_changes = _out(needs[place], start, following, film)
        found.append(Timed(start, end, (*changes, *out_changes)))
    return found + [None] * (len(needs) - placed)


def _starts(needs: Sequence[Need], film: _Film) -> Iterator[tuple[int | None, tuple[Change, ...]]]:
    """In-times one after another; None for all from the first that the film has no room for."""
    limits = film.limits
    before: int | None = None
    full = False
    for need in needs:
        heard = max(0, need.sound[0])
        earliest = 0
        if before is not None:
            # the cue before keeps its shortest duration, or as much of it as the sounds leave
            earliest = before + limits.gap + min(limits.shortest, max(1, heard - limits.gap - before))
        full = full or max(heard, earliest) >= film.frames
        if full:
            yield None, ()
            continue
        before = _start(need, heard, earliest, film)
        yield before, _in_changes(need, heard, max(heard, earliest), before, film.cuts)


def _start(need: Need, heard: int, earliest: int, film: _Film) -> int:
    limits, zones = film.limits, film.limits.cuts
    near = heard - max(limits.early, limits.late) <= need.start <= heard + limits.late
    clean = zones is None or is_clean_in(need.start, film.cuts, zones)
    if near and clean and earliest <= need.start < film.frames:
        return need.start
    start = max(heard, earliest)
    if zones is not None:
        start = clean_in(start, film.cuts, zones, earliest)
    return min(start, film.frames - 1)


def _in_changes(need: Need, heard: int, free: int, start: int, cuts: Sequence[int]) -> tuple[Change, ...]:
    if start == need.start:
        return ()
    steps = [(Reason.SNAP_TO_SOUND, heard), (Reason.OVERLAP, free)]
    steps.append((Reason.SNAP_TO_CUT if cuts_near(cuts, start, 0) else Reason.CLEAR_OF_CUT, start))
    return _chained("in", need.start, steps)


def _out(need: Need, start: int, following: int | None, film: _Film) -> tuple[int, tuple[Change, ...]]:
    limits = film.limits
    heard = max(need.sound[1], start + 1)
    readable = max(heard, min(start + need.reading, heard + limits.linger))
    wanted = max(readable, start + limits.shortest)
    ends = [(Reason.LONGEST, start + limits.longest), (Reason.FILM_END, film.frames)]
    if following is not None:
        ends.append((Reason.OVERLAP if heard > following else Reason.GAP, following - limits.gap))
    ends = [(reason, max(start + 1, end)) for reason, end in ends]
    latest = min(end for _, end in ends)
    choice = _Choice(need, start, heard, wanted, latest, following, limits, film.cuts)
    end = min(choice.places(), key=lambda place: (choice.cost(place), place))
    steps = [(Reason.SNAP_TO_SOUND, heard), (Reason.READING_SPEED, readable), (Reason.SHORTEST, wanted)]
    at = wanted
    for reason, bound in ends:
        at = min(at, bound)
        steps.append((reason, at))
    steps.append((choice.reason(end), end))
    return end, () if end == need.end else _chained("out", need.end, steps)


@dataclass(frozen=True)
class _Choice:
    """The places that an out-time may take."""

    need: Need
    start: int
    heard: int
    wanted: int
    latest: int
    following: int | None
    limits: FrameLimits
    cuts: Sequence[int]

    def places(self) -> list[int]:
        """Where the rules would have it, within what is free; never empty."""
        best = min(self.wanted, self.latest)
        places = {best, self.latest, min(self.heard, self.latest)}
        zones, gap = self.limits.cuts, self.limits.gap
        if zones is not None:
            reach = zones.out + gap
            between = cuts_within(self.cuts, min(self.heard, best) - 1, best + 1)[:1]
            for cut in {*cuts_near(self.cuts, best, reach), *cuts_near(self.cuts, self.heard, reach), *between}:
                places |= {cut - gap, cut + zones.out}
                if cut - gap > self.latest:
                    places.add(cut - zones.out)
        if self.following is not None and self.limits.chain_below and self.latest < self.following - gap:
            # it stands too long already to close the gap
            places.add(self.following - self.limits.chain_below)
        return [place for place in places if self.start < place <= self.latest]

    def cost(self, place: int) -> int:
        """How bad it would be there."""
        limits, frames = self.limits, place - self.start
        cost = _TOO_SHORT * max(0, limits.shortest - frames)
        cost += _UNREAD * max(0, min(self.need.reading, self.wanted - self.start) - frames)
        cost += _UNHEARD * max(0, self.heard - place) + _LATE * max(0, place - self.wanted)
        cost += _LINGERS * max(0, place - max(self.wanted, self.heard + limits.linger))
        if self._in_gap(place):
            cost += _GAP_BETWEEN
        if limits.cuts is not None and not self._is_chained(place):
            cost += 0 if is_clean_out(place, self.cuts, limits.cuts, limits.gap) else _UNCLEAN
        if limits.cuts is not None:
            # it may stand over a cut that its sound stands over by more than the zone
            cost += _OVER_CUT * len(cuts_within(self.cuts, self.heard - limits.cuts.out, place)[:4])
        return cost

    def reason(self, place: int) -> Reason:
        """Which rule names a place that neither the sound nor the reader asks for."""
        if self._is_chained(place):
            return Reason.CHAINED
        if self.limits.cuts is not None and cuts_near(self.cuts, place + self.limits.gap, 0):
            return Reason.SNAP_TO_CUT
        return Reason.GAP if self._opens_gap(place) else Reason.CLEAR_OF_CUT

    def _is_chained(self, place: int) -> bool:
        """The pair is one boundary then, which the next cue's in-time has clear of cuts."""
        return self.following is not None and place == self.following - self.limits.gap

    def _opens_gap(self, place: int) -> bool:
        return self.following is not None and place == self.following - self.limits.chain_below

    def _in_gap(self, place: int) -> bool:
        return self.following is not None and self.limits.gap < self.following - place < self.limits.chain_below


def _chained(edge: str, at: int, steps: Sequence[tuple[Reason, int]]) -> tuple[Change, ...]:
    """Those steps that move the edge."""
    changes = []
    for reason, place in steps:
        if place != at:
            changes.append(Change(reason, edge, at, place))
            at = place
    return tuple(changes)
