"""What a test's counts say about each arm, in numbers: every one that a decision or a page shows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from scipy import special

from ops.experiments.exhibit import CLICKS, Reward
from ops.experiments.intervals import wilson
from ops.experiments.model import ArmCounts, Plan, totals
from ops.experiments.posterior import (
    BETWEEN_IMAGES,
    Beta,
    BetaPrior,
    Uplift,
    expected_loss,
    posteriors,
    probability_best,
    shrunken_uplift,
)
from ops.experiments.sequential import AlwaysValid, always_valid, holm, running
from ops.experiments.strata import like_with_like
from ops.experiments.uplift import log_rates

__all__ = ["ArmEvidence", "Novelty", "gather_evidence", "novelty"]

EFFECT_SCALE = math.sqrt(2) * BETWEEN_IMAGES
"""The log ratio of two pictures' click rates that the sequential test is tuned for: as large as they usually are."""

HARMED = 0.95
"""How likely it must be that an arm's clicks are watched less than the guardrail allows for the arm to be refused."""

FADES = 0.01
"""p-value from which an effect that was larger in the first days than later counts as novelty."""


@dataclass(frozen=True)
class ArmEvidence:
    """One arm's numbers.

    Attributes:
        arm: Its id.
        impressions: How often it was shown.
        clicks: How often it was clicked.
        rate: Clicks an impression, days and positions compared like with like.
        interval: Wilson's 95 % interval of its plain click rate; None before the first impression.
        p_best: How likely it is the best arm of those that are not refused.
        p_beats_incumbent: How likely it is better than the incumbent; None for the incumbent.
        loss: What choosing it is expected to cost, relative to the leader's mean; infinite where it is refused.
        uplift: Its gain over the incumbent, shrunken; None for the incumbent.
        always_valid: Its gain over the incumbent at every look so far, `p` adjusted for the number of arms (Holm);
            None for the incumbent and before the first impressions.
        watched: Qualified views a click, or an impression where the reward's guardrail compares those; None without.
        p_harm: How likely these are below the incumbent's by more than the guardrail; None for the incumbent and where
            no qualified view was logged.
        p_more_watched: How likely it has more qualified views an impression than the incumbent; None as above.
        refused: Whether the guardrail refuses it.
    """

    arm: str
    impressions: int
    clicks: int
    rate: float
    interval: tuple[float, float] | None
    p_best: float
    p_beats_incumbent: float | None
    loss: float
    uplift: Uplift | None
    always_valid: AlwaysValid | None
    watched: float | None
    p_harm: float | None
    p_more_watched: float | None
    refused: bool = False

    def to_json(self) -> dict[str, Any]:
        """JSON values."""
        return {
            **asdict(self),
            "interval": list(self.interval) if self.interval else None,
            "loss": None if self.refused else self.loss,
        }


@dataclass(frozen=True)
class Novelty:
    """An arm's gain over the incumbent in the first days and later, and the p-value that it has become less."""

    early: float
    later: float
    p: float

    @property
    def fades(self) -> bool:
        """Whether the first days may not count."""
        return self.p < FADES


def gather_evidence(
    plan: Plan,
    days: Sequence[Sequence[ArmCounts]],
    incumbent: str,
    prior: BetaPrior,
    positions: Sequence[Sequence[ArmCounts]] = (),
    *,
    reward: Reward = CLICKS,
) -> list[ArmEvidence]:
    """Every arm's numbers after the last day.

    Args:
        plan: What was agreed.
        days: Counts, day by day; at least one impression in all.
        incumbent: The arm that the others are measured against.
        prior: What was believed before.
        positions: The same impressions by position, where these are logged.
        reward: What the counts' clicks stand for.
    """
    counts = {each.arm: each for each in totals(days)}
    fair = like_with_like(days, positions)
    like, base = {each.arm: each for each in fair}, counts[incumbent]
    seen = any(each.qualified for each in counts.values())
    harm = {arm: _harm(own, base, plan, reward) for arm, own in counts.items() if seen and arm != incumbent}
    refused = {arm for arm, p in harm.items() if plan.guardrail < 1 and p >= HARMED}
    beliefs = {each.arm: each for each in posteriors(fair, prior)}
    eligible = [each for each in beliefs.values() if each.arm not in refused]
    best, loss = probability_best(eligible), expected_loss(eligible)
    leading = max(each.mean for each in eligible)
    uplifts, looks = shrunken_uplift(fair, incumbent), _looks(plan, days, incumbent, fair)
    return [
        ArmEvidence(
            arm=arm,
            impressions=own.impressions,
            clicks=own.clicks,
            rate=like[arm].rate if own.impressions else 0.0,
            interval=wilson(own.clicks, own.impressions) if own.impressions else None,
            p_best=best.get(arm, 0.0),
            p_beats_incumbent=None if arm == incumbent else _beats(beliefs[arm], beliefs[incumbent]),
            loss=loss.get(arm, math.inf) / leading,
            uplift=uplifts.get(arm),
            always_valid=looks.get(arm),
            watched=own.qualified / _guarded(own, reward) if _guarded(own, reward) else None,
            p_harm=harm.get(arm),
            p_more_watched=_more_watched(like[arm], like[incumbent]) if arm in harm else None,
            refused=arm in refused,
        )
        for arm, own in counts.items()
    ]


