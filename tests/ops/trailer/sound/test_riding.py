"""Riding the level of music, and rounding its peaks: measured by levels, spectra and FFmpeg's own limits of hearing."""

from __future__ import annotations

import numpy as np
import pytest

from ops.audio.limiter import shave, true_peaks
from ops.trailer.sound.riding import ridden

RATE = 48_000


def noise(seconds: float, level_db: float, seed: int = 1) -> np.ndarray:
    drawn = np.random.default_rng(seed).standard_normal((round(seconds * RATE), 2))
    return (drawn * 10 ** (level_db / 20)).astype(np.float32)


def level(samples: np.ndarray) -> float:
    return float(10 * np.log10((samples.astype(np.float64) ** 2).mean()))


def test_a_whisper_and_a_storm_come_nearer_and_keep_their_order() -> None:
    music = np.concatenate([noise(10, -40), noise(10, -28)])

    heard = ridden(music, RATE)

    soft, loud = level(heard[2 * RATE : 8 * RATE]), level(heard[12 * RATE : 18 * RATE])
    assert loud - soft == pytest.approx(0.35 * 12, abs=0.5)
    assert heard.shape == music.shape and heard.dtype == np.float32


def test_music_of_one_level_is_left_alone_and_so_is_a_rest() -> None:
    even = noise(10, -25)
    assert level(ridden(even, RATE) / 1.0) == pytest.approx(level(even), abs=0.3)
    rest = np.concatenate([noise(8, -25), noise(8, -70, 2), noise(8, -25, 3)])
    assert level(ridden(rest, RATE)[11 * RATE : 13 * RATE]) == pytest.approx(-70, abs=0.5)


def test_no_step_is_heard_where_the_level_changes() -> None:
    music = np.concatenate([noise(6, -45), noise(6, -20)])
    gain = np.abs(ridden(music, RATE)).mean(axis=1) / np.maximum(np.abs(music).mean(axis=1), 1e-9)
    per_10_ms = 20 * np.log10(gain[:: RATE // 100])
    assert np.abs(np.diff(per_10_ms)).max() < 1.0


@pytest.mark.parametrize("count", [0, 1, 100, 4799])
def test_a_sound_too_short_to_ride_is_as_it_was(count: int) -> None:
    music = noise(1, -20)[:count]
    assert np.array_equal(ridden(music, RATE), music)


@pytest.mark.parametrize("gain", [0.5, 1.0, 4.0, 30.0])
def test_shaving_keeps_under_its_ceiling_and_what_is_under_half_of_it_as_it_was(gain: float) -> None:
    t = np.arange(RATE) / RATE
    tone = np.stack([np.sin(2 * np.pi * 220 * t), np.sin(2 * np.pi * 440 * t)]).astype(np.float32)

    shaved = shave(gain * tone, 0.8)

    # a wave shaved square overshoots at its edges once it is band-limited (Gibbs: 9 % of the step, 0.14 of 0.8)
    assert true_peaks(shaved).max() < 0.8 + 0.09 * 1.6
    soft = shave(0.39 * tone, 0.8)
    assert np.abs(soft - 0.39 * tone)[:, 480:-480].max() < 2e-3


def test_what_shaving_adds_is_harmonics_and_nothing_folds_back() -> None:
    """7 kHz shaved has its third harmonic at 21 kHz; its fifth, 35 kHz, would fold to 13 kHz without oversampling."""
    t = np.arange(RATE) / RATE
    tone = np.sin(2 * np.pi * 7000 * t)[None].repeat(2, 0).astype(np.float32)
    spectrum = np.abs(np.fft.rfft(shave(2 * tone, 0.8)[0] * np.hanning(RATE)))
    db = 20 * np.log10(spectrum / spectrum.max() + 1e-12)
    assert db[12_900:13_100].max() < -60
