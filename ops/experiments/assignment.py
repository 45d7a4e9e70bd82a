"""Which arm a viewer sees: a salted hash, sticky, with its exact propensity."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping

from ops.errors import UsageError

__all__ = ["assign", "bucket", "held_out"]

_BITS = 53
"""As many as a float holds exactly, so that no place rounds up to 1."""


def bucket(experiment: str, salt: str, viewer: str) -> float:
    """A viewer's place in an experiment, in [0, 1): uniform over viewers, always the same for one.

    Places in two experiments are independent, and so are those under two salts.
    """
    digest = hashlib.sha256("\0".join((experiment, salt, viewer)).encode()).digest()
    return (int.from_bytes(digest[:8], "big") >> (64 - _BITS)) / 2**_BITS


def held_out(salt: str, viewer: str, share: float) -> bool:
    """Whether a viewer is of the share that sees the incumbent in every experiment."""
    return bucket("holdout", salt, viewer) < share


def assign(weights: Mapping[str, float], place: float) -> tuple[str, float]:
    """The arm at a place, and the probability with which a uniform place falls on it.

    The arms lie side by side in the order of their ids, whatever the mapping's order, so that weights read back
    from a store assign alike. An arm without weight is never shown.

    Args:
        weights: Each arm's share; they sum to 1.
        place: From `bucket`, in [0, 1).

    Raises:
        UsageError: If the weights are no distribution, or the place lies outside [0, 1).
    """
    if not 0 <= place < 1:
        raise UsageError(
            f"the place is {place}", where="assignment", fix="A place lies in [0, 1); take it of `bucket`."
        )
    if not weights or any(not math.isfinite(weight) or weight < 0 for weight in weights.values()):
        raise UsageError(f"the weights are {dict(weights)}", where="assignment", fix="Every share is 0 or more.")
    if not math.isclose(math.fsum(weights.values()), 1, abs_tol=1e-9):
        raise UsageError(
            f"the weights sum to {math.fsum(weights.values())}", where="assignment", fix="Shares sum to 1."
        )
    reached = 0.0
    shown = [arm for arm in sorted(weights) if weights[arm] > 0]
    for arm in shown[:-1]:
        reached += weights[arm]
        if place < reached:
            return arm, weights[arm]
    return shown[-1], weights[shown[-1]]
