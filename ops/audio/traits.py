"""What each 10 ms of a sound is like, in a dozen numbers: the evidence for its rhythm and for its kind.

A film of two hours comes to 720,000 frames and some 50 MB here, against 460 MB for its samples; everything
later works on these numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from ops.audio.spectrum import BINS_HZ, HOP, WINDOW, SpectrumStream

__all__ = ["BANDS", "REFERENCE_LUFS", "FrameTraits", "TraitsMeter"]

REFERENCE_LUFS = -23.0
"""Sound is judged as if its programme loudness were EBU R128's, so that no threshold depends on its level."""

BANDS = 9
"""Wide bands kept for every frame."""

_MELS = 36
_FLOOR = 1e-7
"""-70 dB of full scale in a band: the softest that is looked at, far below a voice and above coding noise."""

_FLUX_LAG = 2
"""Frames: a rise is looked for over 20 ms, about the attack of a drum in a 64 ms frame."""

_STEADY_LAG = 20
"""Frames: a note is still there 200 ms later, a vowel has moved on."""


@dataclass(frozen=True)
class FrameTraits:
    """Arrays of one entry a frame, frame k at k × 10 ms, all float32 of length T unless said otherwise.

    Attributes:
        level: Level of the frame's own 10 ms, dB of full scale, without its mean; -120 for digital silence.
        flux: Mean rise over the mel bands, dB (SuperFlux: Böck and Widmer 2013), which shows onsets.
        low_flux: Rise between 30 and 130 Hz, dB: kick and bass, hardly the snare.
        flatness: Geometric to arithmetic mean of the power between 300 Hz and 4 kHz, dB; 0 is white noise.
        centroid: Centre of the spectrum on the mel scale, in bands.
        brightness: Level above 3 kHz against below 1.5 kHz, dB: fricatives against vowels.
        harmonicity: Height of the pitch peak of the autocorrelation (70 to 440 Hz), 0 to 1.
        pitch: log2 of that peak's period.
        steadiness: Correlation of the fine structure of the spectrum with that 200 ms before: held tones.
        bands: (T, 9) float16, level of nine wide bands, dB.
    """

    level: np.ndarray
    flux: np.ndarray
    low_flux: np.ndarray
    flatness: np.ndarray
    centroid: np.ndarray
    brightness: np.ndarray
    harmonicity: np.ndarray
    pitch: np.ndarray
    steadiness: np.ndarray
    bands: np.ndarray

    def __len__(self) -> int:
        return len(self.flux)


class TraitsMeter:
    """Takes a sound's samples block by block; `finish` gives the traits of all frames."""

    def __init__(self, *, gain: float = 1.0) -> None:
        self._gain = np.float32(gain)
        self._spectrum = SpectrumStream()
        self._rest = np.zeros(0, np.float32)
        self._levels: list[np.ndarray] = []
        self._traits: list[dict[str, np.ndarray]] = []
        self._before: tuple[np.ndarray, np.ndarray] | None = None
        self._mel, self._centres = _mel_bank()

    def push(self, samples: np.ndarray) -> None:
        """Take (N,) float32 mono at `listening.RATE`; `gain` is applied here."""
        louder = samples * self._gain
        self._level(louder)
        for power in self._spectrum.push(louder):
            self._traits.append(self._describe(power))

    def finish(self) -> FrameTraits:
        """The traits of all that was taken."""
        for power in self._spectrum.finish():
            self._traits.append(self._describe(power))
        if len(self._rest):
            self._level(np.zeros(HOP - len(self._rest), np.float32))
        names = [field.name for field in fields(FrameTraits) if field.name != "level"]
        empty = np.zeros(0, np.float32)
        joined = {
            name: np.concatenate([each[name] for each in self._traits]) if self._traits else empty for name in names
        }
        if not self._traits:
            joined["bands"] = np.zeros((0, BANDS), np.float16)
        level = np.concatenate(self._levels) if self._levels else empty
        return FrameTraits(level=level[: len(joined["flux"])], **joined)

    def _level(self, samples: np.ndarray) -> None:
        samples = np.concatenate([self._rest, samples])
        count = len(samples) // HOP
        blocks = samples[: count * HOP].reshape(count, HOP)
        self._levels.append((10 * np.log10(blocks.var(axis=1) + 1e-12)).astype(np.float32))
        self._rest = samples[count * HOP :]

    def _describe(self, power: np.ndarray) -> dict[str, np.ndarray]:
        mel = power @ self._mel
        mel_db = 10 * np.log10(mel + _FLOOR)
        fine = _fine_structure(power)
        low_db = 10 * np.log10(power[:, _LOW].mean(axis=1, keepdims=True) + _FLOOR)
        if self._before is None:  # before the track there is silence, so that it can begin with a beat
            nothing = np.full((_FLUX_LAG, _MELS + 1), 10 * np.log10(_FLOOR), np.float32)
            self._before = nothing, np.zeros((_STEADY_LAG, fine.shape[1]), np.float32)
        loud_then = np.concatenate([self._before[0], np.hstack([mel_db, low_db])])
        fine_then = np.concatenate([self._before[1], fine])
        self._before = loud_then[-_FLUX_LAG:], fine_then[-_STEADY_LAG:]
        rise = np.maximum(0, mel_db - _widened(loud_then[:-_FLUX_LAG, :-1]))
        harmonicity, pitch = _pitch(power)
        high, low = self._centres > 3000, self._centres < 1500
        voice = power[:, (BINS_HZ >= 300) & (BINS_HZ <= 4000)] + np.float32(1e-12)
        return {
            "flux": rise.mean(axis=1),
            "low_flux": np.maximum(0, low_db - loud_then[:-_FLUX_LAG, -1:])[:, 0],
            "flatness": 10 * (np.log10(voice).mean(axis=1) - np.log10(voice.mean(axis=1))),
            "centroid": (mel @ np.arange(_MELS, dtype=np.float32)) / (mel.sum(axis=1) + np.float32(1e-12)),
            "brightness": 10 * np.log10((mel[:, high].sum(1) + _FLOOR) / (mel[:, low].sum(1) + _FLOOR)),
            "harmonicity": harmonicity,
            "pitch": pitch,
            "steadiness": (fine * fine_then[:-_STEADY_LAG]).sum(axis=1),
            "bands": mel_db.reshape(len(mel_db), BANDS, -1).mean(axis=2).astype(np.float16),
        }


