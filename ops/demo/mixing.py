"""The final mix: the score gives way to the narration, and the whole is mastered to −16 LUFS."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ops.audio.instruments import SAMPLE_RATE, room
from ops.audio.weighing import integrated_loudness
from ops.demo.speech import SpokenLine

__all__ = ["LOUDNESS_LUFS", "mix"]

LOUDNESS_LUFS = -16.0  # the level that the podcast and web platforms ask for
CEILING = 10 ** (-2.0 / 20)  # sample peaks stay 2 dB under full scale, so that the AAC decoder does not clip
DUCK = 10 ** (-9.0 / 20)  # how far the score steps back under a voice
SPEECH_LUFS = -17.5
SCORE_LUFS = -19.0


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
