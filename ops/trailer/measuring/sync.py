"""What a finished trailer sounds like: how loud it is, and whether its sound is in step with its pictures and beats.

The file is heard as a player plays it, its sound counted from its first picture.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from ops.audio.excerpt import excerpt
from ops.audio.instruments import SAMPLE_RATE
from ops.audio.measure import measure
from ops.audio.track import extract_track
from ops.errors import MediaError
from ops.trailer.edl import EditDecisionList
from ops.trailer.music.bed import trailer_samples
from ops.trailer.sound.mastering import write_flac
from ops.trailer.sound.mix import film_sound, mix
from ops.trailer.soundtrack import Bed

__all__ = ["BeatsHeard", "PieceOffset", "SoundOffset", "beat_errors", "hear_beats", "heard_beats", "sound_offset_s"]

_REACH_S = 0.5
"""Offsets are looked for so far around; more is another place, not an offset."""

_CLEAR = 8.0
"""Height of a peak of the correlation over its spread around, from which it is believed: chance gives 5 of 48,000."""

_SAME_TEMPO, _ENOUGH_BEATS = 0.03, 8
"""The ear's beats are the music's where their tempo is, to 3 %; fewer than eight are no proof. On composed beds of the
five styles they lie 0.07 to 0.22 frames from where the music was told to put them, and none is missed or added."""

_BAND_HZ = (120.0, 7000.0)
_WHITEN = 0.8
"""Of the phase transform (Knapp and Carter 1976): 1 lets a band of mere noise speak as loud as the voice."""


@dataclass(frozen=True)
class PieceOffset:
    """How far one film sound is from its place.

    Attributes:
        sound: Index among the list's sounds.
        offset_s: Positive where it comes late.
        clearness: Height of the correlation's peak over its spread.
    """

    sound: int
    offset_s: float
    clearness: float


@dataclass(frozen=True)
class SoundOffset:
    """How far a trailer's sound is from its pictures.

    Attributes:
        whole_s: Of the whole, beside what was to be mixed; positive where the sound is late; None where the two have
            nothing in common.
        clearness: Of that peak.
        pieces: Of the film's sounds that stand out enough to be found.
    """

    whole_s: float | None
    clearness: float
    pieces: tuple[PieceOffset, ...]

    @property
    def worst_s(self) -> float | None:
        """The largest of all offsets, with its sign; None where nothing was found."""
        found = [piece.offset_s for piece in self.pieces] + ([] if self.whole_s is None else [self.whole_s])
        return max(found, key=abs, default=None)


def sound_offset_s(
    trailer: Path, edl: EditDecisionList, film: Path | None, *, supplied: Path | None = None
) -> SoundOffset:
    """Find what was to be heard in what is heard.

    Args:
        trailer: The finished file.
        edl: What it was made from.
        film: The film's track.
        supplied: The supplied music.

    Raises:
        MediaError: A file cannot be read, or the trailer has no sound.
    """
    with tempfile.TemporaryDirectory() as folder:
        track = extract_track(trailer, Path(folder) / "heard.flac")
        if track is None:
            raise MediaError("the trailer has no sound", where=trailer, fix="Render it anew.")
        reach = round(_REACH_S * SAMPLE_RATE)
        heard = excerpt(track.path, -_REACH_S, trailer_samples(edl.frames, edl.rate) + 2 * reach).mean(axis=1)
    expected = mix(edl, film, supplied=supplied).samples.mean(axis=1)
    whole, clearness = _offset(heard, expected, reach)
    pieces = []
    for index, sound in enumerate(edl.sounds):
        if film is None:
            break
        alone = film_sound(film, sound, edl.rate).mean(axis=1)
        first = trailer_samples(sound.at, edl.rate)
        offset, clear = _offset(heard[first : first + len(alone) + 2 * reach], alone, reach)
        if clear >= _CLEAR:
            pieces.append(PieceOffset(index, offset / SAMPLE_RATE, clear))
    return SoundOffset(whole / SAMPLE_RATE if clearness >= _CLEAR else None, clearness, tuple(pieces))


def _offset(heard: np.ndarray, sought: np.ndarray, reach: int) -> tuple[int, float]:
    """Samples by which `sought` comes late in `heard`, which begins `reach` samples earlier; and how clear that is."""
    size = 1 << int(np.ceil(np.log2(len(heard) + len(sought))))
    cross = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(sought, size))
    hertz = np.fft.rfftfreq(size, 1 / SAMPLE_RATE)
    loud = np.abs(cross)
    if not loud.any():
        return 0, 0.0
    cross *= ((hertz >= _BAND_HZ[0]) & (hertz <= _BAND_HZ[1])) / (loud + 1e-6 * loud.max()) ** _WHITEN
    likeness = np.fft.irfft(cross, size)[: 2 * reach + 1]
    best = int(np.argmax(likeness))
    around = np.delete(likeness, np.s_[max(0, best - 480) : best + 480])
    return best - reach, float((likeness[best] - around.mean()) / (around.std() + 1e-12))


def beat_errors(cut_frames: Sequence[int], rate: Fraction, bed: Bed) -> np.ndarray:
    """How far each cut is from the beat next to it.

    Args:
        cut_frames: The trailer's frames at which pictures change.
        rate: Its rate.
        bed: Its music.

    Returns:
        (N,) float64 frames, negative where the picture changes before the beat; empty where the bed has no beats.
    """
    if not bed.beats_s or not cut_frames:
        return np.zeros(0)
    beats = np.array([float(Fraction(beat) * rate) for beat in bed.beats_s])
    off = np.asarray(cut_frames, dtype=np.float64)[:, None] - beats[None, :]
    return np.take_along_axis(off, np.abs(off).argmin(axis=1)[:, None], axis=1)[:, 0]


def heard_beats(samples: np.ndarray) -> np.ndarray:
    """Beats that a listener finds in (N, 2) samples at 48 kHz, seconds: a second opinion on what a bed says."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bed.flac"
        write_flac(samples, path)
        return np.array([beat.time_s for beat in measure(path).rhythm.beats])


