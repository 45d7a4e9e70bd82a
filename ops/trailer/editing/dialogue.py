"""Which lines are spoken in a trailer, and where: each in the picture of the shot it comes from, none cut short.

A line may begin before its picture (a J cut) and go on over the next ones (an L cut), as dialogue does in every
trailer; its own shot is seen in sync with it. Lines keep the order of the film.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np

from ops.scenes.model import Line
from ops.trailer.editing.moments import Moments
from ops.trailer.editing.pacing import Slot
from ops.trailer.events import Part

__all__ = ["PlacedLine", "place_lines"]

_LEAST_ALONE = 0.35
"""Lines below it answer something that the trailer does not show."""

_SHORTEST_S, _LONGEST_S = 0.7, 4.5
_MOST_OF_ALL = 0.25
"""A line is at most a quarter of the trailer."""

_LEADS_S = (0.0, 0.2, 0.4, 0.6, 0.8)
"""How far a J cut may lead its picture: what fades in slowly is seen late, and is heard from the first word."""

_APART_S = 0.6
_LEAST_SEEN = 0.45
"""Share of a line, at least, during which its own shot is seen, or the whole slot if that is shorter."""

_CONSIDERED = 40
"""Lines that are considered, the best ones."""


@dataclass(frozen=True)
class PlacedLine:
    """A line in its place.

    Attributes:
        line: What is said.
        slot: The slot that shows its shot.
        candidate: That shot among the moments.
        start: First frame of the film that is heard.
        end: One past the last.
        at: The trailer's frame at which it is first heard.
        picture: The film's frame that the slot begins with, in sync with what is heard.
    """

    line: Line
    slot: int
    candidate: int
    start: int
    end: int
    at: int
    picture: int

    @property
    def until(self) -> int:
        """The trailer's frame at which it has been said."""
        return self.at + self.end - self.start

    @property
    def lead(self) -> int:
        """Frames by which it is heard before it is seen."""
        return self.picture - self.start


def place_lines(
    lines: Sequence[Line],
    slots: Sequence[Slot],
    moments: Moments,
    most: int,
    *,
    may_be_said: Callable[[str], bool] = lambda words: True,
) -> list[PlacedLine]:
    """The lines that are worth most together, at most so many, in places where they fit.

    Exact, by dynamic programming over places in the order of trailer and film.

    Args:
        lines: The film's.
        slots: Where pictures go; lines are shown in the set-up and the rise.
        moments: What may be shown.
        most: How many lines at most.
        may_be_said: False for words that the safety gates list.
    """
    if most < 1:
        return []
    total = slots[-1].end
    rate = moments.rate
    longest = int(min(_LONGEST_S * rate, _MOST_OF_ALL * total))
    usable = [
        line
        for line in lines
        if line.alone >= _LEAST_ALONE
        and _SHORTEST_S <= line.end_s - line.start_s <= longest / rate
        and ceil(line.end_s * rate) <= moments.spoiler_frame
        and may_be_said(line.words)
    ]
    usable = sorted(sorted(usable, key=_worth, reverse=True)[:_CONSIDERED], key=lambda line: line.start_s)
    places = [
        (placed, _worth(line) + _PREFERRED[slots[placed.slot].part])
        for line in usable
        for placed in _fits(line, slots, moments)
    ]
    places.sort(key=lambda each: (each[0].at, each[0].start))
    return _best_chain([placed for placed, _ in places], [worth for _, worth in places], most, int(_APART_S * rate))


_PREFERRED: Mapping[Part, float] = {Part.SETUP: 0.3, Part.RISE: 0.1}


def _worth(line: Line) -> float:
    return line.alone + (0.25 if line.words else 0.0)


def _fits(line: Line, slots: Sequence[Slot], moments: Moments) -> list[PlacedLine]:
    """Every slot in which the line's own shot can be seen in sync with it, with the shortest lead that works."""
    rate = moments.rate
    start, end = floor(line.start_s * rate), ceil(line.end_s * rate)
    own = np.flatnonzero(moments.shot == line.shot)
    if not len(own):
        return []
    candidate = int(own[0])
    climax = next((slot.start for slot in slots if slot.part is Part.CLIMAX), slots[-1].end)
    found = []
    for nth, slot in enumerate(slots):
        if slot.part not in _PREFERRED:
            continue
        for lead in (int(Fraction(lead_s).limit_denominator(10) * rate) for lead_s in _LEADS_S):
            picture, at = start + lead, slot.start - lead
            seen = min(slot.frames, end - picture)
            if (
                at >= 0
                and at + end - start <= climax
                and moments.first[candidate] <= picture
                and picture + slot.frames <= moments.last[candidate]
                and seen >= min(slot.frames, _LEAST_SEEN * (end - start))
            ):
                found.append(PlacedLine(line, nth, candidate, start, end, at, picture))
                break
    return found


def _best_chain(places: Sequence[PlacedLine], worths: Sequence[float], most: int, apart: int) -> list[PlacedLine]:
    """At most so many places, in order in the trailer and in the film, apart, that are worth most together."""
    if not places:
        return []
    at = np.array([each.at for each in places])
    until = np.array([each.until for each in places])
    said = np.array([each.start for each in places])
    done = np.array([each.end for each in places])
    slot = np.array([each.slot for each in places])
    shot = np.array([each.candidate for each in places])
    worth = np.array(worths)
    best, came = worth.copy(), []
    for _ in range(most - 1):
        follows = (until[:, None] + apart <= at[None, :]) & (done[:, None] <= said[None, :])
        follows &= (slot[:, None] < slot[None, :]) & (shot[:, None] != shot[None, :])
        chained = np.where(follows, best[:, None], -np.inf)
        before = np.argmax(chained, axis=0)
        longer = chained[before, np.arange(len(places))]
        improves = np.isfinite(longer)
        came.append(np.where(improves, before, -1))
        best = np.where(improves, worth + longer, worth)
    last = int(np.argmax(best))
    chain = [last]
    for before in reversed(came):
        if before[chain[-1]] < 0:
            break
        chain.append(int(before[chain[-1]]))
    return [places[each] for each in reversed(chain)]
