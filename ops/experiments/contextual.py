"""Which picture for whom: one linear model of the click an arm, over features of the viewer's segment and the title.

Linear Thompson sampling (Agrawal and Goyal 2013) and LinUCB (Li et al., arXiv 1003.0146, algorithm 1). An arm keeps
the inverse of A = ridge I + sum x x' and b = sum r x; a reward changes both by a rank-one step (Sherman and Morrison),
without solving anything. Values are immutable, and go to and from JSON.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import numpy as np

from ops.errors import UsageError
from ops.experiments.allocation import floored

__all__ = ["ContextualPolicy", "Explore", "LinearArm"]

_DRAWS = 4_000
"""Shares are then right to 0.008; they are logged as they are used, and the front page waits for them."""


class Explore(StrEnum):
    """How what is not known yet is sought out."""

    THOMPSON = "thompson"
    """By drawing from what is believed."""
    UCB = "ucb"
    """By the upper bound of what is believed: the best such arm gets all but the floors."""


@dataclass(frozen=True)
class LinearArm:
    """What is known of one arm.

    Attributes:
        inverse: (D, D) inverse of ridge I + sum x x'.
        rewards: (D,) sum of the contexts that were clicked.
        seen: Impressions it learned from.
        clicks: Clicks among them.
    """

    inverse: np.ndarray
    rewards: np.ndarray
    seen: int = 0
    clicks: float = 0.0

    @classmethod
    def new(cls, features: int, ridge: float) -> LinearArm:
        """An arm that nothing is known of."""
        return cls(np.eye(features) / ridge, np.zeros(features))

    @property
    def theta(self) -> np.ndarray:
        """(D,) the fitted weights."""
        return self.inverse @ self.rewards

    def learned(self, x: np.ndarray, reward: float) -> LinearArm:
        """The arm after one more impression in the (D,) context x, clicked (1) or not (0)."""
        ax = self.inverse @ x
        inverse = self.inverse - np.outer(ax, ax) / (1.0 + float(x @ ax))
        return LinearArm(inverse, self.rewards + reward * x, self.seen + 1, self.clicks + reward)

    def judged(self, x: np.ndarray) -> tuple[float, float]:
        """The expected reward in a context, and x' A^-1 x, its variance in units of the noise."""
        return float(self.theta @ x), max(0.0, float(x @ self.inverse @ x))


