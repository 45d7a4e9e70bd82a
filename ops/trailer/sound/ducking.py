"""The music gives way to the voice: a side chain that hears the dialogue a little before everybody else does."""

from __future__ import annotations

import numpy as np

from ops.audio.instruments import SAMPLE_RATE

__all__ = ["STEP_S", "ducking", "level_db", "spread"]

STEP_S = 0.001
"""Gains are worked out once a millisecond and drawn straight in between."""

UNDER_DB = 13.5
"""How far the music lies under a voice."""

LEAST_DB, MOST_DB = 6.0, 15.0
"""How far it steps back: less is not heard as giving way, more as a hole. Music that is soft by itself, as that of
a set-up, needs less to lie where a voice is free of it."""

_ATTACK_S, _RELEASE_S = 0.020, 0.400
_AHEAD_S = 0.050
"""Two and a half times the attack: the music is down when the first sound of the word comes."""

_HOLD_S = 0.5
"""Pauses between words and phrases: the music does not come back for them."""

_OPENS_DB = 20.0
"""Under the voice's own level: breath and room below it open nothing."""


def ducking(voice: np.ndarray, music: np.ndarray, *, voice_db: float) -> np.ndarray:
    """How far the music is turned down.

    Args:
        voice: (N, 2) at 48 kHz: the dialogue as it is mixed, silent where there is none.
        music: (N, 2): the music as it is mixed.
        voice_db: The voice's usual level, dB of full scale (RMS).

    Returns:
        (N / 48) float64, dB at each millisecond, 0 and below.
    """
    steps = -(-len(voice) // round(STEP_S * SAMPLE_RATE))
    speaking = level_db(voice, 0.010) > voice_db - _OPENS_DB
    hold, ahead = round(_HOLD_S / STEP_S), round(_AHEAD_S / STEP_S)
    held = np.zeros(steps, dtype=bool)
    for first, last in _runs(speaking):
        held[max(0, first - ahead) : last + hold] = True
    wanted = np.zeros(steps)
    music_db = level_db(music, 0.400)
    for first, last in _runs(held):
        heard = music_db[first:last]
        over = 10 * np.log10(np.mean(10 ** (heard / 10)) + 1e-12) - voice_db + UNDER_DB
        wanted[first:last] = -float(np.clip(over, LEAST_DB, MOST_DB))
    down, up = (1 - np.exp(-STEP_S / seconds) for seconds in (_ATTACK_S, _RELEASE_S))
    gain, now = np.empty(steps), 0.0
    for place, goal in enumerate(wanted.tolist()):
        now += (goal - now) * (down if goal < now else up)
        gain[place] = now
    return gain


def spread(steps_db: np.ndarray, samples: int) -> np.ndarray:
    """(samples, 1) float32 factors of a gain that is given once a millisecond in dB."""
    at = np.arange(len(steps_db)) * (STEP_S * SAMPLE_RATE)
    return (10 ** (np.interp(np.arange(samples), at, steps_db) / 20)).astype(np.float32)[:, None]


def level_db(samples: np.ndarray, window_s: float) -> np.ndarray:
    """RMS level of (N, 2), dB of full scale, over a window around each millisecond; (ceil(N / 48),)."""
    from scipy.ndimage import uniform_filter1d

    step = round(STEP_S * SAMPLE_RATE)
    steps = -(-len(samples) // step)
    padded = np.zeros(steps * step)
    padded[: len(samples)] = np.mean(np.square(samples, dtype=np.float64), axis=1)
    power = padded.reshape(steps, step).mean(axis=1)
    return 10 * np.log10(np.maximum(uniform_filter1d(power, max(1, round(window_s / STEP_S)), mode="constant"), 1e-12))


def _runs(flags: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
