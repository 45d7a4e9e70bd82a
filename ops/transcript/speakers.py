"""Who says which word: by the turn that it overlaps most, and then by the majority of its sentence."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ops.speech.model import Turn
from ops.transcript.model import Word

__all__ = ["sentence_runs", "with_speakers"]

_NEAR_S = 0.5
"""A word beside every turn belongs to one that is no further off."""

_PAUSE_S = 2.0
"""A pause so long ends a sentence that has no full stop (Netflix's "pause", Timed Text Style Guide)."""

_ENDS = (".", "!", "?", "…", "。", "！", "？", "।", "؟", "۔", "။", "។", "།")
_CLOSERS = "\"'”’»)」』"
_TITLES = frozenset({"mr.", "mrs.", "ms.", "dr.", "st.", "sr.", "jr.", "prof."})


def with_speakers(words: Sequence[Word], turns: Sequence[Turn]) -> list[Word]:
    """The words, each with who says it; a speaker that is known already stays.

    Whole sentences go to whom most of their time belongs to, as a boundary between two voices is found to within a
    window of a second and would cut sentences in two.

    Args:
        words: In order.
        turns: In order of their beginnings; they may overlap.
    """
    if not turns:
        return list(words)
    heard = [_overlaps(word, near) for word, near in zip(words, _near(words, turns), strict=True)]
    named: list[Word] = []
    for start, end in sentence_runs(words):
        votes: dict[str, float] = defaultdict(float)
        for overlaps in heard[start:end]:
            for speaker, seconds in overlaps.items():
                votes[speaker] += seconds
        winner = max(votes, key=lambda speaker: votes[speaker]) if votes else ""
        named += [word if word.speaker else replace(word, speaker=winner) for word in words[start:end]]
    return named


def sentence_runs(words: Sequence[Word]) -> list[tuple[int, int]]:
    """The sentences of a text, as the first and one past the last of their words."""
    runs: list[tuple[int, int]] = []
    first = 0
    for place, word in enumerate(words):
        last = place + 1 == len(words)
        if last or _closes(word.text) or words[place + 1].start_s - word.end_s > _PAUSE_S:
            runs.append((first, place + 1))
            first = place + 1
    return runs


def _closes(text: str) -> bool:
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
