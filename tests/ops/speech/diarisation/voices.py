"""Made-up voices: points on a sphere, as near to each other as a test wants."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

__all__ = ["TonesByPitch", "cloud", "towards"]


def towards(voice: int, dimensions: int = 16) -> np.ndarray:
    return np.eye(dimensions)[voice]


def cloud(voices: Sequence[int], *, scatter: float = 0.12, seed: int = 0, dimensions: int = 16) -> np.ndarray:
    """(n, d) float32 of length 1: each window of its voice, and a little of everything."""
    rng = np.random.default_rng(seed)
    points = np.stack([towards(voice, dimensions) for voice in voices])
    points += scatter * rng.standard_normal(points.shape)
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)


class TonesByPitch:
    """Tells tones apart by their frequency, one dimension for each 100 Hz."""

    name = "tones"
    alike = 0.5

    def embed(self, windows: Sequence[np.ndarray]) -> np.ndarray:
        vectors = np.zeros((len(windows), 40), np.float32)
        for row, window in enumerate(windows):
            power = np.abs(np.fft.rfft(window, 16_000)) ** 2
            vectors[row] = np.add.reduceat(power[:4000], np.arange(0, 4000, 100))
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
