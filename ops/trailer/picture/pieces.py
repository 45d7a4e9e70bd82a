"""A trailer's timeline cut into pieces that can be encoded apart: straight stretches, and joins that mix two.

Only what a join takes up goes through a graph of two pictures; the rest of each event is a straight piece. Pieces
follow each other without gap or overlap, and are as long as the trailer together.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from ops.trailer.edl import EditDecisionList
from ops.trailer.events import JoinKind

__all__ = ["Piece", "Stretch", "cut_into_pieces"]


@dataclass(frozen=True)
class Stretch:
    """A part of one event.

    Attributes:
        event: Which of the list's events.
        start: First frame, counted from the event's own first; below 0 in the handle ahead of it.
        end: One past the last; beyond the event's length in the handle behind it.
    """

    event: int
    start: int
    end: int

    @property
    def frames(self) -> int:
        """Its length."""
        return self.end - self.start


@dataclass(frozen=True)
class Piece:
    """What is encoded on its own.

    Attributes:
        at: The trailer's frame at which it begins.
        before: What is seen, or what goes in a join.
        after: What comes in a join; None for a straight piece.
        join: How one gives way to the other.
    """

    at: int
    before: Stretch
    after: Stretch | None = None
    join: JoinKind = JoinKind.CUT

    @property
    def frames(self) -> int:
        """Its length: a dissolve shows both at once, the other joins one behind the other."""
        if self.after is None or self.join is JoinKind.DISSOLVE:
            return self.before.frames
        return self.before.frames + self.after.frames

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """What it is made of, in order."""
        return (self.before,) if self.after is None else (self.before, self.after)


def cut_into_pieces(edl: EditDecisionList) -> tuple[Piece, ...]:
    """The pieces of a trailer, in order.

    A hard cut is no piece; neither is any join that takes up no frame. An event whose joins take all of it leaves no
    straight piece.
    """
    lengths = [event.frames for event in edl.events]
    effective = [join if join.kind is not JoinKind.CUT else None for join in edl.joins]
    heads = [0, *(join.after if join else 0 for join in effective)]
    tails = [*(join.before if join else 0 for join in effective), 0]
    pieces: list[Piece] = []
    for event, (at, length) in enumerate(zip(edl.starts, lengths, strict=True)):
        start, end = heads[event], length - tails[event]
        if end > start:
            pieces.append(Piece(at + start, Stretch(event, start, end)))
        join = effective[event] if event < len(effective) else None
        if join is None or not join.before + join.after:
            continue
        cut = at + length
        if join.kind is JoinKind.DISSOLVE:
            before = Stretch(event, length - join.before, length + join.after)
            after = Stretch(event + 1, -join.before, join.after)
        else:
            before, after = Stretch(event, length - join.before, length), Stretch(event + 1, 0, join.after)
        pieces.append(Piece(cut - join.before, before, after, join.kind))
    assert all(one.at + one.frames == next_.at for one, next_ in pairwise(pieces))
    return tuple(pieces)
