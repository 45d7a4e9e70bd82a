"""Who says which word: by the turn that it overlaps most, and then by the majority of its sentence.

Where the writing tells no sentences, as in Thai or from an engine without stops, the voices part it themselves: at a
pause, and within a breath where both voices last.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from ops.speech.model import Turn
from ops.transcript.model import Word

__all__ = ["ends_sentence", "sentence_runs", "with_speakers"]

_NEAR_S = 0.5
"""A word beside every turn belongs to one that is no further off."""

_PAUSE_S = 2.0
"""A pause so long ends a sentence that has no full stop (Netflix's "pause", Timed Text Style Guide)."""

_BREATH_S = 0.3
"""A pause at which another may begin to speak in the middle of a sentence."""

_LASTS_S = 0.5
"""A boundary between two voices is found to within so much; less on one side of it is no voice of its own."""

_CLEAR = 2 / 3
"""Of a breath's voice, what another speaker must have to take it out of a sentence that the writing holds together."""

_LONGEST_WRITTEN = 40
"""A run of more words has no stops that could be trusted, as in `ops.translation.sentences`."""

_ENDS = (".", "!", "?", "…", "。", "！", "？", "।", "؟", "۔", "။", "។", "།")
_CLOSERS = "\"'”’»)」』"
_TITLES = frozenset({"mr.", "mrs.", "ms.", "dr.", "st.", "sr.", "jr.", "prof."})


def with_speakers(words: Sequence[Word], turns: Sequence[Turn]) -> list[Word]:
    """The words, each with who says it; a speaker that is known already stays.

    Whole sentences go to whom most of their time belongs to, as a boundary between two voices is found to within a
    window of a second and would cut sentences in two. A sentence is parted at a pause of 0.3 s after which another
    clearly speaks; a run that ends in no full stop also where two voices meet that last 0.5 s each.

    Args:
        words: In order.
        turns: In order of their beginnings; they may overlap.
    """
    if not turns:
        return list(words)
    heard = [_overlaps(word, near) for word, near in zip(words, _near(words, turns), strict=True)]
    named: list[Word] = []
    for start, end in sentence_runs(words):
        for speaker, first, last in _voices(words, heard, start, end):
            named += [word if word.speaker else replace(word, speaker=speaker) for word in words[first:last]]
    return named


def _voices(
    words: Sequence[Word], heard: Sequence[Mapping[str, float]], start: int, end: int
) -> Iterator[tuple[str, int, int]]:
    """Who says which words of a sentence: the speaker, the first word, one past the last."""
    whole = _winner(heard[start:end])
    written = ends_sentence(words[end - 1].text) and end - start <= _LONGEST_WRITTEN
    for first, last in _breaths(words, start, end):
        if written:
            votes = _votes(heard[first:last])
            winner = _winner(heard[first:last])
            clear = votes.get(winner, 0.0) >= _CLEAR * sum(votes.values())
            yield winner if winner and clear else whole, first, last
        else:
            yield from _parted(words, heard, first, last)


def _parted(
    words: Sequence[Word], heard: Sequence[Mapping[str, float]], start: int, end: int
) -> Iterator[tuple[str, int, int]]:
    """One breath of a text without stops, parted where two voices meet that last."""
    first, at = start, start
    voice = ""
    while at < end:
        other = _winner(heard[at : at + 1])
        until = next((place for place in range(at, end) if _winner(heard[place : place + 1]) not in ("", other)), end)
        lasts = words[until - 1].end_s - words[at].start_s >= _LASTS_S
        if other and voice and other != voice and lasts and words[at - 1].end_s - words[first].start_s >= _LASTS_S:
            yield _winner(heard[first:at]), first, at
            first = at
        if other and (lasts or not voice):
            voice = other
        at = until
    yield _winner(heard[first:end]), first, end


def _breaths(words: Sequence[Word], start: int, end: int) -> Iterator[tuple[int, int]]:
    first = start
    for place in range(start, end):
        if place + 1 == end or words[place + 1].start_s - words[place].end_s >= _BREATH_S:
            yield first, place + 1
            first = place + 1


def _votes(heard: Sequence[Mapping[str, float]]) -> dict[str, float]:
    votes: dict[str, float] = defaultdict(float)
    for overlaps in heard:
        for speaker, seconds in overlaps.items():
            votes[speaker] += seconds
    return votes


def _winner(heard: Sequence[Mapping[str, float]]) -> str:
    votes = _votes(heard)
    return max(votes, key=lambda speaker: votes[speaker]) if votes else ""


def sentence_runs(words: Sequence[Word]) -> list[tuple[int, int]]:
    """The sentences of a text, as the first and one past the last of their words."""
    runs: list[tuple[int, int]] = []
    first = 0
    for place, word in enumerate(words):
        last = place + 1 == len(words)
        if last or ends_sentence(word.text) or words[place + 1].start_s - word.end_s > _PAUSE_S:
            runs.append((first, place + 1))
            first = place + 1
    return runs


def ends_sentence(text: str) -> bool:
    """Whether a word closes its sentence by how it is written; a title does not."""
    return text.rstrip(_CLOSERS).endswith(_ENDS) and text.lower() not in _TITLES


def _near(words: Sequence[Word], turns: Sequence[Turn]) -> Iterator[list[Turn]]:
    """The turns that could hold each word, without looking at all of them for every word."""
    latest: list[float] = []  # of all turns up to each, as a long one may end after many short ones
    for turn in turns:
        latest.append(max(turn.end_s, latest[-1]) if latest else turn.end_s)
    for word in words:
        found: list[Turn] = []
        for turn in turns[bisect_left(latest, word.start_s - _NEAR_S) :]:
            if turn.start_s > word.end_s + _NEAR_S:
                break
            found.append(turn)
        yield found


def _overlaps(word: Word, turns: Sequence[Turn]) -> dict[str, float]:
    """Seconds of a word by speaker; a word beside every turn counts little, for the nearest."""
    found: dict[str, float] = defaultdict(float)
    for turn in turns:
        seconds = min(word.end_s, turn.end_s) - max(word.start_s, turn.start_s)
        if seconds > 0:
            found[turn.speaker] += seconds
    if found or not turns:
        return found
    nearest = min(turns, key=lambda turn: max(turn.start_s - word.end_s, word.start_s - turn.end_s))
    gap = max(nearest.start_s - word.end_s, word.start_s - nearest.end_s)
    return {nearest.speaker: 0.001} if gap <= _NEAR_S else {}
