"""How loud the voice is along a stretch of film: its band, in the middle of the film's sound.

Films put the voice in the middle and the music around it, so that what is alike in both channels is the voice
(Avendano and Jot 2004).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ops.audio.excerpt import excerpt
from ops.audio.instruments import SAMPLE_RATE

__all__ = ["OVER_ROOM_DB", "STEP_S", "SpeechLevels", "speech_levels"]

STEP_S = 0.01
_BAND_HZ = (150.0, 5000.0)
_WINDOW = 1024
"""21 ms at 48 kHz: closures within words stay visible."""

_SMOOTH = 4
"""Steps that are averaged: likeness of single spectra flickers."""

_MIDDLE = 8
"""Power of the likeness of both channels by which a bin counts: 0.9 alike counts half."""

_UNDER_DB, _LEAST_UNDER_DB, OVER_ROOM_DB = 22.0, 12.0, 6.0
"""A pause is so far under the line's level, or within 6 dB of the room where the room is loud; by 12 dB at least."""

_ROOM_S = 0.2
_AROUND_S = 1.5
"""What is heard on either side of a line to know its room."""


@dataclass(frozen=True)
class SpeechLevels:
    """The level of a voice's band along a stretch of film.

    Attributes:
        start_s: Time of the film at which it begins.
        levels_db: (T,) every 10 ms, dB of full scale.
    """

    start_s: float
    levels_db: np.ndarray

    def between(self, start_s: float, end_s: float) -> np.ndarray:
        """The levels of a stretch of it."""
        first, last = (round((time - self.start_s) / STEP_S) for time in (start_s, end_s))
        return self.levels_db[max(0, first) : max(0, last)]

    def quiet(self, start_s: float, end_s: float) -> np.ndarray:
        """(T,) bool: where it is a pause beside the line from `start_s` to `end_s`."""
        voice = self.voice_db(start_s, end_s)
        threshold = np.clip(self.room_db() + OVER_ROOM_DB, voice - _UNDER_DB, voice - _LEAST_UNDER_DB)
        return self.levels_db < threshold

    def voice_db(self, start_s: float, end_s: float) -> float:
        """How loud a line is."""
        line = self.between(start_s, end_s)
        return float(np.percentile(line, 90)) if len(line) else -120.0

    def room_db(self) -> float:
        """How loud it is where nobody speaks: the softest fifth of a second."""
        count = min(len(self.levels_db), round(_ROOM_S / STEP_S))
        power = np.convolve(10 ** (self.levels_db / 10), np.ones(count) / count, "valid")
        return float(10 * np.log10(power.min()))


def speech_levels(film: Path, start_s: float, end_s: float) -> SpeechLevels:
    """Hear a line and what is around it.

    Args:
        film: The film's track.
        start_s: Where the line begins, seconds of the film.
        end_s: Where it ends.

    Raises:
        MediaError: The track cannot be read.
    """
    begin = round(max(0.0, start_s - _AROUND_S) / STEP_S) * STEP_S
    steps = max(1, round((end_s + _AROUND_S - begin) / STEP_S))
    hop = round(STEP_S * SAMPLE_RATE)
    # frame k is centred on the middle of step k
    heard = excerpt(film, begin + (STEP_S - _WINDOW / SAMPLE_RATE) / 2, (steps - 1) * hop + _WINDOW)
    framed = np.lib.stride_tricks.sliding_window_view(heard, _WINDOW, axis=0)[::hop] * np.hanning(_WINDOW)
    left, right = np.moveaxis(np.fft.rfft(framed, axis=2), 1, 0)
    hertz = np.fft.rfftfreq(_WINDOW, 1 / SAMPLE_RATE)
    band = (hertz >= _BAND_HZ[0]) & (hertz <= _BAND_HZ[1])
    alike = 2 * np.real(left * np.conj(right)) / (np.abs(left) ** 2 + np.abs(right) ** 2 + 1e-20)
    middle = np.abs(left + right) ** 2 * np.maximum(alike, 0) ** _MIDDLE
    power = middle[:, band].sum(axis=1) / (_WINDOW / 2) ** 2
    smooth = np.convolve(
        np.pad(power, (_SMOOTH // 2, _SMOOTH - _SMOOTH // 2 - 1), mode="edge"), np.ones(_SMOOTH), "valid"
    )
    return SpeechLevels(begin, 10 * np.log10(np.maximum(smooth / _SMOOTH, 1e-12)))
