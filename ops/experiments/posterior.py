"""What is believed about each arm's click rate: Beta posteriors under a prior learned from past tests."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from ops.errors import UsageError
from ops.experiments.model import ArmCounts
from ops.experiments.uplift import Uplift, pooled_spread, shrunken_uplift

__all__ = [
    "BETWEEN_IMAGES",
    "USUAL_RATE",
    "Beta",
    "BetaPrior",
    "Uplift",
    "chance_to_beat",
    "empirical_prior",
    "expected_loss",
    "learned_prior",
    "posteriors",
    "probability_best",
    "shrunken_uplift",
]

BETWEEN_IMAGES = 0.19
"""How much click rates of one title's pictures differ: the standard deviation of their logarithms over 1,030 tests of
the Upworthy archive that varied only the picture."""

USUAL_RATE = 0.0144
"""Mean click rate of the same tests."""

_VAGUE = 1.0
"""Coefficient of variation of titles' click rates: titles differ far more than pictures of one."""

_MOST_OF_A_COIN = 0.5
"""Near 1 a rate has no room to scatter by a share of itself: at most by half of what a coin of its mean does."""

_DEVIATES = np.arange(-8.0, 9.0)
"""Normal deviates at whose quantiles the posteriors are cut into panels; what lies beyond weighs under 1e-15."""

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(12)


@dataclass(frozen=True)
class BetaPrior:
    """A Beta distribution of click rates, before an arm was shown.

    Attributes:
        a: Clicks that it is worth.
        b: Impressions without a click that it is worth.
    """

    a: float = 1.0
    b: float = 1.0

    def __post_init__(self) -> None:
        if not (0 < self.a < math.inf and 0 < self.b < math.inf):
            raise UsageError(
                f"Beta({self.a}, {self.b}) is no distribution", where="the prior", fix="Both numbers are above 0."
            )

    @classmethod
    def around(cls, mean: float, cv: float = BETWEEN_IMAGES) -> BetaPrior:
        """The prior of this mean and coefficient of variation: a is about 1/cv²."""
        if not (0 < mean < 1 and 0 < cv < ((1 - mean) / mean) ** 0.5):
            raise UsageError(
                f"no Beta has mean {mean} and coefficient of variation {cv}",
                where="the prior",
                fix="The mean lies between 0 and 1, and the variation is below that of a coin of this mean.",
            )
        weight = (1 - mean) / (mean * cv**2) - 1
        return cls(mean * weight, (1 - mean) * weight)

    @property
    def mean(self) -> float:
        """Its mean click rate."""
        return self.a / (self.a + self.b)


@dataclass(frozen=True)
class Beta:
    """An arm's posterior Beta(a, b)."""

    arm: str
    a: float
    b: float

    @property
    def mean(self) -> float:
        """The expected click rate."""
        return self.a / (self.a + self.b)


def empirical_prior(counts: Sequence[ArmCounts], cv: float = BETWEEN_IMAGES) -> BetaPrior:
    """The prior of a title's arms: they scatter by `cv` around the click rate that the title itself shows.

    A title without impressions yet is expected at the usual rate, vaguely.
    """
    vague = BetaPrior.around(USUAL_RATE, _VAGUE)
    clicks, impressions = sum(each.clicks for each in counts), sum(each.impressions for each in counts)
    mean = (vague.a + clicks) / (vague.a + vague.b + impressions)
    return BetaPrior.around(mean, min(cv, _MOST_OF_A_COIN * math.sqrt((1 - mean) / mean)))


def learned_prior(tests: Sequence[Sequence[ArmCounts]]) -> BetaPrior:
    """The prior that past tests teach: their pooled rate, and how much arms of one test differ.

    Args:
        tests: The counts of each past test's arms.

    Raises:
        UsageError: If no test has two arms with clicks.
    """
    told = [test for test in tests if sum(each.clicks > 0 for each in test) > 1]
    if not told:
        raise UsageError("no past test has two arms with clicks", where="the prior", fix="Use `empirical_prior`.")
    clicks = sum(each.clicks for test in told for each in test)
    impressions = sum(each.impressions for test in told for each in test)
    return BetaPrior.around(clicks / impressions, max(0.01, pooled_spread(told)))


