"""Italics, bold and underlining between a cue's own form, a tagged text and the marks of the formats."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from ops.subtitles.cue import Cue, Emphasis

__all__ = ["HTML", "JOINER", "KINDS", "Run", "emphasised", "runs_of_line", "tagged", "tagged_text", "without_tags"]

KINDS = "ibu"
"""Italics, bold, underlining."""

_TAG = re.compile(r"<(/?)([ibu])>")

HTML = ("<{}>", "</{}>")
"""Marks as SubRip and WebVTT have them."""

JOINER = "\u2060"
"""Word joiner: has no width, and parts what would be taken for syntax."""

Run = tuple[str, frozenset[str]]
"""Characters, and what they are set in."""


def runs_of_line(cue: Cue, line: int) -> list[Run]:
    """A line in pieces that are set alike; a character each is as good as a word."""
    marks = [one for one in cue.emphasis if one.line == line and one.kind in KINDS]
    if not marks:
        return [(cue.lines[line], frozenset())]
    return [
        (letter, frozenset(one.kind for one in marks if one.start <= at < one.end))
        for at, letter in enumerate(cue.lines[line])
    ]


def tagged(runs: Iterable[Run], marks: tuple[str, str], escape: Callable[[str], str]) -> str:
    """Runs with marks around each change of setting, always nested.

    Args:
        runs: Of a line.
        marks: What opens and what closes a setting, "{}" for its letter: ("<{}>", "</{}>").
        escape: How letters are written in the format; it sees all that are set alike at once.
    """
    opening, closing = marks
    pieces: list[str] = []
    for kinds, group in groupby(runs, key=lambda run: run[1]):
        text = escape("".join(text for text, _ in group))
        order = [kind for kind in KINDS if kind in kinds]
        marked = bool(text.strip())  # a space between two words in italics may stand upright
        pieces += [opening.format(kind) for kind in order if marked]
        pieces.append(text)
        pieces += [closing.format(kind) for kind in reversed(order) if marked]
    return "".join(pieces)


def tagged_text(runs: Iterable[Run]) -> str:
    """Runs that hold line breaks, as a text with `<i>`, `<b>`, `<u>` closed on each line; no empty lines."""
    lines = ([(text, kinds) for text, kinds in line] for line in _lines(runs))
    marked = (tagged(line, HTML, _parted).strip() for line in lines)
    return "\n".join(line for line in marked if without_tags(line).strip())


def emphasised(text: str) -> tuple[tuple[str, ...], tuple[Emphasis, ...]]:
    """Lines without their tags, none of them empty, and what the tags said."""
    lines: list[str] = []
    marks: list[Emphasis] = []
    open_at: dict[str, int] = {}
    for row in text.split("\n"):
        plain, found, open_at = _untagged(row, len(lines), open_at)
        if plain.strip():
            lines.append(plain)
            marks += found
    return tuple(lines), tuple(marks)


def without_tags(text: str) -> str:
    """A text without `<i>`, `<b>`, `<u>`."""
    return _TAG.sub("", text)


def _parted(text: str) -> str:
    """What a person wrote that looks like a tag, with a joiner in it."""
    return _TAG.sub(lambda found: f"<{JOINER}{found[0][1:]}", text)


def _lines(runs: Iterable[Run]) -> Iterator[list[Run]]:
    line: list[Run] = []
    for text, kinds in runs:
        first, *others = text.split("\n")
        line.append((first, kinds))
        for other in others:
            yield line
            line = [(other, kinds)]
    yield line


def _untagged(row: str, line: int, open_at: dict[str, int]) -> tuple[str, list[Emphasis], dict[str, int]]:
    """One line; `open_at` are the kinds that the line before left open."""
    since = dict.fromkeys(open_at, 0)
    plain, done, marks = "", 0, []
    for tag in _TAG.finditer(row):
        plain += row[done : tag.start()]
        done = tag.end()
        kind = tag[2]
        if not tag[1]:
            since.setdefault(kind, len(plain))
        elif kind in since and since[kind] < len(plain):
            marks.append(Emphasis(line, since.pop(kind), len(plain), kind))
        else:
            since.pop(kind, None)
    plain += row[done:]
    marks += [Emphasis(line, start, len(plain), kind) for kind, start in since.items() if start < len(plain)]
    return plain, marks, since
