"""A viewer's arm: sticky, even, and dealt with the probability that is logged."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from ops.errors import UsageError
from ops.experiments.assignment import assign, bucket, held_out

shares = st.dictionaries(st.text("abcdef", min_size=1, max_size=4), st.floats(0.01, 1), min_size=1, max_size=8).map(
    lambda drawn: {arm: share / sum(drawn.values()) for arm, share in drawn.items()}
)
places = st.floats(0, 1, exclude_max=True)


@given(st.text(), st.text(), st.text())
def test_a_viewer_keeps_a_place_in_the_unit_interval(experiment: str, salt: str, viewer: str):
    place = bucket(experiment, salt, viewer)
    assert 0 <= place < 1
    assert bucket(experiment, salt, viewer) == place


def test_places_are_those_of_sha256_on_every_machine():
    assert bucket("experiment", "salt", "viewer") == pytest.approx(0.15286811120195776, abs=0)


def test_places_are_uniform_and_independent_between_experiments():
    viewers = [f"viewer {n}" for n in range(20_000)]
    one = np.array([bucket("one", "salt", viewer) for viewer in viewers])
    other = np.array([bucket("other", "salt", viewer) for viewer in viewers])
    assert stats.kstest(one, "uniform").pvalue > 0.001
    assert abs(np.corrcoef(one, other)[0, 1]) < 4 / len(viewers) ** 0.5


@given(shares, places)
def test_the_order_of_the_weights_does_not_matter(weights: dict[str, float], place: float):
    assert assign(dict(reversed(weights.items())), place) == assign(weights, place)


@given(shares, places)
def test_the_propensity_is_the_arms_own_share(weights: dict[str, float], place: float):
    arm, propensity = assign(weights, place)
    assert propensity == weights[arm]


@given(shares)
@settings(max_examples=20, deadline=None)
def test_arms_are_dealt_as_often_as_their_propensity_tells(weights: dict[str, float]):
    grid = (np.arange(4000) + 0.5) / 4000
    dealt = Counter(assign(weights, float(place))[0] for place in grid)
    for arm, share in weights.items():
        assert dealt[arm] / len(grid) == pytest.approx(share, abs=1e-3)


def test_an_arm_without_weight_is_never_shown():
    assert {assign({"a": 0.0, "b": 1.0, "c": 0.0}, place)[0] for place in (0.0, 0.5, 1 - 2**-53)} == {"b"}


def test_five_in_a_hundred_are_held_out_and_always_the_same():
    viewers = [f"viewer {n}" for n in range(20_000)]
    out = [viewer for viewer in viewers if held_out("salt", viewer, 0.05)]
    assert stats.binomtest(len(out), len(viewers), 0.05).pvalue > 0.001
    assert all(held_out("salt", viewer, 0.1) for viewer in out)


@pytest.mark.parametrize("weights", [{}, {"a": 0.5}, {"a": 1.2, "b": -0.2}, {"a": float("nan")}])
def test_shares_that_are_no_distribution_are_refused(weights: dict[str, float]):
    with pytest.raises(UsageError, match="weights"):
        assign(weights, 0.5)


def test_a_place_outside_the_unit_interval_is_refused():
    with pytest.raises(UsageError, match="place"):
        assign({"a": 1.0}, 1.0)
