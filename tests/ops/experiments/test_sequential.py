"""A test that may be looked at as often as one likes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.errors import UsageError
from ops.experiments.posterior import BETWEEN_IMAGES
from ops.experiments.sequential import AlwaysValid, always_valid, running
from ops.experiments.srm import sample_ratio_mismatch


@given(st.floats(-2, 2), st.floats(1e-5, 2), st.floats(0.01, 2), st.floats(0.01, 0.2))
def test_the_interval_leaves_zero_out_exactly_when_p_is_below_alpha(
    effect: float, variance: float, scale: float, alpha: float
):
    seen = always_valid(effect, variance, scale=scale, alpha=alpha)
    if abs(seen.p - alpha) > 1e-9:
        assert (seen.low > 0 or seen.high < 0) == (seen.p < alpha)


def test_a_hundred_looks_at_no_difference_find_one_in_five_per_cent_of_tests_at_most():
    rng, looks, tests, batch, rate = np.random.default_rng(12), 100, 1500, 500, 0.02
    shown = batch * np.arange(1, looks + 1)
    a, b = (rng.binomial(batch, rate, (tests, looks)).cumsum(axis=1) for _ in range(2))
    gain, variance = np.log((b + 0.5) / (a + 0.5)), 1 / (a + 0.5) + 1 / (b + 0.5) - 2 / (shown + 1)
    peeked = (np.abs(gain) > 1.96 * np.sqrt(variance)).any(axis=1).mean()
    scale = math.sqrt(2) * BETWEEN_IMAGES
    seen = [
        any(always_valid(g, v, scale=scale).p < 0.05 for g, v in zip(gains, variances, strict=True))
        for gains, variances in zip(gain[:600], variance[:600], strict=True)
    ]
    assert peeked > 0.25
    assert np.mean(seen) < 0.05


def test_looks_together_keep_the_least_p_and_what_all_intervals_share():
    looks = [AlwaysValid(0.2, -0.1, 0.6, 0.2), AlwaysValid(0.3, 0.1, 0.5, 0.01), AlwaysValid(0.2, 0.0, 0.4, 0.06)]
    assert running(looks) == AlwaysValid(0.2, 0.1, 0.4, 0.01)
    assert running([]) is None


def test_an_effect_without_variance_is_refused():
    with pytest.raises(UsageError, match="first clicks"):
        always_valid(0.1, 0.0, scale=0.2)


def test_an_arm_that_was_shown_against_the_plan_breaks_the_split_for_certain():
    assert sample_ratio_mismatch([500, 500, 1], [0.5, 0.5, 0.0]) == 0.0


def test_an_arm_without_weight_does_not_count_among_the_degrees_of_freedom():
    assert sample_ratio_mismatch([500, 600, 0], [1, 1, 0]) == pytest.approx(0.0025688315)


@pytest.mark.parametrize(("seen", "promised"), [([1, 2], [1.0]), ([1, 2], [0.0, 0.0]), ([1, 2], [-1.0, 2.0])])
def test_a_split_that_was_not_promised_cannot_be_checked(seen: list[int], promised: list[float]):
    with pytest.raises(UsageError, match="propensities"):
        sample_ratio_mismatch(seen, promised)
