"""Trailers that nobody thought about: shots at random, at equal distances, and those that move most.

They are of the same length and have the same music and end card as ours, and choose among the same shots: nothing
black, no title card, nothing from the end. Shots play for two seconds from their middle, or whole where they are
shorter, in the film's order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from fractions import Fraction

import numpy as np

from ops.trailer.editing.moments import Moments
from ops.trailer.edl import EditDecisionList
from ops.trailer.events import Card, Clip, Join, Part

__all__ = ["Baseline", "baseline"]

_CLIP_S = 2


class Baseline(StrEnum):
    """How shots are picked."""

    RANDOM = "random shots"
    UNIFORM = "uniform shots"
    MOTION = "top-motion shots"


def baseline(
    kind: Baseline, ours: EditDecisionList, moments: Moments, action: np.ndarray, random: np.random.Generator
) -> EditDecisionList:
    """A trailer of the length, music and end card of ours.

    Args:
        kind: How its shots are picked.
        ours: Our edit of the film.
        moments: What may be shown.
        action: Of each of them.
        random: Draws the random ones.
    """
    card = ours.events[-1] if isinstance(ours.events[-1], Card) else None
    wanted = ours.frames - (card.frames if card else 0)
    longest = round(Fraction(_CLIP_S) * ours.rate)
    lengths = np.minimum(moments.last - moments.first, longest)
    picked = sorted(_picked(kind, lengths, wanted, action, random))
    events: list[Clip | Card] = []
    left = wanted
    for candidate in picked:
        frames = min(int(lengths[candidate]), left)
        if frames < 1:
            break
        middle = int(moments.first[candidate] + moments.last[candidate]) // 2
        start = max(int(moments.first[candidate]), middle - frames // 2)
        events.append(Clip(start, start + frames, Part.RISE, int(moments.shot[candidate])))
        left -= frames
    events += [card] if card else []
    return replace(ours, events=tuple(events), joins=(Join(),) * (len(events) - 1), sounds=(), accents=(), notes=())


def _picked(
    kind: Baseline, lengths: np.ndarray, wanted: int, action: np.ndarray, random: np.random.Generator
) -> Sequence[int]:
    count = len(lengths)
    if kind is Baseline.UNIFORM:
        for many in range(1, count + 1):
            places = np.unique(((np.arange(many) + 0.5) * count / many).astype(int)).tolist()
            if int(lengths[places].sum()) >= wanted:
                return places
        return list(range(count))
    order = random.permutation(count) if kind is Baseline.RANDOM else np.argsort(-action, kind="stable")
    enough = int(np.searchsorted(np.cumsum(lengths[order]), wanted)) + 1
    return order[:enough].tolist()
