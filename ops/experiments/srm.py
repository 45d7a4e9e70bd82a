"""Whether the traffic was split as promised: the sample-ratio-mismatch test."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy import stats

from ops.errors import UsageError

__all__ = ["ALARM", "sample_ratio_mismatch"]

ALARM = 0.001
"""The p-value below which a split counts as broken: tests are looked at daily, and a broken split is grossly so (in the
Upworthy archive two thirds of the tests of its faulty weeks fall below it, and 0.2 % of the later ones)."""


def sample_ratio_mismatch(observed: Sequence[int], expected: Sequence[float]) -> float:
    """p-value of Pearson's chi-square test that the arms were shown as often as they should have been.

    Under a bandit the expected counts are the sums of the logged propensities, not an even split. An arm that nothing
    is expected of does not count, unless it was shown all the same: then the split is broken for certain.

    Args:
        observed: Impressions of each arm.
        expected: Impressions expected of each, or weights; only their ratios matter.

    Raises:
        UsageError: If the two differ in length, nothing is expected, or a number is negative.
    """
    if len(observed) != len(expected) or not math.fsum(expected) > 0 or min([*observed, *expected]) < 0:
        raise UsageError(
            f"{list(observed)} impressions cannot be held against {list(expected)}",
            where="the sample ratio",
            fix="Give each arm's impressions, and the sum of its logged propensities.",
        )
    if any(seen > 0 and not hoped > 0 for seen, hoped in zip(observed, expected, strict=True)):
        return 0.0
    shown, promised = sum(observed), math.fsum(expected)
    live = [(seen, hoped * shown / promised) for seen, hoped in zip(observed, expected, strict=True) if hoped > 0]
    if len(live) < 2 or shown == 0:
        return 1.0
    statistic = math.fsum((seen - hoped) ** 2 / hoped for seen, hoped in live)
    return float(stats.chi2.sf(statistic, len(live) - 1))
