"""The embedded voice embedder: what a spectrum and a pitch tell of who speaks, without a trained network.

A window becomes 61 descriptors: means, spreads and speeds of its mel cepstrum (the shape of the vocal tract; Davis
and Mermelstein, 1980) and its pitch. A fixed linear map (linear discriminant analysis over the speakers of open
recordings, `voice_weights.csv`) keeps of them what differs between people more than within one. It tells clearly
different voices apart and is no match for a trained x-vector; `docs/speech.md` has what was measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np

from ops.audio.listening import RATE

__all__ = ["DESCRIPTORS", "VoicePrint", "describe"]

_HOP, _FRAME, _FFT = 160, 400, 512
"""Frames of 25 ms every 10 ms."""

_MELS, _CEPSTRA = 30, 19
"""The 0th coefficient is how loud it is, which is nobody's own."""

_PITCH_FRAME, _PITCH_FFT = 640, 2048
"""40 ms: two periods of the deepest voice that is looked for."""

_PITCH_HZ = (60.0, 400.0)
_VOICED = 0.45
"""Height of the normalised autocorrelation from which a frame has a pitch."""

_LONGER = 0.05
"""Taken off a period's height for each octave that it is longer: what repeats after one repeats after two (Boersma)."""

_BELOW_LOUD_DB = 25.0
"""Frames so far below the window's loud ones are pauses and room."""

DESCRIPTORS = 3 * _CEPSTRA + 4

_UNSURE = 5.0
"""A coordinate that all voices share, somewhat longer than the scatter of one voice (1 in each of 14 dimensions).
Without it a voice near the average points anywhere, and rain divides it. With it, mixes of two and three readers and
recordings of one are told right for any likeness from 0.5 to 0.7, where it was 0.45 to 0.5 with 4."""


class VoicePrint:
    """See `ops.speech.diarisation.embedding.VoiceEmbedder`."""

    name = "embedded/voice-print"
    alike = 0.6

    def embed(self, windows: Sequence[np.ndarray]) -> np.ndarray:
        """See VoiceEmbedder."""
        centre, projection = _weights()
        if not windows:
            return np.zeros((0, projection.shape[1] + 1), np.float32)
        voices = (np.stack([describe(window) for window in windows]) - centre) @ projection
        prints = np.column_stack([voices, np.full(len(voices), _UNSURE)])
        lengths = np.linalg.norm(prints, axis=1, keepdims=True)
        return (prints / np.maximum(lengths, 1e-9)).astype(np.float32)


def describe(window: np.ndarray) -> np.ndarray:
    """What a window sounds like.

    Args:
        window: (N,) float32 at 16 kHz.

    Returns:
        (DESCRIPTORS,) float64: means, spreads and speeds of the cepstrum; height and spread of the pitch in octaves,
        how much of the window has one, and how clear it is.
    """
    samples = np.nan_to_num(np.asarray(window, np.float64), posinf=0.0, neginf=0.0)
    samples = np.pad(samples, (0, max(0, _PITCH_FRAME + 4 * _HOP - len(samples))))
    power = np.abs(np.fft.rfft(_framed(samples, _FRAME) * np.hanning(_FRAME), _FFT)) ** 2
    mel = np.log10(power @ _mel_bank().T + 1e-10)
    level = 10 * np.log10(power.sum(axis=1) + 1e-10)
    sounding = level > np.percentile(level, 90) - _BELOW_LOUD_DB
    cepstra = _cosines(mel)
    speeds = np.gradient(cepstra, axis=0)
    return np.concatenate([
        cepstra[sounding].mean(axis=0),
        cepstra[sounding].std(axis=0),
        speeds[sounding].std(axis=0),
        _pitch_of(samples, sounding),
    ])  # fmt: skip


def _cosines(mel: np.ndarray) -> np.ndarray:
    from scipy.fft import dct

    return np.asarray(dct(mel, type=2, axis=1, norm="ortho"))[:, 1 : 1 + _CEPSTRA]


def _pitch_of(samples: np.ndarray, sounding: np.ndarray) -> np.ndarray:
    """(4,): octaves over 150 Hz, their spread, share of frames with a pitch, and its mean clearness."""
    frames = _framed(samples, _PITCH_FRAME)
    frames = (frames - frames.mean(axis=1, keepdims=True)) * np.hanning(_PITCH_FRAME)
    spectrum = np.abs(np.fft.rfft(frames, _PITCH_FFT)) ** 2
    own = np.fft.irfft(spectrum)[:, :_PITCH_FRAME] / _window_own()
    own = own / np.maximum(own[:, :1], 1e-12)
    shortest, longest = int(RATE / _PITCH_HZ[1]), int(RATE / _PITCH_HZ[0])
    searched = own[:, shortest:longest]
    lags = (searched - _LONGER * np.log2(np.arange(shortest, longest) / shortest)).argmax(axis=1)
    clearness = np.clip(searched[np.arange(len(lags)), lags], 0.0, 1.0)
    heard = sounding[: len(lags)]
    voiced = heard & (clearness > _VOICED)
    if not voiced.any():
        return np.array([0.0, 0.0, 0.0, float(clearness.mean())])
    octaves = np.log2(RATE / (lags[voiced] + shortest) / 150.0)
    low, middle, high = np.percentile(octaves, [25, 50, 75])
    return np.array([middle, high - low, voiced.sum() / max(1, heard.sum()), clearness[voiced].mean()])


def _framed(samples: np.ndarray, length: int) -> np.ndarray:
    return np.lib.stride_tricks.sliding_window_view(samples, length)[::_HOP]


@cache
def _weights() -> tuple[np.ndarray, np.ndarray]:
    """What is taken off the descriptors, (DESCRIPTORS,), and what they are multiplied with, (DESCRIPTORS, d).

    Written by `benchmarks/diarisation.py --fit`, which names the recordings.
    """
    with files("ops.speech").joinpath("voice_weights.csv").open(encoding="ascii") as file:
        table = np.loadtxt(file, delimiter=",")
    return table[:, 0], table[:, 1:]


@cache
def _window_own() -> np.ndarray:
    """Autocorrelation of the pitch frames' own window, by which theirs is divided (Boersma, 1993)."""
    own = np.fft.irfft(np.abs(np.fft.rfft(np.hanning(_PITCH_FRAME), _PITCH_FFT)) ** 2)[:_PITCH_FRAME]
    return np.maximum(own / own[0], 0.05)


@cache
def _mel_bank() -> np.ndarray:
    import librosa

    return librosa.filters.mel(sr=RATE, n_fft=_FFT, n_mels=_MELS, fmin=80, fmax=7600)