def posteriors(counts: Sequence[ArmCounts], prior: BetaPrior) -> list[Beta]:
    """Each arm's posterior: the prior, and its clicks and impressions."""
    return [Beta(each.arm, prior.a + each.clicks, prior.b + each.impressions - each.clicks) for each in counts]


def probability_best(beliefs: Sequence[Beta]) -> dict[str, float]:
    """How likely each arm has the highest click rate; they sum to 1.

    P(i is best) = integral of f_i(x) prod_{j != i} F_j(x) dx, by Gauss-Legendre quadrature on panels between the
    quantiles of all posteriors: right to about 1e-9, and the same at every call.
    """
    x, weights = _panels(beliefs)
    below = [special.betainc(each.a, each.b, x) for each in beliefs]
    mass = [float(np.sum(weights * _density(each, x) * _others(below, i))) for i, each in enumerate(beliefs)]
    return {each.arm: share / math.fsum(mass) for each, share in zip(beliefs, mass, strict=True)}


def expected_loss(beliefs: Sequence[Beta]) -> dict[str, float]:
    """What choosing each arm is expected to cost, in clicks an impression, for it may not be the best.

    E max(0, max_{j != i} p_j - p_i) = integral of F_i(x) (1 - prod_{j != i} F_j(x)) dx.
    """
    x, weights = _panels(beliefs)
    below = [special.betainc(each.a, each.b, x) for each in beliefs]
    return {each.arm: float(np.sum(weights * below[i] * (1 - _others(below, i)))) for i, each in enumerate(beliefs)}


def chance_to_beat(arm: Beta, other: Beta) -> float:
    """How likely an arm's click rate is above another's.

    In closed form where the arm's first parameter is whole (E. Miller 2015, "Formulas for Bayesian A/B testing"),
    else by quadrature.
    """
    if arm.a != int(arm.a):
        return probability_best([Beta("arm", arm.a, arm.b), Beta("other", other.a, other.b)])["arm"]
    i = np.arange(int(arm.a))
    terms = (
        special.betaln(other.a + i, other.b + arm.b)
        - np.log(arm.b + i)
        - special.betaln(1 + i, arm.b)
        - special.betaln(other.a, other.b)
    )
    return min(1.0, math.fsum(np.exp(terms)))


def _panels(beliefs: Sequence[Beta]) -> tuple[np.ndarray, np.ndarray]:
    """(N,) nodes in (0, 1) and their weights, dense wherever a posterior is."""
    names = [each.arm for each in beliefs]
    if not names or len(set(names)) != len(names):
        raise UsageError(f"the arms are {names}", where="the posteriors", fix="Name each arm once.")
    tails = special.ndtr(-np.abs(_DEVIATES))
    cuts = [
        np.where(_DEVIATES < 0, special.betaincinv(each.a, each.b, tails), special.betainccinv(each.a, each.b, tails))
        for each in beliefs
    ]
    edges = np.unique(np.concatenate([np.array([0.0, 1.0]), *cuts]))
    half = np.diff(edges)[:, None] / 2
    return (edges[:-1, None] + half * (1 + _NODES)).ravel(), (half * _WEIGHTS).ravel()


def _density(belief: Beta, x: np.ndarray) -> np.ndarray:
    return np.exp(
        special.xlogy(belief.a - 1, x) + special.xlog1py(belief.b - 1, -x) - special.betaln(belief.a, belief.b)
    )


def _others(below: Sequence[np.ndarray], left_out: int) -> np.ndarray:
    """The chance that all other arms lie below each node."""
    product = np.ones_like(below[left_out])
    for i, each in enumerate(below):
        if i != left_out:
            product = product * each
    return product