@dataclass(frozen=True)
class BeatsHeard:
    """How a trailer's cuts lie to the beats that are heard in it.

    Attributes:
        errors: Frames from each hard cut to the beat next to it, negative where the picture changes before it; of the
            cuts between the first beat that is heard and the last.
        told: Whether the ear can tell: it is sure of a pulse, that of the music, over half of the cuts at least.
    """

    errors: np.ndarray
    told: bool


def hear_beats(trailer: Path, cut_frames: Sequence[int], rate: Fraction, bed: Bed) -> BeatsHeard:
    """Find the beats in a finished trailer's own sound, lines and all, and hold its cuts to them.

    Args:
        trailer: The finished file.
        cut_frames: Its frames at which pictures change.
        rate: Its rate.
        bed: Its music, whose tempo tells the beat from its half and its double.

    Raises:
        MediaError: The file cannot be read.
    """
    with tempfile.TemporaryDirectory() as folder:
        track = extract_track(trailer, Path(folder) / "heard.flac")
        rhythm = None if track is None else measure(track.path).rhythm
    beats: list[float] = []
    if rhythm is not None and bed.tempo_bpm is not None:
        right = {
            nth
            for nth, passage in enumerate(rhythm.passages)
            if abs(passage.tempo_bpm / bed.tempo_bpm - 1) <= _SAME_TEMPO
        }
        beats = [beat.time_s for beat in rhythm.beats if beat.passage in right]
    if len(beats) < _ENOUGH_BEATS or bed.tempo_bpm is None:
        return BeatsHeard(np.zeros(0), told=False)
    half_s = 30 / bed.tempo_bpm
    held = [frame for frame in cut_frames if beats[0] - half_s <= frame / rate <= beats[-1] + half_s]
    errors = beat_errors(held, rate, replace(bed, beats_s=tuple(beats)))
    return BeatsHeard(errors, told=2 * len(held) >= len(cut_frames) > 0)
