"""One cut list for everybody: which frames of a film follow each other, and how long they are mixed at each cut."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, Self

import numpy as np

from ops.trailer.edl import EditDecisionList, Film
from ops.trailer.events import Clip, Join, JoinKind, Part
from ops.trailer.soundtrack import FilmSound, SoundRole

__all__ = ["CutList", "spread_over"]


@dataclass(frozen=True)
class CutList:
    """What is to be cut.

    Attributes:
        film: The film's file.
        rate: Its frames a second, as "24/1".
        film_frames: How many it has.
        clips: First frame and one past the last of each clip, as long as it plays.
        dissolve: Frames of a cross-fade around each cut, even; 0 for plain cuts. It reaches into the clips' handles,
            so that the length is the same with and without.
    """

    film: str
    rate: str
    film_frames: int
    clips: tuple[tuple[int, int], ...]
    dissolve: int = 0

    @property
    def frames(self) -> int:
        """Length of what comes out."""
        return sum(end - start for start, end in self.clips)

    @property
    def seconds(self) -> float:
        """Length of what comes out."""
        return float(self.frames / Fraction(self.rate))

    @property
    def reaches(self) -> tuple[tuple[int, int], ...]:
        """The clips with their handles: what each player must decode."""
        half, last = self.dissolve // 2, len(self.clips) - 1
        return tuple(
            (start - half * (nth > 0), end + half * (nth < last)) for nth, (start, end) in enumerate(self.clips)
        )

    def edl(self, size: tuple[int, int]) -> EditDecisionList:
        """The same as an edit decision list, with the film's own sound under every clip."""
        half = self.dissolve // 2
        join = Join(JoinKind.DISSOLVE, half, half) if half else Join()
        starts = np.cumsum([0, *(end - start for start, end in self.clips)])
        return EditDecisionList(
            cut="trailer_30",
            rate=Fraction(self.rate),
            size=size,
            film=Film("film", "0" * 64, self.film_frames),
            events=tuple(Clip(start, end, Part.RISE) for start, end in self.clips),
            joins=(join,) * (len(self.clips) - 1),
            sounds=tuple(
                FilmSound(start, end, int(at), SoundRole.EFFECTS)
                for (start, end), at in zip(self.clips, starts[:-1], strict=True)
            ),
        )

    def to_json(self) -> dict[str, Any]:
        """As a job takes it."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Self:
        """What `to_json` gave."""
        return cls(**{**told, "clips": tuple((start, end) for start, end in told["clips"])})


def spread_over(film: Path, rate: Fraction, frames: int, *, clips: int, clip_frames: int, dissolve: int = 0) -> CutList:
    """Clips of one length at equal distances over a film, in the film's order; its first and last 4 % are left out."""
    room = max(dissolve // 2, frames // 25)
    firsts = np.linspace(room, frames - clip_frames - room - 1, clips).astype(int).tolist()
    cuts = tuple((first, first + clip_frames) for first in firsts)
    assert all(after[0] > before[0] for before, after in pairwise(cuts)), "the film is too short for so many clips"
    return CutList(str(film), str(rate), frames, cuts, dissolve)
