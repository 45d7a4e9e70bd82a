"""The split of a running test's traffic."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.errors import UsageError
from ops.experiments.allocation import thompson_weights
from ops.experiments.model import ArmCounts
from ops.experiments.posterior import empirical_prior, posteriors, probability_best


@st.composite
def counted_arms(draw: st.DrawFn) -> list[ArmCounts]:
    shown = draw(st.lists(st.integers(0, 50_000), min_size=2, max_size=8))
    return [ArmCounts(str(k), n, draw(st.integers(0, n // 10))) for k, n in enumerate(shown)]


@given(counted_arms(), st.floats(0, 0.12), st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_shares_sum_to_one_and_none_falls_below_the_floor(counts: list[ArmCounts], floor: float, seed: int):
    prior = empirical_prior(counts)
    for incumbent in (None, "0"):
        weights = thompson_weights(counts, prior, floor=floor, seed=seed, incumbent=incumbent)
        assert sum(weights.values()) == pytest.approx(1, abs=1e-12)
        assert min(weights.values()) >= floor - 1e-12
    assert weights["0"] >= 1 / len(counts) - 1e-9


@given(counted_arms())
@settings(max_examples=20, deadline=None)
def test_shares_are_the_probability_to_be_best(counts: list[ArmCounts]):
    prior = empirical_prior(counts)
    weights = thompson_weights(counts, prior, floor=0, seed=1)
    assert weights == pytest.approx(probability_best(posteriors(counts, prior)), abs=0.035)


def test_the_same_seed_gives_the_same_shares():
    counts = [ArmCounts("a", 900, 20), ArmCounts("b", 1000, 30)]
    shares = [thompson_weights(counts, empirical_prior(counts), floor=0.02, seed=seed) for seed in (5, 5, 6)]
    assert shares[0] == shares[1] != shares[2]


def test_floors_that_need_more_than_all_traffic_are_refused():
    counts = [ArmCounts(str(k), 10, 0) for k in range(8)]
    with pytest.raises(UsageError, match=r"Lower it to 0\.125"):
        thompson_weights(counts, empirical_prior(counts), floor=0.2, seed=1)


def test_an_arm_that_stands_twice_is_refused():
    with pytest.raises(UsageError, match="once"):
        thompson_weights([ArmCounts("a", 1, 0)] * 2, empirical_prior([]), floor=0, seed=1)
