"""The orchestra: strings, brass, piano, mallets and drums, each a note as samples at 48 kHz, peak about 1.

Ensembles are not oscillators added up but one inverse transform of a spectrum whose partials are as wide as
players differ (Paul Nasca's PADsynth): a section instead of an organ, at the price of one FFT a note.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from ops.audio.instruments import SAMPLE_RATE, Sound

__all__ = ["brass", "marimba", "piano", "pizzicato", "snare", "spiccato", "strings", "supersaw", "taiko", "tick"]

_CYCLE = 1 << 17
"""Samples after which a section repeats without a seam: 2.7 s."""


def _hertz(note: float) -> float:
    return 440.0 * 2 ** ((note - 69) / 12)


def _time(seconds: float) -> np.ndarray:
    return np.arange(int(seconds * SAMPLE_RATE), dtype=np.float32) / np.float32(SAMPLE_RATE)


@lru_cache(maxsize=96)
def _section(note: int, cents: float, slope: float, roof: float) -> np.ndarray:
    """(2, _CYCLE) float32 of RMS 0.2: partials `cents` wide that fall by n^-slope, and once more above `roof` Hz."""
    size = _CYCLE // 2 + 1
    power = np.zeros(size)
    base = _hertz(note)
    for partial in range(1, int(min(64, 15_000 / base)) + 1):
        centre = base * partial
        loud = partial**-slope / (1 + (centre / roof) ** 2)
        if loud < 1e-4:
            break
        wide = max(1.0, (2 ** (cents / 1200) - 1) * centre * _CYCLE / SAMPLE_RATE)
        middle = centre * _CYCLE / SAMPLE_RATE
        first, last = max(1, int(middle - 4 * wide)), min(size, int(middle + 4 * wide) + 2)
        power[first:last] += loud * np.exp(-0.5 * ((np.arange(first, last) - middle) / wide) ** 2) / np.sqrt(wide)
    random = np.random.default_rng((note, round(roof)))
    sides = np.fft.irfft(power * np.exp(2j * np.pi * random.random((2, size))), _CYCLE, axis=1)
    return (0.2 * sides / sides.std()).astype(np.float32)


def _held(table: np.ndarray, samples: int, offset: int) -> np.ndarray:
    """So many samples of a section, from anywhere in its cycle."""
    return np.take(table, np.arange(offset, offset + samples), axis=1, mode="wrap")


def _shape(samples: int, attack_s: float, release_s: float) -> np.ndarray:
    """Rises as a sine, stays, and leaves as a cosine; (samples,) float32."""
    shape = np.ones(samples, np.float32)
    rise, fall = (min(samples // 2, int(each * SAMPLE_RATE)) for each in (attack_s, release_s))
    shape[:rise] = np.sin(np.linspace(0, np.pi / 2, rise, dtype=np.float32))
    shape[samples - fall :] *= np.cos(np.linspace(0, np.pi / 2, fall, dtype=np.float32))
    return shape


def strings(note: int, seconds: float, *, attack_s: float = 0.18, bright: float = 1.0) -> np.ndarray:
    """A string section that holds a note; (2, n)."""
    samples = int((seconds + 0.5) * SAMPLE_RATE)
    section = _section(note, 22.0, 1.05, 1600.0 * bright)
    return _held(section, samples, 7919 * note % _CYCLE) * _shape(samples, attack_s, 0.55)


def supersaw(note: int, seconds: float) -> np.ndarray:
    """A wide synthesiser chord voice, there at once; (2, n)."""
    samples = int((seconds + 0.08) * SAMPLE_RATE)
    return _held(_section(note, 16.0, 0.95, 5200.0), samples, 4177 * note % _CYCLE) * _shape(samples, 0.008, 0.09)


@lru_cache(maxsize=96)
def spiccato(note: int, hard: bool) -> np.ndarray:
    """A short bounced bow of the section, with the bite of the rosin; (2, n)."""
    t = _time(0.42)
    dark, light = (_held(_section(note, 16.0, 0.95, roof), len(t), 911 * note % _CYCLE) for roof in (1300.0, 5200.0))
    body = dark * np.exp(-t / 0.13) + (1.1 if hard else 0.6) * light * np.exp(-t / 0.05)
    return body * np.minimum(1, t / 0.006) * np.clip((0.42 - t) / 0.06, 0, 1) * 1.5


def brass(note: int, seconds: float, *, swell: float = 0.12) -> np.ndarray:
    """Horns that brighten as they grow, in `swell` seconds, driven a little; (2, n)."""
    samples = int((seconds + 0.35) * SAMPLE_RATE)
    t = np.arange(samples, dtype=np.float32) / np.float32(SAMPLE_RATE)
    force = np.minimum(1, t / np.float32(swell)) ** 1.5 * (0.75 + 0.25 * np.exp(-t / 0.5))
    dark, light = (_held(_section(note, 9.0, 0.8, roof), samples, 3671 * note % _CYCLE) for roof in (700.0, 3600.0))
    blown = dark * (1 - 0.6 * force) + light * force**1.5
    return (np.tanh(3.0 * blown * force) * 0.42 * _shape(samples, 0.015, 0.3)).astype(np.float32)


@lru_cache(maxsize=64)
def piano(note: int, seconds: float) -> Sound:
    """A felted grand: stiff strings whose upper partials are sharp and die first, the hammer under them."""
    t = _time(seconds + 0.25)
    base = _hertz(note)
    total = np.zeros_like(t)
    for partial in range(1, 15):
        hertz = base * partial * (1 + 0.0004 * partial**2) ** 0.5
        if hertz > 9000:
            break
        loud = partial**-1.25 / (1 + (hertz / 2600) ** 2) * abs(np.sin(np.pi * partial / 7.3))
        life = 2.6 * (220 / base) ** 0.4 / (1 + 0.35 * (partial - 1))
        pair = np.sin(np.float32(2 * np.pi * hertz) * t) + 0.8 * np.sin(np.float32(2 * np.pi * (hertz + 0.4)) * t + 1)
        total += loud * (0.6 * np.exp(-t / (0.28 * life)) + 0.4 * np.exp(-t / life)) * pair
    hammer = np.random.default_rng(note).standard_normal(len(t), dtype=np.float32) * np.exp(-t / 0.004) * 0.03
    damped = np.minimum(1, t / 0.002) * np.clip((seconds + 0.25 - t) / 0.25, 0, 1)
    return ((total * 1.1 + hammer) * damped).astype(np.float32)


@lru_cache(maxsize=64)
def pizzicato(note: int) -> Sound:
    """Plucked strings: round, and over before the next."""
    t = _time(0.55)
    base = _hertz(note)
    tone = np.zeros_like(t)
    for partial in range(1, 11):
        if base * partial > 8000:
            break
        tone += (
            abs(np.sin(np.pi * partial * 0.23)) / partial**0.9
            * np.exp(-t * (6.0 + 3.2 * partial)) * np.sin(np.float32(2 * np.pi * base * partial) * t)
        )  # fmt: skip
    return (tone * np.minimum(1, t / 0.002) * np.clip((0.55 - t) / 0.1, 0, 1)).astype(np.float32)


@lru_cache(maxsize=64)
def marimba(note: int) -> Sound:
    """Rosewood under a soft mallet: the bar's tuned partials are 1, 3.9 and 9.2 times its pitch."""
    t = _time(0.9)
    tone = np.zeros_like(t)
    for ratio, loud, life in ((1.0, 1.0, 0.26), (3.93, 0.28, 0.07), (9.2, 0.09, 0.02)):
        hertz = _hertz(note) * ratio
        if hertz < 14_000:
            tone += loud * np.exp(-t / life) * np.sin(np.float32(2 * np.pi * hertz) * t)
    return (tone * np.minimum(1, t / 0.002) * np.clip((0.9 - t) / 0.2, 0, 1) * 0.85).astype(np.float32)


