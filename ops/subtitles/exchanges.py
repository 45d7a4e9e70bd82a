"""People who speak at once: their words, which interleave in time, put into turns.

In the order of their beginnings such words are another speaker's each, and would become a cue each. A subtitler gives
two turns one cue, a line each. Where three speak, or two may share no cue, the turns follow one another and share the
time by their lengths.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from ops.subtitles.dashes import may_share
from ops.subtitles.grammar import ends_sentence
from ops.subtitles.measure import length
from ops.subtitles.profile import Limits
from ops.transcript.model import Word

__all__ = ["Exchange", "exchanges", "taken_in_turn"]

_OVERLAP_S = 0.05
"""So much of two words must be heard at the same time: less is how precisely words are timed."""

_BREATH_S = 0.3
"""Who goes on within that was not done speaking."""

_DASH = 2


@dataclass(frozen=True)
class Exchange:
    """Words in a row that several speakers say at once.

    Attributes:
        first: Its first word.
        end: One past the last.
        order: Its words by turns: all of who spoke first, then all of the next.
        shared: Whether the turns follow one another in its time; else they are two, and share a cue.
    """

    first: int
    end: int
    order: tuple[int, ...]
    shared: bool = False

    @property
    def tied(self) -> frozenset[int]:
        """Places, counted from its first, before which no cue may end: one would hold words that are not in a row."""
        if self.shared:
            return frozenset()
        so_far = -1
        found = set()
        for place, word in enumerate(self.order):
            if so_far >= place:
                found.add(place)
            so_far = max(so_far, word - self.first)
        return frozenset(found)


def exchanges(words: Sequence[Word], limits: Limits) -> list[Exchange]:
    """Where speakers' words interleave, or crowd upon each other, because they speak at once.

    An exchange of two fits one cue, a line for each of them; where they say more, another follows.

    Args:
        words: In order of their beginnings.
        limits: What a line and a cue hold, and whether two may share one.

    Returns:
        In order; none where turns only follow one another, however fast.
    """
    runs = list(_runs(words))
    found: list[Exchange] = []
    place = 0
    while place < len(runs):
        goes_on = bool(found) and found[-1].end == runs[place][0] and _fits(words[slice(*runs[place])], limits)
        goes_on = goes_on and not found[-1].shared
        count = _at_once(words, runs[place:], limits, whole=goes_on) if may_share(limits) else 1
        several = _in_turn(words, runs, place, limits)
        if several is not None and several[1] > count:
            found.append(several[0])
            count = several[1]
        elif count > 2 or (goes_on and count > 1):  # two runs alone are two turns
            # what the first says before the other begins may have a cue of its own
            first = runs[place][0] if goes_on else runs[place][1]
            one = words[found[-1].order[0]].speaker if goes_on else words[runs[place][0]].speaker
            found.append(_exchange(words, first, runs[place + count - 1][1], one))
        place += count
    return found


def taken_in_turn(words: Sequence[Word], exchange: Exchange, limits: Limits) -> list[Word]:
    """The words of an exchange that is shared, by turns and one after another in its time.

    Where that is too short to be read, and nobody speaks after it, it goes on into the silence.

    Args:
        words: All, in order of their beginnings.
        exchange: One of theirs.
        limits: The rules.
    """
    held = [words[place] for place in exchange.order]
    sizes = [float(length(f" {word.text}", wide=limits.wide)) for word in held]
    start_s = min(word.start_s for word in held)
    end_s = max(word.end_s for word in held)
    free_s = words[exchange.end].start_s - _BREATH_S if exchange.end < len(words) else float("inf")
    cues = -(-len({word.speaker for word in held}) // (2 if may_share(limits) else 1))
    wanted_s = max(cues * float(limits.shortest_s), sum(sizes) / float(limits.cps) if limits.cps else 0.0)
    end_s = max(end_s, min(free_s, start_s + wanted_s, start_s + float(limits.longest_s)))
    shares = [start_s + (end_s - start_s) * so_far / sum(sizes) for so_far in accumulate(sizes, initial=0.0)]
    return [
        replace(word, start_s=begins_s, end_s=ends_s)
        for word, (begins_s, ends_s) in zip(held, pairwise(shares), strict=True)
    ]


def _runs(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    first = 0
    for place in range(1, len(words) + 1):
        if place == len(words) or words[place].speaker != words[place - 1].speaker:
            yield first, place
            first = place


def _at_once(words: Sequence[Word], runs: Sequence[tuple[int, int]], limits: Limits, *, whole: bool) -> int:
    """How many runs from the first on are one exchange; `whole` where the first must stand in it."""
    one = words[runs[0][0]].speaker
    last = {one: words[runs[0][1] - 1]}
    said = {one: list(words[slice(*runs[0])]) if whole else []}
    start = runs[0][0] if whole else runs[0][1]
    for count, (first, end) in enumerate(runs[1:], start=1):
        speaker, begins_s = words[first].speaker, words[first].start_s
        if not one or not speaker or len({*last, speaker}) > 2:
            return count
        overlaps = any(begins_s < each.end_s - _OVERLAP_S for who, each in last.items() if who != speaker)
        goes_on = _continues(last.get(speaker), words[first], limits)
        said[speaker] = [*said.get(speaker, ()), *words[first:end]]
        lasts_s = max(word.end_s for word in words[start:end]) - words[start].start_s
        if not (overlaps or goes_on) or not _fits(said[speaker], limits) or lasts_s > limits.longest_s:
            return count
        last[speaker] = words[end - 1]
    return len(runs)


def _in_turn(
    words: Sequence[Word], runs: Sequence[tuple[int, int]], place: int, limits: Limits
) -> tuple[Exchange, int] | None:
    """Runs from one on that three speakers say at once, or two who may share no cue; and how many runs they are."""
    count = _together(words, runs, place, limits)
    if count < 2:
        return None
    first, end = _from(words, runs, place, limits), runs[place + count - 1][1]
    speakers = dict.fromkeys(word.speaker for word in (words[runs[place][0]], *words[first:end]))
    if len(speakers) < (3 if may_share(limits) else 2):
        return None
    returns = count > len(speakers)
    starts_s = [words[at].start_s for at, _ in runs[place : place + count] if at >= first]
    crowded = any(other - one < limits.shortest_s for one, other in pairwise(starts_s))
    if len({word.speaker for word in words[first:end]}) < 2 or not (returns or crowded):
        return None
    order = sorted(range(first, end), key=lambda at: list(speakers).index(words[at].speaker))
    return Exchange(first, end, tuple(order), shared=True), count


def _from(words: Sequence[Word], runs: Sequence[tuple[int, int]], place: int, limits: Limits) -> int:
    """The first word of what is said at once; what one says long before the others begin keeps its time."""
    first, end = runs[place]
    return first if words[end].start_s - words[first].start_s < limits.shortest_s else end


def _together(words: Sequence[Word], runs: Sequence[tuple[int, int]], place: int, limits: Limits) -> int:
    """How many runs from one on are said at once, whoever speaks, within the time that a cue may last."""
    first, end = runs[place]
    last = {words[first].speaker: words[end - 1]}
    since_s = words[_from(words, runs, place, limits)].start_s if end < len(words) else 0.0
    until_s = 0.0
    count = 1
    while words[first].speaker and place + count < len(runs):
        first, end = runs[place + count]
        speaker, begins_s = words[first].speaker, words[first].start_s
        overlaps = any(begins_s < each.end_s - _OVERLAP_S for who, each in last.items() if who != speaker)
        until_s = max(until_s, *(word.end_s for word in words[first:end]))
        if not speaker or not (overlaps or _continues(last.get(speaker), words[first], limits)):
            break
        if until_s - since_s > limits.longest_s:
            break
        last[speaker] = words[end - 1]
        count += 1
    return count


def _continues(own: Word | None, word: Word, limits: Limits) -> bool:
    """Whether a speaker goes on with what another's word came into."""
    if own is None or word.start_s - own.end_s > _BREATH_S:
        return False
    return not ends_sentence(own.text, limits.language, word.text)


def _fits(turn: Sequence[Word], limits: Limits) -> bool:
    """Whether a line holds a turn, with its dash."""
    return sum(float(length(f" {word.text}", wide=limits.wide)) for word in turn) + _DASH <= limits.chars


def _exchange(words: Sequence[Word], first: int, end: int, one: str) -> Exchange:
    places = range(first, end)
    own, other = ([place for place in places if (words[place].speaker == one) is mine] for mine in (True, False))
    return Exchange(first, end, (*own, *other))
