"""The edit decision list: everything an editor decided about a trailer, as one value, with the reasons.

All places are whole frames of one exact rate, the trailer's. A place in the film is counted on the same rate from
the film's first picture, so that frame n of the film is seen at n / rate seconds, whether its own rate is constant
or not. Joins between events never change the length: a dissolve reaches into what lies before and behind the cut
(its handles), as in every editing room, and the trailer is as long as its events together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate, pairwise

from ops.trailer.events import Clip, Event, Join, JoinKind
from ops.trailer.soundtrack import Accent, Bed, FilmSound

__all__ = ["EditDecisionList", "Film"]


@dataclass(frozen=True)
class Film:
    """The film that is cut.

    Attributes:
        name: As people call it.
        sha256: Of the master's bytes.
        frames: How long its pictures last, in frames of the trailer's rate.
        picture: Left, top, right and bottom of what is inside its black bars, as shares of its width and height.
    """

    name: str
    sha256: str
    frames: int
    picture: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True)
class EditDecisionList:
    """A whole trailer.

    Attributes:
        cut: Which of the title's trailers: "trailer_30".
        rate: Frames a second, exact.
        size: Width and height of the picture to be made, pixels, both even.
        film: What it is cut from.
        events: What is seen, in order.
        joins: One between each two neighbours.
        sounds: The film's own sound.
        bed: The music; None for none.
        accents: Laid on it.
        target_lufs: Programme loudness (ITU-R BS.1770-5, EBU R128).
        peak_dbtp: Highest true peak.
        grade: Name of the genre's grade; empty for none.
        notes: What else was decided about the whole, in words by topic.

    Raises:
        ValueError: It contradicts itself: what is wrong, in words.
    """

    cut: str
    rate: Fraction
    size: tuple[int, int]
    film: Film
    events: tuple[Event, ...]
    joins: tuple[Join, ...]
    sounds: tuple[FilmSound, ...] = ()
    bed: Bed | None = None
    accents: tuple[Accent, ...] = ()
    target_lufs: float = -14.0
    peak_dbtp: float = -1.0
    grade: str = ""
    notes: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not self.events or len(self.joins) != len(self.events) - 1:
            raise ValueError(f"{len(self.events)} events need a join between each two, not {len(self.joins)}")
        for place, event in enumerate(self.events):
            if event.frames < 1:
                raise ValueError(f"event {place} is empty")
            if isinstance(event, Clip) and not 0 <= event.start < event.end <= self.film.frames:
                raise ValueError(
                    f"event {place} shows frames {event.start} to {event.end} of a film of {self.film.frames}"
                )
            if isinstance(event, Clip) and event.title and not 0 <= event.title.start < event.title.end <= event.frames:
                raise ValueError(f"the words over event {place} are not within it")
        self._check_joins()
        for sound in self.sounds:
            if not (0 <= sound.start < sound.end <= self.film.frames and sound.at >= 0):
                raise ValueError(f"a sound is taken from frames {sound.start} to {sound.end} of the film")

    def _check_joins(self) -> None:
        taken = [0] * len(self.events)
        for place, ((before, after), join) in enumerate(zip(pairwise(self.events), self.joins, strict=True)):
            taken[place] += join.before
            taken[place + 1] += join.after
            if join.kind is not JoinKind.DISSOLVE:
                continue
            short = [
                name
                for name, event, enough in (
                    ("before", before, isinstance(before, Clip) and before.end + join.after <= self.film.frames),
                    ("after", after, isinstance(after, Clip) and after.start >= join.before),
                )
                if isinstance(event, Clip) and not enough
            ]
            if short:
                raise ValueError(f"the dissolve at join {place} reaches beyond the film {' and '.join(short)} the cut")
        for place, (event, used) in enumerate(zip(self.events, taken, strict=True)):
            if used > event.frames:
                raise ValueError(f"the joins around event {place} take {used} of its {event.frames} frames")

    @property
    def frames(self) -> int:
        """Length of the trailer."""
        return sum(event.frames for event in self.events)

    @property
    def starts(self) -> tuple[int, ...]:
        """The trailer's frame at which each event begins."""
        return tuple(accumulate((event.frames for event in self.events[:-1]), initial=0))

    @property
    def seconds(self) -> float:
        """Length of the trailer."""
        return float(self.frames / self.rate)

    def clips(self) -> list[tuple[int, Clip]]:
        """Each clip with the trailer's frame at which it begins."""
        return [(at, event) for at, event in zip(self.starts, self.events, strict=True) if isinstance(event, Clip)]

    def at_size(self, size: tuple[int, int]) -> EditDecisionList:
        """The same decisions for a picture of another size."""
        return replace(self, size=size)
