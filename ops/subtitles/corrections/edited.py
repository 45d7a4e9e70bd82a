"""A subtitle file that somebody edited and gave back: what is other in it than in the track is their corrections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from ops.errors import UsageError
from ops.subtitles.corrections.model import Correction
from ops.subtitles.corrections.undoing import edited_alone
from ops.subtitles.cue import CueTrack
from ops.subtitles.files.subtitle_file import Format, ReadCue, SubtitleFile
from ops.subtitles.identity import base_hash, cue_ids, plain, without_marks

__all__ = ["corrections_by_origin", "corrections_of_edited"]

_UNCHANGED_S = {Format.ASS: 0.021}
_UNCHANGED_ELSE_S = 0.0025
"""What a format's own rounding moves an edge by: two milliseconds, in ASS two hundredths."""

_SAME_WORDS_S, _FAR_S = 10.0, 10.0
"""The same words count as so many seconds in common, up to so far apart."""

_Pair = tuple[int | None, int | None]

_MOST_PAIRS = 250_000
"""Between two cues that both files have; a film has 2000 in all."""


def corrections_by_origin(
    versions: Iterable[CueTrack],
    edited: SubtitleFile,
    *,
    standing: Sequence[Correction] = (),
    who: str = "",
    when: str = "",
) -> list[Correction]:
    """The corrections that somebody made in a file, whichever version of the track they had before them.

    What was published since the file was made is other people's work: held against that, the file would take it back.
    Its origin is the version from which it differs in the fewest cues; of several the newest. Where that is younger
    than the file, as its own is not kept any more, `edited_alone` tells what was corrected between.

    Args:
        versions: What was published, newest first; at least one.
        edited: The file, read.
        standing: The language's corrections that are kept.
        who: Who edited it.
        when: When, ISO 8601.

    Raises:
        UsageError: It has hardly a cue of any of them.
    """
    best: tuple[CueTrack, list[Correction]] | None = None
    refused: UsageError | None = None
    for track in versions:
        try:
            found = corrections_of_edited(track, edited, who=who, when=when)
        except UsageError as error:
            refused = refused or error
            continue
        if best is None or len(found) < len(best[1]):
            best = track, found
    if best is None:
        raise refused or ValueError("a file has no origin without a version")
    return list(edited_alone(best[1], standing, best[0]))


def corrections_of_edited(track: CueTrack, edited: SubtitleFile, *, who: str = "", when: str = "") -> list[Correction]:
    """The corrections that turn a track into the file that was made of it and edited.

    Args:
        track: As it was published, the file's origin.
        edited: The file, read.
        who: Who edited it.
        when: When, ISO 8601.

    Raises:
        UsageError: It has hardly a cue of the track: it is another film's, or in another language.
    """
    cues = sorted(edited.cues, key=lambda cue: (cue.start_s, cue.end_s))
    names = cue_ids(track)
    loose_s = _UNCHANGED_S.get(edited.format, _UNCHANGED_ELSE_S)
    corrections = []
    for ours, theirs in _pairs(track, cues):
        if ours is None and theirs is not None:
            corrections.append(_added(track, cues[theirs], who, when))
        elif ours is not None:
            own = track.cues[ours]
            start_s, end_s = float(track.start_s(own)), float(track.end_s(own))
            text = "" if theirs is None else _text(cues[theirs])
            begins, ends = (None, None) if theirs is None else (float(cues[theirs].start_s), float(cues[theirs].end_s))
            made = Correction(
                language=track.language,
                cue=names[ours],
                base_text=own.text,
                text=own.text if _lines(text) == _lines(own.text) else text,
                start_s=begins if begins is not None and abs(begins - start_s) > loose_s else None,
                end_s=ends if ends is not None and abs(ends - end_s) > loose_s else None,
                at_s=round(start_s, 3),
                who=who,
                when=when,
            )
            if made.text != own.text or made.start_s is not None or made.end_s is not None:
                corrections.append(made)
    return sorted(corrections, key=lambda each: not each.cue)


def _added(track: CueTrack, cue: ReadCue, who: str, when: str) -> Correction:
    start_s, end_s = float(cue.start_s), float(cue.end_s)
    return Correction(track.language, "", "", _text(cue), start_s, end_s, start_s, who, when)


def _text(cue: ReadCue) -> str:
    return "\n".join(line for line in without_marks(cue.text).splitlines() if plain(line))


def _lines(text: str) -> list[str]:
    """Its lines as a reader reads them; how they are broken is the editor's word as well."""
    return [plain(line) for line in text.splitlines()]


def _pairs(track: CueTrack, cues: Sequence[ReadCue]) -> Iterator[_Pair]:
    """Which cue became which, in order: cues of the same words at the same time are the same; between them `_matched`.

    Where there are hardly any, as in a file that was moved as a whole, runs of the same words are the same.
    """
    ours = [(base_hash(cue.text), round(float(track.start_s(cue)), 1)) for cue in track.cues]
    theirs = [(base_hash(cue.text), round(float(cue.start_s), 1)) for cue in cues]
    for kind, first, end, from_, to in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from zip(range(first, end), range(from_, to), strict=True)
        elif (end - first) * (to - from_) <= _MOST_PAIRS:
            yield from _matched(track, cues, range(first, end), range(from_, to))
        else:
            yield from _by_words(track, cues, range(first, end), range(from_, to))


def _by_words(track: CueTrack, cues: Sequence[ReadCue], ours: range, theirs: range) -> Iterator[_Pair]:
    words = [base_hash(track.cues[place].text) for place in ours]
    others = [base_hash(cues[place].text) for place in theirs]
    for kind, first, end, from_, to in SequenceMatcher(None, words, others, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from zip(ours[first:end], theirs[from_:to], strict=True)
        elif (end - first) * (to - from_) <= _MOST_PAIRS:
            yield from _matched(track, cues, ours[first:end], theirs[from_:to])
        else:
            raise UsageError(
                "has hardly a cue of these subtitles",
                where=track.language,
                fix="Edit the file that was published for this language and hand that one back.",
            )


def _matched(track: CueTrack, cues: Sequence[ReadCue], ours: range, theirs: range) -> Iterator[_Pair]:
    """The pairs in order that have the most in common, each cue in at most one."""
    common = [[_in_common(track, one, cues[other]) for other in theirs] for one in ours]
    best = [[0.0] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    for one in reversed(range(len(ours))):
        for other in reversed(range(len(theirs))):
            together = common[one][other] + best[one + 1][other + 1] if common[one][other] > 0 else 0.0
            best[one][other] = max(together, best[one + 1][other], best[one][other + 1])
    one = other = 0
    while one < len(ours) or other < len(theirs):
        if one == len(ours):
            yield None, theirs[other]
            other += 1
        elif other == len(theirs) or best[one][other] == best[one + 1][other]:
            yield ours[one], None
            one += 1
        elif best[one][other] == best[one][other + 1]:
            yield None, theirs[other]
            other += 1
        else:
            yield ours[one], theirs[other]
            one, other = one + 1, other + 1


def _in_common(track: CueTrack, ours: int, theirs: ReadCue) -> float:
    """Seconds that both stand, and more for the same words not far away; 0 or less for what cannot be the same."""
    cue = track.cues[ours]
    shared_s = float(min(track.end_s(cue), theirs.end_s) - max(track.start_s(cue), theirs.start_s))
    if base_hash(cue.text) == base_hash(theirs.text) and shared_s > -_FAR_S:
        return _SAME_WORDS_S + max(0.0, shared_s)
    return shared_s
