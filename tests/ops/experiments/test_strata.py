"""Arms compared like with like: days, and positions on the page."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.errors import UsageError
from ops.experiments.model import ArmCounts, totals
from ops.experiments.strata import examine, like_with_like


def test_a_better_arm_in_worse_places_is_found_better():
    attraction, examined = np.array([0.02, 0.025]), np.array([1.8, 1.0, 0.4])
    shown = np.array([[80_000, 15_000, 5_000], [5_000, 15_000, 80_000]])
    clicks = np.random.default_rng(3).binomial(shown, attraction[:, None] * examined)
    assert clicks[0].sum() / shown[0].sum() > 1.5 * clicks[1].sum() / shown[1].sum()
    found = examine(clicks, shown)
    assert found.rates[1] / found.rates[0] == pytest.approx(1.25, rel=0.08)
    assert found.factors / found.factors[1] == pytest.approx(examined, rel=0.1)


def test_a_bandit_on_changing_days_does_not_flatter_the_arm_of_the_good_days():
    rng, days = np.random.default_rng(0), []
    for level, share in [(1.0, 0.5), (1.5, 0.2), (0.6, 0.8)] * 3:
        shown = {"a": int(20_000 * share), "b": int(20_000 * (1 - share))}
        days.append([ArmCounts(arm, n, int(rng.binomial(n, 0.02 * level))) for arm, n in shown.items()])
    plain = {each.arm: each.rate for each in totals(days)}
    fair = {each.arm: each.rate for each in like_with_like(days)}
    assert plain["b"] / plain["a"] > 1.4
    assert fair["b"] / fair["a"] == pytest.approx(1, abs=0.08)


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), min_size=2, max_size=9))
@settings(max_examples=40, deadline=None)
def test_where_arms_were_shown_alike_every_day_nothing_changes(clicks: list[tuple[int, int]]):
    days = [[ArmCounts("a", 3_000, a), ArmCounts("b", 3_000, b)] for a, b in clicks]
    assert like_with_like(days) == totals(days)


def test_positions_of_a_logged_front_page_are_examined_alike_under_random_display(data: Path):
    with (data / "tables" / "open_bandit" / "random" / "men.csv").open(newline="") as opened:
        rows = [(int(row["position"]), int(row["click"])) for row in csv.DictReader(opened)]
    positions = [
        [ArmCounts("all", sum(p == at for p, _ in rows), sum(c for p, c in rows if p == at))] for at in (1, 2, 3)
    ]
    shown = np.array([[each[0].impressions for each in positions]])
    clicks = np.array([[each[0].clicks for each in positions]])
    found = examine(clicks, shown)
    assert (shown.tolist(), clicks.tolist()) == ([[3284, 3388, 3328]], [[10, 22, 14]])
    assert found.exposure.sum() == pytest.approx(10_000)
    assert found.rates[0] == pytest.approx(0.0046, abs=1e-9)
    assert found.factors[1] > found.factors[2] > found.factors[0]


def test_counts_of_other_shapes_are_refused():
    with pytest.raises(UsageError, match="arms, strata"):
        examine(np.zeros((2, 3)), np.zeros((3, 2)))
