"""Noise taken off the sound that speech and voices are looked for in; a recogniser hears the original.

A spectral gate: what a frequency never falls much below is noise, and each moment keeps of it what stands out
(Boll, Suppression of Acoustic Noise in Speech Using Spectral Subtraction, 1979, with a power gain smoothed in time and
frequency). It is for steady noise as loud as the speech or louder, and nothing else: there the detector finds nine
tenths of what it misses without it. In rain, music and fainter noise the detector needs no help, and pure rain through
the gate has been heard as speech. FFmpeg's afftdn was measured beside it and gives nothing back in white noise at
-10 dB; `docs/speech.md` has the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from ops.audio.listening import RATE
from ops.progress import Progress, no_progress
from ops.speech.sound import SpeechSound, write_samples

__all__ = ["denoised"]

_BLOCK, _AROUND = 20 * RATE, 2 * RATE
"""Noise is taken for steady over 20 s, and what is heard 2 s around tells of it too."""

_STEADY_DB = 8.0
"""Noise is high where the loud moments (95th percentile of 32 ms) stand less above the soft (20th): three readers over
white noise stood 10 to 16 dB above it at +5 and +10 dB, 6 to 7 at 0 dB, below 4 at -5 dB; rain, drums and film music
alone 9 dB and more."""

_FFT, _HOP = 512, 128
_SOFT, _OVER = 20, 6.0
"""Percentile of a frequency's power that is taken for noise, and how many times that is taken off. The mean of white
noise is 4.5 times that percentile; 6 gave back most of what 3, 4.5, 6 and 9 did."""

_LEFT = 0.01
"""Of the power, where nothing stands out: digital silence in its place would sound of gates."""

_SMOOTH = (3, 5)
"""Frequencies and frames over which the gain is averaged, against musical noise."""


def denoised(sound: SpeechSound, folder: Path, *, progress: Progress = no_progress) -> SpeechSound:
    """The sound with the noise taken off where it is high; the very same one where it is nowhere.

    Args:
        sound: As `speech_sound` gives it.
        folder: Where "denoised.npy" is written, if it must be; must outlive the sound.
        progress: Told the fraction done.
    """
    samples = sound.samples
    begins = range(0, len(samples), _BLOCK)
    noisy = [_is_noisy(_around(samples, begin)) for begin in begins]
    if not any(noisy):
        progress(1.0)
        return sound

    def blocks() -> Iterator[np.ndarray]:
        for begin, high in zip(begins, noisy, strict=True):
            yield _gated_block(samples, begin) if high else samples[begin : begin + _BLOCK]
            progress(min(1.0, (begin + _BLOCK) / len(samples)))

    seconds = sum(len(samples[begin : begin + _BLOCK]) for begin, high in zip(begins, noisy, strict=True) if high)
    return replace(sound, samples=write_samples(folder / "denoised.npy", blocks()), denoised_s=seconds / RATE)


def _around(samples: np.ndarray, begin: int) -> np.ndarray:
    return np.nan_to_num(np.array(samples[max(0, begin - _AROUND) : begin + _BLOCK + _AROUND]))


def _is_noisy(block: np.ndarray) -> bool:
    frames = block[: len(block) // _FFT * _FFT].reshape(-1, _FFT)
    if len(frames) == 0:
        return False
    power = (frames.astype(np.float64) ** 2).mean(axis=1)
    soft, loud = np.percentile(power, [_SOFT, 95])
    return bool(soft > 0 and 10 * np.log10(loud / soft) < _STEADY_DB)


def _gated_block(samples: np.ndarray, begin: int) -> np.ndarray:
    gated = _gated(_around(samples, begin))
    first = min(begin, _AROUND)
    return gated[first : first + len(samples[begin : begin + _BLOCK])]


def _gated(block: np.ndarray) -> np.ndarray:
    from scipy.ndimage import uniform_filter1d
    from scipy.signal import ShortTimeFFT
    from scipy.signal.windows import hann

    transform = ShortTimeFFT(hann(_FFT, sym=False), _HOP, RATE)
    padded = np.pad(block, (0, max(0, _FFT - len(block))))
    spectrum = transform.stft(padded)
    power = np.abs(spectrum) ** 2
    noise = _OVER * np.percentile(power, _SOFT, axis=1, keepdims=True)
    gain = np.sqrt(np.clip(1 - noise / np.maximum(power, 1e-12), _LEFT, 1.0))
    for axis, width in enumerate(_SMOOTH):
        gain = uniform_filter1d(gain, width, axis=axis)
    restored = transform.istft(spectrum * gain, k1=len(padded))
    return np.asarray(restored[: len(block)], np.float32)
