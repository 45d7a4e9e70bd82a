"""Which cues keep to a profile, which do not, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ops.subtitles.cue import Cue, CueTrack
from ops.subtitles.dashes import turns_of
from ops.subtitles.linebreak import BAD_BREAK, joined, line_break_penalty, lines_of
from ops.subtitles.measure import is_blank, length, reading_speed, words_a_minute
from ops.subtitles.profile import FrameLimits, Limits
from ops.subtitles.timing.cuts import is_clean_in, is_clean_out

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Conformance", "CueReport", "Violation", "changes_table", "conformance", "violations"]


class Violation(StrEnum):
    """What a cue breaks; the value is its code in tables and files."""

    EMPTY = "empty"
    TOO_FAST = "cps"
    TOO_MANY_WORDS = "words_a_minute"
    LINE_TOO_LONG = "cpl"
    TOO_MANY_LINES = "lines"
    BAD_LINE_BREAK = "line_break"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    OVERLAP = "overlap"
    GAP = "gap"
    CHAIN = "chain_gap"
    IN_NEAR_CUT = "in_near_cut"
    OUT_NEAR_CUT = "out_near_cut"
    ITALICS = "italics"

    @property
    def words(self) -> str:
        """As a person says it."""
        return _WORDS[self]


_WORDS = {
    Violation.EMPTY: "nothing to read",
    Violation.TOO_FAST: "too fast to read",
    Violation.TOO_MANY_WORDS: "too many words a minute",
    Violation.LINE_TOO_LONG: "a line is too long",
    Violation.TOO_MANY_LINES: "too many lines",
    Violation.BAD_LINE_BREAK: "a line ends where it should not",
    Violation.TOO_SHORT: "too short to be noticed",
    Violation.TOO_LONG: "stands too long",
    Violation.OVERLAP: "begins before the cue before it ends",
    Violation.GAP: "too little time after the cue before it",
    Violation.CHAIN: "a gap before it that should be closed",
    Violation.IN_NEAR_CUT: "comes just beside a cut",
    Violation.OUT_NEAR_CUT: "goes just beside a cut",
    Violation.ITALICS: "italics, which the language does not use",
}


@dataclass(frozen=True)
class CueReport:
    """One cue against the rules.

    Attributes:
        cps: Characters a second.
        words_a_minute: Words a minute, by spaces.
        longest_line: Characters.
        gap: Frames since the cue before it; None for the first.
        violations: What it breaks, in the order of `Violation`.
    """

    cps: Fraction
    words_a_minute: Fraction
    longest_line: Fraction
    gap: int | None
    violations: tuple[Violation, ...]


@dataclass(frozen=True)
class Conformance:
    """A track against the rules.

    Attributes:
        track: What was looked at.
        limits: The rules.
        reports: One a cue.
    """

    track: CueTrack
    limits: Limits
    reports: tuple[CueReport, ...]

    @property
    def conforming(self) -> int:
        """Cues that break nothing."""
        return sum(not report.violations for report in self.reports)

    @property
    def share(self) -> float:
        """Of cues that break nothing, 0 to 1; 1 for a track without cues."""
        return self.conforming / len(self.reports) if self.reports else 1.0

    @property
    def counts(self) -> dict[Violation, int]:
        """Cues by what they break, in the order of `Violation`."""
        found = Counter(violation for report in self.reports for violation in report.violations)
        return {violation: found[violation] for violation in Violation if violation in found}

    def table(self) -> pd.DataFrame:
        """One row a cue."""
        import pandas as pd

        columns = ("start_s", "end_s", "text", "cps", "longest_line", "lines", "duration_s", "gap_frames", "violations")
        rows = [
            (
                float(self.track.start_s(cue)),
                float(self.track.end_s(cue)),
                cue.text,
                round(float(report.cps), 2),
                float(report.longest_line),
                len(cue.lines),
                float(cue.frames / self.track.rate),
                report.gap,
                "; ".join(violation.words for violation in report.violations),
            )
            for cue, report in zip(self.track.cues, self.reports, strict=True)
        ]
        table = pd.DataFrame(rows, columns=list(columns))
        table["gap_frames"] = table["gap_frames"].astype("Int64")
        return table

    def to_json(self) -> dict[str, Any]:
        """Plain values: the sums, and every cue that breaks something."""
        return {
            "profile": self.limits.profile,
            "language": self.track.language,
            "cues": len(self.reports),
            "conforming": self.conforming,
            "share": round(self.share, 4),
            "counts": {str(violation): count for violation, count in self.counts.items()},
            "failing": [
                {
                    "cue": place,
                    "start_s": round(float(self.track.start_s(cue)), 3),
                    "cps": round(float(report.cps), 2),
                    "violations": [str(violation) for violation in report.violations],
                }
                for place, (cue, report) in enumerate(zip(self.track.cues, self.reports, strict=True))
                if report.violations
            ],
        }


def conformance(track: CueTrack, limits: Limits, *, cuts: Sequence[int] = ()) -> Conformance:
    """Hold a track against rules, its own or others.

    Args:
        track: Any.
        limits: The rules, for its language.
        cuts: First frames of shots that begin with a cut, in order.
    """
    return Conformance(track, limits, tuple(violations(track.cues, track.rate, limits, cuts=cuts)))


def violations(cues: Sequence[Cue], rate: Fraction, limits: Limits, *, cuts: Sequence[int] = ()) -> list[CueReport]:
    """A report for each of some cues, which may overlap as a source's own do.

    Args:
        cues: In order of their in-times.
        rate: Frames a second.
        limits: The rules.
        cuts: First frames of shots that begin with a cut, in order.
    """
    at_rate = limits.at(rate)
    found = []
    for place, cue in enumerate(cues):
        gap = cue.start - cues[place - 1].end if place else None
        following = cues[place + 1].start if place + 1 < len(cues) else None
        lines = [length(line, wide=limits.wide) for line in cue.lines]
        cps = reading_speed(cue.lines, cue.frames, rate, wide=limits.wide)
        words = words_a_minute(cue.lines, cue.frames, rate)
        broken = {
            Violation.EMPTY: all(is_blank(line) for line in cue.lines),
            Violation.TOO_FAST: limits.cps is not None and sum(lines) * rate > limits.cps * cue.frames,
            Violation.TOO_MANY_WORDS: limits.words_a_minute is not None and words > limits.words_a_minute,
            Violation.LINE_TOO_LONG: max(lines) > limits.chars,
            Violation.TOO_MANY_LINES: len(lines) > limits.lines,
            Violation.BAD_LINE_BREAK: _is_badly_broken(cue, limits),
            Violation.TOO_SHORT: cue.frames < at_rate.shortest,
            Violation.TOO_LONG: cue.frames > at_rate.longest,
            Violation.OVERLAP: gap is not None and gap < 0,
            Violation.GAP: gap is not None and 0 <= gap < at_rate.gap,
            Violation.CHAIN: gap is not None and at_rate.gap < gap < at_rate.chain_below,
            Violation.IN_NEAR_CUT: at_rate.cuts is not None and not is_clean_in(cue.start, cuts, at_rate.cuts),
            Violation.OUT_NEAR_CUT: _goes_near_cut(cue, following, at_rate, cuts),
            Violation.ITALICS: not limits.italics and any(each.kind == "i" for each in cue.emphasis),
        }
        kinds = tuple(violation for violation in Violation if broken[violation])
        found.append(CueReport(cps, words, max(lines), gap, kinds))
    return found


def _goes_near_cut(cue: Cue, following: int | None, limits: FrameLimits, cuts: Sequence[int]) -> bool:
    """Of two connected cues the second's in-time is the boundary, and is judged as that."""
    if limits.cuts is None or (following is not None and following - cue.end == limits.gap):
        return False
    return not is_clean_out(cue.end, cuts, limits.cuts, limits.gap)


