"""Captions that roll up: each line stands twice and more, as the last of a cue and then above the next.

YouTube's own captions come so (a line; for a hundredth of a second the same line; that line with the next below it),
and the captions of television (CEA-608) where a program wrote down each state of the screen. Every line is kept once,
where it comes first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, starmap

from ops.subtitles.files.markup import without_tags
from ops.subtitles.files.subtitle_file import ReadCue

__all__ = ["unrolled"]

_BLINK_S = Fraction(1, 20)
"""Nobody reads what stands shorter; YouTube's states between two lines last 10 ms."""
_GAP_S = Fraction(1, 10)
_LEAST_SIGNS = 2
_LEAST_SHARE = Fraction(1, 2)
"""Of all cues that follow one at once; of a rolling file they are nearly all, of others one in hundreds."""


def unrolled(cues: Sequence[ReadCue]) -> tuple[list[ReadCue], list[str]]:
    """The cues without the lines that only roll, and a note; as they are where the file does not roll.

    "No." after "No." stays: a file rolls where most cues that follow another at once begin with its last lines, and
    two at least go on below these or are gone in a blink.

    Args:
        cues: In any order.
    """
    ordered = sorted(cues, key=lambda cue: (cue.start_s, cue.end_s))
    shares = [0, *starmap(_rolled, pairwise(ordered))][: len(ordered)]
    following = sum(starmap(_follows, pairwise(ordered)))
    signs = sum(
        count > 0 and (count < len(_rows(cue)) or _blinks(cue)) for count, cue in zip(shares, ordered, strict=True)
    )
    if signs < _LEAST_SIGNS or sum(count > 0 for count in shares) < following * _LEAST_SHARE:
        return list(cues), []
    kept: list[ReadCue] = []
    for count, cue in zip(shares, ordered, strict=True):
        rows = cue.text.split("\n")
        if count < len(rows):
            kept.append(_without(cue, count))
        elif not _blinks(cue):  # it stands on
            kept[-1] = replace(kept[-1], end_s=max(kept[-1].end_s, cue.end_s))
    lines = sum(shares)
    return kept, [f"The captions roll up: {lines} lines that stand in the cue before already are left out."]


def _rolled(one: ReadCue, other: ReadCue) -> int:
    """How many of a cue's first lines are the last of the one before it."""
    if not _follows(one, other):
        return 0
    before, after = _rows(one), _rows(other)
    most = min(len(before), len(after), 4)  # a screen rolls two to four lines
    return next((count for count in range(most, 0, -1) if before[-count:] == after[:count]), 0)


def _follows(one: ReadCue, other: ReadCue) -> bool:
    return other.start_s - one.end_s <= _GAP_S


def _rows(cue: ReadCue) -> list[str]:
    return [" ".join(row.split()) for row in without_tags(cue.text).split("\n")]


def _blinks(cue: ReadCue) -> bool:
    return cue.end_s - cue.start_s < _BLINK_S


def _without(cue: ReadCue, count: int) -> ReadCue:
    rows = cue.text.split("\n")
    speakers = cue.speakers[count:] if len(cue.speakers) == len(rows) > 1 else cue.speakers
    return replace(cue, text="\n".join(rows[count:]), speakers=speakers)
