"""Which sentences in which languages go through a model together.

Sentences of like length share a batch, whatever their languages, for padding is wasted work. Yet the languages must
be done one after the other and not all at the very end, so that whatever stops the work loses little: neighbours in the
order of languages are taken together until there is enough to fill some batches, and sorted only among themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Room", "Task", "batches", "groups"]

_BATCHES_A_GROUP = 4
"""Full batches that a group of languages should make; of more, padding falls no further to speak of."""


@dataclass(frozen=True)
class Task:
    """One sentence into one language.

    Attributes:
        row: Which sentence.
        target: The language.
        source: The ids that the encoder reads.
        prefix: The ids that the decoder begins with; of one length within a model.
        forced: What it must say first: the translation of the sentence before; not part of the result.
        least: Pieces that the result must have before it may end.
        most: Pieces that it may have.
    """

    row: int
    target: str
    source: tuple[int, ...]
    prefix: tuple[int, ...]
    forced: tuple[int, ...]
    least: int
    most: int

    @property
    def length(self) -> int:
        """Positions that it may take up in a model's memory, source and target."""
        return len(self.source) + len(self.forced) + self.most


@dataclass(frozen=True)
class Room:
    """What a device holds at once: `rows` sequences being decoded, and `positions` of them together, padded."""

    rows: int
    positions: int

    def holds(self, count: int, longest: int) -> bool:
        """Whether so many sequences of that length fit; a single one always does."""
        return count <= self.rows and count * longest <= self.positions


def groups(targets: Sequence[str], rows_each: int, room: Room, beams: int) -> Iterator[list[str]]:
    """The languages in their order, as many together as fill some batches."""
    enough = _BATCHES_A_GROUP * max(1, room.rows // beams)
    size = max(1, -(-enough // max(1, rows_each)))
    for start in range(0, len(targets), size):
        yield list(targets[start : start + size])


def batches(tasks: Sequence[Task], room: Room, beams: int) -> Iterator[list[Task]]:
    """Tasks of like length together, the longest first, so that one that does not fit is known at once."""
    held: list[Task] = []
    for task in sorted(tasks, key=lambda each: -each.length):
        longest = held[0].length if held else task.length
        if held and not room.holds((len(held) + 1) * beams, longest):
            yield held
            held = []
        held.append(task)
    if held:
        yield held
