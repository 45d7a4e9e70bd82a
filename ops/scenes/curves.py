"""Measurements of all kinds on one grid of times: what an editor sees as curves over the film."""

from __future__ import annotations

import numpy as np

from ops.audio.features import AudioFeatures
from ops.audio.kinds import SoundKind
from ops.audio.loudness import FLOOR_LUFS
from ops.audio.loudness import STEP_S as LOUDNESS_STEP_S
from ops.scenes.model import STEP_S, Line

__all__ = ["grid", "held", "loudness_at", "mean_at", "onset_rate", "shares_of_kinds", "spoken"]

_ONSET_WINDOW_S = 2.0


def grid(duration_s: float) -> np.ndarray:
    """(T,) float64: 0, a quarter of a second, … up to the film's end; at least one point."""
    return np.arange(max(1, int(np.ceil(duration_s / STEP_S - 1e-6)))) * STEP_S


def mean_at(times_s: np.ndarray, at_s: np.ndarray, values: np.ndarray) -> np.ndarray:
    """(T,) float32: the mean of what falls into each step of the grid; where nothing does, what lies between."""
    if not len(values):
        return np.zeros(len(times_s), np.float32)
    place = np.clip(np.rint(at_s / STEP_S).astype(int), 0, len(times_s) - 1)
    count = np.bincount(place, minlength=len(times_s))
    total = np.bincount(place, values, minlength=len(times_s))
    filled = np.flatnonzero(count)
    return np.interp(times_s, times_s[filled], total[filled] / count[filled]).astype(np.float32)


def held(times_s: np.ndarray, starts_s: np.ndarray, values: np.ndarray) -> np.ndarray:
    """(T,) float32: the value of the shot that each time lies in."""
    shot = np.clip(np.searchsorted(starts_s, times_s + 1e-6, side="right") - 1, 0, len(values) - 1)
    return values[shot].astype(np.float32)


def loudness_at(times_s: np.ndarray, curve: np.ndarray, window_s: float) -> np.ndarray:
    """(T,) float32 LUFS of the window centred on each time; where the sound is over, its floor.

    Args:
        times_s: When.
        curve: LUFS at the end of each window, every 0.1 s, as the meter gives it.
        window_s: Length of the meter's window.
    """
    if not len(curve):
        return np.full(len(times_s), FLOOR_LUFS, np.float32)
    ends = np.arange(1, len(curve) + 1) * LOUDNESS_STEP_S
    read = np.interp(np.minimum(times_s + window_s / 2, ends[-1]), ends, curve)
    return np.where(times_s > ends[-1], FLOOR_LUFS, read).astype(np.float32)


def onset_rate(times_s: np.ndarray, features: AudioFeatures) -> np.ndarray:
    """(T,) float32, onsets a second within two seconds around each time."""
    times = features.onsets.times_s
    after = np.searchsorted(times, times_s + _ONSET_WINDOW_S / 2)
    return ((after - np.searchsorted(times, times_s - _ONSET_WINDOW_S / 2)) / _ONSET_WINDOW_S).astype(np.float32)


def shares_of_kinds(features: AudioFeatures, spans_s: np.ndarray) -> np.ndarray:
    """(N, 4) float64: of each span (from, to), the shares of speech, music, other sound and silence; rows sum to 1.

    What lies beyond the track's end is silence.
    """
    kinds = (SoundKind.SPEECH, SoundKind.MUSIC, SoundKind.OTHER, SoundKind.SILENCE)
    seconds = np.zeros((len(spans_s), len(kinds)))
    for segment in features.segments:
        within = np.minimum(spans_s[:, 1], segment.end_s) - np.maximum(spans_s[:, 0], segment.start_s)
        seconds[:, kinds.index(segment.kind)] += np.maximum(0, within)
    lengths = np.maximum(spans_s[:, 1] - spans_s[:, 0], 1e-9)
    seconds[:, 3] += np.maximum(0, lengths - seconds.sum(axis=1))
    return seconds / seconds.sum(axis=1, keepdims=True)


def spoken(lines: tuple[Line, ...], spans_s: np.ndarray) -> np.ndarray:
    """(N,) float64: of each span, the share that lines cover."""
    seconds = np.zeros(len(spans_s))
    for line in lines:
        seconds += np.maximum(0, np.minimum(spans_s[:, 1], line.end_s) - np.maximum(spans_s[:, 0], line.start_s))
    return np.minimum(1.0, seconds / np.maximum(spans_s[:, 1] - spans_s[:, 0], 1e-9))
