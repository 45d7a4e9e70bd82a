"""Where a film is at its strongest: what stands out within the title itself, added up."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

import numpy as np

__all__ = ["WEIGHTS", "cut_density", "highlight_curve"]

WEIGHTS: Mapping[str, float] = {
    "motion": 0.25,
    "cuts": 0.15,
    "loudness": 0.20,
    "flux": 0.15,
    "speech_gap": 0.10,
    "light": 0.05,
    "face": 0.10,
}
"""What counts how much: movement and its change, cuts around, loudness and onsets, change of the spectrum, that nobody
speaks, change of light and colour, the area of faces."""

_CUT_WINDOW_S = 10.0
_MOST = 3.0
"""One bang counts no more than this many standard deviations."""

_SMOOTH_S = 2.0
"""A moment is about two seconds long."""


def highlight_curve(parts: Mapping[str, np.ndarray], step_s: float) -> np.ndarray:
    """(T,) float32, 0 to 1, of curves by the names of `WEIGHTS`, each z-scored within the title and weighed.

    A part that is the same all along the film says nothing; a film where all are is at one half throughout.
    """
    total = sum(weight * _z(parts[name]) for name, weight in WEIGHTS.items())
    assert isinstance(total, np.ndarray)
    width = max(1, round(_SMOOTH_S / step_s))
    kernel = np.hanning(width + 2)[1:-1]
    smooth = np.convolve(total, kernel, mode="full")[(width - 1) // 2 :][: len(total)]
    smooth /= np.convolve(np.ones(len(total)), kernel, mode="full")[(width - 1) // 2 :][: len(total)]
    spread = sqrt(sum(weight**2 for weight in WEIGHTS.values()))
    return (1 / (1 + np.exp(-1.7 * smooth / spread))).astype(np.float32)  # the normal distribution's, within 0.01


def cut_density(times_s: np.ndarray, cuts_s: np.ndarray) -> np.ndarray:
    """(T,) float64, cuts a second within ten seconds around each time, those nearer counting more."""
    density = np.zeros(len(times_s))
    for cut in cuts_s:
        near = 1 - np.abs(times_s - cut) / (_CUT_WINDOW_S / 2)
        density += np.maximum(0, near)
    return density / (_CUT_WINDOW_S / 2)


def _z(values: np.ndarray) -> np.ndarray:
    spread = float(values.std())
    return np.zeros(len(values)) if spread < 1e-6 else np.clip((values - values.mean()) / spread, -_MOST, _MOST)
