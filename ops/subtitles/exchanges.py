"""Two people who speak at once: their words, which interleave in time, put into turns.

In the order of their beginnings such words are another speaker's each, and would become a cue each. A subtitler gives
both turns one cue, a line each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ops.subtitles.grammar import ends_sentence
from ops.subtitles.measure import length
from ops.subtitles.profile import Limits
from ops.transcript.model import Word

__all__ = ["Exchange", "exchanges"]

_OVERLAP_S = 0.05
"""So much of two words must be heard at the same time: less is how precisely words are timed."""

_BREATH_S = 0.3
"""Who goes on within that was not done speaking."""

_DASH = 2


@dataclass(frozen=True)
class Exchange:
    """Words in a row that two speakers say at once.

    Attributes:
        first: Its first word.
        end: One past the last.
        order: Its words by turns: all of who spoke first, then all of the other.
    """

    first: int
    end: int
    order: tuple[int, ...]

    @property
    def tied(self) -> frozenset[int]:
        """Places, counted from its first, before which no cue may end: one would hold words that are not in a row."""
        so_far = -1
        found = set()
        for place, word in enumerate(self.order):
            if so_far >= place:
                found.add(place)
            so_far = max(so_far, word - self.first)
        return frozenset(found)


def exchanges(words: Sequence[Word], limits: Limits) -> list[Exchange]:
    """Where two speakers' words interleave because they speak at once.

    An exchange fits one cue, a line for each of them; where they say more, another follows.

    Args:
        words: In order of their beginnings.
        limits: What a line and a cue hold.

    Returns:
        In order; none where turns only follow one another, however fast.
    """
    if limits.lines < 2:
        return []
    runs = list(_runs(words))
    found: list[Exchange] = []
    place = 0
    while place < len(runs):
        goes_on = bool(found) and found[-1].end == runs[place][0] and _fits(words[slice(*runs[place])], limits)
        count = _at_once(words, runs[place:], limits, whole=goes_on)
        if count > 2 or (goes_on and count > 1):  # two runs alone are two turns
            # what the first says before the other begins may have a cue of its own
            first = runs[place][0] if goes_on else runs[place][1]
            one = words[found[-1].order[0]].speaker if goes_on else words[runs[place][0]].speaker
            found.append(_exchange(words, first, runs[place + count - 1][1], one))
        place += count
    return found


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
        own = last.get(speaker)
        goes_on = (
            own is not None
            and begins_s - own.end_s <= _BREATH_S
            and not ends_sentence(own.text, limits.language, words[first].text)
        )
        said[speaker] = [*said.get(speaker, ()), *words[first:end]]
        lasts_s = max(word.end_s for word in words[start:end]) - words[start].start_s
        if not (overlaps or goes_on) or not _fits(said[speaker], limits) or lasts_s > limits.longest_s:
            return count
        last[speaker] = words[end - 1]
    return len(runs)


def _fits(turn: Sequence[Word], limits: Limits) -> bool:
    """Whether a line holds a turn, with its dash."""
    return sum(float(length(f" {word.text}", wide=limits.wide)) for word in turn) + _DASH <= limits.chars


def _exchange(words: Sequence[Word], first: int, end: int, one: str) -> Exchange:
    places = range(first, end)
    own, other = ([place for place in places if (words[place].speaker == one) is mine] for mine in (True, False))
    return Exchange(first, end, (*own, *other))
