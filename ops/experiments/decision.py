"""Whether a test is over, and who won: one verdict, with every number behind it and the reasons in words.

Two questions are asked of the leading arm, and both must be answered yes before it replaces the incumbent. Is little
to be gained by testing on: is the expected loss of choosing it small? And has it been shown to be better than the
incumbent by a test that stays valid however often it is looked at? The first alone names a winner in every test
without any difference; the second alone goes on for weeks between two arms that are equally good.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from ops.errors import UsageError
from ops.experiments.evidence import ArmEvidence, Novelty, gather_evidence, novelty
from ops.experiments.exhibit import CLICKS, Reward
from ops.experiments.model import ArmCounts, Plan, totals
from ops.experiments.posterior import BetaPrior
from ops.experiments.power import ALWAYS_VALID_COST, impressions_per_arm
from ops.experiments.srm import ALARM, sample_ratio_mismatch

__all__ = ["Decision", "Verdict", "decide"]

_LOGGED = 0.99
"""Share of the viewers or impressions whose propensities must have been logged."""


class Verdict(StrEnum):
    """What is to be done."""

    KEEP_RUNNING = "keep_running"
    WINNER = "winner"
    """Show the arm instead of the incumbent."""
    INCUMBENT_STAYS = "incumbent_stays"
    """No variant is better by more than was agreed to matter."""
    UNDECIDED = "undecided"
    """The agreed time is over and nothing is proven: the incumbent stays."""
    INVALID = "invalid"
    """The counts cannot be trusted: mend the split or the log, and start again."""


@dataclass(frozen=True)
class Decision:
    """A verdict and what it rests on.

    Attributes:
        verdict: What is to be done.
        arm: The arm to show from now on; None while the test runs, and where it is invalid.
        leader: The arm that would be chosen now; None before the first impression.
        reasons: The grounds, as sentences.
        arms: Every arm's numbers, from all days or, where novelty fades, from the later ones.
        refused: Arms that fewer viewers stay with than the guardrail allows.
        days: Days that passed.
        impressions: Impressions in all.
        srm_p: p-value of the sample-ratio-mismatch test; None where no propensities were logged.
        novelty: The leader's gain in the first days and later; None while there is no telling.
        days_left: Days after which the leader's gain may be proven at today's pace; None where that is not the matter.
    """

    verdict: Verdict
    arm: str | None
    leader: str | None
    reasons: tuple[str, ...]
    arms: tuple[ArmEvidence, ...] = ()
    refused: tuple[str, ...] = ()
    days: float = 0.0
    impressions: int = 0
    srm_p: float | None = None
    novelty: Novelty | None = None
    days_left: float | None = None

    def to_json(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "verdict": str(self.verdict),
            "arm": self.arm,
            "leader": self.leader,
            "reasons": list(self.reasons),
            "arms": [each.to_json() for each in self.arms],
            "refused": list(self.refused),
            "days": self.days,
            "impressions": self.impressions,
            "srm_p": self.srm_p,
            "novelty": asdict(self.novelty) if self.novelty else None,
            "days_left": self.days_left,
        }


def decide(
    plan: Plan,
    days: Sequence[Sequence[ArmCounts]],
    incumbent: str,
    prior: BetaPrior,
    *,
    positions: Sequence[Sequence[ArmCounts]] = (),
    elapsed_days: float | None = None,
    reward: Reward = CLICKS,
) -> Decision:
    """Judge a test by all that was seen until now. Ask as often as you like.

    Args:
        plan: What was agreed before the start.
        days: Counts of every arm, day by day, from the first on; viewers of the holdout are not in them.
        incumbent: The arm that is shown if nothing is proven.
        prior: What was believed before; see `empirical_prior`.
        positions: The same impressions by the position they were shown at, where positions are logged.
        elapsed_days: Days since the start; as many as there are counts of, if not told.
        reward: What the counts' clicks stand for: the clicks of a picture, or the completions of a trailer.

    Raises:
        UsageError: If the incumbent is not an arm, or is the only one.
    """
    counts = totals(days)
    passed = float(len(days) if elapsed_days is None else elapsed_days)
    impressions = sum(each.impressions for each in counts)
    if impressions == 0:
        return Decision(Verdict.KEEP_RUNNING, None, None, ("No arm was shown yet.",), days=passed)
    if len(counts) < 2 or incumbent not in [each.arm for each in counts]:
        raise UsageError(
            f"the arms are {', '.join(each.arm for each in counts)}, and {incumbent} is to be the incumbent",
            where="the decision",
            fix="Count the incumbent and at least one variant.",
        )
    srm_p, broken = _split(counts)
    arms = gather_evidence(plan, days, incumbent, prior, positions, reward=reward)
    leader, refused, guard = _leader(arms, incumbent, reward)
    fading = novelty(days, leader.arm, incumbent, plan.novelty_days) if leader.arm != incumbent else None
    if fading is not None and fading.fades:
        later = days[math.ceil(plan.novelty_days) :]
        arms = gather_evidence(plan, later, incumbent, prior, positions, reward=reward)
        leader, refused, guard = _leader(arms, incumbent, reward)
        guard = (
            f"The first days do not count: the gain fell from {_percent(fading.early)} to {_percent(fading.later)}.",
            *guard,
        )
    left = _days_left(plan, arms, leader, incumbent, passed)
    if broken:
        verdict, reasons = Verdict.INVALID, (broken,)
    else:
        verdict, reasons = _judge(plan, arms, leader, incumbent, passed=passed, left=left, reward=reward)
    return Decision(
        verdict=verdict,
        arm={Verdict.WINNER: leader.arm, Verdict.INCUMBENT_STAYS: incumbent, Verdict.UNDECIDED: incumbent}.get(verdict),
        leader=leader.arm,
        reasons=(*reasons, *guard),
        arms=tuple(arms),
        refused=refused,
        days=passed,
        impressions=impressions,
        srm_p=srm_p,
        novelty=fading,
        days_left=left,
    )


def _split(counts: Sequence[ArmCounts]) -> tuple[float | None, str]:
    """The sample ratio's p-value, and what is wrong with the split, if anything."""
    by_viewer = any(each.viewers for each in counts)
    unit = "viewers" if by_viewer else "impressions"
    seen = [each.viewers if by_viewer else each.impressions for each in counts]
    promised = [each.expected_viewers if by_viewer else each.expected for each in counts]
    if not _LOGGED <= sum(promised) / sum(seen) <= 2 - _LOGGED:
        told = f"propensities were logged for {sum(promised):,.0f} of {sum(seen):,} {unit}"
        return None, f"The split cannot be checked: {told}."
    p = sample_ratio_mismatch(seen, promised)
    if p >= ALARM:
        return p, ""
    off = max(range(len(counts)), key=lambda k: abs(seen[k] - promised[k]))
    return p, (
        f"The traffic was not split as promised (p = {p:.2g}): {counts[off].arm} got {seen[off]:,} {unit} "
        f"instead of {promised[off]:,.0f}."
    )


