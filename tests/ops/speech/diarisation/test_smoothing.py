"""Windows within stretches, and turns from windows."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.speech.diarisation.smoothing import in_order, smooth, turns_of
from ops.speech.diarisation.windows import joined, windows_in
from ops.speech.model import Turn
from tests.ops.speech.diarisation.voices import cloud


def test_windows_cover_a_stretch_every_three_quarters_of_a_second():
    windows = windows_in([(1.0, 5.0)])

    assert [start for start, _, _ in windows] == [1.0, 1.75, 2.5, 3.5]
    assert windows[-1][1] == 5.0
    assert all(end - start == pytest.approx(1.5) for start, end, _ in windows)


def test_a_short_stretch_is_one_window():
    assert windows_in([(2.0, 2.4)]) == [(2.0, 2.4, 0)]


def test_a_breath_does_not_part_a_stretch():
    assert joined([(0, 1), (1.2, 2), (2.5, 3)]) == [(0, 2), (2.5, 3)]


def test_one_window_that_sounds_like_another_does_not_interrupt_a_speaker():
    windows = windows_in([(0.0, 9.0), (20.0, 26.0)])
    first = sum(stretch == 0 for _, _, stretch in windows)
    voices = np.array([stretch for _, _, stretch in windows])
    points = cloud(voices.tolist(), scatter=0.05)
    points[4] = points[0] * 0.6 + points[-1] * 0.8  # somewhat nearer to the other
    voices[4] = 1

    smoothed = smooth(points, voices, windows)

    assert smoothed.tolist() == [0] * first + [1] * (len(windows) - first)


def test_a_change_lies_in_the_pause_between_two_voices():
    spans = [(0.0, 3.0), (3.2, 6.0)]
    windows = windows_in(joined(spans))
    voices = np.array([0 if (start + end) / 2 < 3.1 else 1 for start, end, _ in windows])

    turns = turns_of(voices, windows, spans)

    assert turns == [Turn(0.0, 3.0, "0"), Turn(3.2, 6.0, "1")]


def test_a_change_without_a_pause_divides_the_span():
    spans = [(0.0, 6.0)]
    windows = windows_in(spans)
    voices = np.array([0 if (start + end) / 2 < 3.0 else 1 for start, end, _ in windows])

    first, second = turns_of(voices, windows, spans)

    assert (first.start_s, second.end_s) == (0.0, 6.0)
    assert first.end_s == second.start_s == pytest.approx(3.0, abs=0.5)


def test_speakers_are_numbered_by_their_first_words():
    turns = in_order([Turn(5, 6, "7"), Turn(0, 1, "3"), Turn(2, 3, "7")])

    assert turns == (Turn(0, 1, "S1"), Turn(2, 3, "S2"), Turn(5, 6, "S2"))


@given(
    st.lists(st.tuples(st.integers(1, 60), st.integers(3, 80)), min_size=1, max_size=8),
    st.lists(st.integers(0, 2), min_size=1, max_size=30),
)
def test_turns_cover_the_speech_and_nothing_but_short_pauses(gaps: list[tuple[int, int]], pattern: list[int]):
    spans, at = [], 0
    for silence, speech in gaps:
        spans.append(((at + silence) / 10, (at + silence + speech) / 10))
        at += silence + speech
    windows = windows_in(joined(spans))
    voices = np.array([pattern[place % len(pattern)] for place in range(len(windows))])

    turns = turns_of(voices, windows, spans)

    covered = sum(turn.end_s - turn.start_s for turn in turns)
    spoken = sum(end - start for start, end in spans)
    pauses = sum(end - start for start, end in joined(spans))
    assert spoken - 1e-6 <= covered <= pauses + 1e-6
    assert all(one.end_s <= other.start_s + 1e-9 for one, other in pairwise(turns))
    assert all(turn.end_s > turn.start_s for turn in turns)
