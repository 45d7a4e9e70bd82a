"""One row of numbers a shot, summed up from what was measured along the film."""

from __future__ import annotations

import numpy as np

from ops.audio.features import AudioFeatures
from ops.scenes import curves as along
from ops.scenes.known import FilmClock, Known
from ops.scenes.mood import warmth
from ops.scenes.movement import Movement
from ops.shot_features import ShotFeatures
from ops.shots.model import ShotList
from ops.shots.signals import FrameSignals

__all__ = ["feature", "near_black", "shot_numbers"]

_FROZEN, _FROZEN_S = 0.15, 0.5
"""Mean luma difference below which a picture is its predecessor's (a coder changes a still by up to 0.1), and how long
that must last: animation on twos and slow film repeat pictures too."""

_BLACK_LUMA, _DIM_LUMA, _DIM_CONTRAST = 4.0, 10.0, 6.0
"""A picture is black if it is this dark, or a little less and even; a night scene has contrast."""


def shot_numbers(
    known: Known, moved: Movement, curves: dict[str, np.ndarray], clock: FilmClock
) -> dict[str, np.ndarray]:
    """Every column of `COLUMNS` but the scene: (N,) each.

    Args:
        known: What was found in the film before.
        moved: How it moves.
        curves: By the names of `CURVES`.
        clock: Its times.
    """
    count = len(known.shots.shots)
    shot_of_pair = np.searchsorted([shot.start for shot in known.shots.shots], moved.frame, side="right") - 1
    pairs = np.maximum(1, np.bincount(shot_of_pair, minlength=count))

    def of_pairs(values: np.ndarray) -> np.ndarray:
        return np.bincount(shot_of_pair, values, minlength=count) / pairs

    def of_frames(values: np.ndarray) -> np.ndarray:
        ends = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
        bounds = np.array([[shot.start, shot.end] for shot in known.shots.shots]).clip(0, len(values))
        return (ends[bounds[:, 1]] - ends[bounds[:, 0]]) / np.maximum(1, bounds[:, 1] - bounds[:, 0])

    signals = known.signals
    kinds = along.shares_of_kinds(known.sound, clock.spans_s)
    return {
        "shot": np.arange(count),
        "start_s": clock.spans_s[:, 0],
        "end_s": clock.spans_s[:, 1],
        "steady_start_s": clock.steady_s[:, 0],
        "steady_end_s": clock.steady_s[:, 1],
        "action": moved.shot_action,
        "camera": of_pairs(moved.camera),
        "pan": of_pairs(moved.pan),
        "tilt": of_pairs(moved.tilt),
        "zoom": of_pairs(moved.zoom),
        "faces": feature(known.features, "faces"),
        "face_area": feature(known.features, "face_area"),
        "speech": np.clip(clock.over_shots(curves["speech"]), 0, 1),
        "music": kinds[:, 1],
        "loudness": clock.over_shots(curves["loudness"]),
        "loudness_peak": _peaks(known.sound, clock),
        "onsets": _onsets(known.sound, clock.spans_s),
        "arousal": clock.over_shots(curves["arousal"]),
        "valence": clock.over_shots(curves["valence"]),
        "warmth": warmth(known.features.colour),
        "brightness": of_frames(signals.luma) / 255,
        "colourfulness": of_frames(signals.colourfulness),
        "aesthetics": clock.over_shots(curves["aesthetics"]),
        "stillness": of_frames(_frozen(signals, known.shots, clock.frames_s)),
        "darkness": of_frames(near_black(signals)),
        "lettering": moved.lettering,
        "highlight": clock.over_shots(curves["highlight"]),
    }


def feature(features: ShotFeatures, name: str) -> np.ndarray:
    """(N,) one of the numbers of shot features, by its name."""
    return features.table()[name].to_numpy(np.float64)


def near_black(signals: FrameSignals) -> np.ndarray:
    """(F,) bool: frames in which nothing can be seen."""
    dim = (signals.luma <= _DIM_LUMA) & (signals.contrast <= _DIM_CONTRAST)
    return (signals.luma <= _BLACK_LUMA) | dim


def _frozen(signals: FrameSignals, shots: ShotList, frames_s: np.ndarray) -> np.ndarray:
    """(F,) bool: frames within a stretch of half a second and more in which nothing changes."""
    same = signals.motion < _FROZEN
    same[[shot.start for shot in shots.shots if shot.start < len(same)]] = False  # the cut's difference, or none
    edges = np.flatnonzero(np.diff(np.concatenate([[False], same, [False]]).astype(np.int8))).reshape(-1, 2)
    frozen = np.zeros(len(same), bool)
    for first, end in edges:
        if frames_s[end - 1] - frames_s[max(0, first - 1)] >= _FROZEN_S:
            frozen[max(0, first - 1) : end] = True
    return frozen


def _onsets(sound: AudioFeatures, spans_s: np.ndarray) -> np.ndarray:
    first, last = (np.searchsorted(sound.onsets.times_s, spans_s[:, side]) for side in (0, 1))
    return (last - first) / np.maximum(spans_s[:, 1] - spans_s[:, 0], 1e-6)


def _peaks(sound: AudioFeatures, clock: FilmClock) -> np.ndarray:
    """(N,) the loudest 0.4 s that is centred in each shot, LUFS."""
    fine = np.arange(0, clock.spans_s[-1, 1] + 0.1, 0.1)
    loud = along.loudness_at(fine, sound.loudness.momentary_lufs, 0.4)
    first, last = (np.searchsorted(fine, clock.spans_s[:, side] - 1e-6) for side in (0, 1))
    return np.array([loud[one : max(one + 1, other)].max() for one, other in zip(first, last, strict=True)])
