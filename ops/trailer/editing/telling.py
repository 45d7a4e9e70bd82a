"""The set-up in the order of the film: what is told must be followed, what collides later need not be."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import combinations, pairwise

from ops.trailer.editing.moments import Moments
from ops.trailer.editing.pacing import Slot
from ops.trailer.events import Part

__all__ = ["told_in_order"]

_ALIKE = 0.8
"""Neighbours of this likeness are seen as a jump in one shot: order gives way to it."""


def told_in_order(
    slots: Sequence[Slot], chosen: Sequence[int], moments: Moments, pinned: Collection[int] = ()
) -> list[int]:
    """The same moments, those of the set-up in the order of the film where they fit each other's slots.

    Args:
        slots: Where they are shown.
        chosen: One for each slot.
        moments: What they are like.
        pinned: Slots whose moment stays.
    """
    told = list(chosen)
    free = [nth for nth, slot in enumerate(slots) if slot.part is Part.SETUP and nth not in pinned]
    better = True
    while better:  # each exchange leaves fewer pairs out of order, so it ends
        better = False
        for one, other in combinations(free, 2):
            if moments.first[told[one]] <= moments.first[told[other]]:
                continue
            turned = told.copy()
            turned[one], turned[other] = told[other], told[one]
            if _fits(slots, turned, moments, (one, other)) and _jumps(turned, moments) <= _jumps(told, moments):
                told, better = turned, True
    return told


def _fits(slots: Sequence[Slot], chosen: Sequence[int], moments: Moments, places: Sequence[int]) -> bool:
    return all(moments.last[chosen[nth]] - moments.first[chosen[nth]] >= slots[nth].frames for nth in places)


def _jumps(chosen: Sequence[int], moments: Moments) -> int:
    return sum(bool(moments.likeness[one, other] > _ALIKE) for one, other in pairwise(chosen))
