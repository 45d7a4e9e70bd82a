"""Which of the good frames to keep: one of every shot, then more of long shots, each unlike the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

__all__ = ["choose_diverse"]

_RELEVANCE = 0.7
"""Share of the score against likeness in maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998)."""
_ALIKE = 0.95
"""Cosine similarity from which a second frame of a shot shows nothing new; frames of one shot have 0.90 (median)."""


def choose_diverse(
    scores: Sequence[float],
    descriptors: np.ndarray,
    groups: Sequence[int],
    most: Mapping[int, int],
) -> list[int]:
    """Choose candidates by maximal marginal relevance.

    Args:
        scores: Of N candidates, 0 to 1.
        descriptors: (N, D) float, unit length.
        groups: The shot of each candidate.
        most: How many of a shot may be chosen, at least 1.

    Returns:
        Places of the chosen candidates, ascending: one of every group first, then others while they are new.
    """
    values = np.asarray(scores, float)
    shot_of = np.asarray(groups)
    nearest = np.full(len(values), -1.0)
    chosen: list[int] = []
    taken = dict.fromkeys(groups, 0)

    def take(open_: np.ndarray) -> None:
        worth = np.where(open_, _RELEVANCE * values - (1 - _RELEVANCE) * np.maximum(nearest, 0), -np.inf)
        best = int(worth.argmax())
        chosen.append(best)
        taken[groups[best]] += 1
        np.maximum(nearest, descriptors @ descriptors[best], out=nearest)
        nearest[best] = 1.0

    while any(count == 0 for count in taken.values()):
        take(np.isin(shot_of, [shot for shot, count in taken.items() if count == 0]))
    while True:
        room = np.isin(shot_of, [shot for shot, count in taken.items() if count < most.get(shot, 1)])
        new = room & (nearest < _ALIKE)
        if not new.any():
            return sorted(chosen)
        take(new)
