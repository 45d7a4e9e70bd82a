"""A track's waveform as a picture needs it: how far it swings in each of a few thousand steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ops.audio.listening import RATE

__all__ = ["Waveform", "WaveformMeter"]

_STEP = 160
"""Samples looked at together while listening: 10 ms."""

_MOST_STEPS = 4000
"""More than a picture has columns."""


@dataclass(frozen=True)
class Waveform:
    """The swing of all channels mixed to one.

    Attributes:
        step_s: Length of a step.
        low, high: (N,) float32, least and greatest sample of each step, ±1 full scale.
        rms: (N,) float32, its level.
    """

    step_s: float
    low: np.ndarray
    high: np.ndarray
    rms: np.ndarray


class WaveformMeter:
    """Takes mono samples block by block; `finish` gives the waveform."""

    def __init__(self) -> None:
        self._rest = np.zeros(0, np.float32)
        self._steps: list[np.ndarray] = []

    def push(self, samples: np.ndarray) -> None:
        """Take (N,) float32 at `listening.RATE`."""
        samples = np.concatenate([self._rest, samples])
        count = len(samples) // _STEP
        self._look(samples[: count * _STEP].reshape(count, _STEP))
        self._rest = samples[count * _STEP :]

    def finish(self) -> Waveform:
        """The waveform of all that was taken, in at most 4,000 steps."""
        if len(self._rest):
            self._look(self._rest[None])
        steps = np.concatenate(self._steps, axis=1) if self._steps else np.zeros((3, 0), np.float32)
        fold = max(1, -(-steps.shape[1] // _MOST_STEPS))
        missing = -steps.shape[1] % fold
        low = np.pad(steps[0], (0, missing), constant_values=np.inf).reshape(-1, fold).min(axis=1)
        high = np.pad(steps[1], (0, missing), constant_values=-np.inf).reshape(-1, fold).max(axis=1)
        square = np.pad(steps[2], (0, missing), constant_values=np.nan).reshape(-1, fold)
        return Waveform(fold * _STEP / RATE, low, high, np.sqrt(np.nanmean(square, axis=1)))

    def _look(self, blocks: np.ndarray) -> None:
        if blocks.size:
            square = np.mean(np.square(blocks), axis=1)
            self._steps.append(np.stack([blocks.min(axis=1), blocks.max(axis=1), square]))
