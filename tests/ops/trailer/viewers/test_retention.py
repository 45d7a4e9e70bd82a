"""Retention curves: by hand, against statsmodels' product-limit estimate, and as properties of any viewings."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.proportion import proportion_confint

from ops.errors import UsageError
from ops.trailer.viewers.retention import Stop, Viewing, completion, merge_stretches, retention

LENGTH = 10.0


def to(second: float, stop: Stop = Stop.LEFT) -> Viewing:
    return Viewing(((0.0, second),), stop)


def test_by_hand_who_leaves_lowers_the_curve_and_who_goes_to_the_film_or_is_cut_off_does_not():
    viewings = [to(2), to(4, Stop.FILM), to(6), to(7, Stop.CUT_OFF), to(10)]

    curve = retention(viewings, LENGTH)

    # five at risk at 2 s; three at 6 s, since one of the remaining four went to the film before
    assert curve.watching == pytest.approx([1, 1, 1, *[0.8] * 4, *[0.8 * 2 / 3] * 4])
    assert curve.seen == (5, 5, 4, 4, 3, 3, 2, 1, 1, 1)
    assert curve.left == (0, 1, 0, 0, 0, 1, 0, 0, 0, 0)
    assert (curve.completion.viewings, curve.completion.completed) == (4, 2), "nothing is known of who was cut off"


def test_a_jump_ahead_is_a_skip_from_where_it_began_and_a_jump_back_shows_seconds_again():
    skips, replays = Viewing(((0, 3), (8, 10))), Viewing(((0, 5), (2, 10)))

    curve = retention([skips, replays], LENGTH)

    assert curve.skipped == (0, 0, 1, 0, 0, 0, 0, 0, 0, 0)
    assert curve.seen == (2, 2, 2, 1, 1, 1, 1, 1, 2, 2)
    assert curve.replays == (0, 0, 1, 1, 1, 0, 0, 0, 0, 0)
    assert curve.left == (0,) * 10
    assert (skips.completed(LENGTH), replays.completed(LENGTH)) == (False, True)


def test_a_pause_is_no_jump():
    curve = retention([Viewing(((0, 4.2), (4.3, 10)))], LENGTH)

    assert curve.seen == (1,) * 10
    assert curve.replays == curve.skipped == (0,) * 10


def test_the_second_that_lost_most_of_those_who_saw_it_is_the_worst():
    assert retention([to(3), to(3), to(10), to(1)], LENGTH).worst() == 2
    assert retention([to(10)], LENGTH).worst() is None


@pytest.mark.parametrize("seed", range(4))
def test_the_curve_and_its_interval_are_those_of_statsmodels(seed: int):
    chance = np.random.default_rng(seed)
    reached = np.minimum(np.ceil(chance.exponential(8, 300) * 4) / 4, 30)  # ties, as players report them
    stops = chance.choice(list(Stop), 300, p=[0.7, 0.2, 0.1])
    viewings = [to(float(end), Stop(stop)) for end, stop in zip(reached, stops, strict=True)]

    curve = retention(viewings, 30.0)

    left = np.array([stop is Stop.LEFT and end < 29.5 for end, stop in zip(reached, map(Stop, stops), strict=True)])
    known = SurvfuncRight(reached, left.astype(int))
    for second in range(31):
        before = known.surv_times < second
        share = float(np.asarray(known.surv_prob)[before][-1]) if before.any() else 1.0
        assert curve.watching[second] == pytest.approx(share, abs=1e-12)
        if 0 < share < 1:
            # Greenwood's variance on the log(-log) scale (Kalbfleisch and Prentice), from statsmodels' standard error
            spread = np.asarray(known.surv_prob_se)[before][-1] / (share * abs(math.log(share)))
            assert curve.low[second] == pytest.approx(share ** math.exp(1.959963984540054 * spread), rel=1e-9)
            assert curve.high[second] == pytest.approx(share ** math.exp(-1.959963984540054 * spread), rel=1e-9)


def test_the_share_of_completions_has_wilsons_interval():
    found = completion([to(9.2)] * 30 + [to(3)] * 70, LENGTH)

    assert (found.low, found.high) == pytest.approx(proportion_confint(30, 100, method="wilson"), rel=1e-9)
    assert (completion([], LENGTH).low, completion([], LENGTH).high) == (0.0, 1.0)


def test_the_interval_holds_the_truth_as_often_as_it_says():
    chance, held = np.random.default_rng(5), 0
    for _ in range(400):
        ends, cut = chance.geometric(0.05, 150).astype(float), chance.geometric(0.03, 150).astype(float)
        viewings = [to(min(e, c), Stop.LEFT if e <= c else Stop.CUT_OFF) for e, c in zip(ends, cut, strict=True)]
        curve = retention(viewings, 40.0)
        held += curve.low[15] <= 0.95**14 <= curve.high[15]  # who left within 14 whole seconds is gone before the 15th
    assert 0.92 <= held / 400 <= 0.98


stretches = st.tuples(st.floats(0, 9.9), st.floats(0.06, 10)).map(lambda s: (s[0], min(s[0] + s[1], 10.0)))
viewings = st.lists(
    st.builds(Viewing, st.lists(stretches, min_size=1, max_size=8).map(tuple), st.sampled_from(list(Stop))),
    max_size=12,
)


@given(viewings)
def test_whatever_is_watched_the_curve_falls_from_one_and_no_second_loses_more_than_saw_it(seen: list[Viewing]):
    curve = retention(seen, LENGTH)

    assert curve.watching[0] == 1
    assert all(a >= b for a, b in pairwise(curve.watching))
    assert all(low - 1e-12 <= share <= high + 1e-12 for low, share, high in zip(curve.low, curve.watching, curve.high,
                                                                               strict=True))  # fmt: skip
    assert all(0 <= gone <= there for gone, there in zip(curve.left, curve.seen, strict=True))
    assert all(0 <= gone <= there for gone, there in zip(curve.skipped, curve.seen, strict=True))
    assert all(each.seen_s <= LENGTH + 1e-9 for each in seen)


@given(st.lists(stretches, min_size=1, max_size=12))
def test_merged_stretches_cover_the_same_seconds_once(given_: list[tuple[float, float]]):
    merged = merge_stretches(given_)

    assert all(a[1] < b[0] for a, b in pairwise(merged))
    for moment in np.linspace(0.003, 9.997, 200):
        inside = any(start <= moment <= end for start, end in given_)
        assert any(start <= moment <= end for start, end in merged) == inside


@pytest.mark.parametrize("played", [(), ((3.0, 3.0),), ((4.0, 2.0),), ((-1.0, 2.0),), ((0.0, math.inf),)])
def test_what_is_no_viewing_is_refused(played: tuple[tuple[float, float], ...]):
    with pytest.raises(UsageError, match="no stretches"):
        Viewing(played)
