"""Dynamic time warping of a window's tokens on its frames, against transformers' own, in turns."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from ops.transcript.dtw import dtw_path

_FRAMES = 1500
"""Of 30 s."""


def tell_dtw(turns: int) -> None:
    """Seconds of a window, the best of some turns, and how many times quicker ours is."""
    from transformers.models.whisper.generation_whisper import _dynamic_time_warping

    dtw_path(np.zeros((2, 2), np.float32))  # compiles
    print(f"{'tokens':>6} {'frames':>6} {'ours, ms':>9} {'transformers, ms':>17} {'ratio':>7}")
    for tokens, frames in ((100, _FRAMES), (220, _FRAMES), (440, _FRAMES), (100, 500), (220, 500)):
        cost = np.random.default_rng(tokens).normal(size=(tokens, frames)).astype(np.float32)
        ours = _best(lambda cost=cost: dtw_path(cost), turns)
        theirs = _best(lambda cost=cost: _dynamic_time_warping(cost.astype(np.float64)), turns)
        print(f"{tokens:6d} {frames:6d} {1e3 * ours:9.2f} {1e3 * theirs:17.1f} {theirs / ours:7.0f}")


def _best(work: Callable[[], object], turns: int) -> float:
    times = []
    for _ in range(turns):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)