def _leader(
    arms: Sequence[ArmEvidence], incumbent: str, reward: Reward
) -> tuple[ArmEvidence, tuple[str, ...], tuple[str, ...]]:
    """The arm to choose now, those the guardrail refuses, and words for the refusals."""
    refused = tuple(each.arm for each in arms if each.refused)
    base = next(each for each in arms if each.arm == incumbent)
    leader = min((each for each in arms if not each.refused), key=lambda each: (each.loss, each.arm))
    told = "impressions" if reward.of_impressions else reward.name
    words = tuple(
        f"{each.arm} is refused: {_share(each.watched)} of its {told} are watched, of the incumbent's "
        f"{_share(base.watched)}."
        for each in arms
        if each.refused
    )
    return leader, refused, words


def _judge(
    plan: Plan,
    arms: Sequence[ArmEvidence],
    leader: ArmEvidence,
    incumbent: str,
    *,
    passed: float,
    left: float | None,
    reward: Reward,
) -> tuple[Verdict, tuple[str, ...]]:
    standing = _standing(leader, incumbent, reward)
    fewest = min(arms, key=lambda each: each.impressions)
    over = passed >= plan.max_days
    waits = []
    if passed < plan.min_days:
        waits.append(f"{passed:g} of at least {plan.min_days:g} days have passed.")
    if fewest.impressions < plan.min_impressions and not over:
        waits.append(f"{fewest.arm} has {fewest.impressions:,} of at least {plan.min_impressions:,} impressions.")
    if waits:
        return Verdict.KEEP_RUNNING, (standing, *waits)
    open_questions = _unproven(plan, leader, incumbent, reward)
    if leader.arm != incumbent and not open_questions:
        return Verdict.WINNER, (standing, _proof(leader, reward))
    base = next(each for each in arms if each.arm == incumbent)
    if base.loss <= plan.max_loss:
        small = (
            f"Keeping the incumbent is expected to cost {base.loss:.2%} of the {reward.name}, no more than was agreed."
        )
        return Verdict.INCUMBENT_STAYS, (standing, small)
    if over:
        end = f"The agreed {plan.max_days:g} days are over, and the incumbent stays."
        return Verdict.UNDECIDED, (standing, *open_questions, end)
    if left is not None:
        late = f", later than the {plan.max_days:g} days agreed: this cannot be decided" * (
            passed + left > plan.max_days
        )
        open_questions = (*open_questions, f"At today's traffic a proof needs about {left:.0f} more days{late}.")
    return Verdict.KEEP_RUNNING, (standing, *open_questions)


