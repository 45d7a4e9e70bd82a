"""The exact rate behind rounded timestamps: a property of every rate and every clock, not of examples."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.media.rates import STANDARD_RATES, constant_rate

RATES = st.sampled_from(STANDARD_RATES)
CLOCKS = st.sampled_from([Fraction(1, 1000), Fraction(1, 90_000), Fraction(1, 12_800), Fraction(1, 1_000_000_000)])
STARTS = st.integers(-10_000, 1 << 33)


def stamped(rate: Fraction, clock: Fraction, frames: int, start: int) -> list[int]:
    """Times of evenly spaced frames, rounded half up as muxers do."""
    return [start + floor(Fraction(k) / rate / clock + Fraction(1, 2)) for k in range(frames)]


@given(rate=RATES, clock=CLOCKS, frames=st.integers(2, 400), start=STARTS)
def test_a_stated_rate_is_found_again_behind_any_clock(rate: Fraction, clock: Fraction, frames: int, start: int):
    times = stamped(rate, clock, frames, start)

    assert constant_rate(times, clock, [rate]) == rate


@given(rate=RATES, clock=CLOCKS, start=STARTS, stated=RATES)
@settings(max_examples=60)
def test_a_minute_of_frames_tells_the_rate_even_where_the_container_states_another(
    rate: Fraction, clock: Fraction, start: int, stated: Fraction
):
    times = stamped(rate, clock, int(60 * rate), start)

    assert constant_rate(times, clock, [stated]) == rate


@given(rate=RATES, clock=CLOCKS, frames=st.integers(4, 300), start=STARTS, data=st.data())
def test_one_dropped_frame_makes_a_rate_variable(
    rate: Fraction, clock: Fraction, frames: int, start: int, data: st.DataObject
):
    times = stamped(rate, clock, frames, start)
    del times[data.draw(st.integers(1, frames - 2))]

    assert constant_rate(times, clock, [rate]) is None


@given(rate=RATES, frames=st.integers(3, 200), start=STARTS, seed=st.integers(0, 100))
def test_the_order_in_which_frames_are_stored_does_not_matter(rate: Fraction, frames: int, start: int, seed: int):
    times = np.array(stamped(rate, Fraction(1, 90_000), frames, start))

    shuffled = np.random.default_rng(seed).permutation(times)

    assert constant_rate(shuffled, Fraction(1, 90_000), [rate]) == rate


@given(numerator=st.integers(1000, 120_000), frames=st.integers(50, 300))
def test_a_rate_of_no_standard_is_measured(numerator: int, frames: int):
    clock = Fraction(1, 90_000)
    rate = Fraction(numerator, 1001)
    times = stamped(rate, clock, frames, 0)

    found = constant_rate(times, clock, [])

    assert found is not None
    assert max(abs(k / found - time * clock) for k, time in enumerate(times)) <= Fraction(1002, 1_000_000)


def test_a_slow_drift_is_no_constant_rate():
    times = [round(k * 3600 + k * k * 0.05) for k in range(2000)]

    assert constant_rate(times, Fraction(1, 90_000), [Fraction(25)]) is None


def test_frames_at_one_and_the_same_time_have_no_rate():
    assert constant_rate([7, 7, 7], Fraction(1, 1000), [Fraction(25)]) is None


def test_a_single_frame_has_the_rate_that_is_stated():
    assert constant_rate([0], Fraction(1, 12_800), [Fraction(25)]) == Fraction(25)
    assert constant_rate([0], Fraction(1, 12_800), []) is None