@lru_cache(maxsize=2)
def taiko(deep: bool) -> Sound:
    """A drum as wide as a door: the head falls in pitch, the stick slaps, the body rings."""
    low = 46.0 if deep else 74.0
    t = _time(1.1 if deep else 0.7)
    phase = 2 * np.pi * (low * t + 0.9 * low * 0.03 * (1 - np.exp(-t / 0.03)))
    ring = np.sin(phase) * np.exp(-t / (0.30 if deep else 0.17)) + 0.35 * np.sin(1.59 * phase) * np.exp(-t / 0.10)
    hiss = np.random.default_rng(11 + deep).standard_normal(len(t), dtype=np.float32)
    slap = np.convolve(hiss, np.hanning(24).astype(np.float32) / 12, "same") * np.exp(-t / 0.016)
    fade = np.clip((t[-1] - t) / 0.15, 0, 1)
    return (np.tanh(1.5 * ring + 0.55 * slap) * np.minimum(1, t / 0.0015) * fade * 0.9).astype(np.float32)


@lru_cache(maxsize=1)
def snare() -> Sound:
    """A concert snare: two modes of the head, and the wires."""
    t = _time(0.32)
    head = np.sin(2 * np.pi * 185 * t) * np.exp(-t / 0.06) + 0.6 * np.sin(2 * np.pi * 331 * t) * np.exp(-t / 0.04)
    hiss = np.random.default_rng(21).standard_normal(len(t), dtype=np.float32)
    wires = np.diff(hiss, prepend=np.float32(0)) * np.exp(-t / 0.09) * 0.35
    return ((0.55 * head + wires) * np.minimum(1, t / 0.001) * 0.8).astype(np.float32)


@lru_cache(maxsize=1)
def tick() -> Sound:
    """A clock in the next room."""
    t = _time(0.06)
    tone = np.sin(2 * np.pi * 2350 * t) * np.exp(-t / 0.006) + 0.5 * np.sin(2 * np.pi * 840 * t) * np.exp(-t / 0.012)
    return (tone * np.minimum(1, t / 0.0005)).astype(np.float32)
