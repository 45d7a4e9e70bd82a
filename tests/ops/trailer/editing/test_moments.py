"""Of a shot the stretch that is worth most, and none of its black."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.ops.trailer.editing.moments_at_random import moments_at_random


def test_a_window_keeps_off_the_black_of_its_shot_where_there_is_another() -> None:
    moments = moments_at_random(120, 3)
    random = np.random.default_rng(3)
    for candidate in range(len(moments)):
        first, last = int(moments.first[candidate]), int(moments.last[candidate])
        frames = int(random.integers(12, last - first + 1))
        steps = np.arange(len(moments.highlight)) * 6  # a quarter of a second at 24 a second
        black_from = int(random.integers(first, last))
        dark = (steps >= black_from) & (steps < black_from + 30)
        # what is worth most lies in the black
        dimmed = replace(moments, dark=dark, highlight=np.where(dark, 5.0, moments.highlight))
        start, end = dimmed.window(candidate, frames)
        assert first <= start and end <= last and end - start == frames

        black = np.repeat(dark, 6)
        shares = [int(black[at : at + frames].sum()) for at in range(first, last - frames + 1)]
        mine = int(black[start:end].sum())
        assert mine < 6 or mine == min(shares)


def test_without_black_the_window_with_the_most_highlight_is_taken() -> None:
    moments = moments_at_random(40, 4)
    for candidate in range(len(moments)):
        frames = 24
        worth = np.convolve(np.repeat(moments.highlight, 6), np.ones(frames), "valid")
        first, last = int(moments.first[candidate]), int(moments.last[candidate])
        start, _ = moments.window(candidate, frames)
        assert np.isclose(worth[start], worth[first : last - frames + 1].max())
