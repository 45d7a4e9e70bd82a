"""Cues of a source that stand at the same time: one line of text can be read at once, and none is lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from ops.subtitles.cue import Change, Cue, Reason
from ops.subtitles.measure import length
from ops.subtitles.placing import sound_of
from ops.subtitles.profile import Limits

__all__ = ["apart", "merged"]


def apart(cues: Sequence[Cue], limits: Limits, rate: Fraction) -> list[Cue]:
    """Cues that begin nearly together are merged where their lines fit one cue, and share their time where not.

    Those that begin well apart are left as they are: the later ends the earlier when they are timed.

    Args:
        cues: In any order.
        limits: How many lines a cue may have, and how short it may be.
        rate: Frames a second.
    """
    at_rate = limits.at(rate)
    found: list[Cue] = []
    for group in _together(sorted(cues, key=lambda cue: (sound_of(cue), cue.start)), at_rate.shortest + at_rate.gap):
        fewer = list(_fewer(group, limits))
        found += fewer if len(fewer) == 1 else _shared(fewer, at_rate.gap)
    return found


def merged(one: Cue, other: Cue, lines: tuple[str, ...] | None = None) -> Cue:
    """Two cues as one: the second's lines under the first's, or the lines given.

    Markup is kept where the lines are kept.
    """
    sounds = sound_of(one), sound_of(other)
    kept = lines is None
    lines = (*one.lines, *other.lines) if lines is None else lines
    emphasis = (
        *one.emphasis,
        *(replace(each, line=each.line + len(one.lines)) for each in other.emphasis),
    )
    return replace(
        one,
        start=min(one.start, other.start),
        end=max(one.end, other.end),
        lines=lines,
        speakers=_speakers(one, other) if kept else (one.speakers if one.speakers == other.speakers else ()),
        emphasis=emphasis if kept else (),
        at_top=one.at_top and other.at_top,
        words=_span(one.words, other.words),
        sound=(min(sounds[0][0], sounds[1][0]), max(sounds[0][1], sounds[1][1])),
        sentences=tuple(dict.fromkeys((*one.sentences, *other.sentences))),
        changes=(*one.changes, Change(Reason.MERGED, "text", one.text, "\n".join(lines))),
    )


def _together(cues: Sequence[Cue], near: int) -> Iterator[list[Cue]]:
    """Groups of cues that stand at the same time and begin within less than a shortest cue of each other."""
    group: list[Cue] = []
    until = 0
    for cue in cues:
        start, end = sound_of(cue)
        if group and start < until and start - sound_of(group[-1])[0] < near:
            group.append(cue)
            until = max(until, end)
            continue
        if group:
            yield group
        group, until = [cue], end
    if group:
        yield group


def _fewer(group: Sequence[Cue], limits: Limits) -> Iterator[Cue]:
    """Neighbours merged while their lines fit; one that says the same as the one before it is that one."""
    last = group[0]
    for cue in group[1:]:
        if cue.lines == last.lines:
            last = merged(last, cue, last.lines)
        elif len(last.lines) + len(cue.lines) <= limits.lines:
            last = merged(last, cue)
        else:
            yield last
            last = cue
    yield last


def _shared(cues: Sequence[Cue], gap: int) -> list[Cue]:
    """The time that they all take, by the lengths of their texts."""
    start = min(sound_of(cue)[0] for cue in cues)
    end = max(start + (1 + gap) * len(cues), *(sound_of(cue)[1] for cue in cues))
    weights = [1 + length("".join(cue.lines)) for cue in cues]
    found = []
    whole = sum(weights)
    at, paid = start, Fraction(0)
    for place, (cue, weight) in enumerate(zip(cues, weights, strict=True)):
        paid += weight
        left = len(cues) - place - 1
        until = min(end - (1 + gap) * left, max(at + 1 + gap, start + round((end - start) * paid / whole)))
        out = max(at + 1, until - (gap if left else 0))
        changes = tuple(
            Change(Reason.OVERLAP, edge, before, after)
            for edge, before, after in (("in", cue.start, at), ("out", cue.end, out))
            if before != after
        )
        found.append(replace(cue, start=at, end=out, sound=(at, out), changes=(*cue.changes, *changes)))
        at = until
    return found


def _speakers(one: Cue, other: Cue) -> tuple[str, ...]:
    if not one.speakers or not other.speakers:
        return ()
    if one.speakers == other.speakers and len(one.speakers) == 1:
        return one.speakers
    return tuple(
        speaker
        for cue in (one, other)
        for speaker in (cue.speakers if len(cue.speakers) == len(cue.lines) else cue.speakers * len(cue.lines))
    )


def _span(one: tuple[int, int] | None, other: tuple[int, int] | None) -> tuple[int, int] | None:
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), max(one[1], other[1])
