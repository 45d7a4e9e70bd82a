"""From what is believed to a mix: a point of the simplex, and now and then a try of something else, with its odds.

The mix is the point w that maximises <w, mean> + T H(w): w_s proportional to exp(mean_s / T), which is what
exponentiated gradient plays (Kivinen and Warmuth 1997; follow the leader, regularised by entropy). What is shown
instead, to learn, is drawn by Thompson's rule from the posteriors; every look has an exact probability of being shown,
which is logged, so that another rule can be judged on the log before it serves (ops/experiments/off_policy.py).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from ops.tastes.belief import TasteOfStyle, chances_best
from ops.tastes.evidence import PLAIN

__all__ = ["UNITS", "Dealt", "Mix", "deal", "explored_share", "in_units", "mix_of", "simplex_weights"]

Mix = Mapping[str, float]
"""Weights by style, PLAIN among them, that sum to 1."""

_TEMPERATURE = 0.01
"""Difference in the chance of being liked that makes one style weigh e times another. Of what they could have liked,
simulated viewers (benchmarks/tastes, another crowd than the page's) lost 18.7 % at 0.01, 21.9 % at 0.02 and 26.3 % at
0.05. Styles that are liked alike still mix."""

_LEAST_WEIGHT = 0.12
"""What weighs less is not seen, and costs its share of every frame."""

_MOST_STYLES = 3

_MOST_EXPLORED, _LEAST_EXPLORED = 0.05, 0.02
"""Share of films that are tries, of somebody new and of somebody well known. The same viewers lost 18.7 % so, 22.4 %
when it began at 0.15, and no less when it began at 0.02: the mix itself wanders until something is liked."""

_EXPLORED_UNTIL = 20.0
"""Deeds after which exploring has halved."""

UNITS = 20
"""A mix is played in twentieths: nobody sees less, and equal mixes share their renditions and caches."""


@dataclass(frozen=True)
class Dealt:
    """A mix that is shown, and how likely that was.

    Attributes:
        mix: The weights, in twentieths.
        explored: Whether it is a try and not the viewer's own mix.
        propensity: How likely this mix was to be shown.
        propensities: How likely each style was to be shown as a try; under "" the viewer's own mix.
    """

    mix: Mix
    explored: bool
    propensity: float
    propensities: Mapping[str, float]


def simplex_weights(beliefs: Sequence[TasteOfStyle]) -> dict[str, float]:
    """Every style's weight before small ones are dropped; a like of a style never lowers its own."""
    top = max(each.mean for each in beliefs)
    raised = {each.style: math.exp((each.mean - top) / _TEMPERATURE) for each in beliefs}
    total = math.fsum(raised.values())
    return {style: weight / total for style, weight in raised.items()}


def mix_of(beliefs: Sequence[TasteOfStyle]) -> Mix:
    """The viewer's mix: at most three styles, and PLAIN, in twentieths; PLAIN alone where no style stands out."""
    weights = simplex_weights(beliefs)
    ranked = sorted((style for style in weights if style != PLAIN), key=lambda style: (-weights[style], style))
    kept = [style for style in ranked[:_MOST_STYLES] if weights[style] >= _LEAST_WEIGHT]
    if not kept:
        return MappingProxyType({PLAIN: 1.0})
    return in_units({style: weights[style] for style in (*kept, PLAIN) if style in weights})


def in_units(weights: Mix) -> Mix:
    """The weights scaled to sum to 1 in whole twentieths, by the largest remainders."""
    total = math.fsum(weights.values())
    exact = {style: UNITS * weight / total for style, weight in weights.items()}
    whole = {style: math.floor(share) for style, share in exact.items()}
    left = UNITS - sum(whole.values())
    for style in sorted(exact, key=lambda style: (whole[style] - exact[style], style))[:left]:
        whole[style] += 1
    return MappingProxyType({style: count / UNITS for style, count in whole.items() if count})


def explored_share(beliefs: Sequence[TasteOfStyle]) -> float:
    """How often something else than the viewer's mix is tried: the less, the more they have told."""
    told = math.fsum(each.own.amount for each in beliefs)
    return max(_LEAST_EXPLORED, _MOST_EXPLORED / (1 + told / _EXPLORED_UNTIL))


def deal(beliefs: Sequence[TasteOfStyle], seed: int, *, explore: bool = True) -> Dealt:
    """What a viewer is shown: their mix, or a try of one style.

    Args:
        beliefs: Of every style that may be shown.
        seed: The same seed and beliefs deal the same.
        explore: False where nothing may be tried.
    """
    mix = mix_of(beliefs)
    tried = explored_share(beliefs) if explore else 0.0
    if not tried:
        return Dealt(mix, False, 1.0, MappingProxyType({"": 1.0}))
    chances = chances_best(beliefs)
    odds = {"": 1 - tried} | {style: tried * chance for style, chance in chances.items()}
    names = list(odds)
    shares = np.array([odds[name] for name in names])
    name = names[int(np.random.default_rng(seed).choice(len(names), p=shares / shares.sum()))]
    shown = mix if name == "" else MappingProxyType({name: 1.0})
    # A try of the only style of the mix is no other look than the mix.
    likely = math.fsum(odds[each] for each in names if (mix if each == "" else {each: 1.0}) == shown)
    return Dealt(shown, shown != mix, likely, MappingProxyType(odds))
