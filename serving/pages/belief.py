"""What an experiment's counts say about its arms, as the experiment page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scipy import stats

from ops.experiments.model import ArmCounts
from ops.experiments.posterior import Beta, empirical_prior, posteriors, probability_best

__all__ = ["Belief", "beliefs"]


@dataclass(frozen=True)
class Belief:
    """An arm's click rate as far as it is known: posterior mean, its 95 % interval, how likely it is the best."""

    mean: float
    low: float
    high: float
    best: float


def beliefs(counts: Sequence[ArmCounts]) -> dict[str, Belief]:
    """Each arm's posterior; nothing before the first click, when there is nothing to learn a prior from."""
    if len(counts) < 2 or not any(each.clicks for each in counts):
        return {}
    believed = posteriors(counts, empirical_prior(counts))
    best = probability_best(believed)
    return {each.arm: Belief(each.mean, *_interval(each), best[each.arm]) for each in believed}


def _interval(belief: Beta) -> tuple[float, float]:
    low, high = stats.beta.ppf((0.025, 0.975), belief.a, belief.b)
    return float(low), float(high)