def novelty(days: Sequence[Sequence[ArmCounts]], arm: str, incumbent: str, first_days: float) -> Novelty | None:
    """How an arm's gain over the incumbent in the first days compares with that of the later ones.

    None while either part lacks impressions of either arm.
    """
    cut = math.ceil(first_days)
    parts = []
    for part in (days[:cut], days[cut:]):
        counts = {each.arm: each for each in like_with_like(part)}
        if any(name not in counts or not counts[name].impressions for name in (arm, incumbent)):
            return None
        parts.append(_gain(counts[arm], counts[incumbent]))
    (early, early_variance), (later, later_variance) = parts
    z = (early - later) / math.sqrt(early_variance + later_variance)
    return Novelty(math.expm1(early), math.expm1(later), float(special.ndtr(-z)))


def _looks(
    plan: Plan, days: Sequence[Sequence[ArmCounts]], incumbent: str, fair: Sequence[ArmCounts]
) -> Mapping[str, AlwaysValid]:
    """What the looks at each day's end say together, as gains (0.2: a fifth more), p adjusted by Holm.

    The positions' weight is that of all days: they differ little from day to day.
    """
    plain = {each.arm: each.impressions for each in like_with_like(days)}
    place = {each.arm: each.impressions / plain[each.arm] if plain[each.arm] else 1.0 for each in fair}
    challengers = [each.arm for each in fair if each.arm != incumbent]
    looks: dict[str, list[AlwaysValid]] = {arm: [] for arm in challengers}
    for end in range(1, len(days) + 1):
        counts = {
            each.arm: replace(each, impressions=max(each.clicks, round(each.impressions * place[each.arm])))
            for each in like_with_like(days[:end])
        }
        for arm in challengers:
            if all(name in counts and counts[name].impressions for name in (arm, incumbent)):
                gain, variance = _gain(counts[arm], counts[incumbent])
                looks[arm].append(always_valid(gain, variance, scale=EFFECT_SCALE, alpha=plan.alpha))
    whole = {arm: seen for arm in challengers if (seen := running(looks[arm])) is not None}
    adjusted = holm([seen.p for seen in whole.values()])
    return {
        arm: AlwaysValid(math.expm1(seen.estimate), math.expm1(seen.low), math.expm1(seen.high), p)
        for (arm, seen), p in zip(whole.items(), adjusted, strict=True)
    }


def _gain(arm: ArmCounts, incumbent: ArmCounts) -> tuple[float, float]:
    """The log ratio of two arms' click rates, and its variance."""
    logs, variances = log_rates([incumbent, arm])
    return float(logs[1] - logs[0]), float(np.sum(variances))


def _beats(arm: Beta, base: Beta) -> float:
    return probability_best([arm, base])[arm.arm]


def _guarded(counts: ArmCounts, reward: Reward) -> int:
    """Of how many the qualified views are a share, for the guardrail."""
    return counts.impressions if reward.of_impressions else counts.clicks


def _harm(arm: ArmCounts, incumbent: ArmCounts, plan: Plan, reward: Reward) -> float:
    """How likely qualified views a click (or an impression) are below the incumbent's by more than the guardrail."""
    gain, variance = _gain(*(_watched(each, _guarded(each, reward)) for each in (arm, incumbent)))
    bound = math.log(max(1e-9, 1 - plan.guardrail))
    return float(special.ndtr((bound - gain) / math.sqrt(variance)))


def _more_watched(arm: ArmCounts, incumbent: ArmCounts) -> float:
    """How likely qualified views an impression are above the incumbent's."""
    gain, variance = _gain(_watched(arm, arm.impressions), _watched(incumbent, incumbent.impressions))
    return float(special.ndtr(gain / math.sqrt(variance)))


def _watched(counts: ArmCounts, of: int) -> ArmCounts:
    """Qualified views, counted as successes of clicks or of impressions."""
    return ArmCounts(counts.arm, of, counts.qualified)
