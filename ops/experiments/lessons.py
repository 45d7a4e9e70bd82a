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

from ops.experiments.model import ArmCounts
from ops.experiments.posterior import BETWEEN_IMAGES
from ops.experiments.uplift import log_rates

__all__ = ["Lesson", "ShownArm", "draw_lessons", "lean_of"]

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


def lean_of(lessons: Sequence[Lesson], feature: str) -> dict[str, float]:
    """What each value of a feature is worth, 1 is neutral: how a planner leans towards what was clicked."""
    return {each.value: 1 + each.effect for each in lessons if each.feature == feature}
