"""Cues: what stands under the picture and when, in whole frames of an exact rate.

Times are counted in frames everywhere and become seconds when a file is written. A film of variable rate is counted on
a grid of its own (`ops.subtitles.grid`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Any

__all__ = ["Change", "Cue", "CueTrack", "Emphasis", "Reason"]


class Reason(StrEnum):
    """Why an edge of a cue was moved, or a cue made as it is; the value is its code in tables and files."""

    SNAP_TO_SOUND = "snap_to_sound"
    SNAP_TO_CUT = "snap_to_cut"
    CLEAR_OF_CUT = "clear_of_cut"
    READING_SPEED = "reading_speed"
    CHAINED = "chained"
    GAP = "gap"
    SHORTEST = "shortest"
    LONGEST = "longest"
    OVERLAP = "overlap"
    FILM_END = "film_end"
    QUANTISED = "quantised"
    SPLIT = "split"
    MERGED = "merged"
    REBROKEN = "rebroken"
    DUAL_SPEAKERS = "dual_speakers"
    CONTINUED = "continued"
    BORROWED = "borrowed"
    RETRIED = "retried"
    CORRECTED = "corrected"


@dataclass(frozen=True)
class Change:
    """One move of one edge, or one change of the words.

    Attributes:
        reason: Why.
        edge: "in", "out" or "text".
        before: The frame (or the words) that it was.
        after: What it is now.
    """

    reason: Reason
    edge: str
    before: int | str
    after: int | str


@dataclass(frozen=True)
class Emphasis:
    """Italics, bold or underlining of a part of a line.

    Attributes:
        line: Which, from 0.
        start: First code point.
        end: One past the last.
        kind: "i", "b" or "u".
    """

    line: int
    start: int
    end: int
    kind: str


@dataclass(frozen=True)
class Cue:
    """One cue.

    Attributes:
        start: The first frame that shows it.
        end: One past the last.
        lines: What is read, without markup, dashes of two speakers included; never empty lines.
        speakers: Who speaks: nobody known, one for all lines, or one a line.
        emphasis: Markup, where its source had some.
        at_top: Whether it stands at the top of the picture.
        words: The first and one past the last of the transcript's words that it holds, where they are known; words of
            others may stand between them where three speak at once.
        sound: Where its words are heard, first frame and one past the last; None where its own times are all that is
            known.
        sentences: The ids of the sentences that it holds parts of, in order.
        changes: How it came to be so, in order.
    """

    start: int
    end: int
    lines: tuple[str, ...]
    speakers: tuple[str, ...] = ()
    emphasis: tuple[Emphasis, ...] = ()
    at_top: bool = False
    words: tuple[int, int] | None = None
    sound: tuple[int, int] | None = None
    sentences: tuple[str, ...] = ()
    changes: tuple[Change, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        if self.end <= self.start or self.start < 0:
            raise ValueError(f"a cue must last, from frame 0 on: {self.start} to {self.end}")
        if not self.lines or any(not line.strip() or "\n" in line for line in self.lines):
            raise ValueError(f"a cue holds lines that are not empty: {self.lines}")
        if len(self.speakers) not in (0, 1, len(self.lines)):
            raise ValueError(f"{len(self.speakers)} speakers do not fit {len(self.lines)} lines")

    @property
    def frames(self) -> int:
        """How long it stands."""
        return self.end - self.start

    @property
    def text(self) -> str:
        """Its lines, by "\\n"."""
        return "\n".join(self.lines)


@dataclass(frozen=True)
class CueTrack:
    """The cues of a film in one language, in order and without overlap.

    Attributes:
        language: A code of `ops.languages`.
        rate: Frames a second.
        cues: The cues.
        profile: The rules that they were made by: "netflix", or empty where none was applied.
        notes: What is worth telling, as sentences: cues that had no place in the film.

    Raises:
        ValueError: Cues overlap or are out of order.
    """

    language: str
    rate: Fraction
    cues: tuple[Cue, ...]
    profile: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for before, after in pairwise(self.cues):
            if after.start < before.end:
                raise ValueError(f"the cue at frame {after.start} begins before the one at {before.start} ends")

    def start_s(self, cue: Cue) -> Fraction:
        """When it comes, exactly."""
        return cue.start / self.rate

    def end_s(self, cue: Cue) -> Fraction:
        """When it goes, exactly."""
        return cue.end / self.rate

    def to_json(self) -> dict[str, Any]:
        """The cue table as JSON values; the rate as "24000/1001"."""
        return {
            "language": self.language,
            "rate": f"{self.rate.numerator}/{self.rate.denominator}",
            "profile": self.profile,
            "notes": list(self.notes),
            "cues": list(self._rows()),
        }

    def _rows(self) -> Iterator[dict[str, Any]]:
        for cue in self.cues:
            yield {
                "start": cue.start,
                "end": cue.end,
                "start_s": round(float(self.start_s(cue)), 6),
                "end_s": round(float(self.end_s(cue)), 6),
                "lines": list(cue.lines),
                "speakers": list(cue.speakers),
                "emphasis": [[one.line, one.start, one.end, one.kind] for one in cue.emphasis],
                "at_top": cue.at_top,
                "words": None if cue.words is None else list(cue.words),
                "sound": None if cue.sound is None else list(cue.sound),
                "sentences": list(cue.sentences),
                "changes": [[str(one.reason), one.edge, one.before, one.after] for one in cue.changes],
            }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> CueTrack:
        """Read back what `to_json` wrote.

        Raises:
            KeyError, ValueError: It is not such a value.
        """
        return cls(
            language=value["language"],
            rate=Fraction(value["rate"]),
            profile=value["profile"],
            notes=tuple(value.get("notes", ())),
            cues=tuple(
                Cue(
                    start=row["start"],
                    end=row["end"],
                    lines=tuple(row["lines"]),
                    speakers=tuple(row["speakers"]),
                    emphasis=tuple(Emphasis(*one) for one in row["emphasis"]),
                    at_top=row["at_top"],
                    words=None if row["words"] is None else (row["words"][0], row["words"][1]),
                    sound=(row["sound"][0], row["sound"][1]) if row.get("sound") else None,
                    sentences=tuple(row["sentences"]),
                    changes=tuple(Change(Reason(one[0]), *one[1:]) for one in row["changes"]),
                )
                for row in value["cues"]
            ),
        )
