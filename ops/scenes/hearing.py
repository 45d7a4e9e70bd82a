"""A film's sound once through: its level every 10 ms, and eight times a second its brightness, stir and tones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ops.audio.listening import RATE, hear_mono
from ops.progress import Progress, no_progress

__all__ = ["LEVEL_STEP_S", "TONE_STEP_S", "Heard", "listen", "stretches"]

LEVEL_STEP_S = 0.01
"""Seconds between the levels."""

TONE_STEP_S = 0.125
"""Seconds between the spectra."""

_HOP, _WINDOW = int(TONE_STEP_S * RATE), 4096
"""256 ms part the semitones from about 130 Hz on, where melody and harmony lie."""

_LEVEL_HOP = int(LEVEL_STEP_S * RATE)
_FLOOR = 1e-10
_SEMITONES = (48, 96)
"""MIDI notes that count for the key: C3 (131 Hz) to C7 (2093 Hz)."""


@dataclass(frozen=True, eq=False)
class Heard:
    """What was heard.

    Attributes:
        level: (L,) float32, dB of full scale of each 10 ms; -100 for silence.
        centroid: (S,) float32, centre of the spectrum between 60 Hz and 8 kHz, as log2 of Hz; 0 in silence.
        flux: (S,) float32, mean rise of the spectrum's bands since the one before, dB.
        chroma: (S, 12) float32, strength of the twelve tones from C on, summing to 1; zero in silence.
    """

    level: np.ndarray
    centroid: np.ndarray
    flux: np.ndarray
    chroma: np.ndarray


def listen(track: Path, *, progress: Progress = no_progress, duration_s: float = 0.0) -> Heard:
    """Hear a track from its first sample to its last, a few seconds in memory at a time.

    Raises:
        MediaError: It cannot be opened, has no sound, or is damaged on the way.
    """
    bands, tones, octaves = _bands(), _tones(), _octaves()
    hann = np.hanning(_WINDOW + 1)[:-1].astype(np.float32)
    levels, rest = [], np.zeros(0, np.float32)
    spectra: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    waiting = np.zeros(_WINDOW // 2, np.float32)
    before: np.ndarray | None = None
    done = 0
    for block in _blocks_and_tail(track):
        done += len(block)
        samples = np.concatenate([rest, block])
        count = len(samples) // _LEVEL_HOP
        levels.append(samples[: count * _LEVEL_HOP].reshape(count, _LEVEL_HOP).var(axis=1))
        rest = samples[count * _LEVEL_HOP :]
        waiting = np.concatenate([waiting, block])
        count = max(0, 1 + (len(waiting) - _WINDOW) // _HOP)
        if count:
            frames = np.lib.stride_tricks.sliding_window_view(waiting, _WINDOW)[::_HOP][:count]
            power = np.square(np.abs(np.fft.rfft(frames * hann, axis=1))).astype(np.float32) * np.float32(
                (2 / hann.sum()) ** 2
            )
            loud = 10 * np.log10(power @ bands + _FLOOR)
            last = loud[:1] if before is None else before[None]
            rise = np.maximum(0, loud - np.concatenate([last, loud[:-1]])).mean(axis=1)
            before = loud[-1]
            spectra.append((_centroid(power, octaves), rise, _chroma(power, tones)))
            waiting = waiting[count * _HOP :]
        if duration_s:
            progress(min(1.0, done / RATE / duration_s))
    level = np.concatenate(levels) if levels else np.zeros(0, np.float32)
    centroid, flux, chroma = (
        (np.concatenate([each[place] for each in spectra]) for place in range(3))
        if spectra
        else (np.zeros(0), np.zeros(0), np.zeros((0, 12)))
    )
    return Heard(
        (10 * np.log10(level + _FLOOR)).astype(np.float32),
        centroid.astype(np.float32),
        flux.astype(np.float32),
        chroma.astype(np.float32),
    )


def stretches(track: Path, wanted: list[tuple[float, float]]) -> Iterator[np.ndarray]:
    """The sound of stretches (from, to, in seconds), in their order and not overlapping: (N,) float32 mono at 16 kHz.

    Raises:
        MediaError: It cannot be opened, has no sound, or is damaged on the way.
    """
    waiting = [(round(start * RATE), round(end * RATE)) for start, end in wanted]
    kept: list[np.ndarray] = []
    here = 0
    for block in hear_mono(track):
        end = here + len(block)
        while waiting and waiting[0][0] < end:
            first, last = waiting[0]
            kept.append(block[max(0, first - here) : max(0, last - here)])
            if last > end:
                break
            yield np.concatenate(kept)
            kept = []
            waiting.pop(0)
        here = end
        if not waiting:
            return
    for _ in waiting:  # the track ends within the last one
        yield np.concatenate(kept) if kept else np.zeros(0, np.float32)
        kept = []


def _blocks_and_tail(track: Path) -> Iterator[np.ndarray]:
    """The track's samples, and half a window of silence after them."""
    yield from hear_mono(track)
    yield np.zeros(_WINDOW // 2, np.float32)


def _centroid(power: np.ndarray, octaves: np.ndarray) -> np.ndarray:
    """Of amplitude and not of power, or one bass note would be all that is heard."""
    used = np.sqrt(power[:, octaves > 0])
    total = used.sum(axis=1)
    return np.where(total > 1e-4, (used @ octaves[octaves > 0]) / np.maximum(total, 1e-12), 0.0)


def _chroma(power: np.ndarray, tones: np.ndarray) -> np.ndarray:
    """Square roots, so that one loud partial does not drown the chord."""
    strength = np.sqrt(power) @ tones
    total = strength.sum(axis=1, keepdims=True)
    return np.where(total > 1e-4, strength / np.maximum(total, 1e-12), 0.0)


def _hz() -> np.ndarray:
    return np.fft.rfftfreq(_WINDOW, 1 / RATE)


def _octaves() -> np.ndarray:
    hz = _hz()
    return np.where(hz >= 60, np.log2(np.maximum(hz, 1.0)), 0.0).astype(np.float32)


def _bands() -> np.ndarray:
    """(bins, 24): third octaves and a bit from 50 Hz to 8 kHz, as means."""
    edges = np.geomspace(50, RATE / 2, 25)
    inside = (_hz()[:, None] >= edges[:-1]) & (_hz()[:, None] < edges[1:])
    return (inside / np.maximum(1, inside.sum(axis=0))).astype(np.float32)


def _tones() -> np.ndarray:
    """(bins, 12): which tone each bin belongs to, 1 on the note and none a quarter tone off; higher octaves less."""
    hz = np.maximum(_hz(), 1.0)
    note = 69 + 12 * np.log2(hz / 440)
    near = np.clip(1 - 2 * np.abs(note - np.rint(note)), 0, 1)
    near *= (note >= _SEMITONES[0] - 0.5) & (note < _SEMITONES[1])
    near *= np.exp(-np.maximum(0, note - 72) / 24)
    tones = np.zeros((len(hz), 12), np.float32)
    tones[np.arange(len(hz)), np.rint(note).astype(int) % 12] = near
    return tones
