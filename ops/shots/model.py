"""A film's shots: what they are, where they begin, and how a table or JSON tells them.

Frames are counted from 0 in decode order and ranges end exclusive. Presentation times stay in the stream's
own time base, so that a film of variable frame rate keeps its exact times; seconds are derived at the edge.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Shot", "ShotList", "Transition"]


class Transition(StrEnum):
    """How a shot comes in."""

    START = "start"
    """It opens the film."""
    CUT = "cut"
    """From one frame to the next."""
    DISSOLVE = "dissolve"
    """Both shots are mixed for a while."""
    FADE = "fade"
    """Through a flat picture: the old shot fades out to it, or the new one fades in from it, or both."""
    WIPE = "wipe"
    """The new shot covers the old one part by part."""


@dataclass(frozen=True)
class Shot:
    """One shot.

    Attributes:
        index: Its number in the film, from 0.
        start: Its first frame: the first that is wholly of this shot after a cut, dissolve or wipe; the first
            that is no longer flat after a fade.
        end: One past its last frame; the next shot's start.
        start_pts: Presentation time of its first frame.
        end_pts: When its last frame ends.
        transition_in: How it comes in.
        transition_start: First frame of the gradual transition by which it comes in; None after a cut. A
            dissolve or wipe lies before `start`, in the tail of the shot before; a fade-in lies after it.
        transition_end: One past the last frame of that transition; None after a cut.
    """

    index: int
    start: int
    end: int
    start_pts: int
    end_pts: int
    transition_in: Transition
    transition_start: int | None = None
    transition_end: int | None = None


@dataclass(frozen=True)
class ShotList:
    """All shots of a film, in order, covering it without gap or overlap.

    Attributes:
        fps: Exact frame rate; None where it varies.
        time_base: Seconds that one tick of a presentation time lasts.
        frames: Pictures in the film.
        shots: At least one; the first starts at 0, the last ends at `frames`.

    Raises:
        ValueError: The shots leave a gap, overlap, are empty or out of order.
    """

    fps: Fraction | None
    time_base: Fraction
    frames: int
    shots: tuple[Shot, ...]

    def __post_init__(self) -> None:
        if not self.shots or self.shots[0].start != 0 or self.shots[-1].end != self.frames:
            raise ValueError(f"the shots must cover frames 0 to {self.frames}")
        for before, after in pairwise(self.shots):
            if before.end != after.start or before.end_pts != after.start_pts:
                raise ValueError(f"shot {after.index} must start where shot {before.index} ends")
        for place, shot in enumerate(self.shots):
            if shot.index != place or shot.end <= shot.start or shot.end_pts <= shot.start_pts:
                raise ValueError(f"shot {place} is empty or misnumbered: {shot}")

    def start_s(self, shot: Shot) -> float:
        """When the shot begins, in seconds on the stream's clock."""
        return float(shot.start_pts * self.time_base)

    def end_s(self, shot: Shot) -> float:
        """When the shot ends, in seconds on the stream's clock."""
        return float(shot.end_pts * self.time_base)

    def steady(self, shot: Shot) -> tuple[int, int]:
        """The frames (end exclusive) of the shot that no gradual transition touches; empty where all do."""
        first, last = shot.start, shot.end
        if shot.transition_end is not None:
            first = max(first, shot.transition_end)
        if shot.index + 1 < len(self.shots):
            following = self.shots[shot.index + 1].transition_start
            if following is not None:
                last = min(last, following)
        return first, max(first, last)

    def table(self) -> pd.DataFrame:
        """One row a shot: every field of `Shot`, its times in seconds, its length in frames and seconds."""
        import pandas as pd

        table = pd.DataFrame([self._row(shot) for shot in self.shots])
        for column in ("transition_start", "transition_end"):
            table[column] = table[column].astype("Int64")
        table["frames"] = table["end"] - table["start"]
        table["duration_s"] = table["end_s"] - table["start_s"]
        return table

    def to_json(self) -> dict[str, Any]:
        """The `shots` artifact, as JSON values; fractions as "24000/1001"."""
        return {
            "fps": None if self.fps is None else _ratio(self.fps),
            "time_base": _ratio(self.time_base),
            "frames": self.frames,
            "shots": [self._row(shot) for shot in self.shots],
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> ShotList:
        """Read back what `to_json` wrote.

        Raises:
            KeyError, ValueError: It is not such a value.
        """
        fields = ("index", "start", "end", "start_pts", "end_pts", "transition_start", "transition_end")
        return cls(
            fps=None if value["fps"] is None else Fraction(value["fps"]),
            time_base=Fraction(value["time_base"]),
            frames=value["frames"],
            shots=tuple(
                Shot(**{name: row[name] for name in fields}, transition_in=Transition(row["transition_in"]))
                for row in value["shots"]
            ),
        )

    def _row(self, shot: Shot) -> dict[str, Any]:
        row = asdict(shot)
        row["transition_in"] = str(shot.transition_in)
        return row | {"start_s": self.start_s(shot), "end_s": self.end_s(shot)}


def _ratio(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"
