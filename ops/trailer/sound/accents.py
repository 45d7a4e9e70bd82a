"""Strokes that point at the picture: a riser that swells to its last frame, a hit, a boom; tuned to the music."""

from __future__ import annotations

import numpy as np

from ops.audio.instruments import SAMPLE_RATE, cymbal, room
from ops.audio.orchestra import strings, taiko
from ops.trailer.soundtrack import AccentKind

__all__ = ["accent_samples"]

_PEAK = {AccentKind.RISER: 0.32, AccentKind.HIT: 0.42, AccentKind.BOOM: 0.45}
"""Peaks beside a bed of `mix.MUSIC_LUFS`: as strong as its drums; a riser's end is felt before it is heard."""


def accent_samples(kind: AccentKind, samples: int, key: int) -> np.ndarray:
    """One stroke.

    Args:
        kind: Which.
        samples: How long it sounds, at 48 kHz.
        key: Root of the music's key, a MIDI note around 33 to 44.

    Returns:
        (samples, 2) float32; begins and ends at silence, except that a riser ends at its height.
    """
    if samples < 2:
        return np.zeros((max(0, samples), 2), np.float32)
    make = {AccentKind.RISER: _riser, AccentKind.HIT: _hit, AccentKind.BOOM: _boom}[kind]
    sides = make(samples, key)
    return np.ascontiguousarray((sides * np.float32(_PEAK[kind] / np.abs(sides).max())).T)


def _riser(samples: int, key: int) -> np.ndarray:
    """Air that opens upwards, strings that slide up an octave into the key, both louder and louder; (2, samples)."""
    share = np.linspace(0, 1, samples, dtype=np.float32)
    air = _opening_air(samples)
    turns = np.cumsum(440 * 2 ** ((key + 24 + 12 * share**2 - 69) / 12) / SAMPLE_RATE)
    slide = np.zeros((2, samples), np.float32)
    for voice, cents in enumerate((-11.0, -4.0, 5.0, 12.0)):
        phase = 2 * np.pi * turns * 2 ** (cents / 1200) + 1.7 * voice
        tone = sum(np.sin(partial * phase) / partial for partial in range(1, 6))
        slide[voice % 2] += np.asarray(tone, np.float32)
    swell = share**2.2
    roll = 1 + 0.25 * np.sin(2 * np.pi * np.cumsum(4 + 8 * share) / SAMPLE_RATE)  # trembles quicker and quicker
    ends = min(samples, round(0.003 * SAMPLE_RATE))
    swell[samples - ends :] *= np.linspace(1, 0, ends, dtype=np.float32)
    return ((air + 0.10 * slide) * swell * roll).astype(np.float32)


def _opening_air(samples: int) -> np.ndarray:
    """(2, samples) noise whose band climbs from 300 Hz to 9 kHz: windows of it, each filtered, laid over each other."""
    window, hop = 4096, 2048
    frames = samples // hop + 2
    random = np.random.default_rng(31)
    out = np.zeros((2, (frames + 1) * hop + window), np.float32)
    hertz = np.fft.rfftfreq(window, 1 / SAMPLE_RATE) + 1e-9
    taper = np.hanning(window + 1)[:-1]
    for frame in range(frames):
        centre = 300 * 30 ** min(1.0, frame * hop / samples)
        band = 1 / (1 + (np.log2(hertz / centre) / 0.8) ** 4)
        noise = np.fft.irfft(np.fft.rfft(random.standard_normal((2, window)), axis=1) * band, window, axis=1)
        out[:, frame * hop : frame * hop + window] += (noise / noise.std() * taper).astype(np.float32) * 0.2
    return out[:, hop : hop + samples]


def _hit(samples: int, key: int) -> np.ndarray:
    """A drum, the key's root under it, a little metal."""
    return _ringing(samples, key, life_s=0.35, metal=0.35)


def _boom(samples: int, key: int) -> np.ndarray:
    """A hit whose root goes on, sinking, with low strings that leave last."""
    sides = _ringing(samples, key, life_s=1.1, metal=0.5)
    held = samples / SAMPLE_RATE
    for note in (key, key + 12, key + 19):
        voice = 0.10 * strings(note, held, attack_s=0.02, bright=0.7)[:, :samples]
        sides[:, : voice.shape[1]] += voice * np.exp(-_time(samples)[: voice.shape[1]] / 1.6)
    return sides * _leaving(samples, 0.5)


def _ringing(samples: int, key: int, *, life_s: float, metal: float) -> np.ndarray:
    from scipy.signal import fftconvolve

    t = _time(samples)
    root = 440 * 2 ** ((key - 69) / 12)
    phase = 2 * np.pi * (root * t + root * 0.05 * (1 - np.exp(-t / 0.05)))
    low = np.tanh(1.6 * np.sin(phase) * np.exp(-t / life_s)) * np.minimum(1, t / 0.002)
    dry = np.zeros(samples, np.float32)
    for sound, loud in ((taiko(True), 1.0), (cymbal(), 0.25 * metal)):
        heard = sound[:samples]
        dry[: len(heard)] += loud * heard
    wet = fftconvolve(np.stack([dry, dry]), room(), axes=1)[:, :samples]
    return ((dry + 0.8 * low + 0.45 * wet) * _leaving(samples, 0.25)).astype(np.float32)


def _leaving(samples: int, share: float) -> np.ndarray:
    """1, then down to 0 over the last share."""
    fall = max(1, int(share * samples))
    shape = np.ones(samples, np.float32)
    shape[samples - fall :] = np.cos(np.linspace(0, np.pi / 2, fall, dtype=np.float32))
    return shape


def _time(samples: int) -> np.ndarray:
    return np.arange(samples, dtype=np.float32) / np.float32(SAMPLE_RATE)
