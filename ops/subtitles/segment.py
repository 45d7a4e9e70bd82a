"""Which words stand together: a film's words cut into cues by dynamic programming, never one cue at a time.

Silence always parts cues. Between silences every window of words that may fit has a price: where it ends (a sentence, a
clause, between an article and its noun), what pauses and cuts it holds, whether it can be read in the time that there
is. Two short turns of two speakers may share a cue. O(words × words a cue), or phrases where no spaces part words.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

from ops.subtitles.dashes import dash_width, may_share
from ops.subtitles.grammar import ends_clause
from ops.subtitles.joints import joints
from ops.subtitles.linebreak import unbalanced
from ops.subtitles.measure import length, words_in
from ops.subtitles.profile import FrameLimits, Limits
from ops.subtitles.spoken import SpokenWord
from ops.subtitles.unspaced import TORN

__all__ = ["Piece", "pieces"]

_SILENCE_S = Fraction(1)
_UNNOTICED_S = 0.3
"""A pause within a cue that costs nothing."""
_CUE = 14.0
_CLAUSE, _WITHIN, _GRAMMAR = 6.0, 15.0, 1.2
_PAUSE, _MOST_PAUSE = 25.0, 15.0
_SENTENCE_INSIDE, _WITHIN_LINE, _TWO_HALVES, _PAUSE_INSIDE = 6.0, 10.0, 25.0, 30.0
_CUT_INSIDE, _CUT_AT_EDGE, _BESIDE_CUT = 8.0, 6.0, 12.0
_UNREAD, _SHORT, _LONG = 60.0, 40.0, 60.0
_LINE_GRAMMAR, _LINE_BALANCE = 0.5, 0.15
_LONE_WORD = 10.0
_DUAL, _TORN_TURN = 12.0, 20.0
_NO_BREAK = 200.0
"""Prices in the unit of `ops.subtitles.grammar`, set so that on the trailer of Sintel, its film's dialogue and
sentences in ten languages cues end with sentences where these fit, and never after an article."""


@dataclass(frozen=True)
class Piece:
    """The words of one cue.

    Attributes:
        first: Index of the first.
        end: One past the last.
        lines: Where each line begins, as indices of words; the first is `first`.
        two_speakers: Whether each line is another speaker's.
    """

    first: int
    end: int
    lines: tuple[int, ...]
    two_speakers: bool = False


def pieces(words: Sequence[SpokenWord], limits: Limits, frame_limits: FrameLimits, cuts: Sequence[int]) -> list[Piece]:
    """Cut words into cues.

    Args:
        words: In order of their beginnings; those tied to one before them must fit a cue with it.
        limits: What cues in their language must keep to.
        frame_limits: The same at the film's rate.
        cuts: First frames of shots that begin with a cut, in order.

    Returns:
        Pieces that hold every word once and in order.
    """
    if not words:
        return []
    weigher = _Weigher(words, limits, frame_limits, cuts)
    silence = int(_SILENCE_S * frame_limits.rate)
    found: list[Piece] = []
    first = 0
    for place in range(1, len(words) + 1):
        if place < len(words) and words[place].tied:
            continue
        if place == len(words) or words[place].start - weigher.heard[place - 1] > silence:
            found += _cut(weigher, first, place)
            first = place
    return found


def _cut(weigher: _Weigher, first: int, end: int) -> list[Piece]:
    """The cheapest way to part the words from `first` to `end`, between which nobody is silent for long."""
    best: list[tuple[float, Piece | None]] = [(0.0, None), *([(float("inf"), None)] * (end - first))]
    for start in range(first, end):
        paid = best[start - first][0]
        if paid == float("inf"):
            continue
        # within a phrase or a name no cue ends, unless there is no other end
        for stops in (weigher.ends_between(start, end), range(start + 1, end + 1)):
            priced = False
            for stop in stops:
                piece, cost = weigher.weigh(start, stop, at_silence=stop == end)
                if piece is None:
                    break
                if stop < end and weigher.words[stop].tied:
                    continue
                priced = True
                if paid + cost < best[stop - first][0]:
                    best[stop - first] = (paid + cost, piece)
            if priced:
                break
    path = []
    while end > first:
        piece = best[end - first][1]
        assert piece is not None  # a window of one word always has a price, and tied words fit a cue
        path.append(piece)
        end = piece.first
    return path[::-1]


class _Weigher:
    """Prices windows of words; everything that depends on one word or one joint is measured once."""

    def __init__(
        self, words: Sequence[SpokenWord], limits: Limits, frame_limits: FrameLimits, cuts: Sequence[int]
    ) -> None:
        self.words, self.limits, self.frames, self.cuts = words, limits, frame_limits, cuts
        self.rate, self.longest_s = float(frame_limits.rate), float(limits.longest_s)
        self.cps = None if limits.cps is None else float(limits.cps)
        space = 0.5 if limits.wide else 1.0
        self.space = [space if word.spaced else 0.0 for word in words]
        self.ends_at = [0.0]  # where each word ends on one endless line
        self.said = [0]
        self.heard: list[int] = []
        for word, before in zip(words, self.space, strict=True):
            self.ends_at.append(self.ends_at[-1] + before + float(length(word.text, wide=limits.wide)))
            self.said.append(self.said[-1] + words_in([word.text]))
            self.heard.append(max(word.end, word.start + 1, self.heard[-1] if self.heard else 0))
        self.joints = joints(words, limits.language)
        self.stops = [place for place, word in enumerate(words, 1) if word.ends]
        self.turns = [
            place
            for place in range(1, len(words))
            if words[place].speaker != words[place - 1].speaker and words[place].speaker and words[place - 1].speaker
        ]
        self.last_turn = set(self.turns)
        self.line_ends = [place for place in range(1, len(words)) if self.joints[place] < TORN]
        self.cue_ends = [
            place
            for place in range(1, len(words))
            if not words[place].tied and (self.joints[place] < TORN or words[place - 1].ends or place in self.last_turn)
        ]
        pauses = (
            max(0.0, (words[place].start - self.heard[place - 1]) / self.rate - _UNNOTICED_S)
            for place in range(1, len(words))
        )
        self.paused = [0.0, *accumulate(pauses, initial=0.0)]  # up to each word

    def ends_between(self, first: int, end: int) -> Iterator[int]:
        """Where a cue that begins with the word `first` may end, up to `end`, which is one."""
        for at in range(bisect_right(self.cue_ends, first), len(self.cue_ends)):
            if self.cue_ends[at] >= end:
                break
            yield self.cue_ends[at]
        yield end

    def width(self, first: int, end: int) -> float:
        """Of words side by side."""
        return self.ends_at[end] - self.ends_at[first] - self.space[first]

    def weigh(self, first: int, end: int, *, at_silence: bool) -> tuple[Piece | None, float]:
        """A window and its price; None where neither it nor any that is longer may be a cue."""
        turns = self.turns[bisect_right(self.turns, first) : bisect_left(self.turns, end)]
        alone = end == first + 1
        seconds = (self.heard[end - 1] - self.words[first].start) / self.rate
        if len(turns) > 1 or (not alone and seconds > self.longest_s + 1):
            return None, 0.0
        laid = self._two_speakers(first, turns[0], end) if turns else self._lines(first, end)
        if laid is None and not alone:
            return None, 0.0
        lines, cost = laid or ((first,), _NO_BREAK)
        cost += (
            _CUE
            + self._reading(first, end)
            + self._inside(first, end, lines)
            + self._boundary(first, end, at_silence=at_silence)
        )
        if alone and not self.words[first].ends:
            cost += _LONE_WORD
        return Piece(first, end, lines, two_speakers=bool(turns)), cost

    def _lines(self, first: int, end: int) -> tuple[tuple[int, ...], float] | None:
        chars = self.limits.chars
        whole = self.width(first, end)
        if whole <= chars:
            return (first,), 0.0
        if self.limits.lines < 2 or whole > 2 * chars + 1:
            return None
        ends = self.line_ends
        known = ends[bisect_right(ends, first) : bisect_left(ends, end)]
        best = self._best_end(first, end, reversed(known)) or self._best_end(first, end, range(end - 1, first, -1))
        return None if best is None else ((first, best[1]), best[0])

    def _best_end(self, first: int, end: int, places: Iterable[int]) -> tuple[float, int] | None:
        """The price of two lines and where the lower begins, one of some places from the last on."""
        best: tuple[float, int] | None = None
        chars, scale = self.limits.chars, 42 / self.limits.chars
        for place in places:
            lower = self.width(place, end)
            if lower > chars:
                break
            upper = self.width(first, place)
            if upper > chars:
                continue
            cost = _LINE_BALANCE * scale * abs(upper - lower) + _LINE_GRAMMAR * min(self.joints[place], _NO_BREAK)
            cost += (1.0 if upper > lower else 0.0) + _LINE_GRAMMAR * unbalanced(upper, lower, self.limits)
            if best is None or cost < best[0]:
                best = (cost, place)
        return best

    def _two_speakers(self, first: int, turn: int, end: int) -> tuple[tuple[int, ...], float] | None:
        chars, dashes = self.limits.chars, self.limits.dashes
        fits = (
            may_share(self.limits)
            and self.width(first, turn) + dash_width(dashes, 0) <= chars
            and self.width(turn, end) + dash_width(dashes, 1) <= chars
        )
        if not fits:
            return None
        torn = (
            first > 0 and first not in self.last_turn and self.words[first - 1].speaker == self.words[first].speaker
        ) + (end < len(self.words) and end not in self.last_turn)
        ended = self.words[turn - 1].ends
        return (first, turn), _DUAL + _TORN_TURN * torn + (0.0 if ended else _SENTENCE_INSIDE)

    def _reading(self, first: int, end: int) -> float:
        """What it costs that the text is there too short, or too long, to be read."""
        limits, frames = self.limits, self.frames
        start, heard = self.words[first].start, self.heard[end - 1]
        after = self.words[end].start - frames.gap if end < len(self.words) else heard + frames.linger
        needed = self._seconds(first, end) * self.rate
        there = max(
            1.0,
            min(max(heard, start + needed, start + frames.shortest), max(heard, after), heard + frames.linger) - start,
        )
        cost = _UNREAD * max(0.0, needed / there - 1)
        lasting = max(1, min(max(after, heard), start + frames.shortest) - start)
        if lasting < frames.shortest:
            cost += _SHORT * (0.5 + 1 - lasting / frames.shortest)
        if heard - start > frames.longest:
            cost += _LONG * (1 + (heard - start - frames.longest) / self.rate)
        return cost if limits.cps is not None or limits.words_a_minute is not None else 0.0

    def _seconds(self, first: int, end: int) -> float:
        """What a reader takes for it."""
        seconds = 0.0
        if self.cps is not None:
            seconds = self.width(first, end) / self.cps
        if self.limits.words_a_minute is not None:
            seconds = max(seconds, 60 * (self.said[end] - self.said[first]) / self.limits.words_a_minute)
        return seconds

    def _inside(self, first: int, end: int, lines: tuple[int, ...]) -> float:
        """What it costs to hold pauses, ends of sentences and cuts."""
        cost = _PAUSE_INSIDE * (self.paused[end] - self.paused[first + 1])
        ends = bisect_left(self.stops, end) - bisect_right(self.stops, first)
        if ends > 0:
            cost += _SENTENCE_INSIDE * ends + (0.0 if self.words[end - 1].ends else _TWO_HALVES)
            if len(lines) > 1 and not self.words[lines[1] - 1].ends:
                cost += _WITHIN_LINE
        if self.frames.cuts is not None:
            zone = self.frames.cuts
            inside = bisect_right(self.cuts, self.heard[end - 1] - zone.out) - bisect_right(
                self.cuts, self.words[first].start + zone.snap
            )
            cost += _CUT_INSIDE * max(0, inside)
        return cost

    def _boundary(self, first: int, end: int, *, at_silence: bool) -> float:
        """What it costs to end a cue before the word `end`."""
        if at_silence or self.words[end - 1].ends or end in self.last_turn:
            cost = 0.0
        elif ends_clause(self.words[end - 1].text):
            cost = _CLAUSE
        else:
            cost = _WITHIN + _GRAMMAR * min(self.joints[end], _NO_BREAK)
        if end == len(self.words):
            return cost
        pause = (self.words[end].start - self.heard[end - 1]) / self.rate
        cost -= min(cost, _MOST_PAUSE, max(0.0, _PAUSE * pause))
        return cost + self._beside_cut(self.words[first].start, self.words[end].start)

    def _beside_cut(self, start: int, following: int) -> float:
        """Good where the next cue comes with a cut, bad where it would and this one were too short for it."""
        zones = self.frames.cuts
        if zones is None:
            return 0.0
        near = self.cuts[
            bisect_left(self.cuts, following - zones.after + 1) : bisect_right(self.cuts, following + zones.snap)
        ]
        noticed = near and near[-1] - self.frames.gap - start >= self.frames.shortest
        return 0.0 if not near else (-_CUT_AT_EDGE if noticed else _BESIDE_CUT)
