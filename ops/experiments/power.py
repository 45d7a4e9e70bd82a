"""How much traffic a test needs, told before it starts: "this cannot be decided in seven days"."""

from __future__ import annotations

import math

from scipy import stats

from ops.errors import UsageError

__all__ = ["ALWAYS_VALID_COST", "days_to_decide", "impressions_per_arm"]

ALWAYS_VALID_COST = 1.8
"""Traffic for 80 % power at any number of looks against that of one look: 1.90, 1.77 and 1.69 for gains of 10, 20 and
30 % (benchmarks/experiments)."""


def impressions_per_arm(rate: float, lift: float, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """Impressions that each of two arms needs, looked at once at the end; not rounded up.

    n = (z_{1-alpha/2} sqrt(2 p̄ (1 - p̄)) + z_power sqrt(p_a (1 - p_a) + p_b (1 - p_b)))² / (p_b - p_a)²

    Args:
        rate: Clicks an impression without the change.
        lift: The relative gain to be found, for example 0.2.
        power: How likely it shall be found.
        alpha: How often a gain may be found where there is none, two-sided.
    """
    other = _lifted(rate, lift)
    middle = (rate + other) / 2
    z_alpha, z_power = _deviates(power, alpha)
    root = z_alpha * math.sqrt(2 * middle * (1 - middle)) + z_power * math.sqrt(rate * (1 - rate) + other * (1 - other))
    return root**2 / (other - rate) ** 2


def days_to_decide(
    rate: float, lift: float, *, arms: int, impressions_per_day: float, power: float = 0.8, alpha: float = 0.05
) -> float:
    """Days until a gain of this size is found by an always-valid test of several arms with an even split.

    Args:
        rate: The incumbent's clicks an impression.
        lift: The relative gain to be found.
        arms: Arms, the incumbent among them.
        impressions_per_day: Impressions of all arms in a day.
        power: How likely it shall be found.
        alpha: How often any winner may be named where there is none.

    Raises:
        UsageError: If there is no traffic, or nothing to compare.
    """
    if arms < 2 or not impressions_per_day > 0:
        raise UsageError(
            f"{arms} arms with {impressions_per_day} impressions a day decide nothing",
            where="power",
            fix="Give two arms or more, and the traffic that the title has.",
        )
    each = impressions_per_arm(rate, lift, power=power, alpha=alpha / (arms - 1))
    return arms * ALWAYS_VALID_COST * each / impressions_per_day


def _lifted(rate: float, lift: float) -> float:
    if not (0 < rate < 1 and lift != 0 and 0 < rate * (1 + lift) < 1):
        raise UsageError(
            f"a gain of {lift} on a rate of {rate} is none that can be found",
            where="power",
            fix="Both rates lie between 0 and 1, and differ.",
        )
    return rate * (1 + lift)


def _deviates(power: float, alpha: float) -> tuple[float, float]:
    if not (0 < alpha < 1 and 0 < power < 1):
        raise UsageError(f"power {power} at alpha {alpha} cannot be", where="power", fix="Both lie between 0 and 1.")
    return float(stats.norm.ppf(1 - alpha / 2)), float(stats.norm.ppf(power))
