"""What viewers' leaving teaches the editor: which traits of a moment hold them, and whether shots stand too long.

A discrete-time hazard model: of the viewers who see second t of a trailer, the share that it loses is a logistic
function of what is on screen then. Every trailer has a level of its own; all share how leaving falls off with time,
what each part of a trailer does, and the effects of the traits, which are what is learned. Effects have a normal prior
at 0, so that what few trailers tell is drawn to nothing, and are told with their intervals (Laplace).

Thousands of viewers see the same few shots, and a shot holds or loses viewers for reasons that no trait tells. Counting
viewers alone would take each shot's own luck for knowledge; so shots have a random effect of their own, as large as
they are seen to scatter beyond chance.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ops.trailer.editing.structure import TERMS
from ops.trailer.events import Part
from ops.trailer.viewers.on_screen import Second

__all__ = ["LEAST_TRAILERS", "SHOT_LENGTH", "Effect", "Seen", "TrailerLessons", "learn"]

LEAST_TRAILERS = 3
"""Fewer trailers tell themselves apart, and nothing about trailers."""

SHOT_LENGTH = "shot length"

_TRAIT_SD = 0.25
"""Prior of a trait's effect on log hazard, for one standard deviation of the trait: a quarter more or less leave."""
_PART_SD = 0.5
_LEVEL_SD = 1.0
_TIME_SD = 1.0
_LOWEST, _HIGHEST = 0.5, 2.0
_FASTEST, _SLOWEST = 0.8, 1.25
_PACE_PER_SD = 0.5
"""How much of the effect of a shot's length goes into the pace: one standard deviation of log lengths is about 0.6, and
a third of that in mean length is what an editor would try first."""
_Z = 1.959963984540054
_ROUNDS, _WITHOUT_LUCK, _STILL = 60, 8, 1e-7
_LONGEST_STEP = 2.0
_MOST_LUCK = 4.0
"""Variance of shots' log odds; more would be a factor of seven at one standard deviation."""


@dataclass(frozen=True)
class Seen:
    """One version of a trailer, second by second.

    Attributes:
        seconds: What is on screen.
        viewers: Of each second, who saw it.
        lost: Of these, who left in it or jumped ahead from it.
    """

    seconds: Sequence[Second]
    viewers: Sequence[int]
    lost: Sequence[int]

    def __post_init__(self) -> None:
        if not len(self.seconds) == len(self.viewers) == len(self.lost):
            raise ValueError(
                f"{len(self.seconds)} seconds on screen, {len(self.viewers)} seen and {len(self.lost)} counted"
            )
        if any(not 0 <= gone <= there for gone, there in zip(self.lost, self.viewers, strict=True)):
            raise ValueError("a second lost more viewers than saw it")


@dataclass(frozen=True)
class Effect:
    """What one standard deviation of a trait does to the share of viewers that a second loses.

    Attributes:
        trait: Its name.
        hazard: Factor on the odds of leaving; below 1 it holds viewers.
        low: Lower end of its 95 % interval.
        high: Upper end.
        multiplier: What the trait's value, or the length of shots, is multiplied by.
    """

    trait: str
    hazard: float
    low: float
    high: float
    multiplier: float

    @property
    def sure(self) -> bool:
        """Whether the interval leaves no doubt of its sign."""
        return self.low > 1 or self.high < 1


