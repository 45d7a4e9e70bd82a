"""The path of dynamic time warping, against transformers' own and a plain reference."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ops.transcript.dtw import dtw_path

MATRICES = arrays.arrays(
    np.float32,
    arrays.array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=14),
    elements=st.floats(-8, 8, width=32),
)


def cheapest(cost: np.ndarray) -> float:
    """What the best path costs, by the recurrence as textbooks write it."""
    total = np.full((cost.shape[0] + 1, cost.shape[1] + 1), np.inf)
    total[0, 0] = 0
    for row, column in np.ndindex(*cost.shape):
        before = min(total[row, column], total[row, column + 1], total[row + 1, column])
        total[row + 1, column + 1] = float(cost[row, column]) + before
    return total[-1, -1]


def cost_of(cost: np.ndarray, path: tuple[np.ndarray, np.ndarray]) -> float:
    return float(cost.astype(np.float64)[path].sum())


@settings(max_examples=150, deadline=None)
@given(MATRICES)
def test_the_path_costs_what_the_best_one_costs(cost: np.ndarray):
    assert cost_of(cost, dtw_path(cost)) == pytest.approx(cheapest(cost), abs=1e-9)


@settings(max_examples=150, deadline=None)
@given(MATRICES)
def test_the_path_goes_from_corner_to_corner_and_leaves_nothing_out(cost: np.ndarray):
    tokens, frames = dtw_path(cost)

    steps = set(zip(np.diff(tokens).tolist(), np.diff(frames).tolist(), strict=True))
    assert steps <= {(0, 1), (1, 0), (1, 1)}
    assert (tokens[0], frames[0]) == (0, 0)
    assert (tokens[-1] + 1, frames[-1] + 1) == cost.shape


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (30, 12), (60, 400)])
def test_transformers_finds_a_path_of_the_same_cost(shape: tuple[int, int]):
    from transformers.models.whisper.generation_whisper import _dynamic_time_warping

    cost = np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)

    theirs = _dynamic_time_warping(cost.astype(np.float64))

    assert cost_of(cost, dtw_path(cost)) == pytest.approx(cost_of(cost, theirs), rel=1e-6)


def test_tokens_on_their_own_stretches_are_found_there():
    stretches = np.repeat(np.arange(5), [3, 1, 7, 2, 4])
    cost = -(np.arange(5)[:, None] == stretches[None]).astype(np.float32)

    tokens, frames = dtw_path(cost)

    assert tokens[np.unique(frames, return_index=True)[1]].tolist() == stretches.tolist()


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (4,)])
def test_nothing_to_walk_on_is_refused(shape: tuple[int, ...]):
    with pytest.raises(ValueError, match="needs tokens and frames"):
        dtw_path(np.zeros(shape, np.float32))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_cost_that_is_no_number_is_refused(bad: float):
    with pytest.raises(ValueError, match="no finite number"):
        dtw_path(np.array([[0, bad]], np.float32))
