"""May a contextual policy serve? It learns from the earlier half of the log, and is judged on the later one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ops.errors import UsageError
from ops.experiments.contextual import ContextualPolicy
from ops.experiments.off_policy import Gain, Log, Refusal, gain

__all__ = ["Impression", "try_policy"]


@dataclass(frozen=True)
class Impression:
    """One logged impression.

    Attributes:
        context: The viewer's and title's features; None where nothing is known.
        arm: What was shown.
        propensity: With what probability.
        reward: 1 for a click (or a qualified view), 0 for none.
    """

    context: Mapping[str, float] | None
    arm: str
    propensity: float
    reward: float


def try_policy(
    log: Sequence[Impression], policy: ContextualPolicy, champion: str, *, level: float = 0.95
) -> tuple[ContextualPolicy, Gain | Refusal]:
    """Teach a policy the earlier half of a log, and compare it with the global winner on the later half.

    Args:
        log: Impressions in the order of their time; their propensities must reach every arm.
        policy: A policy that knows nothing of this log yet.
        champion: The global winner, which is shown to everyone today, and to viewers the policy knows nothing of.
        level: How often the interval of the gain holds the truth.

    Returns:
        The taught policy, and what it gains; it may serve if that is a `Gain` that `beats`.

    Raises:
        UsageError: If the champion is not an arm, or the log has fewer than four impressions.
    """
    if champion not in policy.arms or len(log) < 4:
        raise UsageError(
            f"{champion} cannot be challenged by a log of {len(log)} impressions",
            where="the policy's trial",
            fix=f"Name one of {', '.join(policy.arms)}, and bring more of the log.",
        )
    middle = len(log) // 2
    for each in log[:middle]:
        if each.context is not None:
            policy = policy.learned(each.arm, each.context, each.reward)
    judged = log[middle:]
    alone = {arm: float(arm == champion) for arm in policy.arms}
    known: dict[tuple | None, tuple[dict[str, float], dict[str, float]]] = {}
    rows = []
    for each in judged:
        key = None if each.context is None else tuple(sorted(each.context.items()))
        if key not in known:
            known[key] = policy.weights(each.context, fallback=alone), policy.expected(each.context or {})
        shares, hoped = known[key]
        target = sum(shares[arm] * hoped[arm] for arm in shares)
        shown = shares[each.arm], alone[each.arm], hoped[each.arm]
        rows.append((each.reward, each.propensity, *shown, target, hoped[champion]))
    reward, propensity, new, old, modelled, of_new, of_old = np.array(rows, float).T
    return policy, gain(
        Log(reward, propensity, new, modelled, of_new), Log(reward, propensity, old, modelled, of_old), level=level
    )
