"""Two speakers in one cue: a line each, told apart as the language has it."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from ops.subtitles.profile import Dashes, Limits

__all__ = ["dash_width", "may_share", "turns_of", "with_dashes"]

_DASH = regex.compile(r"^[\u200e\u200f\u2066-\u2069]*[-‐‑–—―][ \u00a0]*(?=\S)")


def may_share(limits: Limits) -> bool:
    """Whether two speakers may have one cue: with a line each, and only where a reader can tell them apart."""
    return limits.lines >= 2 and limits.dashes is not Dashes.NONE


def with_dashes(turns: Sequence[str], dashes: Dashes) -> tuple[str, ...]:
    """The lines of a cue, one a speaker, with the language's dashes; a single turn gets none."""
    if len(turns) < 2 or dashes is Dashes.NONE:
        return tuple(turns)
    mark = "- " if dashes in (Dashes.BOTH_SPACED, Dashes.SECOND_SPACED) else "-"
    first = "" if dashes in (Dashes.SECOND, Dashes.SECOND_SPACED) else mark
    return (f"{first}{turns[0]}", *(f"{mark}{turn}" for turn in turns[1:]))


def turns_of(lines: Sequence[str]) -> tuple[str, ...]:
    """What each of two speakers says, without dashes; one line for a cue that has no dash before its last line."""
    if len(lines) < 2 or not all(_DASH.match(line) for line in lines[1:]):
        return (" ".join(lines),)
    return tuple(_DASH.sub("", line) for line in lines)


def dash_width(dashes: Dashes, line: int) -> int:
    """Characters that the mark takes on a line."""
    if dashes is Dashes.NONE or (line == 0 and dashes in (Dashes.SECOND, Dashes.SECOND_SPACED)):
        return 0
    return 2 if dashes in (Dashes.BOTH_SPACED, Dashes.SECOND_SPACED) else 1
