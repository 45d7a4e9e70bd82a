from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.style.networks.colour import Colours, colours_of, map_between, mixed_colours


def _cloud(seed: int, spread: float = 0.1) -> np.ndarray:
    random = np.random.default_rng(seed)
    return 0.5 + spread * random.standard_normal((20_000, 3)) @ random.uniform(-1, 1, (3, 3))


def _of(cloud: np.ndarray) -> Colours:
    return Colours(cloud.mean(axis=0), np.cov(cloud.T, bias=True))


def test_a_cloud_of_colours_gets_the_others_mean_and_spread():
    mine = _cloud(1, 0.2)
    theirs = _cloud(3)[::-1] * 0.2 + mine @ np.array([[1.2, 0.2, 0.0], [0.1, 0.9, 0.3], [0.0, -0.2, 0.8]])
    chosen = map_between(_of(mine), _of(theirs))

    moved = mine @ chosen.matrix.T + chosen.shift

    np.testing.assert_allclose(moved.mean(axis=0), theirs.mean(axis=0), atol=1e-9)
    np.testing.assert_allclose(np.cov(moved.T, bias=True), np.cov(theirs.T, bias=True), atol=1.5e-3)


@given(seeds=st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)))
def test_a_map_turns_no_hue_round_and_stretches_nothing_without_end(seeds):
    """What makes a linear map the optimal transport: it is symmetric, and no eigenvalue is negative."""
    chosen = map_between(_of(_cloud(seeds[0])), _of(_cloud(seeds[1], 0.3)))
    np.testing.assert_allclose(chosen.matrix, chosen.matrix.T, atol=1e-9)
    values = np.linalg.eigvalsh(chosen.matrix)
    assert values.min() > 0
    assert values.max() <= 2.6 + 1e-9


def test_a_grey_film_stays_free_of_hue_noise():
    grey = Colours(np.full(3, 0.4), np.full((3, 3), 0.03))  # all variance along the grey axis
    loud = Colours(np.full(3, 0.5), np.eye(3) * 0.05)
    chosen = map_between(grey, loud)
    assert np.linalg.eigvalsh(chosen.matrix).max() <= 2.6 + 1e-9


def test_a_softened_map_goes_from_nothing_to_all_of_it():
    chosen = map_between(_of(_cloud(1)), _of(_cloud(2)))
    picture = np.random.default_rng(0).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    np.testing.assert_allclose(chosen.softened(0.0).applied(picture), picture, atol=1e-3)
    expected = picture / 255.0 @ chosen.matrix.T + chosen.shift
    np.testing.assert_allclose(chosen.softened(1.0).applied(picture) / 255.0, expected, atol=1e-4)


def test_the_colours_of_a_picture_are_its_mean_and_covariance():
    picture = np.random.default_rng(0).integers(0, 256, (50, 60, 3), dtype=np.uint8)
    found = colours_of(picture)
    rows = picture.reshape(-1, 3) / 255.0
    np.testing.assert_allclose(found.mean, rows.mean(axis=0))
    np.testing.assert_allclose(found.covariance, np.cov(rows.T, bias=True))


def test_a_mix_of_colours_is_between_them():
    first, second = Colours(np.zeros(3), np.eye(3)), Colours(np.ones(3), 3 * np.eye(3))
    mix = mixed_colours([(first, 0.25), (second, 0.75)])
    assert mix.mean == pytest.approx([0.75] * 3)
    assert mix.covariance == pytest.approx(2.5 * np.eye(3))
