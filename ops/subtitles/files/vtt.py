"""WebVTT as it is written (W3C, "WebVTT: The Web Video Text Tracks Format")."""

from __future__ import annotations

from collections.abc import Mapping

from ops.languages.table import languages
from ops.subtitles.cue import Cue, CueTrack
from ops.subtitles.files.clock import MILLISECONDS, written_times
from ops.subtitles.files.lettering import clean, directed, is_rtl, shown_cues, shown_lines
from ops.subtitles.files.markup import HTML, tagged
from ops.subtitles.identity import track_mark

__all__ = ["write_vtt"]

_NO_NAMES: Mapping[str, str] = {}

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})

_AT_TOP = " line:0"
"""The first line of the picture; a cue's further lines follow below it."""


def write_vtt(track: CueTrack, *, names: Mapping[str, str] = _NO_NAMES) -> str:
    """A track as WebVTT: numbered cues, speakers as `<v>`, cues at the top by their `line` setting.

    The language, and the track's mark, stand in comments: a metadata header, which some write, is outside the standard,
    and FFmpeg drops every cue of a file that has one. Nothing is set for right-to-left languages: a cue is centred in
    any direction, and the order within a line is kept by marks.

    Args:
        track: The cues.
        names: What speakers are called, by their id; the others go by it.
    """
    rtl = is_rtl(track.language)
    times = written_times(track, MILLISECONDS)
    blocks = ["WEBVTT"]
    if track.language in languages():
        blocks.append(f"NOTE Language: {languages()[track.language].bcp47}")
    blocks.append(f"NOTE Origin: {track_mark(track)}")
    for number, index in enumerate(shown_cues(track), start=1):
        cue, time = track.cues[index], times[index]
        timing = f"{_clock(time.start)} --> {_clock(time.end)}{_AT_TOP * cue.at_top}"
        blocks.append(f"{number}\n{timing}\n{_payload(cue, names, rtl=rtl)}")
    return "".join(f"{block}\n\n" for block in blocks)


def _payload(cue: Cue, names: Mapping[str, str], *, rtl: bool) -> str:
    one_speaker = cue.speakers[0] if len(set(cue.speakers)) == 1 else ""
    lines = []
    for line, runs in shown_lines(cue):
        written = directed(tagged(runs, HTML, _escaped), "".join(text for text, _ in runs), rtl=rtl)
        lines.append(written if one_speaker or not cue.speakers else _voiced(written, cue.speakers[line], names))
    text = "\n".join(lines)
    return _voiced(text, one_speaker, names) if one_speaker else text


def _escaped(text: str) -> str:
    return text.translate(_ESCAPES)


def _voiced(text: str, speaker: str, names: Mapping[str, str]) -> str:
    name = " ".join(clean(names.get(speaker, speaker)).split())
    return f"<v {_escaped(name)}>{text}</v>" if name else text


def _clock(ms: int) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"
