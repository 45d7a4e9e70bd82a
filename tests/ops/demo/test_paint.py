"""The painter's tools do what their names say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.demo.finish import Finish
from ops.demo.paint import Size, add_light, cover, grid, look, noise, pan, ramp, rgb, silhouette, smooth, spark


@settings(deadline=None, max_examples=25)
@given(
    width=st.integers(16, 200),
    height=st.integers(16, 200),
    cells=st.tuples(st.floats(1, 300), st.floats(1, 300)),
    seed=st.integers(0, 2**31),
)
def test_noise_of_any_grain_fills_any_size_from_0_to_1(
    width: int, height: int, cells: tuple[float, float], seed: int
) -> None:
    field = noise(Size(width, height), cells, seed)
    assert field.shape == (height, width)
    assert field.dtype == np.float32
    assert field.min() >= 0
    assert field.max() <= 1
    assert np.array_equal(field, noise(Size(width, height), cells, seed))


def test_noise_of_another_seed_is_another_field() -> None:
    assert np.abs(noise(Size(64, 64), (4, 4), 1) - noise(Size(64, 64), (4, 4), 2)).mean() > 0.05


@given(x=st.integers(0, 30))
def test_a_pan_by_whole_columns_is_a_window_and_by_half_a_column_the_mean_of_two(x: int) -> None:
    layer = np.random.default_rng(5).random((12, 64, 3), dtype=np.float32)
    assert pan(layer, x, 20) == pytest.approx(layer[:, x : x + 20], abs=1e-6)
    assert pan(layer, x + 0.5, 20) == pytest.approx((layer[:, x : x + 20] + layer[:, x + 1 : x + 21]) / 2, abs=1e-6)


def test_covering_half_mixes_evenly_and_only_in_the_window() -> None:
    below = np.zeros((8, 8, 3), np.float32)
    cover(below[4:], np.ones((4, 8, 3), np.float32), np.full((4, 8), 0.5, np.float32))
    assert np.all(below[:4] == 0)
    assert below[4:] == pytest.approx(0.5, abs=1e-4)


def test_screened_light_never_passes_white() -> None:
    below = np.full((4, 4, 3), 0.8, np.float32)
    add_light(below, np.ones((4, 4, 3), np.float32))
    assert below == pytest.approx(1.0)


def test_a_ramp_meets_its_colours_at_its_stops() -> None:
    assert ramp(np.array([0.0, 0.5, 1.0]), [(0, "#000000"), (0.5, "#ff0000"), (1, "#ffffff")]) == pytest.approx(
        np.array([[0, 0, 0], [1, 0, 0], [1, 1, 1]])
    )


@given(st.lists(st.floats(-10, 10), min_size=2, max_size=20))
def test_a_smooth_step_rises_from_0_to_1_and_never_falls(values: list[float]) -> None:
    steps = smooth(-1, 1, np.sort(np.array(values, np.float32)))
    assert np.all(np.diff(steps) >= -1e-6)
    assert smooth(-1, 1, -1.0) == 0
    assert smooth(1, -1, -1.0) == 1


def test_looking_straight_on_changes_nothing() -> None:
    picture = np.random.default_rng(6).random((36, 64, 3), dtype=np.float32)
    assert look(picture, Size(64, 36)) == pytest.approx(picture, abs=1e-5)


@pytest.mark.parametrize("at", [(-50.0, 10.0), (10.0, 500.0), (0.0, 0.0), (31.9, 17.9)])
def test_a_spark_or_a_shape_partly_or_wholly_outside_does_no_harm(at: tuple[float, float]) -> None:
    picture = np.zeros((18, 32, 3), np.float32)
    spark(picture, *at, 4.0, rgb("#ffffff"))
    silhouette(picture, np.array([(0, 0), (9, 3), (2, 8)]) + at, rgb("#ffffff"))
    assert np.isfinite(picture).all()


def test_the_grid_counts_in_picture_heights_from_the_centre() -> None:
    xs, ys = grid(Size(32, 18))
    assert (xs.mean(), ys.mean()) == pytest.approx((0, 0), abs=1e-6)
    assert ys[-1, 0] - ys[0, 0] == pytest.approx(17 / 18)


def test_the_finish_keeps_grey_grey_darkens_corners_and_repeats_itself() -> None:
    finish = Finish(Size(160, 90))
    grey = np.full((90, 160, 3), 0.5, np.float32)
    frame = finish(grey, 7)
    assert frame.dtype == np.uint8
    assert np.array_equal(frame, finish(grey, 7))
    assert not np.array_equal(frame, finish(grey, 8))
    assert frame[40:50, 70:90].mean() == pytest.approx(127.5, abs=1.5)
    assert frame[:5, :5].mean() < 0.95 * frame[40:50, 70:90].mean()
    assert frame.std(axis=2).max() == 0  # the grain is silver, not coloured
