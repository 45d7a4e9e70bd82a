"""How right a list of shot changes is: precision, recall and F1 against a hand-made or constructed truth.

The rule is that of TRECVID's shot boundary task as TransNet V2 and AutoShot apply it (Souček and Lokoč, 2020;
Zhu et al., "AutoShot", CVPR workshops 2023): a change is the span between the last frame of the old shot and
the first of the new; two spans match where they lie within a tolerance of each other; each matches at most
once, first come first served; a second detection inside one gradual transition is as wrong as any other.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ops.shots.model import ShotList

__all__ = ["Change", "Score", "Truth", "changes_of", "read_truth", "score", "total"]

TOLERANCE = 2
"""Frames by which a detection may miss and still count; the value under which AutoShot reports."""


@dataclass(frozen=True, order=True)
class Change:
    """The change from one shot to the next.

    Attributes:
        old_end: Last frame that belongs wholly to the old shot.
        new_start: First frame that belongs wholly to the new one; `old_end + 1` for a cut.
        kind: "cut", "dissolve", "fade", "wipe", ….
    """

    old_end: int
    new_start: int
    kind: str = "cut"

    @classmethod
    def cut(cls, frame: int) -> Change:
        """A cut whose new shot begins at `frame`."""
        return cls(frame - 1, frame)


@dataclass(frozen=True)
class Truth:
    """What a clip truly holds: its changes in order, and frames where a detection counts neither way."""

    changes: tuple[Change, ...]
    undecided: tuple[int, ...] = ()


@dataclass(frozen=True)
class Score:
    """Counts of detections: right, false and missed."""

    right: int = 0
    false: int = 0
    missed: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.right + other.right, self.false + other.false, self.missed + other.missed)

    @property
    def precision(self) -> float:
        """Share of detections that are right; 1 where there are none."""
        found = self.right + self.false
        return self.right / found if found else 1.0

    @property
    def recall(self) -> float:
        """Share of changes that were found; 1 where there are none."""
        true = self.right + self.missed
        return self.right / true if true else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both; 1 where there was nothing to find and nothing was found."""
        if not self.right:
            return 0.0 if self.false or self.missed else 1.0
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def score(
    found: Sequence[Change], truth: Truth, *, tolerance: int = TOLERANCE
) -> tuple[Score, dict[str, tuple[int, int]]]:
    """Match detections with the truth, both in order.

    Returns:
        The counts, and for each kind of true change (how many were found, how many there are).
    """
    waiting = [each for each in found if not any(abs(each.new_start - frame) <= tolerance for frame in truth.undecided)]
    right = 0
    false = 0
    by_kind = {change.kind: [0, 0] for change in truth.changes}
    for change in truth.changes:
        by_kind[change.kind][1] += 1
        while waiting and waiting[0].new_start + tolerance < change.old_end + 1:
            waiting.pop(0)
            false += 1
        if waiting and waiting[0].old_end + 1 - tolerance <= change.new_start:
            waiting.pop(0)
            right += 1
            by_kind[change.kind][0] += 1
    return (
        Score(right=right, false=false + len(waiting), missed=len(truth.changes) - right),
        {kind: (hit, of) for kind, (hit, of) in by_kind.items()},
    )


def total(scores: Iterable[Score]) -> Score:
    """Counts summed over clips, as TRECVID does: long clips weigh more."""
    return sum(scores, Score())


def changes_of(shots: ShotList) -> list[Change]:
    """The changes that a shot list tells of: the first frame of each shot but the first."""
    return [Change(shot.start - 1, shot.start, str(shot.transition_in)) for shot in shots.shots[1:]]


def read_truth(table: Path) -> Truth:
    """Read a table of transitions (`type, first_frame, last_frame, new_shot_frame, …`; frames from 0).

    A fade-out followed by a fade-in is one change through black, found anywhere in it; a fade-out that a cut
    or the end follows changes nothing by itself. `camera_move` rows are undecided; every other row without a
    new shot (flash, freeze, overlay, exposure jump) is no change.
    """
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    changes: list[Change] = []
    undecided: list[int] = []
    fading_out: int | None = None
    for row in rows:
        if row["type"] == "camera_move":
            undecided += range(int(row["first_frame"]), int(row["last_frame"]) + 1)
        elif row["type"] == "fade_out":
            fading_out = int(row["first_frame"])
        elif row["new_shot_frame"]:
            first, last = int(row["first_frame"]), int(row["last_frame"])
            match row["type"]:
                case "cut":
                    changes.append(Change.cut(first))
                case "fade_in":
                    begun = first if fading_out is None else fading_out
                    changes.append(Change(begun - 1, last + 1, "fade"))
                case kind:
                    changes.append(Change(first - 1, last + 1, kind))
            fading_out = None
    return Truth(tuple(changes), tuple(undecided))
