"""WebVTT's file layout, times and cue settings, read by the standard's own algorithm (W3C WebVTT, 6.1 to 6.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

__all__ = ["VttCue", "VttFile", "parse_vtt"]

_TIME = re.compile(r"([0-9]{1,9}):([0-9]{2})(?::([0-9]{2}))?\.([0-9]{3})(?![0-9])")
_PERCENTAGE = re.compile(r"([0-9]{1,30}(?:\.[0-9]{1,30})?)%")
_NUMBER = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?")
_SPACE = " \t\n\f\r"
_MINUTE = 60

_WORDS = {"vertical": ("rl", "lr"), "align": ("start", "center", "end", "left", "right")}
_LINE_ALIGN = ("start", "center", "end")
_POSITION_ALIGN = ("line-left", "center", "line-right")


@dataclass
class VttCue:
    """A cue as its block has it; the payload is not parsed."""

    id: str
    start_s: Fraction
    end_s: Fraction
    settings: dict[str, str]
    payload: str = ""


@dataclass(frozen=True)
class VttFile:
    """A file in blocks.

    Attributes:
        cues: In order.
        headers: "Language: en" and the like, from the signature's block and from comments; names in lower case.
        regions: Ids of the regions that are defined.
        refused: Lines with an arrow that tell no time.
    """

    cues: list[VttCue] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    regions: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)


@dataclass
class _Block:
    """What one block holds, while it is collected."""

    rows: list[str] = field(default_factory=list)
    cue: VttCue | None = None
    kind: str = ""


def parse_vtt(text: str) -> VttFile | None:
    """Blocks of a text whose line ends are "\\n"; None without the signature "WEBVTT" in its first line."""
    file = VttFile()
    lines = text.replace("\0", "\ufffd").split("\n")
    first = lines[0]
    if not first.startswith("WEBVTT") or first[6:7] not in ("", " ", "\t"):
        return None
    at = 1
    if len(lines) > 1 and lines[1]:
        head, at = _block(lines, 1, file, in_header=True)
        _take_headers(file, head.rows)
    while at < len(lines):
        if not lines[at]:
            at += 1
            continue
        block, at = _block(lines, at, file, in_header=False)
        _take(file, block)
    return file


def _block(lines: list[str], at: int, file: VttFile, *, in_header: bool) -> tuple[_Block, int]:
    """Collect a block; also where the next one begins."""
    block, first, seen_arrow = _Block(), at, False
    while at < len(lines):
        line, count = lines[at], at - first + 1
        if "-->" in line:
            if in_header or seen_arrow or count > 2:
                return block, at
            seen_arrow = True
            block.cue = _timed(line, "\n".join(block.rows), file)
            if block.cue is None:
                file.refused.append(line[:200])
            else:
                block.rows = []
        elif not line:
            return block, at + 1
        else:
            if not in_header and count == 2 and block.cue is None and block.rows:
                block.kind = next((kind for kind in ("STYLE", "REGION") if block.rows[0].rstrip(_SPACE) == kind), "")
            block.rows.append(line)
        at += 1
    return block, at


def _take(file: VttFile, block: _Block) -> None:
    if block.cue is not None:
        block.cue.payload = "\n".join(block.rows)
        file.cues.append(block.cue)
    elif block.kind == "REGION":
        file.regions.update(_region_ids(block.rows[1:]))
    elif block.rows and block.rows[0].startswith("NOTE"):
        _take_headers(file, [block.rows[0][4:], *block.rows[1:]])


def _take_headers(file: VttFile, rows: list[str]) -> None:
    for row in rows:
        name, colon, value = row.partition(":")
        if colon and name.strip().isalpha():
            file.headers.setdefault(name.strip().lower(), value.strip())


def _region_ids(rows: list[str]) -> list[str]:
    settings = [setting.partition(":") for row in rows for setting in row.split()]
    return [value for name, _, value in settings if name == "id" and value]


def _timed(line: str, cue_id: str, file: VttFile) -> VttCue | None:
    """The cue of a line with an arrow, or None where it does not tell two times."""
    rest = line.lstrip(_SPACE)
    start = _TIME.match(rest)
    if start is None:
        return None
    rest = rest[start.end() :].lstrip(_SPACE)
    if not rest.startswith("-->"):
        return None
    rest = rest[3:].lstrip(_SPACE)
    end = _TIME.match(rest)
    start_s, end_s = _time_s(start), _time_s(end) if end is not None else None
    if end is None or start_s is None or end_s is None:
        return None
    return VttCue(cue_id, start_s, end_s, _settings(rest[end.end() :], file.regions))


def _time_s(found: re.Match[str]) -> Fraction | None:
    first, second, third, thousandths = found.groups()
    hours, minutes, seconds = (first, second, third) if third is not None else ("0", first, second)
    if third is None and len(first) != 2:  # not two digits: they count hours, and seconds are missing
        return None
    if int(minutes) >= _MINUTE or int(seconds) >= _MINUTE:
        return None
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + Fraction(int(thousandths), 1000)


def _settings(text: str, regions: set[str]) -> dict[str, str]:
    """The settings that are valid; the last of a name counts."""
    kept: dict[str, str] = {}
    for setting in text.split():
        name, _, value = setting.partition(":")
        if value and _valid(name, value, regions):
            kept[name] = value
    return _without_region_if_placed(kept)


def _without_region_if_placed(settings: Mapping[str, str]) -> dict[str, str]:
    placed = "line" in settings or "vertical" in settings or settings.get("size", "100%") != "100%"
    return {name: value for name, value in settings.items() if not (name == "region" and placed)}


def _valid(name: str, value: str, regions: set[str]) -> bool:
    if name in _WORDS:
        return value in _WORDS[name]
    if name == "region":
        return value in regions
    place, comma, align = value.partition(",")
    if name == "size":
        return _is_percentage(value)
    if name == "position":
        return _is_percentage(place) and (not comma or align in _POSITION_ALIGN)
    if name == "line":
        number = _is_percentage(place) if place.endswith("%") else _NUMBER.fullmatch(place) is not None
        return number and (not comma or align in _LINE_ALIGN)
    return False


def _is_percentage(value: str) -> bool:
    found = _PERCENTAGE.fullmatch(value)
    return found is not None and Fraction(found[1]) <= 100
