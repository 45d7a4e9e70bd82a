"""Dynamic time warping: which stretch of the sound each token of a text lies on.

The cheapest monotone path through a matrix of costs, from its first corner to its last, by steps of one row, one column
or both (Sakoe and Chiba, 1978). Pure Python takes a third of a second for a window of 220 tokens; this is compiled.
"""

from __future__ import annotations

import numba
import numpy as np

__all__ = ["dtw_path"]

_BOTH, _TOKEN, _FRAME = 0, 1, 2


def dtw_path(cost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The cheapest way through a matrix of costs.

    Args:
        cost: (tokens, frames) float32, finite; both at least 1. Lower is better, and it may be negative.

    Returns:
        The path's tokens and its frames, both (P,) int64 that never fall: from (0, 0) to (tokens - 1, frames - 1), no
        token and no frame left out. Of steps that cost the same, the one along the frames, then the one
        along both. (transformers' own takes the frame's step when the other two tie, though it may cost more.)

    Raises:
        ValueError: There is nothing to walk on, or a cost is no number.
    """
    if cost.ndim != 2 or not cost.size:
        raise ValueError(f"a path needs tokens and frames, not a matrix of shape {cost.shape}")
    if not np.isfinite(cost).all():
        raise ValueError("a cost is no finite number")
    return _walked_back(_steps(np.ascontiguousarray(cost, np.float32)))


@numba.njit(nogil=True)
def _steps(cost: np.ndarray) -> np.ndarray:
    """(tokens, frames) int8: by which step the cheapest way comes to each place. Sums are in float64."""
    tokens, frames = cost.shape
    steps = np.empty((tokens, frames), np.int8)
    above = np.full(frames + 1, np.inf)
    above[0] = 0.0
    here = np.empty(frames + 1)
    for token in range(tokens):
        here[0] = np.inf
        for frame in range(frames):
            both, down, along = above[frame], above[frame + 1], here[frame]
            if along <= both and along <= down:
                best, step = along, _FRAME
            elif both <= down:
                best, step = both, _BOTH
            else:
                best, step = down, _TOKEN
            here[frame + 1] = best + cost[token, frame]
            steps[token, frame] = step
        above, here = here, above
    return steps


@numba.njit(nogil=True)
def _walked_back(steps: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The path that the steps make, from its end to its beginning and turned round."""
    token, frame = steps.shape[0] - 1, steps.shape[1] - 1
    tokens = np.empty(token + frame + 1, np.int64)
    frames = np.empty(token + frame + 1, np.int64)
    length = 0
    while True:
        tokens[length], frames[length] = token, frame
        length += 1
        if token == 0 and frame == 0:
            return tokens[:length][::-1].copy(), frames[:length][::-1].copy()
        if token == 0:
            frame -= 1
        elif frame == 0:
            token -= 1
        else:
            step = steps[token, frame]
            token -= step != _FRAME
            frame -= step != _TOKEN