def _is_badly_broken(cue: Cue, limits: Limits) -> bool:
    """Whether a line is too short for the profile, or ends badly although the text can be broken better."""
    if len(cue.lines) < 2 or len(turns_of(cue.lines)) > 1 or len(cue.speakers) > 1:
        return False
    lengths = [length(line, wide=limits.wide) for line in cue.lines]
    if len(cue.lines) == 2 and min(lengths) < limits.balance * max(lengths):
        return True
    worst = _worst(cue.lines, limits)
    if worst < BAD_BREAK:
        return False
    better = lines_of(joined(cue.lines, limits.language), limits)
    fits = len(better) <= limits.lines and all(length(line, wide=limits.wide) <= limits.chars for line in better)
    return fits and _worst(better, limits) < BAD_BREAK


def _worst(lines: Sequence[str], limits: Limits) -> float:
    return max((line_break_penalty(one, other, limits.language) for one, other in pairwise(lines)), default=0.0)


def changes_table(track: CueTrack) -> pd.DataFrame:
    """What was changed and why: one row a change, times before and after in seconds, words as they were and are."""
    import pandas as pd

    rows = []
    for place, cue in enumerate(track.cues):
        for change in cue.changes:
            before, after = (_told(each, track.rate) for each in (change.before, change.after))
            frames = None
            if isinstance(change.before, int) and isinstance(change.after, int):
                frames = change.after - change.before
            rows.append((place, str(change.reason), change.edge, before, after, frames))
    table = pd.DataFrame(rows, columns=["cue", "reason", "edge", "before", "after", "frames"])
    table["frames"] = table["frames"].astype("Int64")
    return table


def _told(edge: int | str, rate: Fraction) -> str:
    return edge if isinstance(edge, str) else f"{float(edge / rate):.3f}"
