"""What past tests teach about pictures to come: how much more each treatment, face or palette is clicked.

Arms of one test are shown at random, so that what differs between them is cause and not correlation. Each arm's log
click rate is taken against its own test's mean, and pooled over tests with the scatter that pictures have anyway; what
few arms tell is drawn to zero.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ops.experiments.model import ArmCounts
from ops.experiments.posterior import BETWEEN_IMAGES
from ops.experiments.uplift import log_rates

__all__ = ["Lesson", "ShownArm", "draw_lessons", "fit_lean"]

_USUAL_EFFECT = 0.10
"""Standard deviation of what one feature does to log click rates: about half of what whole pictures differ by."""


@dataclass(frozen=True)
class ShownArm:
    """An arm that was shown: what its picture was like, in words, and its counts."""

    features: Mapping[str, str]
    counts: ArmCounts


@dataclass(frozen=True)
class Lesson:
    """What one value of one feature does to clicks, all else at random.

    Attributes:
        feature: For example "treatment".
        value: For example "title".
        effect: Relative gain in clicks over the mean of the same tests, shrunken.
        low: Lower end of its 95 % interval.
        high: Upper end.
        arms: Arms that had it.
        impressions: How often these were shown.
    """

    feature: str
    value: str
    effect: float
    low: float
    high: float
    arms: int
    impressions: int


def draw_lessons(tests: Sequence[Sequence[ShownArm]]) -> list[Lesson]:
    """A lesson a feature and value that some arm had while another of its test had not; the clearest first.

    Args:
        tests: The arms of each test. Tests whose arms were not shown teach nothing.
    """
    told: dict[tuple[str, str], list[tuple[float, float, int]]] = defaultdict(list)
    for test in tests:
        shown = [arm for arm in test if arm.counts.impressions]
        logs, variances = log_rates([arm.counts for arm in shown])
        spread = variances + BETWEEN_IMAGES**2
        for feature in sorted({name for arm in shown for name in arm.features}):
            values = [arm.features.get(feature, "") for arm in shown]
            for value in sorted(set(values)):
                own = [place for place, each in enumerate(values) if each == value]
                rest = [place for place, each in enumerate(values) if each != value]
                if not rest or not value:
                    continue
                # against the mean of all arms of the test, of which `own` are a part
                weights = 1 / spread
                mean = float(weights @ logs / weights.sum())
                for place in own:
                    told[feature, value].append(
                        (float(logs[place]) - mean, float(spread[place]), shown[place].counts.impressions)
                    )
    lessons = [_pooled(feature, value, arms) for (feature, value), arms in told.items()]
    return sorted(lessons, key=lambda each: (-abs(math.log1p(each.effect)), each.feature, each.value))


def _pooled(feature: str, value: str, arms: Sequence[tuple[float, float, int]]) -> Lesson:
    precision = 1 / _USUAL_EFFECT**2 + sum(1 / variance for _, variance, _ in arms)
    mean = sum(gain / variance for gain, variance, _ in arms) / precision
    margin = 1.96 / math.sqrt(precision)
    return Lesson(
        feature=feature,
        value=value,
        effect=math.expm1(mean),
        low=math.expm1(mean - margin),
        high=math.expm1(mean + margin),
        arms=len(arms),
        impressions=sum(shown for _, _, shown in arms),
    )


def fit_lean(tests: Sequence[Sequence[ShownArm]]) -> dict[str, dict[str, float]]:
    """What each value of each feature is worth beside all others, 1 is neutral: how a planner leans.

    Lessons are told one feature at a time, and a title lockup that is also dark would be counted twice by a planner
    that multiplied them. This is one ridge regression of the log click rates, each against its test's mean, on all
    features together; arms weigh by the inverse of their variance and the scatter that pictures have anyway.

    Args:
        tests: The arms of each test.

    Returns:
        Feature → value → factor.
    """
    names = sorted({(name, value) for test in tests for arm in test for name, value in arm.features.items() if value})
    if not names:
        return {}
    column = {name: place for place, name in enumerate(names)}
    precision, pulled = np.eye(len(names)) / _USUAL_EFFECT**2, np.zeros(len(names))
    for test in tests:
        shown = [arm for arm in test if arm.counts.impressions]
        if len(shown) < 2:
            continue
        logs, variances = log_rates([arm.counts for arm in shown])
        weights = 1 / (variances + BETWEEN_IMAGES**2)
        has = np.zeros((len(shown), len(names)))
        for place, arm in enumerate(shown):
            has[place, [column[each] for each in arm.features.items() if each[1]]] = 1.0
        has -= weights @ has / weights.sum()
        gains = np.asarray(logs) - float(weights @ logs / weights.sum())
        precision += has.T @ (weights[:, None] * has)
        pulled += has.T @ (weights * gains)
    effects = np.linalg.solve(precision, pulled)
    lean: dict[str, dict[str, float]] = {}
    for (feature, value), effect in zip(names, effects, strict=True):
        lean.setdefault(feature, {})[value] = float(np.exp(effect))
    return lean
