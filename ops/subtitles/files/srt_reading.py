"""SubRip as it is met: without numbers, with half of a time line, with points for commas, with other formats' markup.

Players read on over such faults, and so does this; every repair is told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ops.subtitles.files.foreign_marks import Marks
from ops.subtitles.files.lettering import undirected
from ops.subtitles.files.markup import tagged_text, without_tags
from ops.subtitles.files.subtitle_file import ReadCue

__all__ = ["read_srt"]

_TIME = re.compile(r"(-?)(?:([0-9]{1,4}):)?([0-9]{1,4}):([0-9]{1,4})(?:[.,:]([0-9]{1,9}))?")
_NUMBER = re.compile(r"[0-9]{1,9}")
_LONGEST_TIMING = 200
_ASSUMED_S = 3
"""How long a cue stands at most of which only the beginning or the end is known: two short lines are read in it."""


@dataclass
class _Block:
    """A line of times and the lines up to the next; a half that is missing is None."""

    start_s: Fraction | None
    end_s: Fraction | None
    id: str
    rows: list[str]


def read_srt(text: str) -> tuple[list[ReadCue], list[str]]:
    """The cues of a text whose line ends are "\\n", and what was repaired or passed over."""
    faults: Counter[str] = Counter()
    cues: list[ReadCue] = []
    blocks = list(_blocks(text, faults))
    for index, block in enumerate(blocks):
        after = blocks[index + 1].start_s if index + 1 < len(blocks) else None
        start_s, end_s = _completed(block, cues[-1].end_s if cues else Fraction(0), after, faults)
        marks = Marks()
        marks.take("\n".join(block.rows), tags=True)
        words = "\n".join(map(undirected, tagged_text(marks.runs).split("\n")))
        if not without_tags(words).strip():
            faults["without text"] += 1
        elif end_s == start_s:
            faults["without length, which no player shows"] += 1
        elif end_s < start_s:
            faults["ending before it begins"] += 1
        else:
            cues.append(ReadCue(start_s, end_s, words, at_top=bool(marks.at_top), id=block.id))
    return cues, [f"{count} × a cue {fault}." for fault, count in faults.items()]


def _blocks(text: str, faults: Counter[str]) -> Iterator[_Block]:
    block: _Block | None = None
    before: list[str] = []
    for line in text.split("\n"):
        timing = _timing(line)
        if timing is None:
            before.append(line.strip())
            continue
        number = before.pop() if before and _NUMBER.fullmatch(before[-1]) else ""
        if block is not None:
            block.rows = _own_rows(before, faults)
            yield block
        block, before = _Block(*timing, number, []), []
    if block is not None:
        block.rows = _own_rows(before, faults)
        yield block


def _own_rows(rows: list[str], faults: Counter[str]) -> list[str]:
    """The lines of a cue: a blank line does not end it, a number after one does if text follows, for it has no time."""
    for at in range(1, len(rows) - 1):
        if _NUMBER.fullmatch(rows[at]) and not rows[at - 1] and rows[at + 1]:
            faults["without times, passed over"] += 1
            return rows[:at]
    return rows


def _timing(line: str) -> tuple[Fraction | None, Fraction | None] | None:
    """Start and end of a line of times, a missing one None; None for any other line."""
    if "-->" not in line[:_LONGEST_TIMING]:
        return None
    left, _, right = line[:_LONGEST_TIMING].partition("-->")
    start_s, end_s = _time_s(left.strip()), _time_s(right.strip().partition(" ")[0])
    if (start_s is None and left.strip()) or (end_s is None and right.strip()) or start_s is end_s is None:
        return None
    return start_s, end_s


def _time_s(text: str) -> Fraction | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    sign, hours, minutes, seconds, decimals = found.groups()
    whole = int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
    exact = whole + Fraction(int(decimals or 0), 10 ** len(decimals or ""))
    return -exact if sign else exact


def _completed(
    block: _Block, before_s: Fraction, after_s: Fraction | None, faults: Counter[str]
) -> tuple[Fraction, Fraction]:
    """A block's times; where half is missing, from its neighbours."""
    start_s, end_s = block.start_s, block.end_s
    if start_s is None:
        assert end_s is not None
        faults["without a beginning: it is taken to follow the one before"] += 1
        start_s = min(end_s, max(before_s, end_s - _ASSUMED_S))
    if end_s is None:
        faults["without an end: it is taken to last up to the next"] += 1
        later = after_s if after_s is not None and after_s > start_s else start_s + _ASSUMED_S
        end_s = min(later, start_s + _ASSUMED_S)
    if start_s < 0:
        faults["beginning before zero: it is taken to begin there"] += 1
        start_s = Fraction(0)
    return start_s, end_s
