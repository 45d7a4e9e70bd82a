"""A sentence that a speaker breaks off and takes up again: an ellipsis tells that it goes on, where the language's
guide has it so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ops.subtitles.cue import Change, Cue, Reason
from ops.subtitles.grammar import ends_sentence
from ops.subtitles.measure import length
from ops.subtitles.profile import Limits
from ops.transcript.model import Word

__all__ = ["with_ellipses"]

_PAUSE_S = 2.0
"""What Netflix's guides call a pause."""

_PUNCTUATED = 40
"""A sentence's end to so many words at least tells that the words are punctuated: else nothing is told by a missing
stop."""


def with_ellipses(cues: Sequence[Cue], words: Sequence[Word], limits: Limits) -> list[Cue]:
    """Cues of which those that break off end with an ellipsis; where the language repeats it, the next begins with one.

    A cue breaks off where its last word has no mark, its speaker is silent for two seconds or more, and the next cue
    begins with a small letter: in scripts without capitals nothing tells it. A line that has no room stays.

    Args:
        cues: Made of words, in order.
        words: Theirs, punctuated or not.
        limits: The rules, for their language.
    """
    found = list(cues)
    if not limits.continued or sum(ends_sentence(word.text, limits.language) for word in words) * _PUNCTUATED < len(
        words
    ):
        return found
    for place, (one, other) in enumerate(pairwise(cues)):
        if not _breaks_off(one, other, words):
            continue
        ended = _changed(found[place], -1, found[place].lines[-1] + limits.ellipsis, limits)
        if ended is None:
            continue
        found[place] = ended
        if limits.resumed:
            found[place + 1] = _changed(other, 0, limits.ellipsis + other.lines[0], limits) or other
    return found


def _breaks_off(one: Cue, other: Cue, words: Sequence[Word]) -> bool:
    if one.words is None or other.words is None or one.speakers != other.speakers or len(one.speakers) > 1:
        return False
    until_s = max(word.end_s for word in words[slice(*one.words)])
    silent = words[other.words[0]].start_s - until_s >= _PAUSE_S
    return silent and one.lines[-1][-1].isalnum() and other.lines[0][0].islower()


def _changed(cue: Cue, place: int, line: str, limits: Limits) -> Cue | None:
    """The cue with another line; None where there is no room for it."""
    if length(line, wide=limits.wide) > limits.chars:
        return None
    lines = list(cue.lines)
    lines[place] = line
    change = Change(Reason.CONTINUED, "text", cue.text, "\n".join(lines))
    return replace(cue, lines=tuple(lines), changes=(*cue.changes, change))
