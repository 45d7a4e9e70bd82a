"""The cues of a track while they are corrected: found by their words and by when they stand, however many there are."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator

from ops.subtitles.corrections.model import said
from ops.subtitles.cue import Cue, CueTrack
from ops.subtitles.identity import base_hash, cue_ids

__all__ = ["StandingCues"]


class StandingCues:
    """Cues by id; an added one goes by the name that it was given."""

    def __init__(self, track: CueTrack) -> None:
        self._rate = track.rate
        self._cues: dict[str, Cue] = {}
        self._hashes: dict[str, str] = {}
        self._by_hash: dict[str, dict[str, None]] = {}
        self._said: dict[str, str] = {}
        self._moved_s: list[tuple[float, str]] = []
        self._order: list[tuple[int, str]] = []
        self._longest = max((cue.frames for cue in track.cues), default=0)
        for place, cue in zip(cue_ids(track), track.cues, strict=True):
            self.put(place, cue)

    def __contains__(self, place: str) -> bool:
        return place in self._cues

    def __getitem__(self, place: str) -> Cue:
        return self._cues[place]

    def items(self) -> Iterator[tuple[str, Cue]]:
        """All that stand."""
        yield from self._cues.items()

    def put(self, place: str, cue: Cue) -> None:
        """Have a cue stand there, instead of the one that does."""
        self.drop(place)
        self._cues[place] = cue
        words = self._hashes[place] = base_hash(cue.text)
        self._by_hash.setdefault(words, {})[place] = None
        insort(self._order, (cue.start, place))
        self._longest = max(self._longest, cue.frames)

    def drop(self, place: str) -> None:
        """Have none stand there."""
        cue = self._cues.pop(place, None)
        if cue is None:
            return
        del self._by_hash[self._hashes.pop(place)][place]
        self._said.pop(place, None)
        del self._order[bisect_left(self._order, (cue.start, place))]

    def saying(self, words: str) -> list[str]:
        """Those whose text has that `base_hash`."""
        return list(self._by_hash.get(words, ()))

    def words_of(self, place: str) -> str:
        """Its text's `base_hash`."""
        return self._hashes[place]

    def said_at(self, place: str) -> str:
        """What is heard of it."""
        if place not in self._said:
            self._said[place] = said(self._cues[place].text)
        return self._said[place]

    def between(self, start: int, end: int) -> list[str]:
        """Those shown in some of these frames, in order."""
        first = bisect_left(self._order, (start - self._longest, ""))
        last = bisect_left(self._order, (end, ""))
        return [place for _, place in self._order[first:last] if self._cues[place].end > start]

    def beginning(self, from_s: float, to_s: float) -> list[str]:
        """Those that come within these seconds, both included, in order."""
        first = bisect_left(self._order, (int(from_s * self._rate), ""))
        last = bisect_left(self._order, (int(to_s * self._rate) + 1, ""))
        return [place for _, place in self._order[first:last] if from_s <= self._start_s(place) <= to_s]

    def also_came(self, place: str, start_s: float) -> None:
        """Note when people see it come by a correction of its times: later ones were made over that."""
        insort(self._moved_s, (start_s, place))

    def near(self, at_s: float, within_s: float, words: set[str]) -> list[tuple[float, str]]:
        """How far those come from a time that have one of these hashes, as made or as people see it; nearest first."""
        moved = self._moved_s[
            bisect_left(self._moved_s, (at_s - within_s, "")) : bisect_left(self._moved_s, (at_s + within_s, "~"))
        ]
        made = [(self._start_s(place), place) for place in self.beginning(at_s - within_s, at_s + within_s)]
        found: dict[str, float] = {}
        for start_s, place in (*made, *moved):
            if self._hashes.get(place) in words:
                found[place] = min(found.get(place, within_s), abs(start_s - at_s))
        return sorted((distance_s, place) for place, distance_s in found.items())

    def _start_s(self, place: str) -> float:
        return float(self._cues[place].start / self._rate)
