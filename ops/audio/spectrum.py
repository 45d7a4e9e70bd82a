"""Short-time spectra of a sound as it streams by, a block of frames at a time.

Frames are 64 ms long (Hann), 10 ms apart, frame k centred on time k × 10 ms; a sine of full scale has power 1.
64 ms part the harmonics of the deepest voices and still see an attack within a frame or two.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ops.audio.listening import RATE

__all__ = ["BINS_HZ", "FRAMES_PER_S", "HOP", "WINDOW", "SpectrumStream"]

HOP = 160
"""Samples from frame to frame: 10 ms."""

WINDOW = 1024
"""Samples a frame sees: 64 ms."""

FRAMES_PER_S = RATE / HOP

BINS_HZ = np.fft.rfftfreq(WINDOW, 1 / RATE)
"""(513,) centre of each bin, Hz."""

_BLOCK = 1024
"""Frames computed together: about 10 s, 4 MB."""


class SpectrumStream:
    """Cuts samples into frames and gives their power spectra."""

    def __init__(self) -> None:
        self._hann = np.hanning(WINDOW + 1)[:-1].astype(np.float32)
        self._scale = np.float32((self._hann.sum() / 2) ** -2)
        self._waiting: list[np.ndarray] = [np.zeros(WINDOW // 2, np.float32)]
        self._length = WINDOW // 2
        self._samples = 0

    def push(self, samples: np.ndarray) -> Iterator[np.ndarray]:
        """Take (N,) float32 at `RATE`; yield (F, 513) float32 power of the frames that are complete."""
        self._waiting.append(samples)
        self._length += len(samples)
        self._samples += len(samples)
        if self._length >= WINDOW + HOP * (_BLOCK - 1):
            yield from self._frames()

    def finish(self) -> Iterator[np.ndarray]:
        """The frames that remain, up to the one centred on the last sample's 10 ms."""
        missing = HOP * (-(-self._samples // HOP) - 1) + WINDOW // 2 - self._samples
        self._waiting.append(np.zeros(max(0, missing), np.float32))
        yield from self._frames()

    def _frames(self) -> Iterator[np.ndarray]:
        samples = np.concatenate(self._waiting)
        count = max(0, 1 + (len(samples) - WINDOW) // HOP)
        for first in range(0, count, _BLOCK):
            last = min(count, first + _BLOCK)
            stretch = samples[first * HOP : (last - 1) * HOP + WINDOW]
            framed = np.lib.stride_tricks.sliding_window_view(stretch, WINDOW)[::HOP]
            bins = np.fft.rfft(framed * self._hann, axis=1)
            yield (bins.real**2 + bins.imag**2) * self._scale
        self._waiting = [samples[count * HOP :]]
        self._length = len(self._waiting[0])
