"""How shots give way to each other: hard cuts, and something else only where the picture calls for it.

Four of five joins of a trailer are hard cuts. A part of the story begins behind a dip to black; calm neighbours from
different scenes may dissolve; the blow that opens the climax may flash; two pans in one direction may whip.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ops.trailer.editing.moments import Moments
from ops.trailer.editing.pacing import Slot
from ops.trailer.editing.structure import Genre
from ops.trailer.events import Join, JoinKind, Part

__all__ = ["plan_joins"]

_BEFORE_S_AFTER_S = {
    JoinKind.DISSOLVE: (0.21, 0.21),
    JoinKind.DIP: (0.21, 0.21),
    JoinKind.FLASH: (0.085, 0.17),
    JoinKind.WHIP: (0.125, 0.125),
}
"""Dissolves of 10 frames, dips of 10, flashes of 6, whips of 6 at 24 a second (craft §4.4)."""

_CALM, _PANNING = 0.55, 0.12
_AT_MOST_OF_A_SHOT = 0.34
"""Of each event, no join takes more than a third: the picture must be seen as well."""


@dataclass(frozen=True)
class _Proposal:
    place: int
    kind: JoinKind
    worth: float
    reason: str


def plan_joins(slots: Sequence[Slot], chosen: Sequence[int], moments: Moments, genre: Genre) -> list[Join]:
    """The joins between neighbouring slots; the last slot is a card's where there is one slot more than moments.

    Args:
        slots: All events' places in time.
        chosen: The moment in each slot; a card's slot at the end has none.
        moments: What they are like.
        genre: How many joins of a kind there may be.
    """
    joints = len(slots) - 1
    joins = [Join() for _ in range(joints)]
    spare = (moments.last - moments.first)[list(chosen)]
    left = {kind: max(share * joints, 0.0) for kind, share in genre.joins.items()}
    if len(slots) > len(chosen):  # to the end card through black, in every genre
        joins[-1] = _join(JoinKind.DIP, slots[-2], slots[-1], moments.rate, "to the end card")
        left[JoinKind.DIP] -= 1
    for proposal in sorted(_proposals(slots, chosen, moments), key=lambda each: (-each.worth, each.place)):
        if left[proposal.kind] < 0.5 or joins[proposal.place].kind is not JoinKind.CUT:
            continue
        before, after = slots[proposal.place], slots[proposal.place + 1]
        join = _join(proposal.kind, before, after, moments.rate, proposal.reason)
        if join.kind is JoinKind.DISSOLVE and _out_of_handles(proposal.place, join, joins, slots, spare):
            continue
        if join.kind is not JoinKind.CUT:
            joins[proposal.place] = join
            left[proposal.kind] -= 1
    return joins


def _join(kind: JoinKind, before: Slot, after: Slot, rate: Fraction, reason: str) -> Join:
    """A join of its kind as long as both events allow; a hard cut where they are too short for it."""
    lengths = [max(1, round(Fraction(seconds) * rate)) for seconds in _BEFORE_S_AFTER_S[kind]]
    room = [int(event.frames * _AT_MOST_OF_A_SHOT) for event in (before, after)]
    if any(have < max(1, need // 2) for have, need in zip(room, lengths, strict=True)):
        return Join()
    return Join(kind, min(lengths[0], room[0]), min(lengths[1], room[1]), reason)


def _proposals(slots: Sequence[Slot], chosen: Sequence[int], moments: Moments) -> list[_Proposal]:
    found = []
    action = moments.traits[:, 0]
    for place in range(len(chosen) - 1):
        a, b = chosen[place], chosen[place + 1]
        before, after = slots[place], slots[place + 1]
        calm = 1 - max(float(action[a]), float(action[b]))
        new_scene = moments.scene[a] != moments.scene[b]
        if after.part is not before.part and after.part in (Part.SETUP, Part.RISE):
            found.append(_Proposal(place, JoinKind.DIP, 1.5, f"the {after.part} begins"))
        if new_scene and calm > 1 - _CALM and after.part is Part.SETUP:
            found.append(_Proposal(place, JoinKind.DISSOLVE, calm, "two calm shots of different scenes"))
        if after.part is Part.CLIMAX and moments.intensity[b] >= 0.6:
            opens = 0.5 if before.part is not Part.CLIMAX else 0.0
            rises = float(moments.intensity[b] - moments.intensity[a])
            found.append(_Proposal(place, JoinKind.FLASH, opens + rises, "the picture strikes with the music"))
        pans = float(min(abs(moments.pan[a]), abs(moments.pan[b])))
        if moments.pan[a] * moments.pan[b] > 0 and pans > _PANNING:
            found.append(_Proposal(place, JoinKind.WHIP, pans, "the camera sweeps the same way in both shots"))
    return found


def _out_of_handles(place: int, join: Join, joins: Sequence[Join], slots: Sequence[Slot], spare: np.ndarray) -> bool:
    """Whether a shot lacks the frames that a dissolve reaches into, beside what its slot takes.

    A shot that is dissolved into and out of needs both handles at once. `spare` is each slot's shot's length.
    """
    into_first = joins[place - 1].before if place and joins[place - 1].kind is JoinKind.DISSOLVE else 0
    behind = joins[place + 1] if place + 1 < len(joins) else Join()
    out_of_second = behind.after if behind.kind is JoinKind.DISSOLVE else 0
    return bool(
        spare[place] < into_first + slots[place].frames + join.after
        or spare[place + 1] < join.before + slots[place + 1].frames + out_of_second
    )
