"""From windows to turns: a change of voice costs something, and turns end where the speech does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from ops.speech.diarisation.windows import PAUSE_S, Span, Window
from ops.speech.model import Turn

__all__ = ["in_order", "smooth", "turns_of"]

_SHARPNESS = 8.0
"""How much one more of cosine likeness speaks for a voice, in log odds."""

_CHANGE, _CHANGE_AT_PAUSE = 2.0, 0.5
"""Log odds against another voice in the next window: within a stretch, and after a pause."""

_SHORTEST_S = 0.1
"""Pieces that are left of a span beyond a change and are shorter go to the neighbour."""


def smooth(embeddings: np.ndarray, groups: np.ndarray, windows: Sequence[Window]) -> np.ndarray:
    """The likeliest voices in a row (Viterbi), given how near each window lies to each group's mean.

    Args:
        embeddings: (n, d) float32, rows of length 1.
        groups: (n,) int, from 0.
        windows: n of them, in order.

    Returns:
        (n,) int64, of the same groups.
    """
    count = int(groups.max(initial=0)) + 1
    if count == 1 or len(groups) == 0:
        return np.zeros(len(groups), np.int64)
    means = np.stack([embeddings[groups == group].mean(axis=0) for group in range(count)])
    likeness = _SHARPNESS * embeddings @ (means / np.linalg.norm(means, axis=1, keepdims=True)).T
    cost = likeness.max(axis=1, keepdims=True) - likeness
    return _cheapest(cost, [one[2] == other[2] for one, other in pairwise(windows)])


def _cheapest(cost: np.ndarray, together: Sequence[bool]) -> np.ndarray:
    """(n,) the states of the cheapest path through (n, k) costs."""
    total, came = cost[0].copy(), np.zeros(cost.shape, np.int64)
    apart = 1.0 - np.eye(cost.shape[1])
    for place in range(1, len(cost)):
        steps = total[:, None] + apart * (_CHANGE if together[place - 1] else _CHANGE_AT_PAUSE)
        came[place] = steps.argmin(axis=0)
        total = steps.min(axis=0) + cost[place]
    path = np.zeros(len(cost), np.int64)
    path[-1] = int(total.argmin())
    for place in range(len(cost) - 1, 0, -1):
        path[place - 1] = came[place][path[place]]
    return path


def turns_of(voices: np.ndarray, windows: Sequence[Window], spans: Sequence[Span]) -> list[Turn]:
    """Turns, named by their group's number: spans, divided where the voice changes.

    A change lies in the pause between two windows' middles where there is one, else half-way between them.
    """
    changes: list[float] = []
    owners: list[int] = []
    for place, (voice, window) in enumerate(zip(voices.tolist(), windows, strict=True)):
        if place:
            changes.append(_change(windows[place - 1], window, spans))
        owners.append(voice)
    turns: list[Turn] = []
    for start, end in spans:
        turns += _shares(start, end, changes, owners)
    return _joined(turns)


def _change(one: Window, other: Window, spans: Sequence[Span]) -> float:
    early, late = (one[0] + one[1]) / 2, (other[0] + other[1]) / 2
    first = int(np.searchsorted([end for _, end in spans], early))
    pauses = [
        (after[0] - before[1], (before[1] + after[0]) / 2)
        for before, after in zip(spans[first : first + 8], spans[first + 1 : first + 9], strict=False)
        if early <= before[1] and after[0] <= late
    ]
    return max(pauses)[1] if pauses else (early + late) / 2


def _shares(start: float, end: float, changes: Sequence[float], owners: Sequence[int]) -> Iterable[Turn]:
    """One span's turns; the owner of a time is that of the window whose reach it lies in."""
    first, last = np.searchsorted(changes, [start, end])
    begin, owner = start, owners[first]
    for place in range(int(first), int(last)):
        following = owners[place + 1]
        if following == owner:
            continue
        at = changes[place]
        if at - begin >= _SHORTEST_S and end - at >= _SHORTEST_S:
            yield Turn(begin, at, str(owner))
            begin = at
        elif end - at < _SHORTEST_S:
            break
        owner = following
    yield Turn(begin, end, str(owner))


def _joined(turns: Sequence[Turn]) -> list[Turn]:
    """Turns of one voice are one across a pause that does not end a turn."""
    whole: list[Turn] = []
    for turn in turns:
        last = whole[-1] if whole else None
        if last and last.speaker == turn.speaker and turn.start_s - last.end_s < PAUSE_S:
            whole[-1] = Turn(last.start_s, turn.end_s, turn.speaker)
        else:
            whole.append(turn)
    return whole


def in_order(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Turns by their beginnings, speakers "S1", "S2", … by their first words."""
    ordered = sorted(turns, key=lambda turn: (turn.start_s, turn.end_s, turn.speaker))
    ids: dict[str, str] = {}
    for turn in ordered:
        ids.setdefault(turn.speaker, f"S{len(ids) + 1}")
    return tuple(Turn(turn.start_s, turn.end_s, ids[turn.speaker]) for turn in ordered)
