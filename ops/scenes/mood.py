"""A film's mood over time, without a model: a proxy by features of its sound and its colours.

Sound: loud, fast, busy and bright is stirring; major is pleasant and minor is not. (Gabrielsson and Lindström, "The
role of structure in the musical expression of emotions", 2010; Eerola, Friberg and Bresin, "Emotional expression in
music", Frontiers in Psychology 4:487, 2013, found that such cues add up.) The mode is read by the key profiles of
Krumhansl and Kessler (1982). Picture: Valdez and Mehrabian, "Effects of color on emotions" (1994): pleasure =
0.69 brightness + 0.22 saturation.
"""

from __future__ import annotations

import numpy as np

from ops.audio.features import AudioFeatures
from ops.audio.moving import moving_mean
from ops.scenes.hearing import TONE_STEP_S, Heard

__all__ = ["arousal_heard", "mode_heard", "valence_heard", "valence_seen", "warmth"]

_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)

_KEY_S = 12.0
"""A key is heard over some bars."""

_SURE_OF_MODE = 0.25
"""Difference between the best major and the best minor correlation that is taken for one of them outright: triads of
sampled instruments differ by 0.2 to 0.4."""

_LOUDNESS_LU = (-20.0, 8.0)
"""Against the programme's own loudness: from a whisper to its loudest passages."""

_ONSETS_PER_S = (0.0, 7.0)
_BRIGHT_OCTAVES = (8.0, 11.0)
"""256 Hz, a dark drone, to 2 kHz, cymbals or a scream."""

_TEMPO_BPM = (60.0, 170.0)
_LOUD, _BUSY, _BRIGHT, _FAST = 0.45, 0.25, 0.15, 0.15


def arousal_heard(
    times_s: np.ndarray, heard: Heard, features: AudioFeatures, loudness: np.ndarray, onsets: np.ndarray
) -> np.ndarray:
    """(T,) float32, 0 to 1, how stirring the sound is; 0 in silence.

    Args:
        times_s: (T,) when.
        heard: Of `listen`.
        features: Of the same track.
        loudness: (T,) LUFS at these times.
        onsets: (T,) onsets a second at these times.
    """
    programme = features.loudness.integrated_lufs
    if programme is None:
        return np.zeros(len(times_s), np.float32)
    loud = _share(loudness - programme, _LOUDNESS_LU)
    busy = _share(onsets, _ONSETS_PER_S)
    bright = _share(_at(times_s, moving_mean(heard.centroid, 9, heard.centroid > 0)), _BRIGHT_OCTAVES)
    total = _LOUD * loud + _BUSY * busy + _BRIGHT * bright
    weight = np.full(len(times_s), _LOUD + _BUSY + _BRIGHT)
    for passage in features.rhythm.passages:
        within = (times_s >= passage.start_s) & (times_s < passage.end_s)
        total[within] += _FAST * _share(np.array(passage.tempo_bpm), _TEMPO_BPM)
        weight[within] += _FAST
    sounding = _share(loudness - programme, (-35.0, -20.0))
    return (sounding * total / weight).astype(np.float32)


def mode_heard(times_s: np.ndarray, heard: Heard) -> np.ndarray:
    """(T,) float32, -1 minor to 1 major, 0 where neither is heard."""
    width = max(1, round(_KEY_S / TONE_STEP_S))
    strength = heard.chroma.sum(axis=1)
    tones = np.stack([moving_mean(heard.chroma[:, tone], width, strength) for tone in range(12)], axis=1)
    if not len(tones):
        return np.zeros(len(times_s), np.float32)
    clear = _best_key(tones, _MAJOR) - _best_key(tones, _MINOR)
    return np.clip(_at(times_s, clear) / _SURE_OF_MODE, -1, 1).astype(np.float32)


def valence_heard(mode: np.ndarray, arousal: np.ndarray) -> np.ndarray:
    """(T,) float32, -1 to 1, how pleasant music sounds: its mode, and liveliness a little."""
    return np.clip(0.8 * mode + 0.2 * (2 * arousal - 1), -1, 1).astype(np.float32)


def valence_seen(colour: np.ndarray) -> np.ndarray:
    """(T,) float32, -1 to 1, how pleasant (T, 3) mean colours (RGB, 0 to 255) are; mid-grey is 0."""
    brightness, saturation = colour.max(axis=1) / 255, _saturation(colour)
    return np.clip(0.69 * (2 * brightness - 1) + 0.22 * saturation, -1, 1).astype(np.float32)


def warmth(colour: np.ndarray) -> np.ndarray:
    """(T,) float32, -1 cold (blue) to 1 warm (orange), of (T, 3) mean colours; grey is 0.

    The place between blue and orange in CIELAB: b* and a third of a*, 40 of which is as warm as a mean colour gets.
    """
    import cv2

    lab = cv2.cvtColor((colour.astype(np.float32) / 255)[None], cv2.COLOR_RGB2LAB)[0]
    return np.clip((lab[:, 2] + lab[:, 1] / 3) / 40, -1, 1).astype(np.float32)


def _saturation(colour: np.ndarray) -> np.ndarray:
    high, low = colour.max(axis=1).astype(np.float32), colour.min(axis=1).astype(np.float32)
    return np.where(high > 0, (high - low) / np.maximum(high, 1), 0.0)


def _best_key(tones: np.ndarray, profile: tuple[float, ...]) -> np.ndarray:
    """(S,) the highest correlation of (S, 12) tones with the profile in any of the twelve keys; 0 in silence."""
    keys = np.stack([np.roll(profile, key) for key in range(12)])
    keys = (keys - keys.mean(axis=1, keepdims=True)) / keys.std(axis=1, keepdims=True)
    spread = tones.std(axis=1, keepdims=True)
    even = (tones - tones.mean(axis=1, keepdims=True)) / np.maximum(spread, 1e-9)
    return np.where(spread[:, 0] > 1e-6, (even @ keys.T / 12).max(axis=1), 0.0)


def _at(times_s: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Values that stand every `TONE_STEP_S`, at these times."""
    if not len(values):
        return np.zeros(len(times_s))
    return np.interp(times_s, np.arange(len(values)) * TONE_STEP_S, values)


def _share(values: np.ndarray, span: tuple[float, float]) -> np.ndarray:
    return np.clip((values - span[0]) / (span[1] - span[0]), 0, 1)
