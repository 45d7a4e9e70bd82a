"""Corrections as a table that a person edits in a spreadsheet: CSV, one cue a line.

    language,cue,at,base,text,start,end,who,when
    fra_Latn,3fa2c1d09b1e-0.0,0:00:18.700,Cette lame a un passé sombre.,Cette lame a un passé obscur.,,,Ana,2026-11-21

`cue_table` writes a whole track so, `text` as it is. Whoever edits it changes `text` (or empties it, for a cue that is
to go), or fills in `start` and `end` to move a cue; lines left as they are mean nothing. A line with neither `cue` nor
`base` adds a cue.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import regex

from ops.errors import MediaError, UsageError
from ops.languages.table import language
from ops.subtitles.corrections.model import Correction
from ops.subtitles.cue import CueTrack
from ops.subtitles.files.decoding import decoded
from ops.subtitles.identity import cue_ids, plain

__all__ = ["cue_table", "read_corrections"]

_COLUMNS = ("language", "cue", "at", "base", "text", "start", "end", "who", "when")
_NEEDED = {"language", "cue", "base", "text"}
_LARGEST_BYTES = 32 << 20
_LONGEST = 2000
"""Characters of a cue: ten times what any profile has room for."""

_LONGEST_FILM_S = 100 * 3600
_FORMULA = ("=", "+", "-", "@", "\t")
"""What a spreadsheet takes for a formula at a cell's beginning; a line of two speakers begins with a dash."""

_TIME = regex.compile(r"(?:(?:(\d{1,3}):)?(\d{1,2}):)?(\d{1,6}(?:[.,]\d{1,6})?)")


def cue_table(track: CueTrack) -> str:
    """A track as a table to be edited, beginning with the mark by which spreadsheets know UTF-8."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, restval="")
    writer.writeheader()
    for name, cue in zip(cue_ids(track), track.cues, strict=True):
        text = _guarded(cue.text)
        at = _clock(float(track.start_s(cue)))
        writer.writerow({"language": track.language, "cue": name, "at": at, "base": text, "text": text})
    return f"\ufeff{out.getvalue()}"


def read_corrections(path: Path) -> list[Correction]:
    """Read a table of corrections; lines whose text and times are as they were are left out.

    Raises:
        UsageError: It is no such table; names the line.
    """
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise UsageError("is too large for corrections", where=path, fix="Give the cues of one film.")
        text, _ = decoded(path.read_bytes())
        rows = list(csv.DictReader(io.StringIO(text, newline=""), dialect=_dialect(text), strict=True))
    except (OSError, MediaError, csv.Error) as error:
        raise UsageError(f"cannot be read as corrections ({error})", where=path, fix="Save it as CSV.") from None
    if not rows:
        return []
    missing = _NEEDED - {str(name).strip() for name in rows[0]}
    if missing:
        raise UsageError(
            f"has no column {', '.join(sorted(missing))}", where=path, fix=f"The columns are {', '.join(_COLUMNS)}."
        )
    read = [_correction(row, f"{path}, line {place}") for place, row in enumerate(rows, start=2)]
    return [each for each in read if each is not None]


def _dialect(text: str) -> type[csv.Dialect]:
    """Spreadsheets of other countries write ";", and others tabs."""
    head = text.split("\n", 1)[0]
    mark = max(",;\t", key=head.count)

    class Dialect(csv.excel):
        delimiter = mark

    return Dialect


def _correction(row: Mapping[str | None, str | Sequence[str] | None], where: str) -> Correction | None:
    if None in row:
        raise UsageError("has more cells than columns", where=where, fix="Put texts with commas in quotes.")
    cells = {str(name).strip(): str(value or "") for name, value in row.items()}
    if not any(cell.strip() for cell in cells.values()):
        return None
    base, text = _text(cells["base"], where), _text(cells["text"], where)
    start_s, end_s = _seconds(cells.get("start", ""), where), _seconds(cells.get("end", ""), where)
    name = cells["cue"].strip()
    if bool(name) != bool(plain(base)):
        raise UsageError(
            "has a cue without its base, or a base without its cue",
            where=where,
            fix="Leave both as the table had them; a new cue has neither.",
        )
    if not name and (not plain(text) or start_s is None or end_s is None or end_s <= start_s):
        raise UsageError("adds no cue", where=where, fix="Give its text, and its start and a later end.")
    if plain(text) == plain(base) and text.splitlines() == base.splitlines() and start_s is None and end_s is None:
        return None
    code = language(cells["language"].strip()).code
    at_s = _seconds(cells.get("at", ""), where)
    return Correction(
        code,
        name,
        base,
        text,
        start_s,
        end_s,
        start_s if not name else at_s,
        cells.get("who", "").strip(),
        cells.get("when", "").strip(),
    )


def _text(cell: str, where: str) -> str:
    text = cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell
    if len(text) > _LONGEST or "\x00" in text:
        raise UsageError(f"has a text of {len(text)} characters", where=where, fix=f"Keep it below {_LONGEST}.")
    return "\n".join(line.strip() for line in text.splitlines() if plain(line))


def _guarded(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _seconds(cell: str, where: str) -> float | None:
    cell = cell.strip()
    if not cell:
        return None
    found = _TIME.fullmatch(cell)
    if not found:
        raise UsageError(f"has the time {cell!r}", where=where, fix="Write 0:01:02.345, or seconds.")
    hours, minutes, seconds = found.groups()
    time_s = int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds.replace(",", "."))
    if time_s > _LONGEST_FILM_S:
        raise UsageError(f"has the time {cell!r}, after any film's end", where=where, fix="Write 0:01:02.345.")
    return time_s


def _clock(time_s: float) -> str:
    ms = round(time_s * 1000)
    return f"{ms // 3_600_000}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"
