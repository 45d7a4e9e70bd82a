"""Which version a subtitle file was made of: by its own mark, which WebVTT and ASS have room for."""

from __future__ import annotations

from pathlib import Path

import regex

from ops.errors import MediaError
from ops.subtitles.cue import CueTrack
from ops.subtitles.files.decoding import decoded
from ops.subtitles.identity import track_mark

__all__ = ["marked_origin"]

_MARK = regex.compile(r"^(?:NOTE )?Origin: ([0-9a-f]{16})[ \t]*$", regex.MULTILINE)


def marked_origin(path: Path, versions: list[CueTrack]) -> list[CueTrack]:
    """The version that a file says it was made of; all of them, where it says nothing or names none of these.

    Raises:
        OSError: The file cannot be read.
    """
    try:
        text, _ = decoded(path.read_bytes())
    except MediaError:  # reading its cues tells what is wrong with it
        return versions
    marks = set(_MARK.findall(text))
    return [track for track in versions if track_mark(track) in marks][:1] or versions
