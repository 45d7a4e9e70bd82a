"""Moving averages over frames, each in one pass whatever the window's length."""

from __future__ import annotations

import numpy as np

__all__ = ["moving_mean", "moving_spread"]


def moving_mean(values: np.ndarray, width: int, weights: np.ndarray | None = None) -> np.ndarray:
    """Mean of the `width` frames around each frame, of those there are at the ends.

    Args:
        values: (T,) any float.
        width: Frames.
        weights: (T,) not negative; frames of weight 0 do not count. Where none counts, the mean is 0.

    Returns:
        (T,) float64.
    """
    weights = np.ones(len(values)) if weights is None else weights.astype(np.float64)
    weight = _moving_sum(weights, width)
    total = _moving_sum(values * weights, width)
    # what is left of the running sum's rounding must not stand for a window without weight
    return np.where(weight > 1e-6, total / np.maximum(weight, 1e-6), 0.0)


def moving_spread(values: np.ndarray, width: int, weights: np.ndarray | None = None) -> np.ndarray:
    """Standard deviation of the `width` frames around each frame; arguments as `moving_mean`."""
    mean = moving_mean(values, width, weights)
    square = moving_mean(np.asarray(values, dtype=np.float64) ** 2, width, weights)
    return np.sqrt(np.maximum(0, square - mean**2))


def _moving_sum(values: np.ndarray, width: int) -> np.ndarray:
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    centre = np.arange(len(values))
    first = np.clip(centre - width // 2, 0, len(values))
    last = np.clip(centre - width // 2 + width, 0, len(values))
    return sums[last] - sums[first]
