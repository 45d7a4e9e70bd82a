"""Cues as they are read, in seconds and overlapping, put onto a film's frames, in order and apart."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

from ops.subtitles.cue import Change, Cue, Emphasis, Reason
from ops.subtitles.files.markup import emphasised
from ops.subtitles.files.subtitle_file import ReadCue, SubtitleFile

__all__ = ["cues_of", "late_cues"]

_LABEL = re.compile(r"([^\W\d_][^:<>\n]{0,29}[^\W_]|[^\W\d_]):(?:\s+|$)")
_DASH = re.compile(r"\s*[-–—]\s*")

_SHORTEST_S = Fraction(5, 6)
"""A cue that is cut shorter than this can hardly be read (Netflix' shortest)."""


def cues_of(file: SubtitleFile, *, rate: Fraction, frames: int) -> tuple[Cue, ...]:
    """A file's cues on the film's frames, in order and without overlap; each change of a cue is told in it.

    Of two that overlap, the earlier ends where the later begins (`Reason.OVERLAP`); where it could not be read then,
    or both come at once, they become one cue, the lines of the earlier above (`Reason.MERGED`). A label in capitals
    before a line ("ANNA: ") becomes its speaker. No word is lost, but of cues that begin after the film's last frame
    (`late_cues`).

    Args:
        file: What was read.
        rate: Frames a second.
        frames: Length of the film.
    """
    placed = [_placed(each, rate, frames) for each in file.cues if _frame(each.start_s, rate) < frames]
    cues: list[Cue] = []
    for cue in sorted(placed, key=lambda cue: (cue.start, cue.end)):
        if not cues or cues[-1].end <= cue.start:
            cues.append(cue)
        elif _stays_readable(cues[-1], cue.start, rate):
            moved = Change(Reason.OVERLAP, "out", cues[-1].end, cue.start)
            cues[-1] = replace(cues[-1], end=cue.start, changes=(*cues[-1].changes, moved))
            cues.append(cue)
        else:
            cues[-1] = _merged(cues[-1], cue)
    return tuple(cues)


def late_cues(file: SubtitleFile, *, rate: Fraction, frames: int) -> tuple[ReadCue, ...]:
    """The cues that begin after the film's last frame, which `cues_of` leaves out."""
    return tuple(each for each in file.cues if _frame(each.start_s, rate) >= frames)


def _frame(time_s: Fraction, rate: Fraction) -> int:
    """The nearest frame."""
    return int(time_s * rate + Fraction(1, 2))


def _placed(cue: ReadCue, rate: Fraction, frames: int) -> Cue:
    start = _frame(cue.start_s, rate)
    end = max(start + 1, _frame(cue.end_s, rate))
    cut = (Change(Reason.FILM_END, "out", end, frames),) if end > frames else ()
    lines, marks = emphasised(cue.text)
    speakers = cue.speakers if len(cue.speakers) in (0, 1, len(lines)) else ()
    if not speakers:
        lines, marks, speakers = _labelled(lines, marks)
    return Cue(start, min(end, frames), lines, speakers, marks, cue.at_top, changes=cut)


def _labelled(
    lines: tuple[str, ...], marks: tuple[Emphasis, ...]
) -> tuple[tuple[str, ...], tuple[Emphasis, ...], tuple[str, ...]]:
    """Lines without their labels, and whom these name: each line's speaker is the one that was named last."""
    kept: list[str] = []
    shifted: list[Emphasis] = []
    speakers: list[str] = []
    speaker = ""
    for index, line in enumerate(lines):
        first, last, name = _label(line)
        speaker = name or speaker
        rest = line[:first] + line[last:]
        if name and not line[last:].strip():
            continue
        shifted += [moved for one in marks if one.line == index for moved in _without(one, first, last, len(kept))]
        kept.append(rest)
        speakers.append(speaker)
    if not kept:  # a label alone: it is what is read
        return lines, marks, ()
    if len(set(speakers)) == 1:
        speakers = [each for each in speakers[:1] if each]
    return tuple(kept), tuple(shifted), tuple(speakers)


def _label(line: str) -> tuple[int, int, str]:
    """From where to where a line's label reaches, and whom it names; an empty stretch where there is none."""
    dash = _DASH.match(line)
    first = dash.end() if dash else 0
    label = _LABEL.match(line, first)
    if label is None or not label[1].isupper():
        return 0, 0, ""
    return first, label.end(), label[1]


def _without(one: Emphasis, first: int, last: int, line: int) -> list[Emphasis]:
    """A mark on a line from which a stretch was taken; none where nothing is left of it."""

    def moved(at: int) -> int:
        return at if at <= first else max(first, at - (last - first))

    start, end = moved(one.start), moved(one.end)
    return [Emphasis(line, start, end, one.kind)] if start < end else []


def _stays_readable(cue: Cue, end: int, rate: Fraction) -> bool:
    return (end - cue.start) / rate >= _SHORTEST_S


def _merged(first: Cue, second: Cue) -> Cue:
    """Both as one, from the first's beginning to the later end; the same words twice are said once."""
    end = max(first.end, second.end)
    told = Change(Reason.MERGED, "text", first.text, f"{first.text}\n{second.text}")
    if first.lines == second.lines:
        return replace(first, end=end, changes=(*first.changes, replace(told, after=first.text)))
    speakers = (*_each(first), *_each(second)) if first.speakers or second.speakers else ()
    below = tuple(replace(one, line=one.line + len(first.lines)) for one in second.emphasis)
    return Cue(
        first.start,
        end,
        (*first.lines, *second.lines),
        speakers,
        (*first.emphasis, *below),
        first.at_top and second.at_top,
        changes=(*first.changes, *second.changes, told),
    )


def _each(cue: Cue) -> tuple[str, ...]:
    """A speaker for each line."""
    if len(cue.speakers) == len(cue.lines):
        return cue.speakers
    return (cue.speakers or ("",)) * len(cue.lines)
