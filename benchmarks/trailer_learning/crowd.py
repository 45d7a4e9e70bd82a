"""Simulated viewers of simulated trailers: shots of random traits, left by tastes that the house does not see."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from ops.trailer.editing.structure import TERMS
from ops.trailer.events import Part
from ops.trailer.viewers.learning import Seen
from ops.trailer.viewers.on_screen import Second
from ops.trailer.viewers.retention import Stop, Viewing

__all__ = ["SECONDS", "TRAITS", "trailer", "viewings"]

SECONDS = 30
TRAITS = (*TERMS, "dialogue", "darkness")
_ENDS = ((0.1, Part.HOOK), (0.4, Part.SETUP), (0.8, Part.RISE), (0.93, Part.CLIMAX), (math.inf, Part.BUTTON))
_LENGTH_S, _LENGTH_SD = 1.8, 0.6  # log-normal, as trailers' shots are


def trailer(
    chance: np.random.Generator, viewers: int, tastes: Mapping[str, float], *, luck: float, slow: float = 0.0
) -> Seen:
    """A trailer of 30 s and what each second of it loses.

    Args:
        chance: What decides.
        viewers: Who begin to watch.
        tastes: What one standard deviation of a trait does to the log odds of leaving.
        luck: Standard deviation of what each shot does beside.
        slow: What one standard deviation of a shot's log length does.
    """
    seconds, odds, level = list[Second](), list[float](), chance.normal() * 0.4
    for event in range(SECONDS):
        length = float(np.clip(chance.lognormal(math.log(_LENGTH_S), _LENGTH_SD), 0.5, 4.5))
        traits = {name: float(chance.normal()) for name in TRAITS}
        own = sum(tastes.get(name, 0.0) * value for name, value in traits.items()) + chance.normal() * luck
        own += slow * (math.log(length) - math.log(_LENGTH_S)) / _LENGTH_SD
        part = next(part for end, part in _ENDS if len(seconds) / SECONDS < end)
        for _ in range(max(1, round(length))):
            at = len(seconds)
            seconds.append(Second(part, event, event, length, traits))
            odds.append(level + own - 3 - 0.35 * math.log1p(at) + (at == 0))
    seen, lost = [], []
    for each in odds[:SECONDS]:
        seen.append(viewers)
        lost.append(int(chance.binomial(viewers, 1 / (1 + math.exp(-each)))))
        viewers -= lost[-1]
    return Seen(seconds[:SECONDS], seen, lost)


def viewings(chance: np.random.Generator, seen: Seen) -> list[Viewing]:
    """The viewings behind such counts: some jump ahead, some look again, some go on to the film."""
    told = []
    for second, gone in enumerate([*seen.lost, seen.viewers[-1] - seen.lost[-1]]):
        end = second + 0.5 if second < SECONDS else float(SECONDS)
        for habit in chance.random(gone):
            if end > 12 and habit < 0.08:
                told.append(Viewing(((0.0, 6.0), (10.0, end))))
            elif end > 12 and habit < 0.16:
                told.append(Viewing(((0.0, 11.0), (7.0, end))))
            else:
                told.append(Viewing(((0.0, end),), Stop.FILM if habit > 0.97 else Stop.LEFT))
    return told
