"""A limiter that sees peaks between the samples and ahead of them."""

from __future__ import annotations

import numpy as np

__all__ = ["limit", "shave", "true_peaks"]

_BLOCK = 32
"""Samples that share one gain: 0.7 ms."""

_AHEAD = 4
"""Blocks, 2.7 ms, over which the gain comes down before a peak: softer than a click, shorter than a drum's attack."""

_RELEASE_S = 0.12
_NEAR = 0.7
"""A true peak is at most some 3 dB over the samples around it: lower blocks need no closer look."""

_OVERSAMPLED = 4
_CHUNK = 1 << 13


def limit(stereo: np.ndarray, ceiling: float, *, rate: int = 48_000) -> tuple[np.ndarray, float]:
    """Hold true peaks under a ceiling.

    The gain of each instant is never above what the highest peak near it allows: it is an average of minima, so
    the ceiling is kept by construction and not by luck.

    Args:
        stereo: (2, n) float32.
        ceiling: Highest true peak, as a factor of full scale.
        rate: Hz.

    Returns:
        (2, n) float32, and how much was taken away at the most, dB.
    """
    count = stereo.shape[1]
    blocks = -(-count // _BLOCK)
    need = np.minimum(1.0, ceiling / np.maximum(true_peaks(stereo, above=_NEAR * ceiling), 1e-9))
    if need.min() >= 1:
        return stereo.astype(np.float32, copy=True), 0.0
    held = _lowest_near(_released(need, float(np.exp(-_BLOCK / rate / _RELEASE_S))), 2 * _AHEAD + 1)
    kernel = np.hanning(2 * _AHEAD + 1)[1:-1]
    gain = np.convolve(np.pad(held, _AHEAD - 1, mode="edge"), kernel / kernel.sum(), "valid")
    middles = (np.arange(blocks) + 0.5) * _BLOCK
    smooth = np.interp(np.arange(count), middles, gain).astype(np.float32)
    return stereo * smooth, float(-20 * np.log10(gain.min()))


def shave(stereo: np.ndarray, ceiling: float) -> np.ndarray:
    """Round off what stands out above half the ceiling, so that a limiter behind need not turn everything down for it.

    Attacks of a few milliseconds take it unheard where a limiter's gain would pump; a curve without a corner, four
    times oversampled, so that what it adds folds back nowhere.

    Args:
        stereo: (2, n) float32.
        ceiling: Factor of full scale that the curve comes near and does not reach.
    """
    from scipy.signal import resample_poly

    shaved = np.empty_like(stereo, dtype=np.float32)
    knee = 0.5 * ceiling
    for side in range(2):
        dense = resample_poly(stereo[side].astype(np.float32), _OVERSAMPLED, 1)
        over = np.maximum(np.abs(dense) - knee, 0.0)
        dense = np.sign(dense) * (np.minimum(np.abs(dense), knee) + (ceiling - knee) * np.tanh(over / (ceiling - knee)))
        shaved[side] = resample_poly(dense, 1, _OVERSAMPLED)[: stereo.shape[1]]
    return shaved


def true_peaks(stereo: np.ndarray, *, above: float = 0.0) -> np.ndarray:
    """Highest true peak of each 32 samples (BS.1770-4, annex 2: four times oversampled).

    Args:
        stereo: (2, n).
        above: Blocks of lower samples are not oversampled: their highest sample stands for them.
    """
    from scipy.signal import resample_poly

    count = stereo.shape[1]
    blocks = -(-count // _BLOCK)
    padded = np.zeros((2, blocks * _BLOCK), np.float32)
    padded[:, :count] = stereo
    peaks = np.abs(padded).max(axis=0).reshape(blocks, _BLOCK).max(axis=1).astype(np.float64)
    margin = 2 * _BLOCK
    for first in range(0, blocks * _BLOCK, _CHUNK):
        here = slice(first // _BLOCK, min(blocks, (first + _CHUNK) // _BLOCK))
        if peaks[here].max(initial=0.0) <= above:
            continue
        begin, end = max(0, first - margin), min(blocks * _BLOCK, first + _CHUNK + margin)
        fine = np.abs(resample_poly(padded[:, begin:end], _OVERSAMPLED, 1, axis=1)).max(axis=0)
        skip = (first - begin) * _OVERSAMPLED
        fine = fine[skip : skip + (here.stop - here.start) * _BLOCK * _OVERSAMPLED]
        peaks[here] = np.maximum(peaks[here], fine.reshape(-1, _BLOCK * _OVERSAMPLED).max(axis=1))
    return peaks


def _released(need: np.ndarray, keep: float) -> np.ndarray:
    """Gains that come back slowly after each peak."""
    taken = 1 - need
    held = 0.0
    slow = np.empty_like(taken)
    for place, now in enumerate(taken.tolist()):
        held = max(now, held * keep)
        slow[place] = held
    return 1 - slow


def _lowest_near(values: np.ndarray, width: int) -> np.ndarray:
    from scipy.ndimage import minimum_filter1d

    return minimum_filter1d(values, width + 2, mode="nearest")
