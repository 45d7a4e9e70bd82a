"""The check of what was written: each file is read again and held against the track that it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from ops.errors import MediaError
from ops.subtitles.cue import Cue, CueTrack
from ops.subtitles.files.clock import CENTISECONDS, MILLISECONDS
from ops.subtitles.files.lettering import clean, comparable, shown_cues
from ops.subtitles.files.markup import without_tags
from ops.subtitles.files.reading import read_subtitles
from ops.subtitles.files.subtitle_file import Format, ReadCue

__all__ = ["verified"]

_PER_S = {Format.SRT: MILLISECONDS, Format.VTT: MILLISECONDS, Format.ASS: CENTISECONDS}
_MOST_FAULTS = 20
"""Of one file; a file with more is not the track's."""


def verified(track: CueTrack, files: Mapping[str, Path], *, min_gap: int) -> list[str]:
    """What is wrong with written files, each as a sentence with the file's key; nothing where all is well.

    Read again, a file holds the track's cues, in its order, with its words, each starting less than one unit of the
    format before its frame and ending less than two before; no two overlap, and no gap is shorter than the least
    that the track's rules allow, unless the track's own is.

    Args:
        track: What was to be written.
        files: The files by format: "srt", "vtt", "ass".
        min_gap: The least gap of the track's rules, in frames.

    Raises:
        ValueError: A key is not a format that is written.
    """
    faults: list[str] = []
    for name, path in files.items():
        if Format(name) not in _PER_S:
            raise ValueError(f"{name} is not written")
        found = []
        for fault in _faults(track, path, Format(name), min_gap):
            found.append(f"{name}: {fault}")
            if len(found) == _MOST_FAULTS:
                break
        faults += found
    return faults


def _faults(track: CueTrack, path: Path, kind: Format, min_gap: int) -> Iterator[str]:
    cues = [track.cues[index] for index in shown_cues(track)]
    try:
        file = read_subtitles(path, as_written=True)
    except MediaError as error:
        if cues or not _is_blank(path):
            yield f"it cannot be read: {error.what}"
        return
    if file.format is not kind:
        yield f"it is {file.format} and not {kind}"
        return
    yield from (f"it was not read as it is: {note}" for note in file.notes)
    if len(file.cues) != len(cues):
        yield f"it holds {len(file.cues)} cues and the track {len(cues)}"
    for number, (cue, read) in enumerate(zip(cues, file.cues, strict=False), start=1):
        yield from (f"cue {number} {fault}" for fault in _differences(track, cue, read, _PER_S[kind]))
    yield from _crowded(track, cues, file.cues, min_gap)


def _differences(track: CueTrack, cue: Cue, read: ReadCue, per_s: int) -> Iterator[str]:
    unit = Fraction(1, per_s)
    early = track.start_s(cue) - read.start_s
    if not 0 <= early < unit:
        yield f"begins {_told(early)} its frame"
    early = track.end_s(cue) - read.end_s
    if not 0 <= early < 2 * unit:
        yield f"ends {_told(early)} its last frame"
    wanted, found = comparable(map(clean, cue.lines)), comparable(without_tags(read.text).split("\n"))
    wanted = "\n".join(line for line in wanted.split("\n") if line)
    if wanted != found:
        yield f"reads {found!r} and not {wanted!r}"


def _crowded(track: CueTrack, cues: list[Cue], read: tuple[ReadCue, ...], min_gap: int) -> Iterator[str]:
    least_s = min_gap / track.rate
    for number, (before, after) in enumerate(pairwise(read), start=1):
        gap_s = after.start_s - before.end_s
        if after.start_s < before.start_s:
            yield f"cue {number + 1} comes before cue {number}"
        elif gap_s < 0:
            yield f"cue {number + 1} overlaps cue {number} by {float(-gap_s):.3f} s"
        elif number < len(cues):
            own_s = track.start_s(cues[number]) - track.end_s(cues[number - 1])
            if gap_s < min(least_s, own_s):
                yield (
                    f"the gap between cues {number} and {number + 1} is {float(gap_s * track.rate):.2f} frames, less "
                    f"than {float(min(least_s, own_s) * track.rate):g}"
                )


def _told(early_s: Fraction) -> str:
    return f"{abs(float(early_s)):.3f} s {'before' if early_s > 0 else 'after'}"


def _is_blank(path: Path) -> bool:
    """Whether a file is empty, as SubRip without cues is."""
    return path.is_file() and not path.read_bytes().strip()
