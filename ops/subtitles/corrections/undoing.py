"""An edited file that is older than others' corrections: what it says in their cues is what these said before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from ops.subtitles.corrections.model import NEAR_S, Correction
from ops.subtitles.corrections.standing import StandingCues
from ops.subtitles.cue import CueTrack
from ops.subtitles.identity import base_hash

__all__ = ["edited_alone"]


def edited_alone(found: Sequence[Correction], standing: Sequence[Correction], track: CueTrack) -> Sequence[Correction]:
    """What somebody edited, without what only takes back corrections that came after the file was made.

    A file that lacks the newest corrections, all of them, was made before them; one that lacks others was edited so.

    Args:
        found: What is other in the file than in the track.
        standing: The corrections that are kept.
        track: What the file is held against.
    """
    cues = StandingCues(track)
    undone: dict[int, int] = {}
    touched: set[int] = set()
    seen = [nth for nth, each in enumerate(standing) if _is_in(each, cues)]
    by_time: dict[int, set[int]] = defaultdict(set)
    for nth in seen:
        for slot in _slots(standing[nth]):
            by_time[slot].add(nth)
    for place, each in enumerate(found):
        near = {nth for slot in _slots(each) for beside in (-1, 0, 1) for nth in by_time.get(slot + beside, ())}
        for nth in sorted(near):
            if _undoes(each, standing[nth]):
                undone[place] = nth
            elif each.cue and base_hash(each.base_text) == _result(standing[nth]) and _is_near(each, standing[nth]):
                touched.add(nth)  # edited beyond it: that tells nothing
    if not undone:
        return found
    since = min(standing[nth].when for nth in undone.values())
    kept = set(seen) - set(undone.values()) - touched
    if any(standing[nth].when >= since for nth in kept):
        return found
    return [each for place, each in enumerate(found) if place not in undone]


def _result(correction: Correction) -> str:
    return base_hash(correction.text)


def _is_in(correction: Correction, cues: StandingCues) -> bool:
    """Whether the track shows what it asked for."""
    at_s = correction.at_s if correction.start_s is None else correction.start_s
    if at_s is None:
        return False
    if not correction.text:
        return not cues.near(at_s, NEAR_S, {correction.base})
    return bool(cues.near(at_s, NEAR_S, {_result(correction)}))


def _undoes(found: Correction, stood: Correction) -> bool:
    """Whether one has a cue as it was before the other."""
    if not _is_near(found, stood):
        return False
    if not stood.cue:  # added: to be gone again
        return bool(found.cue) and not found.text and found.base == _result(stood)
    if not stood.text:  # gone: to be there again
        return not found.cue and found.base == stood.base
    if not found.cue or found.base != _result(stood) or base_hash(found.text) != stood.base:
        return False
    if found.text == found.base_text and (stood.start_s is None or found.start_s is None):
        return False  # times alone, and nothing tells those before
    begins_again = found.start_s is None or (stood.start_s is not None and _same(found.start_s, stood.at_s))
    return begins_again and (found.end_s is None or stood.end_s is not None)


def _is_near(found: Correction, stood: Correction) -> bool:
    return any(
        one is not None and other is not None and abs(one - other) <= NEAR_S
        for one in (found.at_s, found.start_s)
        for other in (stood.at_s, stood.start_s)
    )


def _slots(correction: Correction) -> set[int]:
    """By which those near it are found: the two seconds in which it stands."""
    return {int(time // NEAR_S) for time in (correction.at_s, correction.start_s) if time is not None}


def _same(one_s: float, other_s: float | None) -> bool:
    return other_s is not None and abs(one_s - other_s) <= 0.05
