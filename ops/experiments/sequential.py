"""Tests that stay valid however often they are looked at: the mixture sequential probability ratio test.

An effect d with variance s² is weighed against none by L = sqrt(s² / (s² + t²)) exp(t² d² / (2 s² (s² + t²))), the
likelihood ratio averaged over effects N(0, t²). Where there is no effect, L exceeds 1/alpha at any time with
probability alpha at most (Ville), so min 1/L is a p-value at every look (Johari, Pekelis and Walsh 2015). The interval
inverts it, and is eq. 9 of Waudby-Smith et al. (arXiv 2103.06476) with t² = n rho² s².
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ops.errors import UsageError

__all__ = ["AlwaysValid", "always_valid", "holm", "running", "tuned_scale"]


@dataclass(frozen=True)
class AlwaysValid:
    """What a look at the data says, valid together with every other look.

    Attributes:
        estimate: The effect.
        low: Lower end of its interval.
        high: Upper end.
        p: The p-value.
    """

    estimate: float
    low: float
    high: float
    p: float


def always_valid(estimate: float, variance: float, *, scale: float, alpha: float = 0.05) -> AlwaysValid:
    """Test an effect against none.

    Args:
        estimate: The effect, in any unit.
        variance: Variance of that estimate.
        scale: t, about how large effects are; the test is valid for any, and strongest for effects of that size.
        alpha: How often the interval may ever miss the truth.

    Raises:
        UsageError: If the variance or the scale is not above 0.
    """
    if not (variance > 0 and scale > 0):
        raise UsageError(
            f"an effect with variance {variance} cannot be weighed at scale {scale}",
            where="the sequential test",
            fix="Both are above 0; wait for the first clicks.",
        )
    spread = variance + scale**2
    log_evidence = 0.5 * math.log(variance / spread) + scale**2 * estimate**2 / (2 * variance * spread)
    half = math.sqrt(variance * spread / scale**2 * (2 * math.log(1 / alpha) + math.log(spread / variance)))
    return AlwaysValid(estimate, estimate - half, estimate + half, math.exp(min(0.0, -log_evidence)))


def tuned_scale(variance: float, n: int, *, best_at: int, alpha: float = 0.05) -> float:
    """The scale at which the interval is narrowest once `best_at` units were seen (ibid., eq. 161).

    Args:
        variance: Variance of the estimate.
        n: Units that the estimate was made from, of both arms.
        best_at: For how many units to tune.
        alpha: As for `always_valid`.
    """
    spent = -2 * math.log(alpha)
    return math.sqrt(variance * n * (spent + math.log(spent + 1)) / best_at)


def running(looks: Iterable[AlwaysValid]) -> AlwaysValid | None:
    """What all looks up to the last say together: the least p, and what all intervals share; None before any.

    Intervals that share nothing, which happens with probability alpha at most, meet in the last estimate.
    """
    last, low, high, p = None, -math.inf, math.inf, 1.0
    for look in looks:
        last, low, high, p = look, max(low, look.low), min(high, look.high), min(p, look.p)
    if last is None:
        return None
    if low > high:
        low = high = last.estimate
    return AlwaysValid(last.estimate, low, high, p)


def holm(p_values: Sequence[float]) -> list[float]:
    """p-values adjusted for being several, by Holm's step-down rule; in the order given."""
    adjusted, reached = [0.0] * len(p_values), 0.0
    for rank, i in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        reached = max(reached, min(1.0, (len(p_values) - rank) * p_values[i]))
        adjusted[i] = reached
    return adjusted
