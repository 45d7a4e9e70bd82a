"""The measurements: false decisions, power, regret, and what winners are worth."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from benchmarks.experiments.simulate import (
    HELD_OUT,
    INCUMBENT,
    Days,
    Rule,
    epsilon_greedy,
    even,
    run,
    thompson,
    thompson_with_yardstick,
)
from ops.experiments.decision import Verdict, decide
from ops.experiments.evidence import EFFECT_SCALE
from ops.experiments.intervals import pooled_z, wilson
from ops.experiments.model import Plan, totals
from ops.experiments.posterior import BETWEEN_IMAGES, empirical_prior, shrunken_uplift
from ops.experiments.power import impressions_per_arm

RULES: dict[str, Rule] = {
    "uniform": even,
    "epsilon-greedy 0.1": epsilon_greedy,
    "Thompson + floor": thompson,
    "Thompson + floor, until decided": thompson,
    "Thompson + floor + yardstick, until decided": thompson_with_yardstick,
}


@dataclass(frozen=True)
class Share:
    """How many of how many, with Wilson's interval."""

    hits: int
    of: int

    def __str__(self) -> str:
        low, high = wilson(self.hits, self.of)
        return f"{self.hits / self.of:6.1%}  ({low:.1%} to {high:.1%}, {self.hits} of {self.of})"


def verdict_at(days: Days, upto: int, plan: Plan) -> tuple[Verdict, str | None]:
    seen = days[:upto]
    found = decide(plan, seen, INCUMBENT, empirical_prior(totals(seen)))
    return found.verdict, found.arm


def false_decisions(arms: int, rule: Rule, *, runs: int, days: int = 28, a_day: int = 4_000) -> tuple[Share, Share]:
    """A/A tests that ever named a winner at a daily look, and those that a z-test looked at daily would have."""
    plan, named, peeked = Plan(), 0, 0
    for n in range(runs):
        test = run([0.02] * arms, rule, days=days, a_day=a_day, seed=[1, arms, n])
        last = decide(plan, test.days, INCUMBENT, empirical_prior(totals(test.days)))
        # p never rises from look to look, so a test that has proven nothing at the end had no winner before
        if any(each.always_valid and each.always_valid.p <= plan.alpha for each in last.arms):
            named += any(verdict_at(test.days, day, plan)[0] is Verdict.WINNER for day in range(7, days + 1))
        looks = [{each.arm: each for each in totals(test.days[:day])} for day in range(7, days + 1)]
        peeked += any(
            (z := pooled_z(look[INCUMBENT].clicks, look[INCUMBENT].impressions, arm.clicks, arm.impressions))[0] > 0
            and z[1] < plan.alpha
            for look in looks
            for name, arm in look.items()
            if name != INCUMBENT
        )
    return Share(named, runs), Share(peeked, runs)


def power(lift: float, *, runs: int, days: int = 28, a_day: int = 4_000) -> tuple[Share, float]:
    """A/B tests of one better variant that named it, and the median day on which they did (nan: under half)."""
    plan, won = Plan(), []
    for n in range(runs):
        test = run([0.02, 0.02 * (1 + lift)], even, days=days, a_day=a_day, seed=[2, round(1000 * lift), n])
        looks = (day for day in range(7, days + 1, 3) if verdict_at(test.days, day, plan) == (Verdict.WINNER, "1"))
        won.append(next(looks, math.inf))
    middle = float(np.median(won))
    return Share(sum(math.isfinite(day) for day in won), runs), middle


