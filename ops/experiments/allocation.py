"""How the traffic of a running test is split: by Thompson's rule, with a floor under every arm."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ops.errors import UsageError
from ops.experiments.model import ArmCounts
from ops.experiments.posterior import BetaPrior, posteriors

__all__ = ["floored", "thompson_weights"]

_DRAWS = 5_000
"""Shares are then right to 0.007, off to neither side, and logged exactly as they are used."""


def thompson_weights(
    counts: Sequence[ArmCounts], prior: BetaPrior, *, floor: float, seed: int, incumbent: str | None = None
) -> dict[str, float]:
    """Shares of the next batch of traffic: how likely each arm is the best, over a uniform floor.

    The floor is added, w = f + (1 - K f) p, so that it never changes the arms' order as clipping does.

    Args:
        counts: Each arm's counts so far.
        prior: What was believed before.
        floor: Least share of each arm.
        seed: Of the draws; the same seed and counts give the same shares.
        incumbent: The arm that the others are measured against. When named, it keeps at least an equal share:
            an arm that starves at the floor is no yardstick, and the proof of a winner would wait for it (of five
            pictures one that is 40 % better was proven in 28 days in 20 of 20 tests, and without this in 4).

    Raises:
        UsageError: If there is no arm, an arm stands twice, or the floors alone need more than all traffic.
    """
    arms = [each.arm for each in counts]
    if not arms or len(set(arms)) != len(arms):
        raise UsageError(f"the arms are {arms}", where="allocation", fix="Name each arm once.")
    beliefs = posteriors(counts, prior)
    draws = np.random.default_rng(seed).beta(
        [each.a for each in beliefs], [each.b for each in beliefs], size=(_DRAWS, len(beliefs))
    )
    best = np.bincount(draws.argmax(axis=1), minlength=len(arms)) / _DRAWS
    shares = floored(best, floor)
    if incumbent is not None:
        shares = _with_yardstick(shares, arms, incumbent, floor)
    return {arm: float(share) for arm, share in zip(arms, shares, strict=True)}


def floored(shares: np.ndarray, floor: float) -> np.ndarray:
    """(K,) shares that sum to 1, each lifted to at least the floor, in the same order.

    Raises:
        UsageError: If the floors alone need more than all traffic.
    """
    if not 0 <= floor * len(shares) <= 1:
        raise UsageError(
            f"a floor of {floor} under {len(shares)} arms needs more than all traffic",
            where="allocation",
            fix=f"Lower it to {1 / len(shares):.3g} or less, or test fewer arms.",
        )
    lifted = floor + (1 - len(shares) * floor) * shares
    return lifted / lifted.sum()


def _with_yardstick(shares: np.ndarray, arms: Sequence[str], incumbent: str, floor: float) -> np.ndarray:
    """The same shares with an equal one for the incumbent, taken from what the others have above the floor."""
    if incumbent not in arms:
        raise UsageError(f"no arm is {incumbent}", where="allocation", fix=f"The arms are {', '.join(arms)}.")
    place, equal = arms.index(incumbent), 1 / len(arms)
    if shares[place] >= equal - 1e-9:
        return shares
    others = np.arange(len(arms)) != place
    above = np.where(others, shares - floor, 0.0)
    kept = np.where(others, floor + above * (1 - equal - floor * others.sum()) / above.sum(), equal)
    return kept / kept.sum()
