"""Cue tracks from words, from a source's own cues, and from the cues of another language."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from ops.languages import table
from ops.subtitles.cue import Change, Cue, CueTrack, Reason
from ops.subtitles.dashes import turns_of, with_dashes
from ops.subtitles.exchanges import Exchange, exchanges, taken_in_turn
from ops.subtitles.grammar import ends_sentence
from ops.subtitles.linebreak import joined, lines_of
from ops.subtitles.measure import is_blank
from ops.subtitles.overlaps import apart
from ops.subtitles.pauses import with_ellipses
from ops.subtitles.placing import placed
from ops.subtitles.profile import Limits
from ops.subtitles.remedies import lent, merged_where_too_fast, split_where_too_long
from ops.subtitles.segment import Piece, pieces
from ops.subtitles.spoken import SpokenWord
from ops.subtitles.unspaced import UNSPACED
from ops.transcript.model import Word
from ops.translation.sentence import Sentence

__all__ = ["cues_from_words", "in_language", "retimed"]


def cues_from_words(
    words: Sequence[Word],
    *,
    language: str,
    rate: Fraction,
    cuts: Sequence[int],
    frames: int,
    limits: Limits,
    sentences: Sequence[Sentence] = (),
) -> CueTrack:
    """Cut a film's words into cues and time them.

    Args:
        words: In order of their beginnings; seconds count from the film's first picture.
        language: The words' language, a code of `ops.languages`.
        rate: Frames a second.
        cuts: First frames of shots that begin with a cut, in order.
        frames: Of the film.
        limits: The rules, for that language.
        sentences: Where sentences end, and their ids; without any, punctuation tells where they end.

    Returns:
        Cues that hold every word that is seen, once and in order.
    """
    seen = [place for place, word in enumerate(words) if not is_blank(word.text)]
    first_words = [sentence.first_word for sentence in sentences]
    cues = []
    readable = [words[place] for place in seen]
    at_once = exchanges(readable, limits)
    order = _by_turns(seen, at_once)
    said = [words[place] for place in order]
    for each in at_once:
        if each.shared:
            said[each.first : each.end] = taken_in_turn(readable, each, limits)
    spoken = _spoken(said, order, rate, sentences, at_once, language=limits.language)
    for piece in pieces(spoken, limits, limits.at(rate), cuts):
        places = order[piece.first : piece.end]
        span = (min(places), max(places) + 1)
        cue = _cue(piece, spoken, limits)
        held = sentences[max(0, bisect_right(first_words, span[0]) - 1) : bisect_left(first_words, span[1])]
        ids = tuple(each.id for each in held if any(each.first_word <= place < each.end_word for place in places))
        cues.append(replace(cue, words=span, sentences=ids))
    cues = with_ellipses(cues, words, limits)
    return placed(cues, language=language, rate=rate, cuts=cuts, frames=frames, limits=limits)


def retimed(
    cues: Sequence[Cue], *, language: str, rate: Fraction, cuts: Sequence[int], frames: int, limits: Limits
) -> CueTrack:
    """A source's own cues, timed by rule; their words and lines stay.

    Args:
        cues: In any order; they may overlap, and then share the time or a cue. Those that know their sound were timed
            before, and only move.
        language: Their language, a code of `ops.languages`.
        rate: Frames a second.
        cuts: First frames of shots that begin with a cut, in order.
        frames: Of the film.
        limits: The rules, for that language.
    """
    timed_before = [cue for cue in cues if cue.sound is not None]
    as_they_came = apart([cue for cue in cues if cue.sound is None], limits, rate)
    return placed([*timed_before, *as_they_came], language=language, rate=rate, cuts=cuts, frames=frames, limits=limits)


def in_language(
    track: CueTrack, texts: Sequence[str], *, language: str, cuts: Sequence[int], frames: int, limits: Limits
) -> CueTrack:
    """The same cues with other words, broken into lines and timed for their language.

    A cue that cannot be read in its time stays longer, then takes time of a neighbour of its sentence, then is merged
    with it; one with too many lines is split. What does not conform after that is left for `ops.subtitles.conform` to
    tell.

    Args:
        track: In the source's language.
        texts: One a cue: its words, the turns of two speakers parted by "\\n" and without dashes; an empty one for a
            cue that says nothing in this language.
        language: Theirs, a code of `ops.languages`.
        cuts: First frames of shots that begin with a cut, in order.
        frames: Of the film.
        limits: The rules, for that language.

    Raises:
        ValueError: There is not one text a cue.
    """
    if len(texts) != len(track.cues):
        raise ValueError(f"{len(texts)} texts for {len(track.cues)} cues")
    cues: list[Cue] = []
    silent = 0
    for cue, text in zip(track.cues, texts, strict=True):
        if not is_blank(text):
            cues.append(_said_anew(cue, text, limits))
            continue
        silent += 1
        if cues and cue.sound and cues[-1].sound and set(cues[-1].sentences) & set(cue.sentences):
            cues[-1] = replace(cues[-1], sound=(cues[-1].sound[0], cue.sound[1]))
    cues = [part for cue in cues for part in split_where_too_long(cue, limits, track.rate)]

    def timed(some: Sequence[Cue], notes: Sequence[str]) -> CueTrack:
        return placed(some, language=language, rate=track.rate, cuts=cuts, frames=frames, limits=limits, notes=notes)

    made = timed(
        cues, (*track.notes, *([f"{silent} of {len(texts)} cues say nothing in this language."] if silent else []))
    )
    for remedy in (lent, merged_where_too_fast):
        helped = remedy(made.cues, limits, track.rate, cuts)
        if helped != list(made.cues):
            made = timed(helped, made.notes)
    return made


def _by_turns(seen: Sequence[int], at_once: Sequence[Exchange]) -> list[int]:
    """The places of the words, those that two say at once by turns."""
    order = list(seen)
    for each in at_once:
        order[each.first : each.end] = [seen[place] for place in each.order]
    return order


def _spoken(
    words: Sequence[Word],
    places: Sequence[int],
    rate: Fraction,
    sentences: Sequence[Sentence],
    at_once: Sequence[Exchange],
    *,
    language: str,
) -> list[SpokenWord]:
    last = {sentence.end_word - 1 for sentence in sentences}
    by_turns = {place for each in at_once for place in range(each.first, each.end)}
    tied = {each.first + place for each in at_once for place in each.tied}
    spoken = []
    at = 0
    for index, (word, place) in enumerate(zip(words, places, strict=True)):
        at = max(at, _frame(word.start_s, rate))
        told = sentences and index not in by_turns  # another voice between its words is no end of a sentence
        following = words[index + 1].text if index + 1 < len(words) else ""
        spoken.append(
            SpokenWord(
                text=" ".join(word.text.strip().splitlines()),
                start=at,
                end=max(at + 1, _frame(word.end_s, rate)),
                spaced=word.spaced,
                speaker=word.speaker,
                ends=place in last if told else ends_sentence(word.text, language, following),
                tied=index in tied,
            )
        )
    return spoken


def _frame(seconds: float, rate: Fraction) -> int:
    """The nearest, exactly: a float times a rate may fall on the wrong side of a half."""
    return max(0, math.floor(Fraction(seconds) * rate + Fraction(1, 2)))


def _cue(piece: Piece, words: Sequence[SpokenWord], limits: Limits) -> Cue:
    ends = [*piece.lines[1:], piece.end]
    lines = tuple(_line(words[start:end]) for start, end in zip(piece.lines, ends, strict=True))
    speakers = tuple(words[start].speaker for start in piece.lines)
    changes: tuple[Change, ...] = ()
    if piece.two_speakers:
        dashed = with_dashes(lines, limits.dashes)
        changes = (Change(Reason.DUAL_SPEAKERS, "text", "\n".join(lines), "\n".join(dashed)),)
        lines = dashed
    else:
        speakers = speakers[:1] if speakers[0] else ()
        if table.language(limits.language).script not in UNSPACED:  # there the words alone tell where a line may end
            lines = lines_of(" ".join(lines), limits)
    start = words[piece.first].start
    end = max(word.end for word in words[piece.first : piece.end])
    return Cue(start, end, lines, speakers=speakers, sound=(start, end), changes=changes)


def _line(words: Sequence[SpokenWord]) -> str:
    return "".join(f" {word.text}" if word.spaced and place else word.text for place, word in enumerate(words))


def _said_anew(cue: Cue, text: str, limits: Limits) -> Cue:
    """A cue with other words, in its own time."""
    turns = [" ".join(turn.split("\t")).strip() for turn in text.splitlines() if not is_blank(turn)]
    two = len(turns) == 2 and (len(cue.speakers) == 2 or len(turns_of(cue.lines)) == 2)
    lines: list[str] = []
    speakers: list[str] = []
    for place, turn in enumerate(with_dashes(turns, limits.dashes) if two else [joined(turns, limits.language)]):
        broken = lines_of(turn, limits)
        lines += broken
        if two and len(cue.speakers) == 2:
            speakers += [cue.speakers[place]] * len(broken)
        elif len(cue.speakers) == 1:
            speakers = [cue.speakers[0]]
    return replace(cue, lines=tuple(lines), speakers=tuple(speakers), emphasis=(), changes=())
