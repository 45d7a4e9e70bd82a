"""Corrections on a track of cues.

A correction knows the text that it was made over. Where that text stands again, the correction does; where something
else stands, both are shown to a person. It is never applied to words that nobody looked at, and never dropped.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ops.subtitles.corrections.model import (
    NEAR_S,
    SAME_CUE_S,
    Conflict,
    Correction,
    MadeOver,
    in_order,
    is_telling,
    said,
)
from ops.subtitles.corrections.standing import StandingCues
from ops.subtitles.cue import Change, Cue, CueTrack, Reason
from ops.subtitles.identity import base_hash, plain
from ops.subtitles.measure import unmarked

__all__ = ["Corrected", "apply_corrections"]

_AROUND_S = 5.0
"""Where words that were corrected already are looked for, however the cues part them now."""

_FRAME_S = 0.05
"""A cue that comes so near to when it was corrected is that one, whatever it is numbered: a frame, and rounding."""

_Row = tuple[int, int, str]
"""Where a cue stands: first frame, one past the last, and its place."""


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
    desk = _Desk(track, own)
    for correction in own:
        desk.take(correction)
    return desk.settled()


class _Desk:
    """The cues while corrections are applied: words at once, times and new cues together at the end."""

    def __init__(self, track: CueTrack, corrections: Sequence[Correction]) -> None:
        self._track = track
        self._cues = StandingCues(track)
        self._made_over = MadeOver(corrections)
        self._timed: dict[str, list[Correction]] = {}
        self._added: dict[str, Correction] = {}
        self._applied: dict[Correction, None] = {}
        self._conflicts: list[Conflict] = []

    def take(self, correction: Correction) -> None:
        if not correction.cue:
            self._add(correction)
            return
        place = self._place_of(correction)
        if place is None:
            if self._is_settled(correction):
                self._applied[correction] = None
            else:
                self._conflicts.append(self._conflict(correction))
            return
        self._applied[correction] = None
        if not plain(correction.text):
            self._cues.drop(place)
            return
        self._cues.put(place, _reworded(self._cues[place], correction.text))
        if correction.start_s is not None or correction.end_s is not None:
            self._timed.setdefault(place, []).append(correction)
        if correction.start_s is not None:
            self._cues.also_came(place, correction.start_s)

    def settled(self) -> Corrected:
        """All together: a time that would make cues overlap is not applied, and told of."""
        cues = dict(self._cues.items())
        own = dict(cues)
        cues |= {place: self._moved(place, timed) for place, timed in self._timed.items() if place in cues}
        rows = sorted(_row(place, cue) for place, cue in cues.items())
        at = 0
        while at + 1 < len(rows):
            (_, end, one), (start, _, other) = rows[at], rows[at + 1]
            changed = self._refused(one, other) if start < end else []
            for place in changed:
                nth = bisect_left(rows, _row(place, cues.pop(place)))
                del rows[nth]
                at = min(at, nth)
                if place not in self._added:
                    cues[place] = own[place]
                    insort(rows, _row(place, own[place]))
                    at = min(at, bisect_left(rows, _row(place, own[place])))
                else:
                    del self._added[place]
            at = max(0, at - 1) if changed else at + 1
        track = replace(self._track, cues=tuple(cues[place] for _, _, place in rows))
        return Corrected(track, tuple(self._applied), tuple(self._conflicts))

    def _place_of(self, correction: Correction) -> str | None:
        """The cue that is meant, where that can be told.

        Of cues with the same words none is told by its id alone, which counts them: one more or less of them before it,
        and the id is another's. When it came tells which it is.
        """
        wanted = base_hash(correction.text)
        if correction.at_s is not None:
            near = self._cues.near(correction.at_s, NEAR_S, {correction.base, wanted})
            if near:
                (nearest_s, nearest), others = near[0], near[1:]
                clear = nearest == correction.cue and all(each[0] - nearest_s > SAME_CUE_S for each in others)
                return nearest if not others or clear or nearest_s <= _FRAME_S else None
        found = self._cues.saying(correction.base)
        candidates = found or self._cues.saying(wanted)
        if correction.at_s is None and candidates == [correction.cue]:
            return correction.cue
        return self._only(candidates, correction)

    @staticmethod
    def _only(found: Sequence[str], correction: Correction) -> str | None:
        """The one cue of these words, which are enough of them to be no other's."""
        return found[0] if len(found) == 1 and is_telling(correction.base_text) else None

    def _is_settled(self, correction: Correction) -> bool:
        """Whether what it asks for is so: it is said already, or a later correction was made over its words."""
        if self._made_over.words_of(correction):
            return True
        wanted = said(correction.text)
        at_s = correction.at_s
        if at_s is None:
            return False
        if not wanted:
            frame = self._frame(at_s)
            return correction.cue not in self._cues and not self._cues.between(frame, frame + 1)
        around = "".join(self._cues.said_at(each) for each in self._cues.beginning(at_s - _AROUND_S, at_s + _AROUND_S))
        return wanted in around and is_telling(correction.text)

    def _conflict(self, correction: Correction) -> Conflict:
        copies = len(self._cues.saying(correction.base))
        there = self._cues[correction.cue].text if correction.cue in self._cues else ""
        if there and self._cues.words_of(correction.cue) != correction.base:
            return Conflict(correction, there, "the cue says something else now")
        if copies > 1 or there:
            return Conflict(
                correction, there, f"{copies} cues have its text now, and none is surely the one that was corrected"
            )
        why = "its text stands in another place" if copies else "there is no such cue any more"
        return Conflict(correction, "", why)

    def _add(self, correction: Correction) -> None:
        """A new cue, or one that stands there already with these words."""
        if not plain(correction.text) or correction.start_s is None or correction.end_s is None:
            self._conflicts.append(Conflict(correction, "", "a new cue needs words, a beginning and an end"))
            return
        start, end = self._frame(correction.start_s), self._frame(correction.end_s)
        there = "".join(self._cues.said_at(place) for place in self._cues.between(start, end))
        if said(correction.text) and said(correction.text) in there:
            self._applied[correction] = None
            return
        if end <= start or start < 0:
            self._conflicts.append(Conflict(correction, "", "it ends before it begins"))
            return
        lines = _lines(correction.text)
        name = f"added-{len(self._added)}"
        change = Change(Reason.CORRECTED, "text", "", correction.text)
        self._cues.put(name, Cue(start, end, lines, changes=(change,)))
        self._added[name] = correction
        self._applied[correction] = None

    def _moved(self, place: str, corrections: Sequence[Correction]) -> Cue:
        """A cue with its new edges; edges that make no cue are refused."""
        cue = self._cues[place]
        for each in corrections:
            start = cue.start if each.start_s is None else self._frame(each.start_s)
            end = cue.end if each.end_s is None else self._frame(each.end_s)
            if end <= start or start < 0:
                self._not_applied(each, cue.text, "it would end before it begins")
                continue
            changes = [
                Change(Reason.CORRECTED, edge, before, after)
                for edge, before, after in (("in", cue.start, start), ("out", cue.end, end))
                if before != after
            ]
            cue = replace(cue, start=start, end=end, changes=(*cue.changes, *changes))
        return cue

    def _refused(self, one: str, other: str) -> list[str]:
        """Take back what makes two cues overlap: an added cue first, else the moved edges of both; whose it was."""
        for place, neighbour in ((one, other), (other, one)):
            if place in self._added:
                self._not_applied(
                    self._added[place], self._cues[neighbour].text, "it would overlap the cue that stands there"
                )
                return [place]
        moved = [(place, next_to) for place, next_to in ((one, other), (other, one)) if place in self._timed]
        for place, neighbour in moved:
            for correction in self._timed.pop(place):
                self._not_applied(correction, self._cues[neighbour].text, "its times would overlap this cue")
        return [place for place, _ in moved]

    def _not_applied(self, correction: Correction, now: str, why: str) -> None:
        """Of one with new words the words stay, the times do not; it is told of once."""
        if correction in self._applied:
            del self._applied[correction]
            self._conflicts.append(Conflict(correction, now, why))

    def _frame(self, time_s: float) -> int:
        return round(time_s * self._track.rate)


def _row(place: str, cue: Cue) -> _Row:
    return cue.start, cue.end, place


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
