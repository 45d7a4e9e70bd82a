"""What an engine looked at, kept small: the same cues come of it, and it is plain JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from ops.translation.alignment import UNTOLD, Alignment


@given(arrays(np.float32, (5, 7), elements=st.floats(0, 1, width=32)))
def test_the_word_that_was_looked_at_most_stays_so_and_rows_sum_to_one(attention: np.ndarray):
    attention = attention + np.float32(1e-3)
    attention /= attention.sum(1, keepdims=True)

    found = Alignment.of(attention).attention()

    assert found is not None
    assert found.shape == attention.shape
    assert found.sum(1) == pytest.approx(1, abs=1e-5)
    chosen = found.argmax(1)
    assert attention[np.arange(5), chosen] == pytest.approx(attention.max(1), abs=0.011)  # to a percent


def test_of_three_words_or_fewer_nothing_is_lost_but_what_is_less_than_a_percent():
    attention = np.array([[0.7, 0.0, 0.3], [0.25, 0.5, 0.25]], np.float32)

    assert Alignment.of(attention).attention() == pytest.approx(attention)


@given(arrays(np.float32, st.tuples(st.integers(0, 6), st.integers(0, 6)), elements=st.floats(0, 1, width=32)))
def test_it_is_plain_json_and_back(attention: np.ndarray):
    kept = Alignment.of(attention)

    assert Alignment.from_json(json.loads(json.dumps(kept.to_json()))) == kept


@pytest.mark.parametrize(
    "told", [np.zeros((0, 0)), np.full((2, 2), np.nan), np.full((2, 2), np.inf), np.zeros(3), np.zeros((3, 0))]
)
def test_what_is_no_attention_is_none(told: np.ndarray):
    assert Alignment.of(told) == UNTOLD
    assert UNTOLD.attention() is None
