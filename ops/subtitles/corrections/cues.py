"""Corrections on a track of cues.

A correction knows the text that it was made over. Where that text stands again, the correction does; where something
else stands, both are shown to a person. It is never applied to words that nobody looked at, and never dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ops.subtitles.corrections.model import NEAR_S, Conflict, Correction, in_order, is_telling, said
from ops.subtitles.cue import Change, Cue, CueTrack, Reason
from ops.subtitles.identity import base_hash, cue_ids, plain
from ops.subtitles.measure import unmarked

__all__ = ["Corrected", "apply_corrections"]

_AROUND_S = 5.0
"""Where words that were corrected already are looked for, however the cues part them now."""


@dataclass(frozen=True)
class Corrected:
    """A track with its corrections.

    Attributes:
        track: As people will see it.
        applied: What is in it, in the order in which it was applied.
        conflicts: What is not.
    """

    track: CueTrack
    applied: tuple[Correction, ...]
    conflicts: tuple[Conflict, ...]


def apply_corrections(track: CueTrack, corrections: Sequence[Correction]) -> Corrected:
    """Apply what is of the track's language; of two corrections of the same text in a cue the later counts.

    A correction of a corrected text is applied after the one before it, so that a chain of them holds on a re-run.
    """
    own = in_order([each for each in corrections if each.language == track.language])
    desk = _Desk(track, {each.base for each in own})
    for correction in own:
        desk.take(correction)
    return desk.settled()


class _Desk:
    """The cues while corrections are applied: words at once, times and new cues together at the end."""

    def __init__(self, track: CueTrack, bases: set[str]) -> None:
        self._track = track
        self._bases = bases
        self._cues: dict[str, Cue] = dict(zip(cue_ids(track), track.cues, strict=True))
        self._gone: set[str] = set()
        self._timed: dict[str, list[Correction]] = {}
        self._added: dict[str, Correction] = {}
        self._applied: list[Correction] = []
        self._conflicts: list[Conflict] = []

    def take(self, correction: Correction) -> None:
        if not correction.cue:
            self._add(correction)
            return
        place = self._place_of(correction)
        if place is None:
            if self._is_settled(correction):
                self._applied.append(correction)
            else:
                self._conflicts.append(self._conflict(correction))
            return
        self._applied.append(correction)
        if not plain(correction.text):
            self._gone.add(place)
            return
        self._cues[place] = _reworded(self._cues[place], correction.text)
        if correction.start_s is not None or correction.end_s is not None:
            self._timed.setdefault(place, []).append(correction)

    def settled(self) -> Corrected:
        """All together: a time that would make cues overlap is not applied, and told of."""
        times = {place: self._moved(place, own) for place, own in self._timed.items()}
        while True:
            rows = sorted(
                ((times.get(place, cue), place) for place, cue in self._cues.items() if place not in self._gone),
                key=lambda row: (row[0].start, row[0].end, row[1]),
            )
            clash = next(
                ((one, other) for one, other in pairwise(rows) if other[0].start < one[0].end),
                None,
            )
            if clash is None:
                break
            self._refuse(clash[0][1], clash[1][1], times)
        track = replace(self._track, cues=tuple(cue for cue, _ in rows))
        return Corrected(track, tuple(self._applied), tuple(self._conflicts))

    def _place_of(self, correction: Correction) -> str | None:
        """The cue that is meant, where that can be told."""
        wanted = base_hash(correction.text)
        now = {place: base_hash(cue.text) for place, cue in self._cues.items() if place not in self._gone}
        if now.get(correction.cue) in (correction.base, wanted):
            return correction.cue
        found = [place for place, each in now.items() if each == correction.base]
        for candidates in (found, [place for place, each in now.items() if each == wanted]):
            near = [place for place in candidates if self._is_near(place, correction, NEAR_S)]
            if len(near) == 1:
                return near[0]
        return found[0] if len(found) == 1 and is_telling(correction.base_text) else None

    def _is_settled(self, correction: Correction) -> bool:
        """Whether what it asks for is so: it is said already, or a later correction was made over its words."""
        if base_hash(correction.text) in self._bases - {correction.base}:
            return True
        wanted = said(correction.text)
        if not wanted:
            return (
                correction.cue not in self._cues and correction.at_s is not None and not self._stands(correction.at_s)
            )
        around = "".join(
            said(cue.text)
            for place, cue in sorted(self._cues.items(), key=lambda item: item[1].start)
            if place not in self._gone and self._is_near(place, correction, _AROUND_S)
        )
        return wanted in around and is_telling(correction.text)

    def _stands(self, time_s: float) -> bool:
        """Whether any cue is shown then."""
        frame = self._frame(time_s)
        return any(cue.start <= frame < cue.end for place, cue in self._cues.items() if place not in self._gone)

    def _conflict(self, correction: Correction) -> Conflict:
        there = self._cues.get(correction.cue)
        if there is not None and correction.cue not in self._gone:
            return Conflict(correction, there.text, "the cue says something else now")
        copies = sum(base_hash(cue.text) == correction.base for cue in self._cues.values())
        why = f"its text stands in {copies} other places" if copies else "there is no such cue any more"
        return Conflict(correction, "", why)

    def _is_near(self, place: str, correction: Correction, within_s: float) -> bool:
        return correction.at_s is not None and abs(self._start_s(place) - correction.at_s) <= within_s

    def _start_s(self, place: str) -> float:
        return float(self._cues[place].start / self._track.rate)

    def _add(self, correction: Correction) -> None:
        """A new cue, or one that stands there already with these words."""
        if not plain(correction.text) or correction.start_s is None or correction.end_s is None:
            self._conflicts.append(Conflict(correction, "", "a new cue needs words, a beginning and an end"))
            return
        start, end = self._frame(correction.start_s), self._frame(correction.end_s)
        standing = [
            place
            for place, cue in self._cues.items()
            if place not in self._gone and cue.start < end and cue.end > start
        ]
        there = "".join(said(self._cues[place].text) for place in standing)
        if standing and said(correction.text) and said(correction.text) in there:
            self._applied.append(correction)
            return
        if end <= start or start < 0:
            self._conflicts.append(Conflict(correction, "", "it ends before it begins"))
            return
        lines = _lines(correction.text)
        name = f"added-{len(self._added)}"
        change = Change(Reason.CORRECTED, "text", "", correction.text)
        self._cues[name] = Cue(start, end, lines, changes=(change,))
        self._added[name] = correction
        self._applied.append(correction)

    def _moved(self, place: str, corrections: Sequence[Correction]) -> Cue:
        """A cue with its new edges; edges that make no cue are refused."""
        cue = self._cues[place]
        for each in corrections:
            start = cue.start if each.start_s is None else self._frame(each.start_s)
            end = cue.end if each.end_s is None else self._frame(each.end_s)
            if end <= start or start < 0:
                self._not_timed(each, cue.text, "it would end before it begins")
                continue
            changes = [
                Change(Reason.CORRECTED, edge, before, after)
                for edge, before, after in (("in", cue.start, start), ("out", cue.end, end))
                if before != after
            ]
            cue = replace(cue, start=start, end=end, changes=(*cue.changes, *changes))
        return cue

    def _refuse(self, one: str, other: str, times: dict[str, Cue]) -> None:
        """Take back what makes two cues overlap: an added cue first, else the moved edges of both."""
        for place, neighbour in ((one, other), (other, one)):
            if place in self._added:
                correction = self._added.pop(place)
                self._applied.remove(correction)
                self._conflicts.append(
                    Conflict(correction, self._cues[neighbour].text, "it would overlap the cue that stands there")
                )
                del self._cues[place]
                return
        for place, neighbour in ((one, other), (other, one)):
            if times.pop(place, None) is not None:
                for correction in self._timed.pop(place):
                    self._not_timed(correction, self._cues[neighbour].text, "its times would overlap this cue")

    def _not_timed(self, correction: Correction, now: str, why: str) -> None:
        """The words stay, the times do not."""
        if correction in self._applied:
            self._applied.remove(correction)
        self._conflicts.append(Conflict(correction, now, why))

    def _frame(self, time_s: float) -> int:
        return round(time_s * self._track.rate)


def _reworded(cue: Cue, text: str) -> Cue:
    """A cue with other words; who speaks and what is italic stay where the words do."""
    lines = _lines(text)
    if lines == cue.lines:
        return cue
    speakers = cue.speakers if len(cue.speakers) in (0, 1, len(lines)) else tuple(dict.fromkeys(cue.speakers))
    return replace(
        cue,
        lines=lines,
        speakers=speakers if len(speakers) in (0, 1, len(lines)) else (),
        emphasis=tuple(
            each for each in cue.emphasis if each.line < len(lines) and lines[each.line] == cue.lines[each.line]
        ),
        changes=(*cue.changes, Change(Reason.CORRECTED, "text", cue.text, "\n".join(lines))),
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(" ".join(line.split()) for line in unmarked(text).splitlines() if plain(line))
