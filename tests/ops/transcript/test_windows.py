"""Windows: every moment of speech in exactly one, none too long, cut where it is quiet."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.transcript.windows import windows_of

RATE = 16_000

lengths = st.lists(
    st.tuples(st.floats(0.01, 6.0), st.floats(0.05, 70.0)), max_size=12
)  # of a pause and of the speech after it


def spans_of(parts: list[tuple[float, float]]) -> list[tuple[float, float]]:
    spans: list[tuple[float, float]] = []
    at = 0.0
    for pause, speech in parts:
        spans.append((at + pause, at + pause + speech))
        at += pause + speech
    return spans


@given(lengths, st.floats(0.0, 3.0), st.sampled_from([3.0, 12.0, 30.0]))
def test_every_sample_of_speech_is_in_exactly_one_window_and_no_window_is_too_long(
    parts: list[tuple[float, float]], tail: float, longest_s: float
):
    spans = spans_of(parts)
    length = int(((spans[-1][1] if spans else 0.0) + tail) * RATE)
    sound = np.broadcast_to(np.float32(0.1), (length,))

    windows = windows_of(sound, spans, longest_s=longest_s)

    sides = [(round(window.start_s * RATE), round(window.start_s * RATE) + len(window.sound)) for window in windows]
    assert all(0 < end - start <= longest_s * RATE for start, end in sides)
    assert all(before[1] <= after[0] for before, after in pairwise(sides))
    held = np.zeros(length, np.int8)
    for start, end in sides:
        held[start:end] += 1
    for start_s, end_s in spans:
        assert (held[int(start_s * RATE) : int(end_s * RATE)] == 1).all()


def test_a_long_speech_is_cut_in_its_pause_and_not_at_a_consonant():
    sound = 0.3 * np.sin(2 * np.pi * 200 * np.arange(50 * RATE) / RATE).astype(np.float32)
    sound[int(22.0 * RATE) : int(22.4 * RATE)] *= 0.01  # a pause
    sound[int(25.0 * RATE) : int(25.05 * RATE)] = 0.0  # the closure of a consonant, nearer to the middle and stiller

    first, second = windows_of(sound, [(0.0, 50.0)])

    assert 22.0 <= first.end_s <= 22.4
    assert second.start_s == first.end_s


def test_short_speeches_share_a_window_with_the_pause_between_them():
    sound = np.arange(10 * RATE, dtype=np.float32)

    (window,) = windows_of(sound, [(1.0, 2.0), (3.5, 6.5)])

    assert (window.sound == sound[round(window.start_s * RATE) :][: len(window.sound)]).all()
    assert window.start_s == pytest.approx(0.5)
    assert window.end_s == pytest.approx(7.0)


def test_speech_beyond_the_sound_is_left_out():
    assert windows_of(np.zeros(RATE, np.float32), [(2.0, 3.0)]) == []


def test_speech_that_is_out_of_order_is_refused():
    with pytest.raises(ValueError, match="out of order"):
        windows_of(np.zeros(5 * RATE, np.float32), [(2.0, 3.0), (1.0, 2.5)])


def test_a_window_does_not_go_on_over_a_long_pause():
    windows = windows_of(np.zeros(10 * RATE, np.float32), [(1.0, 2.0), (6.0, 7.0)])

    assert [(window.start_s, window.end_s) for window in windows] == [(0.5, 2.5), (5.5, 7.5)]
