"""Cues of a source that stand at the same time: one line of text can be read at once, and none is lost."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby

from ops.subtitles.cue import Change, Cue, Reason
from ops.subtitles.measure import length
from ops.subtitles.placing import frames_to_read, sound_of
from ops.subtitles.profile import Limits

__all__ = ["apart", "merged"]


def apart(cues: Sequence[Cue], limits: Limits, rate: Fraction) -> list[Cue]:
    """Cues that begin nearly together are merged where their lines fit one cue, and share their time where not.

    Those that begin well apart are left as they are: the later ends the earlier when they are timed. What is said
    comes before a sign at the top (Netflix's order), which stands in what time the dialogue leaves it; where that is
    too little and both begin nearly together, above the dialogue if all fits one cue, else they share its time.

    Args:
        cues: In any order.
        limits: How many lines a cue may have, and how short it may be.
        rate: Frames a second.
    """
    said = _apart([cue for cue in cues if not cue.at_top], limits, rate)
    signs = _apart([cue for cue in cues if cue.at_top], limits, rate)
    return _with_signs(said, signs, limits, rate) if said and signs else said + signs


def _apart(cues: Sequence[Cue], limits: Limits, rate: Fraction) -> list[Cue]:
    """Of one place in the picture."""
    at_rate = limits.at(rate)
    near = at_rate.shortest + at_rate.gap
    ordered = sorted(cues, key=lambda cue: (sound_of(cue), cue.start))
    fewer = [one for group in _together(ordered, near, at_rate.longest) for one in _fewer(group, limits)]
    groups = list(_together(fewer, near, at_rate.longest))
    found: list[Cue] = []
    for place, group in enumerate(groups):
        after = sound_of(groups[place + 1][0])[0] - at_rate.gap if place + 1 < len(groups) else None
        found += group if len(group) == 1 else _shared(group, at_rate.gap, after)
    return found


def _with_signs(said: Sequence[Cue], signs: Sequence[Cue], limits: Limits, rate: Fraction) -> list[Cue]:
    """What is said, and the signs in the time that it leaves them."""
    at_rate = limits.at(rate)
    near = at_rate.shortest + at_rate.gap
    said = sorted(said, key=lambda cue: cue.start)
    starts = [cue.start for cue in said]
    ends = _ends(said)
    held = [[cue] for cue in said]
    for sign, end in zip(signs, _ends(signs), strict=True):
        first, last = bisect_right(ends, sign.start), bisect_left(starts, end)
        taken = list(zip(starts[first:last], ends[first:last], strict=True))
        free = _longest_free(taken, sign.start, end, at_rate.gap)
        wanted = max(at_rate.shortest, frames_to_read(sign.lines, limits, rate))
        at_once = next((at for at in range(first, last) if abs(starts[at] - sign.start) < near), None)
        if not taken:
            held.append([sign])
        elif free[1] - free[0] >= min(wanted, sign.frames):
            held.append([_moved(sign, *free)])
        elif at_once is None:  # they begin well apart: the later ends the earlier
            held.append([sign])
        elif len(held[at_once]) == 1 and len(sign.lines) + len(said[at_once].lines) <= limits.lines:
            one = said[at_once]
            held[at_once] = [replace(merged(sign, one), start=one.start, end=one.end, sound=sound_of(one))]
            said[at_once] = held[at_once][0]
        else:
            held[at_once].insert(-1, _moved(sign, said[at_once].start, said[at_once].end))
    return [cue for cell in held for cue in (cell if len(cell) == 1 else _shared(cell, at_rate.gap))]


def _ends(cues: Sequence[Cue]) -> list[int]:
    """Where each ends, at the latest where the next begins."""
    following = [*(cue.start for cue in cues[1:]), max((cue.end for cue in cues), default=0)]
    return [max(cue.start + 1, min(cue.end, after)) for cue, after in zip(cues, following, strict=True)]


def _longest_free(taken: Sequence[tuple[int, int]], start: int, end: int, gap: int) -> tuple[int, int]:
    """The longest stretch, the first of several, in which nothing is said; empty where there is none."""
    best, at = (start, start), start
    for first, last in taken:
        if first - gap - at > best[1] - best[0]:
            best = (at, first - gap)
        at = max(at, last + gap)
    return (at, end) if end - at > best[1] - best[0] else best


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


def _together(cues: Sequence[Cue], near: int, longest: int) -> Iterator[list[Cue]]:
    """Groups of cues that stand at the same time and begin within less than a shortest cue of each other.

    No group begins over more than the longest cue: nothing is moved further from where it is said.
    """
    group: list[Cue] = []
    until = 0
    for cue in cues:
        start, end = sound_of(cue)
        begins = [sound_of(each)[0] for each in (group[0], group[-1])] if group else []
        if begins and start < until and start - begins[1] < near and start - begins[0] < longest:
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
    last: Cue | None = None
    for _, alike in groupby(group, key=lambda cue: cue.lines):
        cue = _once(list(alike))
        if last is not None and len(last.lines) + len(cue.lines) <= limits.lines:
            last = merged(last, cue)
            continue
        if last is not None:
            yield last
        last = cue
    if last is not None:
        yield last


def _once(alike: Sequence[Cue]) -> Cue:
    """One of cues that say the same, from the first to the last frame of all."""
    first = alike[0]
    if len(alike) == 1:
        return first
    latest = max(alike, key=lambda cue: cue.end)
    widest = max(alike, key=lambda cue: sound_of(cue)[1])
    whole = merged(first, latest, first.lines)
    return replace(whole, sound=(whole.sound[0], sound_of(widest)[1]) if whole.sound else None)


def _shared(cues: Sequence[Cue], gap: int, before: int | None = None) -> list[Cue]:
    """The time that they all take, up to where others begin, by the lengths of their texts."""
    start = min(sound_of(cue)[0] for cue in cues)
    end = max(sound_of(cue)[1] for cue in cues)
    end = max(start + (1 + gap) * len(cues), end if before is None else min(end, before))
    weights = [1 + length("".join(cue.lines)) for cue in cues]
    found = []
    whole = sum(weights)
    at, paid = start, Fraction(0)
    for place, (cue, weight) in enumerate(zip(cues, weights, strict=True)):
        paid += weight
        left = len(cues) - place - 1
        until = min(end - (1 + gap) * left, max(at + 1 + gap, start + round((end - start) * paid / whole)))
        out = max(at + 1, until - (gap if left else 0))
        found.append(_moved(cue, at, out))
        at = until
    return found


def _moved(cue: Cue, start: int, end: int) -> Cue:
    """At another time, for the sake of what overlaps it."""
    changes = tuple(
        Change(Reason.OVERLAP, edge, before, after)
        for edge, before, after in (("in", cue.start, start), ("out", cue.end, end))
        if before != after
    )
    return replace(cue, start=start, end=end, sound=(start, end), changes=(*cue.changes, *changes))


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
