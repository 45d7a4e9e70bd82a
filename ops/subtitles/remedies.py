"""What is done for a translated cue that cannot be read in its time, or has too many lines.

The order is that of subtitlers: stay longer (timing does that), take time of a neighbour of the same sentence, be
merged with it. Between the cues of one sentence the moment of change is free: its words are in another order in each
language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from ops.subtitles.cue import Change, Cue, Reason
from ops.subtitles.dashes import turns_of
from ops.subtitles.linebreak import Break, break_points, is_torn, joined, lines_of
from ops.subtitles.measure import length
from ops.subtitles.overlaps import merged
from ops.subtitles.placing import frames_to_read, sound_of
from ops.subtitles.profile import Limits
from ops.subtitles.timing.cuts import cuts_near, cuts_within
from ops.subtitles.unspaced import TORN
from ops.subtitles.widths import prefix_widths

__all__ = ["lent", "merged_where_too_fast", "split_where_too_long"]


def split_where_too_long(cue: Cue, limits: Limits, rate: Fraction) -> list[Cue]:
    """A cue with more lines than allowed, or a line that ends within a phrase, as two that share its time by their
    lengths, and so on.

    A cue that is too short for two, and one of two speakers, stays whole.
    """
    at_rate = limits.at(rate)
    start, end = sound_of(cue)
    if (
        (len(cue.lines) <= limits.lines and not is_torn(cue.lines, limits.language))
        or end - start < 2 * at_rate.shortest + at_rate.gap
        or len(turns_of(cue.lines)) > 1
    ):
        return [cue]
    text = joined(cue.lines, limits.language)
    widths = prefix_widths(text, wide=limits.wide)
    room, scale = limits.chars * limits.lines, 42 / limits.chars

    def price(point: Break) -> float:
        upper, lower = widths[point.at], widths[-1] - widths[point.resume]
        return point.penalty + scale * (0.5 * abs(upper - lower) + 2 * max(0.0, min(upper, lower) - room))

    points = break_points(text, limits.language)
    if not points:
        return [cue]
    best = min(points, key=price)
    if best.penalty >= TORN and len(cue.lines) <= limits.lines:
        return [cue]
    share = widths[best.at] / max(widths[-1], 1.0)
    middle = start + round((end - start) * share)
    middle = min(max(middle, start + at_rate.shortest), end - at_rate.shortest)
    parts = []
    for part, sound in ((text[: best.at], (start, middle - at_rate.gap)), (text[best.resume :], (middle, end))):
        lines = lines_of(part, limits)
        change = Change(Reason.SPLIT, "text", cue.text, "\n".join(lines))
        whole_cue = replace(cue, lines=lines, start=sound[0], end=sound[1], sound=sound, speakers=cue.speakers[:1])
        parts += split_where_too_long(replace(whole_cue, changes=(*cue.changes, change)), limits, rate)
    return parts


def lent(cues: Sequence[Cue], limits: Limits, rate: Fraction, cuts: Sequence[int]) -> list[Cue]:
    """Cues of which those that need time take some of a neighbour in the same sentence, half a second at most.

    Only where the two stand close, and not where the change between them would come near a cut.
    """
    at_rate = limits.at(rate)
    most = max(1, at_rate.linger)
    found = list(cues)
    for place in range(len(found) - 1):
        one, other = found[place], found[place + 1]
        if not _is_joined(one, other, most):
            continue
        lacks, has = _lack(one, limits, rate), _lack(other, limits, rate)
        shift = _shift(lacks, has, most)
        shift = max(shift, at_rate.shortest - one.frames) if shift < 0 else min(shift, other.frames - at_rate.shortest)
        near = at_rate.cuts.before if at_rate.cuts is not None else 0
        if shift * (lacks - has) <= 0 or (near and cuts_near(cuts, other.start + shift, near + abs(shift))):
            continue
        found[place] = _moved_out(one, shift)
        found[place + 1] = _moved_in(other, shift)
    return found


def merged_where_too_fast(cues: Sequence[Cue], limits: Limits, rate: Fraction, cuts: Sequence[int]) -> list[Cue]:
    """Cues of which those that still need time are one with a neighbour in the same sentence, where one cue holds
    both."""
    found: list[Cue] = []
    for cue in cues:
        if found and (whole := _one_of(found[-1], cue, limits, rate, cuts)) is not None:
            found[-1] = whole
        else:
            found.append(cue)
    return found


def _one_of(one: Cue, other: Cue, limits: Limits, rate: Fraction, cuts: Sequence[int]) -> Cue | None:
    at_rate = limits.at(rate)
    lacks = max(_lack(one, limits, rate), _lack(other, limits, rate))
    if lacks <= 0 or not _is_joined(one, other, at_rate.linger) or other.end - one.start > at_rate.longest:
        return None
    lines = lines_of(joined([*one.lines, *other.lines], limits.language), limits)
    fits = len(lines) <= limits.lines and all(length(line, wide=limits.wide) <= limits.chars for line in lines)
    fits = fits and not is_torn(lines, limits.language)
    whole = merged(one, other, lines)
    if not fits or cuts_within(cuts, one.start, other.end) or _lack(whole, limits, rate) >= lacks:
        return None
    changes = (*whole.changes, Change(Reason.MERGED, "out", one.end, whole.end))
    return replace(whole, changes=changes)


def _is_joined(one: Cue, other: Cue, near: int) -> bool:
    """Two cues of one sentence and one speaker, one right after the other."""
    same = bool(set(one.sentences) & set(other.sentences)) and one.speakers == other.speakers
    return same and len(one.speakers) < 2 and other.start - one.end <= near


def _lack(cue: Cue, limits: Limits, rate: Fraction) -> int:
    """Frames that a cue is too short to be read; below 0 what it can spare."""
    return frames_to_read(cue.lines, limits, rate) - cue.frames


def _shift(lacks: int, has: int, most: int) -> int:
    """How far the moment of change goes; above 0 is later."""
    if lacks > 0 > has:
        return min(lacks, -has, most)
    if has > 0 > lacks:
        return -min(has, -lacks, most)
    return 0


def _moved_out(cue: Cue, shift: int) -> Cue:
    change = Change(Reason.BORROWED, "out", cue.end, cue.end + shift)
    sound = sound_of(cue)
    until = max(sound[0] + 1, sound[1] + shift)
    return replace(cue, end=cue.end + shift, sound=(sound[0], until), changes=(*cue.changes, change))


def _moved_in(cue: Cue, shift: int) -> Cue:
    change = Change(Reason.BORROWED, "in", cue.start, cue.start + shift)
    start, end = sound_of(cue)
    start = min(max(0, start + shift), end - 1)
    return replace(cue, start=cue.start + shift, sound=(start, end), changes=(*cue.changes, change))
