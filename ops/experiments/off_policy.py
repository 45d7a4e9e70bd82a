"""What another policy would have earned, from the log of the one that served: it is asked before it may serve.

Each logged impression has its action's propensity p_b and the probability p_e that the new policy gives it; the weight
is w = p_e / p_b. IPS = mean(w r), SNIPS = sum(w r) / sum(w), DR = mean(q(x, pi) + w (r - q(x, a))). Where the
new policy wants what was hardly ever shown, few impressions carry all the weight and any number would be chance: then
there is a `Refusal`, and no estimate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from ops.errors import UsageError

__all__ = ["LEAST_EFFECTIVE", "WEIGHT_DRIFT", "Estimate", "Gain", "Log", "Refusal", "Value", "evaluate", "gain"]

LEAST_EFFECTIVE = 500
"""Effective sample below which there is no answer."""

WEIGHT_DRIFT = 0.1
"""Weights average 1 if the propensities are true and cover the new policy; this far from it there is no answer."""


@dataclass(frozen=True)
class Log:
    """Logged impressions, as seen by one policy that is to be judged.

    Attributes:
        rewards: (N,) 1 for a click, 0 for none.
        propensities: (N,) with what probability the action was shown, above 0.
        targets: (N,) with what probability the judged policy shows that action in that context.
        modelled: (N,) the reward a model expects of the action, fitted on other impressions; None without a model.
        modelled_target: (N,) the reward it expects of the judged policy in that context; None without a model.
    """

    rewards: np.ndarray
    propensities: np.ndarray
    targets: np.ndarray
    modelled: np.ndarray | None = None
    modelled_target: np.ndarray | None = None

    def __post_init__(self) -> None:
        given = [self.rewards, self.propensities, self.targets, self.modelled, self.modelled_target]
        shapes = {each.shape for each in given if each is not None}
        if len(shapes) != 1 or len(self.rewards) < 2 or self.rewards.ndim != 1:
            raise UsageError(
                f"columns of the shapes {sorted(shapes)} are no log",
                where="off-policy",
                fix="Give one number an impression in each column, for two impressions or more.",
            )
        if (self.modelled is None) != (self.modelled_target is None):
            raise UsageError("half a model was given", where="off-policy", fix="Give both of its columns, or none.")
        if not (np.all(self.propensities > 0) and np.all(self.propensities <= 1) and np.all(self.targets >= 0)):
            raise UsageError(
                "an impression has a propensity outside (0, 1], or a negative target",
                where="off-policy",
                fix="Log the probability with which each action was shown; what was shown had one above 0.",
            )

    @property
    def weights(self) -> np.ndarray:
        """(N,) how much more often the judged policy shows what was shown."""
        return self.targets / self.propensities


@dataclass(frozen=True)
class Value:
    """An estimated reward an impression, with its interval."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class Estimate:
    """What the judged policy would have earned.

    Attributes:
        ips: By inverse propensity.
        snips: The same, self-normalised: steadier, biased by little.
        dr: Doubly robust; None without a model.
        clipped: By inverse propensity with weights clipped at `clip`: low, and steadier; None without a clip.
        effective: Impressions of its own that the log is worth, (sum w)² / sum w².
        mean_weight: Near 1 where propensities are true.
        n: Logged impressions.
    """

    ips: Value
    snips: Value
    dr: Value | None
    clipped: Value | None
    effective: float
    mean_weight: float
    n: int

    @property
    def best(self) -> Value:
        """The estimate to go by: doubly robust where there is a model, else self-normalised."""
        return self.dr or self.snips


@dataclass(frozen=True)
class Refusal:
    """Why there is no answer.

    Attributes:
        reason: In words.
        effective: Impressions of its own that the log is worth.
        mean_weight: What the weights average.
        n: Logged impressions.
    """

    reason: str
    effective: float
    mean_weight: float
    n: int


@dataclass(frozen=True)
class Gain:
    """What one policy earns more than another, by the same log: the difference an impression, with its interval."""

    difference: Value
    new: Estimate
    old: Estimate

    @property
    def beats(self) -> bool:
        """Whether the new policy may replace the old: all of the interval lies above 0."""
        return self.difference.low > 0


def evaluate(log: Log, *, clip: float | None = None, level: float = 0.95) -> Estimate | Refusal:
    """Estimate the judged policy's reward, or refuse.

    Args:
        log: What was logged.
        clip: The largest weight of the clipped estimate, which is given beside the others.
        level: How often the intervals hold the truth.
    """
    weights, rewards = log.weights, log.rewards
    refused = _refusal(weights)
    if refused is not None:
        return refused
    snips = float(weights @ rewards / weights.sum())
    return Estimate(
        ips=_mean(weights * rewards, level),
        snips=_around(snips, weights * (rewards - snips) / weights.mean(), level),
        dr=_mean(terms, level) if (terms := _doubly_robust(log)) is not None else None,
        clipped=None if clip is None else _mean(np.minimum(weights, clip) * rewards, level),
        effective=float(weights.sum() ** 2 / (weights**2).sum()),
        mean_weight=float(weights.mean()),
        n=len(weights),
    )


def gain(new: Log, old: Log, *, level: float = 0.95) -> Gain | Refusal:
    """Compare two policies on one log, impression by impression, so that what both share cancels.

    Args:
        new: The log as seen by the policy that wants to serve.
        old: The same log as seen by the one that serves, for example the global winner.
        level: How often the interval holds the truth.

    Raises:
        UsageError: If the two are not the same log.
    """
    if not (np.array_equal(new.rewards, old.rewards) and np.array_equal(new.propensities, old.propensities)):
        raise UsageError("two logs were given", where="off-policy", fix="Judge both policies on the same impressions.")
    ahead, behind = evaluate(new, level=level), evaluate(old, level=level)
    for refused in (ahead, behind):
        if isinstance(refused, Refusal):
            return refused
    assert isinstance(ahead, Estimate) and isinstance(behind, Estimate)
    terms = [_terms(new, ahead), _terms(old, behind)]
    return Gain(_around(ahead.best.estimate - behind.best.estimate, terms[0] - terms[1], level), ahead, behind)


def _refusal(weights: np.ndarray) -> Refusal | None:
    squares, mean = float((weights**2).sum()), float(weights.mean())
    effective = float(weights.sum() ** 2 / squares) if squares else 0.0
    reasons = []
    if effective < LEAST_EFFECTIVE:
        reasons.append(f"the log is worth {effective:,.0f} impressions of this policy, less than {LEAST_EFFECTIVE}")
    if not abs(mean - 1) <= WEIGHT_DRIFT:
        reasons.append(f"the weights average {mean:.3g} instead of 1, so the log does not cover it")
    return Refusal(" and ".join(reasons), effective, mean, len(weights)) if reasons else None


def _doubly_robust(log: Log) -> np.ndarray | None:
    if log.modelled is None or log.modelled_target is None:
        return None
    return log.modelled_target + log.weights * (log.rewards - log.modelled)


def _terms(log: Log, estimate: Estimate) -> np.ndarray:
    """(N,) what each impression adds to the best estimate, about its value."""
    robust = _doubly_robust(log)
    if robust is not None:
        return robust - estimate.best.estimate
    return log.weights * (log.rewards - estimate.best.estimate) / estimate.mean_weight


def _mean(terms: np.ndarray, level: float) -> Value:
    return _around(float(terms.mean()), terms, level)


def _around(estimate: float, terms: np.ndarray, level: float) -> Value:
    half = float(special.ndtri((1 + level) / 2)) * float(terms.std(ddof=1)) / math.sqrt(len(terms))
    return Value(estimate, estimate - half, estimate + half)