def always_valid_cost(lift: float, *, rate: float = 0.02, runs: int = 2_000) -> float:
    """Impressions for 80 % power at any number of looks, against those of a test that is looked at once."""
    once = impressions_per_arm(rate, lift)
    batch, looks = max(1, int(once / 40)), 160
    rng = np.random.default_rng([HELD_OUT, 3, round(1000 * lift)])
    a = rng.binomial(batch, rate, (runs, looks)).cumsum(axis=1) + 0.5
    b = rng.binomial(batch, rate * (1 + lift), (runs, looks)).cumsum(axis=1) + 0.5
    shown = batch * np.arange(1, looks + 1) + 1
    gain, variance, t2 = np.log(b / a), 1 / a + 1 / b - 2 / shown, EFFECT_SCALE**2
    evidence = 0.5 * np.log(variance / (variance + t2)) + t2 * gain**2 / (2 * variance * (variance + t2))
    proven = np.maximum.accumulate(evidence > math.log(20), axis=1).mean(axis=0)
    return float(shown[np.argmax(proven >= 0.8)] / once) if proven[-1] >= 0.8 else math.inf


class UntilDecided:
    """A rule that asks `decide` every third day from the seventh on, and shows the winner to all from then on."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self.shown: str | None = None

    def __call__(self, days: Days, arms: list[str], seed: int) -> dict[str, float]:
        if self.shown is None and len(days) >= 7 and (len(days) - 7) % 3 == 0:
            self.shown = verdict_at(days, len(days), Plan())[1]
        if self.shown is None:
            return self._rule(days, arms, seed)
        return {arm: float(arm == self.shown) for arm in arms}


def regret(
    lift: float, *, runs: int, days: int = 28, a_day: int = 4_000
) -> tuple[dict[str, np.ndarray], dict[str, Share]]:
    """(D,) mean clicks lost by each rule where one of five pictures is better, and how often that one was named."""
    rates = [0.015] * 4 + [0.015 * (1 + lift)]
    lost, named = {}, {}
    for name, rule in RULES.items():
        rules = [UntilDecided(rule) if name.endswith("decided") else rule for _ in range(runs)]
        tests = [
            run(rates, each, days=days, a_day=a_day, seed=[4, round(1000 * lift), n]) for n, each in enumerate(rules)
        ]
        lost[name] = np.mean([test.regret for test in tests], axis=0)
        asked = [each.shown for each in rules if isinstance(each, UntilDecided)]
        if asked:
            named[name] = Share(asked.count("4"), runs)
    return lost, named


@dataclass(frozen=True)
class Winners:
    """What the arms with the best posterior were said to gain over the first choice, and what they do gain.

    Attributes:
        raw: (N,) gains that the counts show.
        shrunk: (N,) shrunken gains.
        held: (N,) whether the shrunken interval holds the truth.
        true: (N,) true gains.
        best: (N,) true gains of the best picture.
        named: (N,) whether `decide` named that arm the winner.
        tests: Tests in all, also those in which the first choice leads.
    """

    raw: np.ndarray
    shrunk: np.ndarray
    held: np.ndarray
    true: np.ndarray
    best: np.ndarray
    named: np.ndarray
    tests: int


def winners(*, runs: int, arms: int = 5, days: int = 28, a_day: int = 4_000, early: int = 7) -> tuple[Winners, Winners]:
    """Tests of pictures that differ as the Upworthy archive's do: judged after the first days, and at the end."""
    rng = np.random.default_rng([HELD_OUT, 5])
    found: list[list[tuple]] = [[], []]
    for n in range(runs):
        rates = 0.015 * np.exp(rng.normal(0, BETWEEN_IMAGES, arms))
        test = run(rates, thompson_with_yardstick, days=days, a_day=a_day, seed=[5, n])
        for rows, upto in zip(found, (early, days), strict=True):
            counts = totals(test.days[:upto])
            verdict, arm = verdict_at(test.days, upto, Plan())
            leader = max(counts, key=lambda each: each.rate).arm
            if leader == INCUMBENT:
                continue
            uplift, true = shrunken_uplift(counts, INCUMBENT)[leader], rates[int(leader)] / rates[0] - 1
            held = uplift.low <= true <= uplift.high
            named = verdict is Verdict.WINNER and arm == leader
            rows.append((uplift.raw, uplift.estimate, held, true, rates.max() / rates[0] - 1, named))
    first, last = (Winners(*(np.array(column) for column in zip(*rows, strict=True)), tests=runs) for rows in found)
    return first, last
