"""Reading a subtitle file of any format that is known, whoever made it and however badly."""

from __future__ import annotations

import re
from pathlib import Path

from ops.errors import MediaError
from ops.subtitles.files.ass_reading import read_ass
from ops.subtitles.files.decoding import MAX_BYTES, decoded
from ops.subtitles.files.rolling import unrolled
from ops.subtitles.files.srt_reading import read_srt
from ops.subtitles.files.subtitle_file import Format, ReadCue, SubtitleFile
from ops.subtitles.files.ttml_reading import read_ttml
from ops.subtitles.files.vtt_blocks import VttCue, VttFile, parse_vtt
from ops.subtitles.files.vtt_text import cue_text

__all__ = ["MAX_CUES", "read_subtitles"]

MAX_CUES = 100_000
"""A film of three hours with a cue a second has 10,000; signs of an animation, set letter by letter, ten times that."""

_FIX = "Deliver subtitles as SRT, WebVTT, ASS or TTML."
_TTML = re.compile(r"<(?:\w+:)?tt[\s>]")
_UPPER_HALF = 50
_UPPER_LINES = 5
"""WebVTT's lines, counted from the top, that are in its upper third: a player sets about fifteen."""


def read_subtitles(
    source: bytes | Path, *, format: Format | None = None, language: str | None = None, as_written: bool = False
) -> SubtitleFile:
    """Read subtitles; what is broken in them is repaired or passed over, and told in the notes.

    Args:
        source: The file, or what is in it.
        format: What it is; None to tell by what it begins with.
        language: A code of `ops.languages`, if it is known, for files that are in an old code page.
        as_written: Whether lines that roll up stay as often as they stand (`rolling`): to check what was written.

    Raises:
        MediaError: No such file, too large, no text, or no subtitles.
    """
    if isinstance(source, Path):
        try:
            return read_subtitles(_bytes(source), format=format, language=language, as_written=as_written)
        except MediaError as error:
            raise MediaError(error.what, where=error.where or source, fix=error.fix) from error
    text, notes = decoded(source, language=language, utf8_only=_is_vtt(source))
    kind = format or _format(text)
    if kind is None:
        raise MediaError("holds no subtitles", fix=_FIX)
    cues, named, found = _read(text, kind)
    if len(cues) > MAX_CUES:
        raise MediaError(f"holds more than {MAX_CUES:,} cues", fix="Deliver the subtitles without drawn signs.")
    kept, rolling = (cues, []) if as_written or kind is Format.ASS else unrolled(cues)
    return SubtitleFile(kind, tuple(kept), named, (*notes, *found, *rolling))


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():  # a pipe would never end
            raise MediaError("there is no such file", where=path, fix="Check the path.")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise MediaError(f"the file cannot be opened ({reason})", where=path, fix="Check the path.") from error
    if not data:
        raise MediaError("the file is empty (0 bytes)", where=path, fix="Deliver the file again.")
    return data


def _is_vtt(data: bytes) -> bool:
    return data.removeprefix(b"\xef\xbb\xbf").startswith(b"WEBVTT")


def _format(text: str) -> Format | None:
    """By what a text begins with, and holds."""
    head = text[:4096].lstrip()
    if text.startswith("WEBVTT"):
        return Format.VTT
    if head.lower().startswith(("[script info]", "[v4")) or _is_bare_ass(text):
        return Format.ASS
    if (
        head.startswith("<")
        and "<" in head
        and any(f"{mark}{end}" in head for mark in ("<tt", ":tt") for end in " >\n")
    ):
        return Format.TTML
    return Format.SRT if "-->" in text else None


def _is_bare_ass(text: str) -> bool:
    """Whether it is events without a head; words of other formats may look like one."""
    return "\nDialogue:" in f"\n{text}" and "-->" not in text


def _read(text: str, kind: Format) -> tuple[list[ReadCue], str, list[str]]:
    if kind is Format.VTT:
        file = parse_vtt(text)
        if file is None:
            raise MediaError("is no WebVTT: its first line is not WEBVTT", fix=_FIX)
        return _vtt(file)
    if kind is Format.ASS:
        return read_ass(text)
    if kind is Format.TTML:
        return read_ttml(text)
    cues, notes = read_srt(text)
    if not cues:
        raise MediaError("holds no cue that can be shown", fix=_FIX)
    return cues, "", notes


def _vtt(file: VttFile) -> tuple[list[ReadCue], str, list[str]]:
    cues: list[ReadCue] = []
    for each in file.cues:
        text, speakers = cue_text(each.payload)
        if text and each.end_s > each.start_s:
            cues.append(
                ReadCue(each.start_s, each.end_s, text, speakers, _at_top(each), dict(each.settings), id=each.id)
            )
    notes = []
    if file.refused:
        notes.append(f"{len(file.refused)} × a line with an arrow and without two times: {file.refused[0][:60]!r}.")
    if len(cues) < len(file.cues):
        notes.append(f"{len(file.cues) - len(cues)} × a cue without text or length, which no player shows.")
    return cues, file.headers.get("language", ""), notes


def _at_top(cue: VttCue) -> bool:
    """Whether its line is in the upper part: a share of the height, or a count from the top (below 0, the bottom)."""
    line = cue.settings.get("line", "").partition(",")[0]
    if not line:
        return False
    value = float(line.removesuffix("%"))
    return value < _UPPER_HALF if line.endswith("%") else 0 <= value < _UPPER_LINES
