"""Click rates that are compared like with like, although arms were shown on other days or in other places.

A picture at the first position of a row is examined more often than one at the fifth, and a bandit shows an arm more
often on the days after it did well. Arms' plain click rates then mix what they are with where they stood. The
examination model (Richardson et al. 2007) takes them apart: clicks in a stratum are Poisson with mean n θ_s a_k, where
θ_s tells how much is clicked there at all, and a_k how attractive the arm is. Both follow in turn from the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ops.errors import UsageError
from ops.experiments.model import ArmCounts, totals

__all__ = ["Strata", "examine", "like_with_like"]

_STEADY = 20.0
"""Clicks of a stratum's own that weigh as much as the assumption that it is like the others; a day's factor then
scatters by 22 % before it is seen."""

_ROUNDS, _CLOSE = 200, 1e-10


@dataclass(frozen=True)
class Strata:
    """How much strata are clicked at all, and what arms are worth beside.

    Attributes:
        factors: (S,) each stratum's clicks against the mean, 1 over all impressions.
        rates: (K,) each arm's click rate in the mean stratum.
        exposure: (K,) impressions in the mean stratum that each arm's were worth.
    """

    factors: np.ndarray
    rates: np.ndarray
    exposure: np.ndarray


def examine(clicks: np.ndarray, impressions: np.ndarray) -> Strata:
    """Take strata and arms apart.

    Args:
        clicks: (K, S) clicks of each arm in each stratum (a day, a position).
        impressions: (K, S) impressions.

    Raises:
        UsageError: If the shapes differ, or there is no impression at all.
    """
    clicks, shown = np.asarray(clicks, float), np.asarray(impressions, float)
    if clicks.shape != shown.shape or clicks.ndim != 2 or shown.sum() <= 0:
        raise UsageError(
            f"clicks {clicks.shape} and impressions {shown.shape} are no counts by arm and stratum",
            where="the strata",
            fix="Give both as (arms, strata), with at least one impression.",
        )
    factors = np.ones(shown.shape[1])
    for _ in range(_ROUNDS):
        exposure = shown @ factors
        rates = np.divide(clicks.sum(axis=1), exposure, out=np.zeros(len(exposure)), where=exposure > 0)
        fitted = (clicks.sum(axis=0) + _STEADY) / (rates @ shown + _STEADY)
        fitted /= fitted @ shown.sum(axis=0) / shown.sum()
        moved = float(np.abs(fitted - factors).max())
        factors = fitted
        if moved < _CLOSE:
            break
    exposure = shown @ factors
    rates = np.divide(clicks.sum(axis=1), exposure, out=np.zeros(len(exposure)), where=exposure > 0)
    return Strata(factors, rates, exposure)


def like_with_like(
    days: Sequence[Sequence[ArmCounts]], positions: Sequence[Sequence[ArmCounts]] = ()
) -> list[ArmCounts]:
    """Each arm's counts, its impressions weighed by how much the days and positions it was shown in are clicked.

    Clicks stay as they are, so that the counts are as sure as they were; where every arm was shown alike in every
    stratum, impressions stay too.

    Args:
        days: The experiment's counts, day by day.
        positions: The same impressions by position (of the row, the page), where these are logged.
    """
    plain = totals(days)
    weight = {each.arm: 1.0 for each in plain}
    for strata in (days, positions):
        if len(strata) > 1:
            weight = {arm: weight[arm] * worth for arm, worth in _worths([each.arm for each in plain], strata).items()}
    return [replace(each, impressions=max(each.clicks, round(each.impressions * weight[each.arm]))) for each in plain]


def _worths(arms: Sequence[str], strata: Sequence[Sequence[ArmCounts]]) -> dict[str, float]:
    """What an impression of each arm was worth, for the strata it was shown in."""
    clicks, shown = np.zeros((len(arms), len(strata))), np.zeros((len(arms), len(strata)))
    for s, stratum in enumerate(strata):
        for counts in stratum:
            if counts.arm not in arms:
                raise UsageError(
                    f"arm {counts.arm} has a position and no day", where="the strata", fix="Count the same impressions."
                )
            clicks[arms.index(counts.arm), s] += counts.clicks
            shown[arms.index(counts.arm), s] += counts.impressions
    if not shown.sum():
        return dict.fromkeys(arms, 1.0)
    exposure, plain = examine(clicks, shown).exposure, shown.sum(axis=1)
    return {arm: float(exposure[k] / plain[k]) if plain[k] else 1.0 for k, arm in enumerate(arms)}