def _mel_bank() -> tuple[np.ndarray, np.ndarray]:
    """(513, 36) triangular mel filters of unit sum from 60 Hz to 7.6 kHz, and their centres in Hz."""
    low, high = (2595 * np.log10(1 + hertz / 700) for hertz in (60, 7600))
    edges = 700 * (10 ** (np.linspace(low, high, _MELS + 2) / 2595) - 1)
    rising = (BINS_HZ[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - BINS_HZ[:, None]) / (edges[2:] - edges[1:-1])
    bank = np.maximum(0, np.minimum(rising, falling))
    return (bank / bank.sum(axis=0)).astype(np.float32), edges[1:-1]


def _widened(mel_db: np.ndarray) -> np.ndarray:
    """Each band's maximum with its neighbours, so that vibrato is no onset."""
    padded = np.pad(mel_db, ((0, 0), (1, 1)), mode="edge")
    return np.maximum(np.maximum(padded[:, :-2], padded[:, 2:]), mel_db)


_PERIODS = slice(36, 230)
"""Lags of the pitch, in samples: 444 down to 70 Hz."""


def _pitch(power: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Harmonicity and log2 of the period (Boersma 1993: divided by the window's own autocorrelation)."""
    voiced = power * ((BINS_HZ >= 80) & (BINS_HZ <= 3000))
    auto = np.fft.irfft(voiced, axis=1)[:, : _PERIODS.stop]
    auto /= auto[:, :1] + np.float32(1e-12)
    hann = np.hanning(WINDOW + 1)[:-1]
    own = np.fft.irfft(np.abs(np.fft.rfft(hann, 2 * WINDOW)) ** 2)[: _PERIODS.stop]
    peaks = (auto / (own / own[0]).astype(np.float32))[:, _PERIODS]
    best = peaks.argmax(axis=1)
    height = np.clip(np.take_along_axis(peaks, best[:, None], axis=1)[:, 0], 0, 1)
    return height.astype(np.float32), np.log2(best + _PERIODS.start).astype(np.float32)


_LOW = (BINS_HZ >= 30) & (BINS_HZ <= 130)

_FINE = np.flatnonzero((BINS_HZ >= 100) & (BINS_HZ <= 4000))
_ENVELOPE = 15
"""Bins (230 Hz) whose mean is the envelope that is taken away, leaving harmonics and partials."""


def _fine_structure(power: np.ndarray) -> np.ndarray:
    """(F, bins) log spectrum without its envelope, each frame of unit length."""
    log = 10 * np.log10(power[:, _FINE] + np.float32(1e-10))
    padded = np.pad(log, ((0, 0), (_ENVELOPE // 2 + 1, _ENVELOPE // 2)), mode="edge")
    sums = np.cumsum(padded, axis=1, dtype=np.float64)
    fine = log - ((sums[:, _ENVELOPE:] - sums[:, :-_ENVELOPE]) / _ENVELOPE).astype(np.float32)
    fine = np.clip(fine, -12, 12)
    return fine / (np.sqrt((fine**2).sum(axis=1, keepdims=True)) + np.float32(1e-6))
