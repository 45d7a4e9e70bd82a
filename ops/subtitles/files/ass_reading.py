"""ASS and SSA as they are met: fields in any order, styles, override codes; drawings and comments are left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from ops.subtitles.files.foreign_marks import Marks
from ops.subtitles.files.lettering import clean, undirected
from ops.subtitles.files.markup import tagged_text, without_tags
from ops.subtitles.files.subtitle_file import ReadCue

__all__ = ["read_ass"]

_TIME = re.compile(r"([0-9]{1,4}):([0-9]{1,4}):([0-9]{1,4})[.:,]([0-9]{1,9})")
_EVENT = ("layer", "start", "end", "style", "name", "marginl", "marginr", "marginv", "effect", "text")
"""Fields of an event where the file does not name them: those of ASS."""
_SIX_FIELDS = ("layer", "start", "end", "style", "name", "text")
_UPPER = {"ass": frozenset({"7", "8", "9"}), "ssa": frozenset({"5", "6", "7"})}


@dataclass(frozen=True)
class _Style:
    kinds: frozenset[str]
    at_top: bool


_PLAIN = _Style(frozenset(), at_top=False)


def read_ass(text: str) -> tuple[list[ReadCue], str, list[str]]:
    """The cues of a text whose line ends are "\\n", the language that it names, and what was passed over."""
    faults: Counter[str] = Counter()
    styles: dict[str, _Style] = {}
    cues: list[ReadCue] = []
    section, language, fields = "", "", {"styles": (), "events": _EVENT}
    for line in text.split("\n"):
        row = line.strip()
        if row.startswith("[") and row.endswith("]"):
            section = row.lower()
            continue
        name, colon, value = row.partition(":")
        name = name.lower() if colon else ""
        where = "styles" if "styles" in section else "events"
        if name == "language" and "info" in section:
            language = value.strip()
        elif name == "format":
            fields[where] = tuple(each.strip().lower() for each in value.split(","))
        elif name == "style":
            _take_style(styles, _row(fields["styles"], value), "ass" if "+" in section else "ssa")
        elif name == "dialogue":
            cue = _cue(_event(fields["events"], value), styles, faults)
            cues += [cue] if cue is not None else []
    return cues, language, [f"{count} × an event {fault}." for fault, count in faults.items()]


def _event(fields: tuple[str, ...], value: str) -> dict[str, str]:
    """An event by its fields; one outside of any section may have the six fields that players write."""
    row = _row(fields, value)
    if fields is _EVENT and len(row) < len(_EVENT):
        return _row(_SIX_FIELDS, value)
    return row


def _row(fields: tuple[str, ...], value: str) -> dict[str, str]:
    values = value.lstrip().split(",", max(len(fields) - 1, 0))
    return {field: each if field == "text" else each.strip() for field, each in zip(fields, values, strict=False)}


def _take_style(styles: dict[str, _Style], row: Mapping[str, str], dialect: str) -> None:
    marks = {"italic": "i", "bold": "b", "underline": "u"}
    kinds = frozenset(kind for field, kind in marks.items() if row.get(field, "0") not in ("", "0"))
    if "name" in row:
        styles[row["name"].lstrip("*")] = _Style(kinds, row.get("alignment", "2") in _UPPER[dialect])


def _cue(row: Mapping[str, str], styles: Mapping[str, _Style], faults: Counter[str]) -> ReadCue | None:
    start_s, end_s = _time_s(row.get("start", "")), _time_s(row.get("end", ""))
    style = styles.get(row.get("style", "").lstrip("*"), _PLAIN)
    if start_s is None or end_s is None:
        faults["without two times"] += 1
        return None
    if end_s <= start_s:
        faults["without length, which no player shows"] += 1
        return None
    marks = Marks(kinds=style.kinds)
    marks.take(_unescaped(row.get("text", "")), tags=False)
    words = "\n".join(map(undirected, tagged_text(marks.runs).split("\n")))
    if not without_tags(words).strip():
        faults["without text: a drawing, or nothing"] += 1
        return None
    speaker = clean(row.get("name", "") or row.get("actor", ""))
    return ReadCue(
        start_s,
        end_s,
        words,
        speakers=(speaker,) if speaker else (),
        at_top=style.at_top if marks.at_top is None else marks.at_top,
        settings={"style": row["style"]} if row.get("style") else {},
    )


def _unescaped(text: str) -> str:
    """Breaks and hard spaces; a soft break is a break, as the file's lines were made by hand."""
    return text.replace("\\N", "\n").replace("\\n", "\n").replace("\\h", "\u00a0")


def _time_s(text: str) -> Fraction | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds, decimals = found.groups()
    whole = int(hours) * 3600 + int(minutes) * 60 + int(seconds)
    return whole + Fraction(int(decimals), 10 ** len(decimals))
