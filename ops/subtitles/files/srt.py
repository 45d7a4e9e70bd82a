"""SubRip. It has no specification; what is written here is what every player of it agrees on.

Lines end in CR LF, as SubRip's own do: hardware players were made for them, and all programs take them. There is no
way to escape: what a player could take for syntax is parted by a joiner, and "-->" is written as the arrow it draws.
"""

from __future__ import annotations

import re

from ops.subtitles.cue import Cue, CueTrack
from ops.subtitles.files.clock import MILLISECONDS, written_times
from ops.subtitles.files.foreign_marks import REFERENCE
from ops.subtitles.files.lettering import directed, is_rtl, shown_cues, shown_lines
from ops.subtitles.files.markup import HTML, JOINER, tagged

__all__ = ["write_srt"]

_SYNTAX = re.compile(r"<(?=[A-Za-z/!])|\{(?=[\\A-Za-z])|\\(?=[Nnh])|\d:\d{1,2}:\d{1,2}(?=[.,]\d)")
"""What begins an HTML tag, an ASS override or break, or one of MicroDVD's marks, which players read in SubRip files
too; and a time, for some take any line with two of them for a line of times."""


def write_srt(track: CueTrack, *, speakers: bool = False) -> str:
    """A track as SubRip: numbered from 1, times in milliseconds, `<i>`, `<b>` and `<u>` as the only markup.

    SubRip knows no position: cues at the top stand at the bottom.

    Args:
        track: The cues.
        speakers: Whether each turn begins with "SPEAKER: ", which is how SubRip tells who speaks.
    """
    rtl = is_rtl(track.language)
    times = written_times(track, MILLISECONDS)
    blocks = [
        f"{number}\n{_clock(times[index].start)} --> {_clock(times[index].end)}\n"
        + "\n".join(_lines(track.cues[index], rtl=rtl, speakers=speakers))
        for number, index in enumerate(shown_cues(track), start=1)
    ]
    if blocks and blocks[-1].rpartition("\n")[2].isdecimal():  # the last line of all would pass for a number
        blocks[-1] += JOINER
    return "".join(f"{block}\n\n" for block in blocks).replace("\n", "\r\n")


def _lines(cue: Cue, *, rtl: bool, speakers: bool) -> list[str]:
    lines, before = [], ""
    for line, runs in shown_lines(cue):
        written = tagged(runs, HTML, _guarded)
        speaker = cue.speakers[min(line, len(cue.speakers) - 1)] if speakers and cue.speakers else ""
        if speaker and speaker != before:
            written = f"{_guarded(speaker)}: {written}"
        before = speaker
        lines.append(directed(written, "".join(text for text, _ in runs) + ":" * bool(speaker), rtl=rtl))
    return lines


def _guarded(text: str) -> str:
    text = REFERENCE.sub(lambda found: f"&{JOINER}{found[0][1:]}", text)
    return _SYNTAX.sub(lambda found: found[0] + JOINER, text).replace("-->", "→")


def _clock(ms: int) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02},{ms % 1000:03}"
