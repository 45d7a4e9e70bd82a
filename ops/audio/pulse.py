"""Whether a sound has a steady pulse, where, and how fast: tempo along the film.

The autocorrelation of the onset envelope, over windows of 12 s, is read at a period and its next three
multiples, so that a period must fit a bar and not one interval; a prior (Moelants 2002: listeners prefer about
two beats a second) settles the octave. A Viterbi path over the windows, with a state for "no pulse", gives the
passages that have one tempo.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ops.audio.spectrum import FRAMES_PER_S

__all__ = ["NO_PULSE", "Pulse", "find_pulses", "pulse_strength"]

TEMPI_BPM = np.geomspace(50, 220, 241)
"""0.6 % from one to the next; the beats themselves give the exact tempo."""

_WINDOW = int(12 * FRAMES_PER_S)
_STEP = int(2 * FRAMES_PER_S)
_FULL_EVIDENCE = int(8 * FRAMES_PER_S)
"""A shorter stretch proves less: three spoken words may well be evenly spaced."""

_MULTIPLES = (1.0, 1.0, 0.7, 0.7)
_PREFERRED_BPM, _PREFERENCE_OCTAVES = 115.0, 0.65

NO_PULSE = 0.15
"""Comb scores over 12 s, on 79 recordings of music, 33 of speech and 140 of noises that no test uses: speech
has a median of 0.06 and a 99th percentile of 0.16, rain and traffic less, music a median of 0.30."""

_CHANGE_OF_TEMPO, _ENTRY = 0.3, 0.1
_DRIFT = 2
"""Steps of the grid (1.2 %) that a tempo may drift in 2 s at no cost."""


@dataclass(frozen=True)
class Pulse:
    """A stretch with one tempo.

    Attributes:
        start, end: Frames, end exclusive.
        strength: Mean comb score along it, 0 to 1.
        period: (end - start,) frames from beat to beat, at each frame.
    """

    start: int
    end: int
    strength: float
    period: np.ndarray


def pulse_strength(envelope: np.ndarray) -> np.ndarray:
    """(T,) the best comb score around each frame: how strongly the sound pulses, whatever its tempo."""
    centres, scores = _comb_scores(envelope)
    if len(centres) == 0:
        return np.zeros(len(envelope))
    best = (scores * _preference()).max(axis=1)
    return np.interp(np.arange(len(envelope)), centres, best)


def find_pulses(envelope: np.ndarray) -> list[Pulse]:
    """The stretches of an onset envelope (T,) that have a steady pulse, in order."""
    centres, scores = _comb_scores(envelope)
    if len(centres) == 0:
        return []
    path = _best_path(scores * _preference())
    pulses = []
    edges = np.flatnonzero(np.abs(np.diff(path)) > _DRIFT) + 1
    for run in np.split(np.arange(len(path)), edges):
        if path[run[0]] < 0:
            continue
        start = 0 if run[0] == 0 else int(centres[run[0]]) - _STEP // 2
        end = len(envelope) if run[-1] == len(path) - 1 else int(centres[run[-1]]) + _STEP // 2
        periods = 60 * FRAMES_PER_S / TEMPI_BPM[path[run]]
        pulses.append(
            Pulse(
                start=start,
                end=end,
                strength=float(scores[run, path[run]].mean()),
                period=np.interp(np.arange(start, end), centres[run], periods),
            )
        )
    return pulses


def _preference() -> np.ndarray:
    return np.exp(-0.5 * (np.log2(TEMPI_BPM / _PREFERRED_BPM) / _PREFERENCE_OCTAVES) ** 2)


def _comb() -> np.ndarray:
    """(lags, tempi): each column picks a period and its multiples out of an autocorrelation."""
    periods = 60 * FRAMES_PER_S / TEMPI_BPM
    lags = int(periods.max() * len(_MULTIPLES)) + 2
    comb = np.zeros((lags, len(periods)))
    column = np.arange(len(periods))
    for multiple, weight in enumerate(_MULTIPLES, start=1):
        below = (periods * multiple).astype(int)
        part = periods * multiple - below
        comb[below, column] += weight * (1 - part)
        comb[below + 1, column] += weight * part
    return comb / sum(_MULTIPLES)


def _comb_scores(envelope: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Centres (W,) of the windows in frames, and their scores (W, tempi)."""
    size = len(envelope)
    if size < 2 * FRAMES_PER_S or not envelope.any():
        return np.zeros(0), np.zeros((0, len(TEMPI_BPM)))
    comb = _comb()
    lags = len(comb)
    centres = np.arange(min(_STEP, size) // 2, size, _STEP)
    scores = np.empty((len(centres), len(TEMPI_BPM)))
    for index, centre in enumerate(centres):
        first, last = max(0, centre - _WINDOW // 2), min(size, centre + _WINDOW // 2)
        part = envelope[first:last] - envelope[first:last].mean()
        spectrum = np.abs(np.fft.rfft(part, 2048)) ** 2
        auto = np.fft.irfft(spectrum)[:lags]
        # a lag that few pairs of frames are left for is raised by at most four
        pairs = np.maximum(len(part) - np.arange(lags), len(part) / 4) / len(part)
        auto = auto / (auto[0] + 1e-9) / pairs
        scores[index] = (auto @ comb) * min(1.0, len(part) / _FULL_EVIDENCE)
    return centres, np.clip(scores, 0, 1)


def _best_path(values: np.ndarray) -> np.ndarray:
    """(W,) index of the tempo in each window, -1 where there is no pulse."""
    windows, tempi = values.shape
    step = np.abs(np.subtract.outer(np.arange(tempi), np.arange(tempi)))
    move = np.full((tempi + 1, tempi + 1), _ENTRY)
    move[:tempi, :tempi] = np.where(step <= _DRIFT, 0.0, _CHANGE_OF_TEMPO)
    move[tempi, tempi] = 0.0
    gain = np.hstack([values, np.full((windows, 1), NO_PULSE)])
    total = gain[0]
    came_from = np.empty((windows, tempi + 1), dtype=np.int32)
    for window in range(1, windows):
        options = total[:, None] - move
        came_from[window] = options.argmax(axis=0)
        total = options.max(axis=0) + gain[window]
    path = np.empty(windows, dtype=np.int64)
    path[-1] = total.argmax()
    for window in range(windows - 1, 0, -1):
        path[window - 1] = came_from[window, path[window]]
    return np.where(path == tempi, -1, path)
