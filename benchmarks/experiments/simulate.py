"""Simulated viewers: pictures with known click rates, shown day by day under a rule of allocation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ops.experiments.allocation import thompson_weights
from ops.experiments.model import ArmCounts, totals
from ops.experiments.posterior import empirical_prior
from ops.experiments.strata import like_with_like

Days = list[list[ArmCounts]]
Rule = Callable[[Days, list[str], int], dict[str, float]]

HELD_OUT = 20_261_121
"""Root of all seeds here; nothing was tuned on it, and no test uses it."""

WATCHED = 0.6
INCUMBENT = "0"
FLOOR = 0.02


def even(_days: Days, arms: list[str], _seed: int) -> dict[str, float]:
    return dict.fromkeys(arms, 1 / len(arms))


def epsilon_greedy(days: Days, arms: list[str], _seed: int, epsilon: float = 0.1) -> dict[str, float]:
    if not days:
        return even(days, arms, 0)
    best = max(totals(days), key=lambda each: each.rate if each.impressions else 0.0).arm
    return {arm: epsilon / len(arms) + (1 - epsilon) * (arm == best) for arm in arms}


def thompson(days: Days, arms: list[str], seed: int) -> dict[str, float]:
    if not days:
        return even(days, arms, 0)
    fair = like_with_like(days)
    return thompson_weights(fair, empirical_prior(fair), floor=FLOOR, seed=seed)


def thompson_with_yardstick(days: Days, arms: list[str], seed: int) -> dict[str, float]:
    if not days:
        return even(days, arms, 0)
    fair = like_with_like(days)
    return thompson_weights(fair, empirical_prior(fair), floor=FLOOR, seed=seed, incumbent=INCUMBENT)


@dataclass(frozen=True)
class Run:
    """A test that was run to its end.

    Attributes:
        rates: (K,) the true click rates.
        days: What was counted.
        regret: (D,) clicks lost so far against showing the best picture always.
    """

    rates: np.ndarray
    days: Days
    regret: np.ndarray


def run(rates: Sequence[float] | np.ndarray, rule: Rule, *, days: int, a_day: int, seed: Sequence[int]) -> Run:
    """Show pictures of these click rates to `a_day` viewers a day; weekends are clicked a fifth more."""
    rng = np.random.default_rng([HELD_OUT, *seed])
    rates, arms = np.asarray(rates, float), [str(k) for k in range(len(rates))]
    counted: Days = []
    lost = []
    for day in range(days):
        weights = rule(counted, arms, int(rng.integers(2**31)))
        shares = np.array([weights[arm] for arm in arms])
        level = 1.2 if day % 7 >= 5 else 0.92
        shown = rng.multinomial(a_day, shares / shares.sum())
        clicks = rng.binomial(shown, np.minimum(1.0, rates * level))
        watched = rng.binomial(clicks, WATCHED)
        counted.append(
            [
                ArmCounts(arm, int(shown[k]), int(clicks[k]), int(watched[k]), float(a_day * shares[k]))
                for k, arm in enumerate(arms)
            ]
        )
        lost.append(float(level * shown @ (rates.max() - rates)))
    return Run(rates, counted, np.cumsum(lost))
