"""What a subtitle file holds once it is read, whatever its format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

__all__ = ["Format", "ReadCue", "SubtitleFile"]


class Format(StrEnum):
    """Formats that are read; the first three are written too. The value is the file name's suffix."""

    SRT = "srt"
    VTT = "vtt"
    ASS = "ass"
    TTML = "ttml"


@dataclass(frozen=True)
class ReadCue:
    """A cue as its file has it; cues of one file may overlap and come in any order.

    Attributes:
        start_s: When it comes, exactly as it is written.
        end_s: When it goes; later than it comes.
        text: Its lines by "\\n", none of them empty, with `<i>`, `<b>`, `<u>` as its only markup, closed on each line.
        speakers: Who speaks, where the file says so: nobody, one for all lines, or one a line.
        at_top: Whether it stands in the upper part of the picture.
        settings: WebVTT's cue settings that are valid, by name; of ASS "style".
        id: Its identifier or number in the file, or empty.
    """

    start_s: Fraction
    end_s: Fraction
    text: str
    speakers: tuple[str, ...] = ()
    at_top: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    id: str = ""


@dataclass(frozen=True)
class SubtitleFile:
    """A subtitle file.

    Attributes:
        format: What it is.
        cues: In the file's order.
        language: The tag by which the file names its language, or empty where it does not.
        notes: What was repaired or passed over, as sentences.
    """

    format: Format
    cues: tuple[ReadCue, ...]
    language: str = ""
    notes: tuple[str, ...] = ()
