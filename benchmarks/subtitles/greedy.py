"""The baseline: words are taken until a cue is full, as most tools cut them.

A cue ends where its two lines are full, at 7 s, and at a silence of a second; its lines end where they are full. So
cue and line break wherever the count says, in the middle of a clause too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from ops.subtitles.cue import Cue, CueTrack
from ops.subtitles.measure import length
from ops.subtitles.profile import Limits
from ops.transcript.model import Word

__all__ = ["greedy_track"]

_SILENCE_S = 1.0


def greedy_track(words: Sequence[Word], *, language: str, rate: Fraction, frames: int, limits: Limits) -> CueTrack:
    """Cut words into cues; their times are those of their words."""
    cues: list[Cue] = []
    for group in _full(words, limits):
        start = max(round(Fraction(group[0].start_s) * rate), cues[-1].end if cues else 0)
        end = min(max(start + 1, round(Fraction(group[-1].end_s) * rate)), max(frames, start + 1))
        cues.append(Cue(start, end, tuple(_lines(group, limits)), sound=(start, end)))
    return CueTrack(language, rate, tuple(cues))


def _full(words: Sequence[Word], limits: Limits) -> Iterator[list[Word]]:
    held: list[Word] = []
    for word in words:
        too_much = held and (
            len(_lines([*held, word], limits)) > limits.lines
            or word.end_s - held[0].start_s > limits.longest_s
            or word.start_s - held[-1].end_s > _SILENCE_S
        )
        if too_much:
            yield held
            held = []
        held.append(word)
    if held:
        yield held


def _lines(words: Sequence[Word], limits: Limits) -> list[str]:
    lines: list[str] = []
    for word in words:
        longer = f"{lines[-1]}{' ' if word.spaced else ''}{word.text}" if lines else word.text
        if lines and length(longer, wide=limits.wide) <= limits.chars:
            lines[-1] = longer
        else:
            lines.append(word.text)
    return lines
