"""When a test is over, and what is said about it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.errors import UsageError
from ops.experiments.decision import Decision, Verdict, decide
from ops.experiments.model import ArmCounts, Plan, totals
from ops.experiments.posterior import empirical_prior

PLAN = Plan()
WATCHED = 0.6


def days_of(
    rates: Mapping[str, Sequence[float] | float],
    *,
    days: int = 14,
    shown: int = 6_000,
    watched: Mapping[str, float] | None = None,
) -> list[list[ArmCounts]]:
    """What an even split would show if every day went as expected."""
    counted = []
    for day in range(days):
        counts = []
        for arm, rate in rates.items():
            clicks = round(shown * (rate if isinstance(rate, float | int) else rate[day]))
            quality = (watched or {}).get(arm, WATCHED)
            counts.append(ArmCounts(arm, shown, clicks, round(clicks * quality), float(shown)))
        counted.append(counts)
    return counted


def judged(days: Sequence[Sequence[ArmCounts]], plan: Plan = PLAN, **more) -> Decision:
    return decide(plan, days, "old", empirical_prior(totals(days)), **more)


def said(decision: Decision) -> str:
    return " ".join(decision.reasons)


def test_a_variant_that_is_clicked_a_third_more_wins():
    found = judged(days_of({"old": 0.015, "new": 0.02, "other": 0.016}))
    assert (found.verdict, found.arm) == (Verdict.WINNER, "new")
    assert "proven at any number of looks" in said(found)
    uplift = next(each.uplift for each in found.arms if each.arm == "new")
    assert uplift is not None and uplift.low > 0.1 and uplift.low < uplift.estimate < uplift.raw


def test_nothing_is_decided_before_the_first_impression_or_the_first_week():
    assert judged([]).verdict is Verdict.KEEP_RUNNING
    early = judged(days_of({"old": 0.015, "new": 0.03}, days=6))
    assert early.verdict is Verdict.KEEP_RUNNING
    assert "6 of at least 7 days" in said(early)


def test_the_time_that_passed_counts_and_not_the_number_of_lists():
    assert judged(days_of({"old": 0.015, "new": 0.03}, days=7), elapsed_days=6.2).verdict is Verdict.KEEP_RUNNING


def test_too_few_impressions_are_waited_for():
    found = judged(days_of({"old": 0.1, "new": 0.4}, shown=100, days=8))
    assert found.verdict is Verdict.KEEP_RUNNING
    assert "800 of at least 1,000 impressions" in said(found)


def test_a_broken_split_has_no_winner():
    days = days_of({"old": 0.015, "new": 0.03})
    skewed = [[ArmCounts(c.arm, c.impressions, c.clicks, c.qualified, 5_500 + 1_000 * (c.arm == "new")) for c in day]
              for day in days]  # fmt: skip
    found = judged(skewed)
    assert (found.verdict, found.arm) == (Verdict.INVALID, None)
    assert "not split as promised" in said(found)


def test_a_split_that_was_not_logged_has_no_winner():
    days = [[ArmCounts(c.arm, c.impressions, c.clicks, c.qualified) for c in day]
            for day in days_of({"old": 0.015, "new": 0.03})]  # fmt: skip
    assert judged(days).verdict is Verdict.INVALID


def test_viewers_who_come_back_often_do_not_break_the_split():
    # 40 impressions a viewer: 50 viewers more on one arm than on the other are no evidence, 2,000 impressions would be
    days = [[ArmCounts("old", 41_000, 615, 400, 40_000.0, 1_025, 1_000.0),
             ArmCounts("new", 39_000, 585, 380, 40_000.0, 975, 1_000.0)]] * 8  # fmt: skip
    assert judged(days[:1]).srm_p == pytest.approx(0.2636, abs=1e-3)


def test_equal_arms_leave_the_incumbent_in_place():
    found = judged(days_of({"old": 0.02, "new": 0.0199}, shown=60_000))
    assert (found.verdict, found.arm) == (Verdict.INCUMBENT_STAYS, "old")


def test_a_worse_variant_leaves_the_incumbent_in_place():
    found = judged(days_of({"old": 0.02, "new": 0.014}))
    assert (found.verdict, found.arm) == (Verdict.INCUMBENT_STAYS, "old")


def test_a_test_that_proves_nothing_ends_when_it_was_agreed_to():
    plan = Plan(max_days=14)
    found = judged(days_of({"old": 0.02, "new": 0.0215}, shown=3_000), plan)
    assert (found.verdict, found.arm) == (Verdict.UNDECIDED, "old")
    assert "14 days are over" in said(found)


def test_what_cannot_be_decided_in_time_is_said_before_the_time_is_over():
    found = judged(days_of({"old": 0.02, "new": 0.0215}, shown=1_000, days=8))
    assert found.days_left is not None and found.days_left > 40
    assert "this cannot be decided" in said(found)


def test_a_picture_that_promises_too_much_is_refused():
    found = judged(days_of({"old": 0.015, "bait": 0.03, "good": 0.02}, watched={"bait": 0.3}))
    assert (found.verdict, found.arm) == (Verdict.WINNER, "good")
    assert found.refused == ("bait",)
    assert "bait is refused: 30% of its clicks are watched" in said(found)


def test_without_a_qualified_view_the_guardrail_lets_nothing_win_unless_it_was_turned_off():
    days = days_of({"old": 0.015, "new": 0.02}, watched={"old": 0, "new": 0})
    assert judged(days).verdict is Verdict.KEEP_RUNNING
    assert "No qualified view was logged" in said(judged(days))
    assert judged(days, Plan(guardrail=1)).verdict is Verdict.WINNER


def test_a_gain_of_the_first_days_only_is_novelty():
    found = judged(days_of({"old": 0.02, "new": [0.06] * 2 + [0.02] * 12}))
    assert found.novelty is not None and found.novelty.fades
    assert found.novelty.early == pytest.approx(2, abs=0.1)
    assert found.verdict is not Verdict.WINNER
    assert "The first days do not count" in said(found)


def test_a_better_place_on_the_page_wins_nothing():
    days = [[ArmCounts("old", 6_000, 90, 54, 6_000.0), ArmCounts("new", 6_000, 150, 90, 6_000.0)]] * 14
    high = [ArmCounts("old", 14_000, 420), ArmCounts("new", 70_000, 2_100)]
    low = [ArmCounts("old", 70_000, 840), ArmCounts("new", 14_000, 0)]
    assert judged(days).verdict is Verdict.WINNER
    level = [ArmCounts("old", 70_000, 840), ArmCounts("new", 14_000, 168)]
    assert totals([high, low])[0].clicks == totals(days)[0].clicks
    assert judged(days, positions=[high, level]).verdict is not Verdict.WINNER


def test_every_number_goes_into_json():
    found = judged(days_of({"old": 0.015, "new": 0.02, "other": 0.016}))
    read = json.loads(json.dumps(found.to_json()))
    assert read["verdict"] == "winner"
    assert {"p_best", "loss", "uplift", "always_valid", "p_harm"} <= set(read["arms"][1])


@given(st.lists(st.lists(st.integers(0, 60), min_size=3, max_size=3), min_size=1, max_size=10))
@settings(max_examples=30, deadline=None)
def test_whatever_was_counted_the_chances_sum_to_one_and_no_loss_is_negative(clicks: list[list[int]]):
    days = [
        [ArmCounts(arm, 300, n, n // 2, 300.0) for arm, n in zip(("old", "new", "other"), day, strict=True)]
        for day in clicks
    ]
    found = judged(days)
    assert sum(each.p_best for each in found.arms) == pytest.approx(1)
    assert all(each.loss >= 0 and (each.refused or np.isfinite(each.loss)) for each in found.arms)
    assert found.arm is None or found.verdict is not Verdict.KEEP_RUNNING


@pytest.mark.parametrize("arms", [{"old": 0.02}, {"a": 0.02, "b": 0.03}])
def test_there_must_be_an_incumbent_and_a_variant(arms: dict[str, float]):
    with pytest.raises(UsageError, match="incumbent"):
        judged(days_of(arms))
