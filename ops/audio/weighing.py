"""Programme loudness of samples that are at hand, quick enough to be asked again and again while a mix is made.

The judge of what is published stays FFmpeg's meter (`loudness.py`); a test holds the two to a tenth of a unit.
"""

from __future__ import annotations

import numpy as np

__all__ = ["integrated_loudness"]

_RATE = 48_000

# ITU-R BS.1770-4, tables 1 and 2: the head's shelf and the high-pass of K-weighting at 48 kHz
_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))


def integrated_loudness(stereo: np.ndarray) -> float:
    """Gated programme loudness of `(2, n)` at 48 kHz, in LUFS (ITU-R BS.1770-4); −inf for silence."""
    from scipy.signal import lfilter

    weighted = np.asarray(lfilter(*_HIGH_PASS, lfilter(*_SHELF, stereo.astype(np.float64), axis=1), axis=1))
    hop = _RATE // 10  # blocks of 400 ms that overlap by three quarters
    energy = np.add.reduceat((weighted**2).sum(axis=0), np.arange(0, stereo.shape[1] - hop + 1, hop))
    blocks = np.convolve(energy, np.ones(4), "valid")[:-1] / (4 * hop) + 1e-12
    level = -0.691 + 10 * np.log10(blocks)
    loud = blocks[level > -70]
    if not len(loud):
        return float("-inf")
    gate = -0.691 + 10 * np.log10(loud.mean()) - 10
    return float(-0.691 + 10 * np.log10(blocks[(level > -70) & (level > gate)].mean()))