@dataclass(frozen=True)
class TrailerLessons:
    """What all trailers taught.

    Attributes:
        effects: Of every trait, the strongest first, and of shot length.
        trailers: Versions that were learned from.
        viewings: First seconds seen in them.
        luck: Standard deviation of what shots do to the log odds of leaving that no trait explains.
        why: Where nothing was learned: why not.
    """

    effects: tuple[Effect, ...] = ()
    trailers: int = 0
    viewings: int = 0
    luck: float = 0.0
    why: str = ""

    @property
    def terms(self) -> dict[str, float]:
        """What each trait that highlights are valued by is multiplied by, 0.5 to 2; 1 of what was not learned."""
        told = {each.trait: each.multiplier for each in self.effects}
        return {name: told.get(name, 1.0) for name in TERMS}

    @property
    def pace(self) -> float:
        """What the length of shots is multiplied by, 0.8 to 1.25."""
        return next((each.multiplier for each in self.effects if each.trait == SHOT_LENGTH), 1.0)

    def to_json(self) -> dict[str, Any]:
        """JSON values: `terms` and `pace` for the editor, the rest for people."""
        return {
            "terms": {name: round(value, 4) for name, value in self.terms.items()},
            "pace": round(self.pace, 4),
            "effects": [asdict(each) for each in self.effects],
            "trailers": self.trailers,
            "viewings": self.viewings,
            "luck": round(self.luck, 3),
            "why": self.why,
        }


@dataclass(frozen=True)
class _Table:
    """All seconds of all trailers: rows for the regression."""

    names: tuple[str, ...]
    design: np.ndarray
    prior: np.ndarray
    at_risk: np.ndarray
    lost: np.ndarray
    shot: np.ndarray


def learn(trailers: Sequence[Seen]) -> TrailerLessons:
    """Fit the hazard of leaving over all trailers.

    Args:
        trailers: Versions that enough viewers saw.
    """
    told = [each for each in trailers if sum(each.viewers)]
    viewings = sum(each.viewers[0] for each in told)
    if len(told) < LEAST_TRAILERS:
        why = f"{len(told)} trailers were seen by enough viewers; lessons are drawn from {LEAST_TRAILERS} or more"
        return TrailerLessons(trailers=len(told), viewings=viewings, why=why)
    table = _tabulate(told)
    effects, covariance, luck = _fit(table)
    told_effects = [
        _effect(name, float(effects[place]), math.sqrt(covariance[place, place]))
        for place, name in enumerate(table.names)
    ]
    ordered = sorted(told_effects, key=lambda each: (-abs(math.log(each.hazard)), each.trait))
    return TrailerLessons(tuple(ordered), len(told), viewings, luck)


def _effect(trait: str, slope: float, spread: float) -> Effect:
    if trait == SHOT_LENGTH:
        multiplier = min(max(math.exp(-_PACE_PER_SD * slope), _FASTEST), _SLOWEST)
    else:
        multiplier = min(max(math.exp(-slope), _LOWEST), _HIGHEST)
    return Effect(trait, math.exp(slope), math.exp(slope - _Z * spread), math.exp(slope + _Z * spread), multiplier)


def _tabulate(trailers: Sequence[Seen]) -> _Table:
    """Traits come first, each with mean 0 and standard deviation 1 over the seconds that have it; a card has none.

    Then the trailers' levels, the parts, time (its logarithm, since leaving falls off fast, and the first second on
    its own: who clicked by mistake leaves then) and whether a card is on screen.
    """
    rows = [(n, t, second) for n, each in enumerate(trailers) for t, second in enumerate(each.seconds)]
    names = sorted({name for _, _, second in rows for name in second.traits})
    traits = np.array([[second.traits.get(name, np.nan) for name in names] for _, _, second in rows])
    traits = traits.reshape(len(rows), len(names))
    lengths = np.log([[max(second.length_s, 0.1)] for _, _, second in rows])
    card = np.array([second.shot is None and not second.traits for _, _, second in rows])
    lengths[card] = np.nan
    held = _standardised(np.hstack([traits, lengths]))
    parts = [part for part in Part if any(second.part is part for _, _, second in rows)][1:]
    seconds = np.array([t for _, t, _ in rows], float)
    others = [
        *(np.array([n == trailer for n, _, _ in rows], float) for trailer in range(len(trailers))),
        *(np.array([second.part is part for _, _, second in rows], float) for part in parts),
        np.log1p(seconds) - np.log1p(seconds).mean(),
        (seconds == 0).astype(float),
        card.astype(float),
    ]
    spreads = [_LEVEL_SD] * len(trailers) + [_PART_SD] * len(parts) + [_TIME_SD, _TIME_SD, _PART_SD]
    own = np.array([(n, second.event) for n, _, second in rows])
    return _Table(
        names=(*names, SHOT_LENGTH),
        design=np.hstack([np.ones((len(rows), 1)), held, np.stack(others, 1)])[:, 1:],
        prior=1 / np.array([_TRAIT_SD] * (len(names) + 1) + spreads) ** 2,
        at_risk=np.array([viewers for each in trailers for viewers in each.viewers], float),
        lost=np.array([gone for each in trailers for gone in each.lost], float),
        shot=np.unique(own, axis=0, return_inverse=True)[1].ravel(),
    )


