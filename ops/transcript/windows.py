"""Windows of at most 30 s, cut where nobody speaks or, in a long speech, where it is quietest.

Source: voice-activity cut and merge, Bain et al. (2023), "WhisperX": a recogniser that hears blind slices of 30 s cuts
words in two and loses whole sentences.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ops.transcript.recognition import Window

__all__ = ["windows_of"]

_RATE = 16_000
_STEP = 160
"""Samples of one step of the level, 10 ms."""

_QUIET_STEPS = 15
"""A cut looks for the quietest 0.15 s: the closure of a "p" is as quiet and lasts half as long (Klatt, 1976)."""

_PAD_S = 0.5
"""Left before and after speech where there is room. The embedded recogniser, which takes the mean of a window for its
level, is wrong in 38 % of the words of eleven recordings with so much or more, in 43 % with 0.1 to 0.3 s."""


_BREATH_S = 2.0
"""Over a longer pause no window goes on: what is in it is not speech, and a recogniser makes words of it."""


def windows_of(sound: np.ndarray, spans: Sequence[tuple[float, float]], *, longest_s: float = 30.0) -> list[Window]:
    """Cut the speech of a film into windows.

    A span that is longer than a window is cut at its quietest place, near its middle where several are as quiet; short
    ones share a window with the pauses of up to 2 s between them as they are. Takes time in proportion to the sound.

    Args:
        sound: (N,) float32 mono at 16 kHz, full scale 1; a memory map is read where somebody speaks only.
        spans: Where somebody speaks, in order and apart, (from, to) in seconds.
        longest_s: No window is longer.

    Returns:
        In order and without overlap; every sample of a span lies in exactly one of them.

    Raises:
        ValueError: The spans are not in order and apart, or the longest window is below 1 s.
    """
    if longest_s < 1.0:
        raise ValueError(f"windows of {longest_s} s hold no speech")
    longest = int(longest_s * _RATE)
    parts = [part for span in _within(spans, len(sound)) for part in _cut(sound, *span, longest)]
    merged = _merged(parts, longest)
    return [Window(start / _RATE, sound[start:end]) for start, end in _padded(merged, len(sound), longest)]


def _within(spans: Sequence[tuple[float, float]], length: int) -> list[tuple[int, int]]:
    """In samples, every one that a span touches included."""
    found: list[tuple[int, int]] = []
    reached = 0
    for start_s, end_s in spans:
        start, end = max(0, math.floor(start_s * _RATE)), min(length, math.ceil(end_s * _RATE))
        if start < reached - 1 or end_s < start_s:  # one sample may be touched by two spans
            raise ValueError(f"the speech from {start_s} s to {end_s} s is out of order")
        start = max(start, reached)
        if end > start:
            found.append((start, end))
            reached = end
    return found


def _cut(sound: np.ndarray, start: int, end: int, longest: int) -> list[tuple[int, int]]:
    """One span in parts that fit, each of them as long as there is a quiet place for; a level is measured once."""
    if end - start <= longest:
        return [(start, end)]
    level = _level(sound[start:end])
    parts: list[tuple[int, int]] = []
    at = start
    while end - at > longest:
        left = end - at
        # what is left in even parts, so that no scrap of a word stays over at the end
        even = left / math.ceil(left / longest)
        low = at + int(min(even * 0.6, longest * 0.5))
        high = min(at + longest, end - 1)
        cut = _quietest(level, low - start, high - start, int(at + even) - start) + start
        parts.append((at, cut))
        at = cut
    return [*parts, (at, end)]


def _level(sound: np.ndarray) -> np.ndarray:
    """(L,) dB: the mean over 0.15 s around each step of 10 ms."""
    steps = max(1, len(sound) // _STEP)
    whole = np.asarray(sound[: steps * _STEP], np.float32)
    rows = np.pad(whole, (0, steps * _STEP - len(whole))).reshape(steps, _STEP)
    power = np.einsum("ij,ij->i", rows, rows) / _STEP
    kernel = np.ones(min(_QUIET_STEPS, steps)) / min(_QUIET_STEPS, steps)
    return 10 * np.log10(np.convolve(np.nan_to_num(power), kernel, mode="same") + 1e-10)


def _quietest(level: np.ndarray, low: int, high: int, wanted: int) -> int:
    """The sample of the quietest step between two; a step further off must be quieter, by 6 dB at the edge."""
    first = min(max(0, math.ceil(low / _STEP)), len(level) - 1)
    last = max(first + 1, min(len(level), high // _STEP))
    places = np.arange(first, last)
    reach = max(1.0, (high - low) / _STEP)
    best = int(places[np.argmin(level[first:last] + 6.0 * np.abs(places - wanted / _STEP) / reach)])
    return int(min(max(best * _STEP + _STEP // 2, low, 1), high))


def _merged(parts: list[tuple[int, int]], longest: int) -> list[tuple[int, int]]:
    """Neighbours in one window while they fit with the pause between them."""
    merged: list[tuple[int, int]] = []
    for start, end in parts:
        if merged and end - merged[-1][0] <= longest and start - merged[-1][1] <= _BREATH_S * _RATE:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def _padded(windows: list[tuple[int, int]], length: int, longest: int) -> list[tuple[int, int]]:
    """A little of the pauses around, half of one at most and no window over its limit."""
    padded: list[tuple[int, int]] = []
    for place, (start, end) in enumerate(windows):
        room = (longest - (end - start)) // 2
        before = windows[place - 1][1] if place else 0
        after = windows[place + 1][0] if place + 1 < len(windows) else length
        left = min(int(_PAD_S * _RATE), room, (start - before) // 2 if place else start)
        right = min(int(_PAD_S * _RATE), room, (after - end) // 2 if place + 1 < len(windows) else length - end)
        padded.append((start - left, end + right))
    return padded