@dataclass(frozen=True)
class ContextualPolicy:
    """A policy over named features. A constant one is added to them.

    Attributes:
        features: Names of the features, in the order of the models' weights.
        arms: Each arm's model.
        explore: How what is not known is sought out.
        width: Standard deviations that the bound lies above the mean (UCB), or the draws' stretch (Thompson).
        ridge: How strongly weights are drawn to 0.
        floor: Least share of each arm.
        least: Impressions that every arm must have taught, below which the policy falls back.
    """

    features: tuple[str, ...]
    arms: Mapping[str, LinearArm]
    explore: Explore = Explore.THOMPSON
    width: float = 1.0
    ridge: float = 1.0
    floor: float = 0.02
    least: int = 1000

    @classmethod
    def new(cls, features: Sequence[str], arms: Iterable[str], **settings: Any) -> ContextualPolicy:
        """A policy that knows nothing yet; `settings` are the other attributes."""
        policy = cls(tuple(features), {}, **settings)
        if len(set(policy.features)) != len(policy.features) or not policy.ridge > 0:
            raise UsageError(
                f"features {policy.features} with ridge {policy.ridge} make no policy",
                where="the contextual policy",
                fix="Name each feature once, and let the ridge be above 0.",
            )
        size = 1 + len(policy.features)
        return replace(policy, arms={arm: LinearArm.new(size, policy.ridge) for arm in arms})

    def vector(self, context: Mapping[str, float]) -> np.ndarray:
        """(D,) the constant 1 and the features' values; what the context does not tell is 0.

        Raises:
            UsageError: If it tells of a feature that the policy does not know, or of a value that is no number.
        """
        unknown = sorted(set(context) - set(self.features))
        if unknown or not all(math.isfinite(value) for value in context.values()):
            raise UsageError(
                f"the context {dict(context)} cannot be read",
                where="the contextual policy",
                fix=f"Its features are {', '.join(self.features)}, each a finite number.",
            )
        return np.array([1.0, *(float(context.get(name, 0.0)) for name in self.features)])

    def learned(self, arm: str, context: Mapping[str, float], reward: float) -> ContextualPolicy:
        """The policy after one impression of an arm, clicked (1) or not (0)."""
        if arm not in self.arms:
            raise UsageError(f"no arm is {arm}", where="the contextual policy", fix=f"Arms: {', '.join(self.arms)}.")
        return replace(self, arms={**self.arms, arm: self.arms[arm].learned(self.vector(context), reward)})

    def weights(
        self, context: Mapping[str, float] | None, *, fallback: Mapping[str, float], seed: int = 0
    ) -> dict[str, float]:
        """Each arm's share for a viewer: exact propensities, over the floor.

        A viewer of whom nothing is known (None), and a policy with an arm that has taught too little, get the
        fallback.

        Args:
            context: The viewer's and title's features.
            fallback: Shares from the global posterior, as `thompson_weights` gives them.
            seed: Of Thompson's draws; the same seed, context and state give the same shares.
        """
        if context is None or any(arm.seen < self.least for arm in self.arms.values()):
            return dict(fallback)
        x = self.vector(context)
        judged = np.array([arm.judged(x) for arm in self.arms.values()])
        spread = self.width * self._noise() * np.sqrt(judged[:, 1])
        if self.explore is Explore.UCB:
            shares = np.zeros(len(judged))
            shares[int(np.argmax(judged[:, 0] + spread))] = 1.0
        else:
            draws = np.random.default_rng(seed).normal(judged[:, 0], spread, size=(_DRAWS, len(judged)))
            shares = np.bincount(draws.argmax(axis=1), minlength=len(judged)) / _DRAWS
        return {arm: float(share) for arm, share in zip(self.arms, floored(shares, self.floor), strict=True)}

    def expected(self, context: Mapping[str, float]) -> dict[str, float]:
        """Each arm's expected click rate in a context: the direct model of the doubly robust estimate."""
        x = self.vector(context)
        return {name: float(np.clip(arm.theta @ x, 0, 1)) for name, arm in self.arms.items()}

    def _noise(self) -> float:
        """Standard deviation of one reward about its mean: that of a coin of the pooled click rate."""
        rate = (sum(arm.clicks for arm in self.arms.values()) + 1) / (sum(arm.seen for arm in self.arms.values()) + 2)
        return math.sqrt(max(0.0, rate * (1 - rate)))

    def to_json(self) -> dict[str, Any]:
        """JSON values that hold the whole state."""
        return {
            "features": list(self.features),
            "explore": str(self.explore),
            "width": self.width,
            "ridge": self.ridge,
            "floor": self.floor,
            "least": self.least,
            "arms": {
                name: {
                    "inverse": arm.inverse.tolist(),
                    "rewards": arm.rewards.tolist(),
                    "seen": arm.seen,
                    "clicks": arm.clicks,
                }
                for name, arm in self.arms.items()
            },
        }

    @classmethod
    def from_json(cls, state: Mapping[str, Any]) -> ContextualPolicy:
        """Read `to_json` back.

        Raises:
            UsageError: If it is not a policy's state.
        """
        try:
            arms = {
                name: LinearArm(
                    np.array(arm["inverse"], float), np.array(arm["rewards"], float), int(arm["seen"]), arm["clicks"]
                )
                for name, arm in state["arms"].items()
            }
            settings = {name: state[name] for name in ("width", "ridge", "floor", "least")}
            policy = cls(tuple(state["features"]), arms, explore=Explore(state["explore"]), **settings)
        except (KeyError, TypeError, ValueError, AttributeError) as wrong:
            raise UsageError(
                f"it holds no such policy ({wrong!r})",
                where="the contextual policy's state",
                fix="Write it with `to_json`, or start a new policy.",
            ) from wrong
        size = 1 + len(policy.features)
        if any(arm.inverse.shape != (size, size) or arm.rewards.shape != (size,) for arm in arms.values()):
            raise UsageError(
                f"its models are not over {len(policy.features)} features",
                where="the contextual policy's state",
                fix="Start a new policy when the features change.",
            )
        return policy