def _standardised(values: np.ndarray) -> np.ndarray:
    """(N, K): mean 0 and standard deviation 1 of what is there, 0 of what is not or never differs."""
    with np.errstate(invalid="ignore"):
        there = np.isfinite(values)
        count = np.maximum(there.sum(0), 1)
        mean = np.where(there, values, 0).sum(0) / count
        centred = np.where(there, values - mean, 0.0)
        spread = np.sqrt((centred**2).sum(0) / count)
    return centred / np.where(spread > 1e-9, spread, np.inf)


def _fit(table: _Table) -> tuple[np.ndarray, np.ndarray, float]:
    """Effects, their covariance, and the standard deviation of shots' own luck.

    First without luck, then marginally with it (Breslow and Clayton 1993): the seconds of a shot are weighed as one
    where it was seen by so many that its luck, and not chance, decides what it lost. The level of all trailers
    together is an offset, so that the prior draws each to it and not to 0.
    """
    whole = min(max(table.lost.sum() / max(table.at_risk.sum(), 1), 1e-4), 0.5)
    offset = math.log(whole / (1 - whole))
    effects, luck = np.zeros(table.design.shape[1]), 0.0
    curvature = np.diag(table.prior)
    for turn in range(_ROUNDS):
        weight, over = _residuals(table, offset, effects)
        if turn >= _WITHOUT_LUCK:
            luck = _luck(table, weight, over)
        shot_weight, shot_over = np.bincount(table.shot, weight), np.bincount(table.shot, over)
        drawn = luck / (1 + luck * shot_weight)
        by_shot = np.zeros((len(shot_weight), table.design.shape[1]))
        np.add.at(by_shot, table.shot, weight[:, None] * table.design)
        curvature = (table.design.T * weight) @ table.design - (by_shot.T * drawn) @ by_shot + np.diag(table.prior)
        slope = table.design.T @ (over - weight * (drawn * shot_over)[table.shot]) - table.prior * effects
        step = np.linalg.solve(curvature, slope)
        effects = effects + step * min(1.0, _LONGEST_STEP / max(np.abs(step).max(), 1e-300))
        if turn > _WITHOUT_LUCK and np.abs(step).max() < _STILL:
            break
    return effects, np.linalg.inv(curvature), math.sqrt(luck)


def _residuals(table: _Table, offset: float, effects: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each second: the variance of what it loses by chance alone, and how much more than expected it lost."""
    share = 1 / (1 + np.exp(-(offset + table.design @ effects)))
    return table.at_risk * share * (1 - share), table.lost - table.at_risk * share


def _luck(table: _Table, weight: np.ndarray, over: np.ndarray) -> float:
    """The variance of shots' luck at which Pearson's chi-square of their losses is as large as its degrees of freedom.

    It falls as the variance grows, so that halving finds it; 0 where chance explains all.
    """
    shot_weight, shot_over = np.bincount(table.shot, weight), np.bincount(table.shot, over)
    seen = shot_weight > 1e-9
    shot_weight, squared = shot_weight[seen], shot_over[seen] ** 2
    free = max(1, int(seen.sum()) - len(table.names))

    def spread(luck: float) -> float:
        return float((squared / (shot_weight * (1 + luck * shot_weight))).sum())

    low, high = 0.0, _MOST_LUCK
    if spread(low) <= free:
        return low
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if spread(middle) > free else (low, middle)
    return high
