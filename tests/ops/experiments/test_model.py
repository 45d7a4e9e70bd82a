"""Counts that could not be, and plans that could not be meant."""

from __future__ import annotations

import json

import pytest

from ops.errors import UsageError
from ops.experiments.model import ArmCounts, Plan, totals


@pytest.mark.parametrize("counts", [(10, 11, 0), (10, 5, 6), (-1, 0, 0), (10, 5, -1)])
def test_more_clicks_than_impressions_cannot_be(counts: tuple[int, int, int]):
    with pytest.raises(UsageError, match="cannot be"):
        ArmCounts("a", *counts)


def test_totals_add_up_days_in_the_order_of_the_arms():
    days = [[ArmCounts("b", 10, 1, 1, 9.5, 4, 4.5)], [ArmCounts("a", 5, 0), ArmCounts("b", 7, 2, 0, 7.5, 3, 2.5)]]
    assert totals(days) == [ArmCounts("b", 17, 3, 1, 17.0, 7, 7.0), ArmCounts("a", 5, 0)]


def test_a_plan_comes_back_from_json():
    plan = Plan(floor=0.05, min_days=3, guardrail=0.1)
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan
    assert Plan.from_json({}) == Plan()


@pytest.mark.parametrize(
    "terms",
    [{"alpha": 0}, {"floor": 0.6}, {"min_impressions": 0}, {"max_loss": "a lot"}, {"min_days": 9, "max_days": 8}],
)
def test_a_plan_out_of_range_is_refused(terms: dict):
    with pytest.raises(UsageError, match="the plan"):
        Plan.from_json(terms)


def test_an_unknown_term_is_named():
    with pytest.raises(UsageError, match="holdoff"):
        Plan.from_json({"holdoff": 0.1})
