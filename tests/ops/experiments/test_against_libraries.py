"""The same formulas against scipy and statsmodels on numbers drawn by hypothesis."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint, proportions_ztest

from ops.experiments.intervals import newcombe, pooled_z, wilson
from ops.experiments.posterior import Beta, expected_loss, probability_best
from ops.experiments.sequential import holm
from ops.experiments.srm import sample_ratio_mismatch


@st.composite
def clicked(draw: st.DrawFn) -> tuple[int, int]:
    shown = draw(st.integers(1, 200_000))
    return draw(st.integers(0, shown)), shown


@given(clicked(), st.sampled_from([0.8, 0.95, 0.99]))
@settings(max_examples=60, deadline=None)
def test_wilson(arm: tuple[int, int], level: float):
    low, high = proportion_confint(*arm, alpha=1 - level, method="wilson")
    assert wilson(*arm, level) == (pytest.approx(low, abs=1e-9), pytest.approx(high, abs=1e-9))


@given(clicked(), clicked())
@settings(max_examples=60, deadline=None)
def test_newcombe(a: tuple[int, int], b: tuple[int, int]):
    expected = confint_proportions_2indep(*b, *a, method="newcomb", compare="diff")
    assert newcombe(*a, *b) == pytest.approx(expected, abs=1e-9)


@given(clicked(), clicked())
@settings(max_examples=60, deadline=None)
def test_the_pooled_z_test(a: tuple[int, int], b: tuple[int, int]):
    assume(0 < a[0] + b[0] < a[1] + b[1])
    z, p = proportions_ztest([b[0], a[0]], [b[1], a[1]])
    assert pooled_z(*a, *b) == (pytest.approx(z, rel=1e-7, abs=1e-9), pytest.approx(p, rel=1e-6, abs=1e-12))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_holm(p_values: list[float]):
    assert holm(p_values) == pytest.approx(multipletests(p_values, method="holm")[1], abs=1e-12)


@given(st.lists(st.tuples(st.integers(1, 5000), st.floats(0.05, 1)), min_size=2, max_size=8))
@settings(max_examples=60, deadline=None)
def test_the_sample_ratio(arms: list[tuple[int, float]]):
    seen, weights = np.array([arm[0] for arm in arms]), np.array([arm[1] for arm in arms])
    expected = stats.chisquare(seen, weights / weights.sum() * seen.sum()).pvalue
    assert sample_ratio_mismatch(seen.tolist(), weights.tolist()) == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.tuples(st.floats(1, 400), st.floats(1, 20_000)), min_size=2, max_size=6), st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_the_quadrature_agrees_with_a_simulation(arms: list[tuple[float, float]], seed: int):
    beliefs = [Beta(str(k), a, b) for k, (a, b) in enumerate(arms)]
    draws = np.random.default_rng(seed).beta([arm[0] for arm in arms], [arm[1] for arm in arms], (60_000, len(arms)))
    best, loss = probability_best(beliefs), expected_loss(beliefs)
    simulated = np.bincount(draws.argmax(axis=1), minlength=len(arms)) / len(draws)
    lost = draws.max(axis=1, keepdims=True) - draws
    for k, belief in enumerate(beliefs):
        assert best[belief.arm] == pytest.approx(simulated[k], abs=0.012)
        unseen = 5 / len(draws) * draws.max()  # what is rarer than a draw in so many is in no simulation
        error = 6 * lost[:, k].std() / len(draws) ** 0.5 + unseen
        assert loss[belief.arm] == pytest.approx(lost[:, k].mean(), abs=error)
    assert sum(best.values()) == pytest.approx(1)
