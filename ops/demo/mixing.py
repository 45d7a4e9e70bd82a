"""The final mix: the score gives way to the narration, and the whole is mastered to −16 LUFS."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ops.demo.instruments import SAMPLE_RATE, room
from ops.demo.speech import SpokenLine

__all__ = ["LOUDNESS_LUFS", "integrated_loudness", "mix"]

LOUDNESS_LUFS = -16.0  # the level that the podcast and web platforms ask for
CEILING = 10 ** (-2.0 / 20)  # sample peaks stay 2 dB under full scale, so that the AAC decoder does not clip
DUCK = 10 ** (-9.0 / 20)  # how far the score steps back under a voice
SPEECH_LUFS = -17.5
SCORE_LUFS = -19.0

# ITU-R BS.1770-4, tables 1 and 2: the head's shelf and the high-pass of K-weighting at 48 kHz
SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))


def mix(score: np.ndarray, lines: Sequence[SpokenLine]) -> np.ndarray:
    """Score `(2, n)` and spoken lines to the film's sound, `(2, n)` float32 at 48 kHz, −1 to 1."""
    length = score.shape[1]
    speech = np.zeros(length, np.float32)
    speaking = np.zeros(length, np.float32)
    for spoken in lines:
        at = round(spoken.line.start_s * SAMPLE_RATE)
        voice = _voiced(spoken.samples)
        speech[at : at + len(voice)] += voice[: length - at]
        speaking[at : round(spoken.end_s * SAMPLE_RATE)] = 1
    stereo = _levelled(np.stack([speech, speech]), SPEECH_LUFS)
    stereo += 0.06 * _in_hall(stereo)
    gain = 1 - (1 - DUCK) * _eased(speaking, 0.35)
    return _mastered(stereo + _levelled(score, SCORE_LUFS) * gain)


def _voiced(samples: np.ndarray) -> np.ndarray:
    """A dry synthetic voice made easier on the ear: rumble and fizz off, presence up, level evened out."""
    spectrum = np.fft.rfft(samples)
    hertz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE) + 1e-9
    shape = 1 / (1 + (85 / hertz) ** 6) / (1 + (hertz / 9000) ** 6)
    shape *= 1 + 0.35 * np.exp(-(np.log2(hertz / 3000) ** 2))
    clear = np.fft.irfft(spectrum * shape, len(samples)).astype(np.float32)
    level = np.sqrt(_eased(clear**2, 0.08) + 1e-8)
    typical = float(np.percentile(level[level > 0.1 * level.max()], 50))
    return clear * np.minimum((typical / np.maximum(level, 0.25 * typical)) ** 0.4, 1.6).astype(np.float32)


def _eased(signal: np.ndarray, seconds: float) -> np.ndarray:
    """A moving average taken twice, centred, so that gains open before the first word and close after the last."""
    from scipy.ndimage import uniform_filter1d

    width = int(seconds * SAMPLE_RATE)
    return uniform_filter1d(uniform_filter1d(signal, width, mode="nearest"), width, mode="nearest")


def _in_hall(stereo: np.ndarray) -> np.ndarray:
    from scipy.signal import fftconvolve

    return fftconvolve(stereo, room(), axes=1)[:, : stereo.shape[1]].astype(np.float32)


def _levelled(stereo: np.ndarray, lufs: float) -> np.ndarray:
    return stereo * np.float32(10 ** ((lufs - integrated_loudness(stereo)) / 20))


def _mastered(stereo: np.ndarray) -> np.ndarray:
    """To the target loudness under the ceiling, by a limiter that looks ahead; the tail fades with the picture."""
    from scipy.ndimage import minimum_filter1d, uniform_filter1d

    tail = SAMPLE_RATE
    stereo = stereo.copy()
    stereo[:, -tail:] *= np.cos(np.linspace(0, np.pi / 2, tail, dtype=np.float32))
    ahead = int(0.004 * SAMPLE_RATE)
    for _ in range(3):  # what the limiter takes away, the next round gives back
        stereo = _levelled(stereo, LOUDNESS_LUFS)
        peak = np.abs(stereo).max(axis=0)
        gain = np.minimum(1, CEILING / np.maximum(peak, 1e-6))
        gain = uniform_filter1d(minimum_filter1d(gain, 2 * ahead + 1), ahead)
        stereo = stereo * gain.astype(np.float32)
    return np.clip(stereo, -1, 1)


def integrated_loudness(stereo: np.ndarray) -> float:
    """Gated programme loudness of `(2, n)` at 48 kHz, in LUFS (ITU-R BS.1770-4); −inf for silence."""
    from scipy.signal import lfilter

    weighted = np.asarray(lfilter(*HIGH_PASS, lfilter(*SHELF, stereo.astype(np.float64), axis=1), axis=1))
    hop = SAMPLE_RATE // 10  # blocks of 400 ms that overlap by three quarters
    energy = np.add.reduceat((weighted**2).sum(axis=0), np.arange(0, stereo.shape[1] - hop + 1, hop))
    blocks = np.convolve(energy, np.ones(4), "valid")[:-1] / (4 * hop) + 1e-12
    level = -0.691 + 10 * np.log10(blocks)
    loud = blocks[level > -70]
    if not len(loud):
        return float("-inf")
    gate = -0.691 + 10 * np.log10(loud.mean()) - 10
    return float(-0.691 + 10 * np.log10(blocks[(level > -70) & (level > gate)].mean()))
