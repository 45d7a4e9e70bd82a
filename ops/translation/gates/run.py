"""What is usual in a run: medians and spreads that a few bad sentences do not move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

__all__ = ["FEWEST", "Usual", "usual"]

FEWEST = 8
"""Values from which on a run says what is usual; a median of fewer moves with each of them."""

_TO_SIGMA = 1.4826
"""A median absolute deviation of normally distributed values to their standard deviation."""


@dataclass(frozen=True)
class Usual:
    """A median and a spread (standard deviation by the median absolute deviation)."""

    middle: float
    spread: float

    def distance(self, value: float) -> float:
        """How many spreads a value lies from the middle, with its sign."""
        return (value - self.middle) / self.spread


def usual(values: Sequence[float], *, least_spread: float) -> Usual | None:
    """What is usual among values; None where they are fewer than `FEWEST`.

    Args:
        values: Of one kind.
        least_spread: What a spread is at least: values that are all alike make no outlier of the next.
    """
    if len(values) < FEWEST:
        return None
    middle = median(values)
    return Usual(middle, max(least_spread, _TO_SIGMA * median([abs(value - middle) for value in values])))
