"""What is known of a film before its scenes are looked for, and its clock."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ops.audio.features import AudioFeatures
from ops.keyframes.model import KeyframeSet
from ops.scenes.curves import grid
from ops.shot_features import ShotFeatures
from ops.shots.model import ShotList
from ops.shots.signals import FrameSignals

__all__ = ["FilmClock", "Known"]


@dataclass(frozen=True)
class Known:
    """What was found in the film before.

    Attributes:
        shots: Where it is cut.
        signals: What its frames look like.
        keyframes: The pictures that stand for its shots.
        pictures: The folder they lie in.
        features: What each shot is like.
        sound: What is heard.
        track: The film's sound, from its first picture on.
    """

    shots: ShotList
    signals: FrameSignals
    keyframes: KeyframeSet
    pictures: Path
    features: ShotFeatures
    sound: AudioFeatures
    track: Path


class FilmClock:
    """The film's times in seconds from its first picture."""

    def __init__(self, shots: ShotList, signals: FrameSignals) -> None:
        self.origin_s = shots.start_s(shots.shots[0])
        self.spans_s = np.array([[shots.start_s(shot), shots.end_s(shot)] for shot in shots.shots]) - self.origin_s
        self.frames_s = signals.time_s - self.origin_s
        self.steady_s = np.array([self._steady(shots, place) for place in range(len(shots.shots))])
        self.times_s = grid(float(self.spans_s[-1, 1]))

    def _steady(self, shots: ShotList, place: int) -> tuple[float, float]:
        first, end = shots.steady(shots.shots[place])
        start_s, end_s = self.spans_s[place]
        if first > shots.shots[place].start:
            start_s = self.frames_s[min(first, len(self.frames_s) - 1)]
        if end < shots.shots[place].end:
            end_s = self.frames_s[min(end, len(self.frames_s) - 1)]
        return float(start_s), float(max(start_s, end_s))

    def over_shots(self, curve: np.ndarray) -> np.ndarray:
        """(N,) mean of a curve over each shot; its value in the middle of one too short to hold a point."""
        first, last = (np.searchsorted(self.times_s, self.spans_s[:, side] - 1e-6) for side in (0, 1))
        middle = np.interp(self.spans_s.mean(axis=1), self.times_s, curve)
        total = np.concatenate([[0.0], np.cumsum(curve, dtype=np.float64)])
        return np.where(last > first, (total[last] - total[first]) / np.maximum(1, last - first), middle)
