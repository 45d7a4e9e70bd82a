"""What an experiment is about: counts of its arms, and the plan that was agreed before its start."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from ops.errors import UsageError

__all__ = ["ArmCounts", "Plan", "totals"]


@dataclass(frozen=True)
class ArmCounts:
    """What happened to one arm, in all or on one day.

    Attributes:
        arm: Its id.
        impressions: How often it was shown.
        clicks: How many of these were clicked.
        qualified: How many clicks led to a qualified view: at least 30 s, or a tenth of the title.
        expected: Impressions that the logged propensities promised it: their sum over every impression of the
            experiment, whichever arm was shown.
        viewers: Viewers who saw their first picture of the experiment, this arm.
        expected_viewers: As many as the propensities promised it, summed over every such viewer. Where these are
            counted the split is judged by them: a viewer's many impressions are one draw, and no evidence of many.
    """

    arm: str
    impressions: int
    clicks: int
    qualified: int = 0
    expected: float = 0.0
    viewers: int = 0
    expected_viewers: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.qualified <= self.clicks <= self.impressions:
            raise UsageError(
                f"{self.impressions} impressions, {self.clicks} clicks and {self.qualified} qualified views "
                "cannot be: each must hold the next",
                where=f"arm {self.arm}",
                fix="Count a click once an impression, and a qualified view once a click.",
            )
        if not all(math.isfinite(each) and each >= 0 for each in (self.expected, self.expected_viewers)):
            raise UsageError(
                f"{self.expected} impressions and {self.expected_viewers} viewers cannot be expected",
                where=f"arm {self.arm}",
                fix="Sum the logged propensities.",
            )

    def __add__(self, other: ArmCounts) -> ArmCounts:
        if self.arm != other.arm:
            raise UsageError(
                f"counts of two arms, {self.arm} and {other.arm}, do not add up", fix="Add the counts of one arm."
            )
        return ArmCounts(
            self.arm,
            self.impressions + other.impressions,
            self.clicks + other.clicks,
            self.qualified + other.qualified,
            self.expected + other.expected,
            self.viewers + other.viewers,
            self.expected_viewers + other.expected_viewers,
        )

    @property
    def rate(self) -> float:
        """Clicks an impression; nan before the first impression."""
        return self.clicks / self.impressions if self.impressions else math.nan


def totals(days: Iterable[Sequence[ArmCounts]]) -> list[ArmCounts]:
    """Each arm's counts over all days, in the order in which the arms first appear."""
    summed: dict[str, ArmCounts] = {}
    for day in days:
        for counts in day:
            summed[counts.arm] = summed[counts.arm] + counts if counts.arm in summed else counts
    return list(summed.values())


@dataclass(frozen=True)
class Plan:
    """What was agreed before the start, so that no look at the data can bend it.

    Attributes:
        holdout: Share of viewers who always see the incumbent, outside the test.
        floor: Least share of each arm; it keeps every arm learnable and the log fit for off-policy questions.
        min_impressions: Impressions an arm needs before a verdict.
        min_days: Days that must have passed before a verdict: a week holds one of each weekday.
        max_loss: Expected loss, relative to the leader's mean click rate, that is small enough to stop at.
        alpha: How often a test without any difference may name a winner, however often it is looked at.
        novelty_days: The first days, whose effect is compared with that of the later ones.
        guardrail: Relative drop of qualified views a click from which a variant is refused; 1 turns it off.
        max_days: When a test that has proven nothing ends, and the incumbent stays.
    """

    holdout: float = 0.05
    floor: float = 0.02
    min_impressions: int = 1000
    min_days: float = 7.0
    max_loss: float = 0.01
    alpha: float = 0.05
    novelty_days: float = 2.0
    guardrail: float = 0.02
    max_days: float = 42.0

    def __post_init__(self) -> None:
        bounds = {
            "holdout": (0.0, 0.5),
            "floor": (0.0, 0.5),
            "min_impressions": (1, math.inf),
            "min_days": (0.0, math.inf),
            "max_loss": (0.0, 1.0),
            "alpha": (1e-6, 0.5),
            "novelty_days": (0.0, math.inf),
            "guardrail": (0.0, 1.0),
            "max_days": (0.0, math.inf),
        }
        for name, (low, high) in bounds.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
                raise UsageError(
                    f"{name} is {value!r}", where="the plan", fix=f"It is a number from {low:g} to {high:g}."
                )
        if self.max_days < self.min_days:
            raise UsageError(
                f"the test would end after {self.max_days:g} days, before the {self.min_days:g} that it needs",
                where="the plan",
                fix="Let max_days be at least min_days.",
            )

    def to_json(self) -> dict[str, Any]:
        """JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Plan:
        """Read `to_json` back; what is not told keeps its default.

        Raises:
            UsageError: If a term is unknown or out of range.
        """
        unknown = sorted(set(values) - {field.name for field in fields(cls)})
        if unknown:
            raise UsageError(
                f"it has no term {', '.join(unknown)}",
                where="the plan",
                fix=f"Its terms are {', '.join(field.name for field in fields(cls))}.",
            )
        return cls(**values)