def _unproven(plan: Plan, leader: ArmEvidence, incumbent: str, reward: Reward) -> tuple[str, ...]:
    """What stands between the leader and the verdict."""
    found = []
    if leader.loss > plan.max_loss:
        found.append(
            f"Choosing {leader.arm} is expected to cost {leader.loss:.1%} of its {reward.name}: others may be better."
        )
    if leader.arm == incumbent:
        return tuple(found)
    if leader.always_valid is None or leader.always_valid.p > plan.alpha:
        p = 1.0 if leader.always_valid is None else leader.always_valid.p
        found.append(f"That it beats the incumbent is not proven yet (always-valid p = {p:.2g} of {plan.alpha:g}).")
    elif leader.always_valid.estimate <= 0:
        found.append("It was proven to differ from the incumbent, and not to be better.")
    if plan.guardrail < 1:
        if leader.p_more_watched is None:
            found.append("No qualified view was logged, so the guardrail cannot be read; log them, or agree on 1.")
        elif leader.p_more_watched < reward.more_watched:
            chance = f"{leader.p_more_watched:.0%}"
            found.append(f"It is {reward.gained} more, but watched more only with probability {chance}.")
    return tuple(found)


def _standing(leader: ArmEvidence, incumbent: str, reward: Reward) -> str:
    if leader.uplift is None:
        return f"The incumbent {incumbent} leads, the best with probability {leader.p_best:.0%}."
    return (
        f"{leader.arm} leads, the best with probability {leader.p_best:.0%}: {_percent(leader.uplift.estimate)} "
        f"{reward.name} against the incumbent (95 % between {_percent(leader.uplift.low)} and "
        f"{_percent(leader.uplift.high)}; {_percent(leader.uplift.raw)} before shrinkage)."
    )


def _proof(leader: ArmEvidence, reward: Reward) -> str:
    assert leader.always_valid is not None
    return (
        f"That it beats the incumbent is proven at any number of looks (p = {leader.always_valid.p:.2g}), and choosing "
        f"it is expected to cost {leader.loss:.2%} of its {reward.name} at most."
    )


def _days_left(
    plan: Plan, arms: Sequence[ArmEvidence], leader: ArmEvidence, incumbent: str, passed: float
) -> float | None:
    """Days until the leader's shrunken gain may be proven; None where it is, or where there is no gain."""
    base = next(each for each in arms if each.arm == incumbent)
    gain = leader.uplift.estimate if leader.uplift else 0.0
    proven = leader.always_valid is not None and leader.always_valid.p <= plan.alpha
    if gain <= 0 or proven or not 0 < base.rate * (1 + gain) < 1 or passed <= 0:
        return None
    needed = ALWAYS_VALID_COST * impressions_per_arm(base.rate, gain, alpha=plan.alpha / (len(arms) - 1))
    reached = min(leader.impressions, base.impressions)
    return max(0.0, needed - reached) / (reached / passed) if reached else None


def _percent(gain: float) -> str:
    return f"{gain:+.0%}"


def _share(rate: float | None) -> str:
    return "none" if rate is None else f"{rate:.0%}"
