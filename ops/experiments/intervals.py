"""Intervals and tests of click rates that are looked at once: Wilson, Newcombe, and the pooled z-test."""

from __future__ import annotations

import math

from scipy import stats

from ops.errors import UsageError

__all__ = ["newcombe", "pooled_z", "wilson"]


def wilson(clicks: int, shown: int, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a rate (1927): honest for rare clicks, where p ± 2 s.e. is not."""
    _check(clicks, shown)
    z = float(stats.norm.ppf((1 + level) / 2))
    rate, shrink = clicks / shown, 1 + z**2 / shown
    centre = (rate + z**2 / (2 * shown)) / shrink
    half = z / shrink * math.sqrt(rate * (1 - rate) / shown + z**2 / (4 * shown**2))
    return max(0.0, centre - half) if clicks else 0.0, min(1.0, centre + half) if clicks < shown else 1.0


def newcombe(clicks_a: int, shown_a: int, clicks_b: int, shown_b: int, level: float = 0.95) -> tuple[float, float]:
    """Newcombe's interval of the difference of two rates, b - a (1998, method 10): Wilson's, in squares."""
    low_a, high_a = wilson(clicks_a, shown_a, level)
    low_b, high_b = wilson(clicks_b, shown_b, level)
    a, b = clicks_a / shown_a, clicks_b / shown_b
    return b - a - math.hypot(b - low_b, high_a - a), b - a + math.hypot(high_b - b, a - low_a)


def pooled_z(clicks_a: int, shown_a: int, clicks_b: int, shown_b: int) -> tuple[float, float]:
    """z of the difference b - a under one pooled rate, and its two-sided p-value; 0 and 1 without any click."""
    _check(clicks_a, shown_a)
    _check(clicks_b, shown_b)
    pooled = (clicks_a + clicks_b) / (shown_a + shown_b)
    variance = pooled * (1 - pooled) * (1 / shown_a + 1 / shown_b)
    if variance == 0:
        return 0.0, 1.0
    z = (clicks_b / shown_b - clicks_a / shown_a) / math.sqrt(variance)
    return z, float(2 * stats.norm.sf(abs(z)))


def _check(clicks: int, shown: int) -> None:
    if not 0 <= clicks <= shown or shown == 0:
        raise UsageError(f"{clicks} clicks of {shown} have no rate", where="the interval", fix="Show the arm first.")
