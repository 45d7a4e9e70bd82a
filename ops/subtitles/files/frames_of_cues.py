"""Cues as they are read, in seconds and in any order, put onto a film's frames in order."""

from __future__ import annotations

from fractions import Fraction

from ops.subtitles.cue import Change, Cue, Emphasis, Reason
from ops.subtitles.files.labels import label_of, names_in
from ops.subtitles.files.markup import emphasised
from ops.subtitles.files.subtitle_file import ReadCue, SubtitleFile

__all__ = ["cues_of", "late_cues"]


def cues_of(file: SubtitleFile, *, rate: Fraction, frames: int) -> tuple[Cue, ...]:
    """A file's cues on the film's frames, in order; each change of a cue is told in it.

    They overlap where the file's do: how many lines stand at once is for a profile to say (`ops.subtitles.overlaps`).
    A name before a line ("ANNA: ") becomes its speaker where the file names its speakers so (`labels.names_in`). No
    word is lost, but of cues that begin after the film's last frame (`late_cues`).

    Args:
        file: What was read.
        rate: Frames a second.
        frames: Length of the film.
    """
    names = names_in(each.text for each in file.cues)
    placed = [_placed(each, rate, frames, names) for each in file.cues if _frame(each.start_s, rate) < frames]
    return tuple(sorted(placed, key=lambda cue: (cue.start, cue.end)))


def late_cues(file: SubtitleFile, *, rate: Fraction, frames: int) -> tuple[ReadCue, ...]:
    """The cues that begin after the film's last frame, which `cues_of` leaves out."""
    return tuple(each for each in file.cues if _frame(each.start_s, rate) >= frames)


def _frame(time_s: Fraction, rate: Fraction) -> int:
    """The nearest frame."""
    return int(time_s * rate + Fraction(1, 2))


def _placed(cue: ReadCue, rate: Fraction, frames: int, names: frozenset[str]) -> Cue:
    start = _frame(cue.start_s, rate)
    end = max(start + 1, _frame(cue.end_s, rate))
    cut = (Change(Reason.FILM_END, "out", end, frames),) if end > frames else ()
    lines, marks = emphasised(cue.text)
    speakers = cue.speakers if len(cue.speakers) in (0, 1, len(lines)) else ()
    if not speakers:
        lines, marks, speakers = _labelled(lines, marks, names)
    return Cue(start, min(end, frames), lines, speakers, marks, cue.at_top, changes=cut)


def _labelled(
    lines: tuple[str, ...], marks: tuple[Emphasis, ...], names: frozenset[str]
) -> tuple[tuple[str, ...], tuple[Emphasis, ...], tuple[str, ...]]:
    """Lines without their labels, and whom these name: each line's speaker is the one that was named last."""
    kept: list[str] = []
    shifted: list[Emphasis] = []
    speakers: list[str] = []
    speaker = ""
    for index, line in enumerate(lines):
        label = label_of(line, names)
        first, last = (label.start, label.end) if label else (0, 0)
        speaker = label.name if label else speaker
        rest = line[:first] + line[last:]
        if label and not rest.strip(" -‐‑–—>"):
            continue
        shifted += [moved for one in marks if one.line == index for moved in _without(one, first, last, len(kept))]
        kept.append(rest)
        speakers.append(speaker)
    if not kept:  # a label alone: it is what is read
        return lines, marks, ()
    if len(set(speakers)) == 1:
        speakers = [each for each in speakers[:1] if each]
    return tuple(kept), tuple(shifted), tuple(speakers)


def _without(one: Emphasis, first: int, last: int, line: int) -> list[Emphasis]:
    """A mark on a line from which a stretch was taken; none where nothing is left of it."""

    def moved(at: int) -> int:
        return at if at <= first else max(first, at - (last - first))

    start, end = moved(one.start), moved(one.end)
    return [Emphasis(line, start, end, one.kind)] if start < end else []
