"""The band: each instrument turns a note into mono samples, `(n,)` float32 at 48 kHz, peak about 1."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

__all__ = ["SAMPLE_RATE", "Sound", "bass", "bell", "clap", "cymbal", "hat", "kick", "pad", "room", "shaker"]

SAMPLE_RATE = 48_000
Sound = np.ndarray
"""`(n,)` float32, mono, 48 kHz."""


def _time(seconds: float) -> Sound:
    return np.arange(int(seconds * SAMPLE_RATE), dtype=np.float32) / np.float32(SAMPLE_RATE)


def _pitch(note: int) -> float:
    """A MIDI note number in hertz, equal temperament, A4 = 440 Hz."""
    return 440.0 * 2 ** ((note - 69) / 12)


def _hiss(seconds: float, seed: int) -> Sound:
    return np.random.default_rng(seed).standard_normal(int(seconds * SAMPLE_RATE), dtype=np.float32)


def _band(sound: Sound, low: float, high: float) -> Sound:
    """Band-pass through the spectrum, with soft edges of a third of an octave."""
    spectrum = np.fft.rfft(sound)
    hertz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE) + 1e-9
    edges = 1 / (1 + (low / hertz) ** 8) / (1 + (hertz / high) ** 8)
    return np.fft.irfft(spectrum * edges, len(sound)).astype(np.float32)


@lru_cache(maxsize=64)
def pad(note: int, seconds: float) -> Sound:
    """Soft strings: three voices a few cents apart, high partials that swell and ebb, slow in and slow out."""
    t = _time(seconds + 1.2)
    total = np.zeros_like(t)
    for voice, cents in enumerate((-6.0, 0.5, 7.0)):
        base = _pitch(note) * 2 ** (cents / 1200)
        for partial in range(1, 9):
            hertz = base * partial
            if hertz > 7000:
                break
            warmth = 1 / partial**1.5 / (1 + (hertz / 1500) ** 2)
            swell = 0.7 + 0.3 * np.sin(2 * np.pi * (0.13 + 0.03 * voice) * t + partial)
            total += warmth * swell * np.sin(2 * np.pi * hertz * t + 2.1 * voice + 0.7 * partial)
    rise, fall = np.minimum(1, t / 0.55), np.clip((seconds + 1.2 - t) / 1.2, 0, 1)
    return (total * rise * fall**1.5 / 3.2).astype(np.float32)


@lru_cache(maxsize=64)
def bell(note: int, bright: float) -> Sound:
    """A plucked, bell-like tone by frequency modulation; `bright` is how much of its sparkle it keeps."""
    t = _time(1.1)
    hertz = _pitch(note)
    sparkle = bright * 2.2 * np.exp(-t / 0.09) + 0.35 * bright
    tone = np.sin(2 * np.pi * hertz * t + sparkle * np.sin(2 * np.pi * 2.002 * hertz * t))
    tone += 0.25 * np.sin(2 * np.pi * 0.5 * hertz * t)
    return (tone * np.exp(-t / 0.26) * np.minimum(1, t / 0.003) * 0.8).astype(np.float32)


@lru_cache(maxsize=32)
def bass(note: int, seconds: float) -> Sound:
    """A round electric bass: a few partials, a little drive, damped at the end of the note."""
    t = _time(seconds + 0.05)
    hertz = _pitch(note)
    tone = sum(np.sin(2 * np.pi * hertz * n * t) / n**1.4 * np.exp(-t * n * 1.1) for n in range(1, 7))
    damp = np.clip((seconds + 0.05 - t) / 0.05, 0, 1) * np.minimum(1, t / 0.006)
    return (np.tanh(1.5 * np.asarray(tone)) * damp * 0.8).astype(np.float32)


@lru_cache(maxsize=1)
def kick() -> Sound:
    """A drum that falls from 150 to 47 Hz, with the beater's click."""
    t = _time(0.38)
    phase = 2 * np.pi * (47 * t + (150 - 47) * 0.035 * (1 - np.exp(-t / 0.035)))
    body = np.sin(phase) * np.exp(-t / 0.13)
    click = _band(_hiss(0.38, 1), 1500, 6000) * np.exp(-t / 0.004) * 0.5
    return (np.tanh(1.6 * body) * 0.9 + click).astype(np.float32)


@lru_cache(maxsize=1)
def clap() -> Sound:
    """Hands: three bursts of noise close together, then the tail."""
    t = _time(0.30)
    bursts = sum(np.exp(-np.clip(t - at, 0, None) / 0.006) * (t >= at) for at in (0.0, 0.011, 0.023))
    tail = np.exp(-np.clip(t - 0.03, 0, None) / 0.075) * (t >= 0.03)
    return (_band(_hiss(0.30, 2), 900, 7000) * (0.6 * np.asarray(bursts) + 0.7 * tail) * 0.5).astype(np.float32)


@lru_cache(maxsize=2)
def hat(open_: bool) -> Sound:
    """A hi-hat, closed or open."""
    seconds, decay = (0.35, 0.10) if open_ else (0.10, 0.022)
    return (_band(_hiss(seconds, 3), 7000, 16000) * np.exp(-_time(seconds) / decay) * 0.8).astype(np.float32)


@lru_cache(maxsize=1)
def shaker() -> Sound:
    """A shaker: the grains need a moment to arrive."""
    t = _time(0.12)
    return (_band(_hiss(0.12, 4), 5000, 12000) * (t / 0.02) * np.exp(1 - t / 0.02) * 0.5).astype(np.float32)


@lru_cache(maxsize=1)
def cymbal() -> Sound:
    """A crash that takes two seconds to leave."""
    t = _time(2.6)
    return (_band(_hiss(2.6, 5), 3500, 15000) * np.exp(-t / 0.7) * np.minimum(1, t / 0.002) * 0.6).astype(np.float32)


@lru_cache(maxsize=1)
def room() -> Sound:
    """The impulse response of a large, dark hall: `(2, n)`, decaying noise that loses its highs first."""
    t = _time(2.2)
    sides = []
    for side in (6, 7):
        noise = _hiss(2.2, side)
        early = _band(noise, 200, 7000) * np.exp(-t / 0.22)
        late = _band(noise, 150, 2400) * np.exp(-t / 0.55)
        sides.append((early + 1.2 * late) * np.minimum(1, t / 0.012))
    hall = np.stack(sides)
    return (hall / np.sqrt((hall**2).sum(axis=1, keepdims=True))).astype(np.float32)
