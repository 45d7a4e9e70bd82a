"""Riding the level of music that was not made for a trailer: soft bars raised, loud ones held, as at a mixing desk.

A film's own music goes from a whisper to a storm; at one loudness for the whole trailer the whisper would be lost under
the room it is heard in, and the storm would be all limiter. A part of the arc is kept on purpose.
"""

from __future__ import annotations

import numpy as np

__all__ = ["ridden"]

_STEP_S, _WINDOW_S = 0.1, 3.0
"""The window of EBU Tech 3341's short-term loudness."""

_KEPT = 0.35
"""Share of the differences that stays: 12 LU from hook to climax become 4, as between the parts of our own beds' full
layers."""

_MOST_DB = 10.0
_SILENT_DB = -30.0
"""So far below the middle it is a rest, which is not raised."""


def ridden(samples: np.ndarray, sample_rate: int) -> np.ndarray:
    """Music with its level ridden towards the middle of its own levels.

    Args:
        samples: (N, 2) float32.
        sample_rate: Hz.

    Returns:
        (N, 2) float32.
    """
    hop = int(_STEP_S * sample_rate)
    steps = -(-len(samples) // hop)
    if steps < 2:
        return samples
    padded = np.zeros((steps * hop, 2), np.float32)
    padded[: len(samples)] = samples
    power = (padded.reshape(steps, -1) ** 2).mean(axis=1)
    window = np.hanning(int(_WINDOW_S / _STEP_S) + 2)[1:-1]
    reach = np.convolve(np.ones(steps), window, "same")
    level = 10 * np.log10(np.convolve(power, window, "same") / reach + 1e-12)
    middle = 10 * np.log10(power.mean() + 1e-12)
    heard = level > middle + _SILENT_DB
    gain_db = np.where(heard, np.clip((1 - _KEPT) * (middle - level), -_MOST_DB, _MOST_DB), 0.0)
    at = (np.arange(steps) + 0.5) * hop
    gain = 10 ** (np.interp(np.arange(len(samples)), at, gain_db) / 20)
    return samples * gain.astype(np.float32)[:, None]
