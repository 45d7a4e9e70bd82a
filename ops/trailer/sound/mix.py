"""The mix: dialogue, effects, music and strokes, each to the sample where the edit decision list has it.

Samples are mixed here with numpy and not in an FFmpeg graph: places are exact to the sample at every rate (its
`adelay` counts whole samples, but `atrim` and `acrossfade` round to frames of the decoder), the side chain looks
ahead and goes down by so many dB (its compressor has neither), and each stem can be measured for itself. Of the
film's sound only what is heard is read, so that memory is that of the trailer.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from ops.audio.excerpt import excerpt
from ops.audio.instruments import SAMPLE_RATE
from ops.audio.weighing import integrated_loudness
from ops.errors import MediaError
from ops.trailer.edl import EditDecisionList
from ops.trailer.music.bed import bed_key, bed_samples, trailer_samples
from ops.trailer.sound.accents import accent_samples
from ops.trailer.sound.ducking import ducking, spread
from ops.trailer.sound.riding import ridden
from ops.trailer.soundtrack import BedKind, FilmSound, SoundRole

__all__ = ["MUSIC_LUFS", "SPEECH_LUFS", "Mix", "film_sound", "mix"]

SPEECH_LUFS = -18.0
"""Every line is brought to it, whatever the film's level; the whole is mastered later."""

MUSIC_LUFS = -18.0
"""The bed as a whole: as loud as the voice, so that stepping back by 13.5 dB leaves it as far under the voice."""

_LEAST_FADE_S = 0.02
_MOST_RAISE_DB = {SoundRole.DIALOGUE: 30.0, SoundRole.EFFECTS: 12.0}
"""More would raise the room with the voice, and rustling to a storm."""

_EFFECTS_DUCK = 0.5
"""Effects and strokes step back half as far as the music."""

_FADE_S = {BedKind.SYNTHESISED: 0.6, BedKind.FILM: 2.0, BedKind.SUPPLIED: 2.0}
"""A piece of our own rings out by itself; others are faded."""

_FADE_IN_S = 0.02
_EDGE_S = 0.005
_KEY = 36
"""C, for strokes where there is no music to be tuned to."""


@dataclass(frozen=True)
class Mix:
    """A trailer's sound before it is mastered, and what it is made of.

    Attributes:
        samples: (N, 2) float32 at 48 kHz; may exceed full scale.
        dialogue, effects, music: (N, 2), its stems as they lie in it; the strokes are in the music.
        ducking_db: How far the music is turned down, once a millisecond.
    """

    samples: np.ndarray
    dialogue: np.ndarray
    effects: np.ndarray
    music: np.ndarray
    ducking_db: np.ndarray


def mix(edl: EditDecisionList, film: Path | None, *, supplied: Path | None = None) -> Mix:
    """Mix a trailer's sound.

    `FilmSound.gain_db` counts from the common level of its role: of dialogue `SPEECH_LUFS`; of effects the music's,
    to which louder ones are brought down.

    Args:
        edl: What is heard where.
        film: The film's track as `extract_track` writes it; None for a silent film.
        supplied: The supplied music, where the bed is one.

    Returns:
        Exactly `edl.frames / edl.rate` seconds.

    Raises:
        MediaError: A track that is asked for is not there, or cannot be read.
    """
    length = trailer_samples(edl.frames, edl.rate)
    dialogue, effects = (np.zeros((length, 2), np.float32) for _ in range(2))
    for sound in edl.sounds:
        if film is None:
            raise MediaError("its sound is asked for, but the film has none", where=edl.film.name)
        stem = dialogue if sound.role is SoundRole.DIALOGUE else effects
        _lay(stem, _levelled(film_sound(film, sound, edl.rate), sound), sound.at, edl.rate)
    music, key = np.zeros((length, 2), np.float32), _KEY
    if edl.bed is not None:
        played = bed_samples(edl.bed, length, film=film, supplied=supplied)
        key = bed_key(edl.bed, played)
        if edl.bed.kind is not BedKind.SYNTHESISED:
            played = ridden(played, SAMPLE_RATE)
        music = _to_loudness(played, MUSIC_LUFS) * _ends(length, _FADE_IN_S, _FADE_S[edl.bed.kind])
    down = ducking(dialogue, music, voice_db=SPEECH_LUFS)
    gentle = spread(_EFFECTS_DUCK * down, length)
    strokes = np.zeros((length, 2), np.float32)
    for accent in edl.accents:
        count = trailer_samples(accent.at + accent.frames, edl.rate) - trailer_samples(accent.at, edl.rate)
        _lay(strokes, accent_samples(accent.kind, count, key), accent.at, edl.rate)
    music = music * spread(down, length) + strokes * gentle
    effects = effects * gentle
    whole = (dialogue + effects + music) * _ends(length, _EDGE_S, _EDGE_S)
    return Mix(whole, dialogue, effects, music, down)


def film_sound(film: Path, sound: FilmSound, rate: Fraction) -> np.ndarray:
    """A piece of the film's sound as it lies in the film, with its fades; (n, 2) at 48 kHz."""
    count = trailer_samples(sound.at + sound.frames, rate) - trailer_samples(sound.at, rate)
    heard = excerpt(film, float(sound.start / rate), count)
    return heard * _ends(count, max(sound.fade_in_s, _LEAST_FADE_S), max(sound.fade_out_s, _LEAST_FADE_S))


def _levelled(samples: np.ndarray, sound: FilmSound) -> np.ndarray:
    """At the common level of its role, as far as it may be raised, and the editor's gain on top."""
    common = SPEECH_LUFS if sound.role is SoundRole.DIALOGUE else MUSIC_LUFS
    level = _loudness(samples)
    raised = min(common - level, _MOST_RAISE_DB[sound.role]) if np.isfinite(level) else 0.0
    return samples * np.float32(10 ** ((raised + sound.gain_db) / 20))


def _to_loudness(samples: np.ndarray, lufs: float) -> np.ndarray:
    level = _loudness(samples)
    return samples * np.float32(10 ** ((lufs - level) / 20)) if np.isfinite(level) else samples


def _loudness(samples: np.ndarray) -> float:
    """Programme loudness of (N, 2); what is shorter than the meter's 0.4 s is measured among silence."""
    short = max(0, round(0.6 * SAMPLE_RATE) - len(samples))
    return integrated_loudness(np.pad(samples.T, ((0, 0), (0, short))))


def _lay(stem: np.ndarray, samples: np.ndarray, at: int, rate: Fraction) -> None:
    """Add samples from a frame on; what would sound after the trailer's end is faded out there."""
    first = trailer_samples(at, rate)
    room = len(stem) - first
    if room <= 0:
        return
    heard = samples[:room] if len(samples) <= room else samples[:room] * _ends(room, 0.0, _LEAST_FADE_S)
    stem[first : first + len(heard)] += heard


def _ends(samples: int, fade_in_s: float, fade_out_s: float) -> np.ndarray:
    """(samples, 1) equal-power fades at both ends; they share what is too short for both."""
    shape = np.ones(samples, np.float32)
    fades = [round(seconds * SAMPLE_RATE) for seconds in (fade_in_s, fade_out_s)]
    shrink = min(1.0, samples / max(1, sum(fades)))
    rise, fall = (int(each * shrink) for each in fades)
    shape[:rise] *= np.sin(np.linspace(0, np.pi / 2, rise, dtype=np.float32))
    shape[samples - fall :] *= np.cos(np.linspace(0, np.pi / 2, fall, dtype=np.float32))
    return shape[:, None]
