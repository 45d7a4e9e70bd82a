"""Where in each shot to look for its keyframe, from the per-frame signals alone: nothing is decoded for it.

A moment must lie clear of dissolves, fades and flashes, and be still and sharp for its shot. So few of them are
decoded that a long film costs no more than another reading.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ops.shots.model import Shot, ShotList, Transition
from ops.shots.signals import FrameSignals

__all__ = ["Moments", "find_moments"]

_BUDGET = 240
"""Frames decoded in all, as far as every shot can have its share."""
_LEAST, _MOST = 3, 8
"""Moments a shot gets, by its length; a film of few shots gets more, up to `_WANTED` in all."""
_WANTED = 24
_BLANK_CONTRAST = 2.5
"""Standard deviation of luma (0 to 255) under which a frame shows nothing: one tone and coding noise."""
_FADED = 0.55
"""Share of the shot's full contrast and brightness below which a frame is in a fade that nobody marked."""
_FLASH = 22.0
"""Luma by which a frame may stand out from the median of its nine neighbours."""


@dataclass(frozen=True)
class Moments:
    """Frames worth looking at in one shot.

    Attributes:
        shot: The shot.
        frames: Their numbers, the likeliest first; empty where the shot cannot have a keyframe.
        why: Why there are none.
    """

    shot: Shot
    frames: tuple[int, ...]
    why: str = ""


def find_moments(shots: ShotList, signals: FrameSignals) -> list[Moments]:
    """The moments of every shot, in order."""
    flashes = _flashes(signals.luma)
    usable = [_usable(shots, shot, signals, flashes) for shot in shots.shots]
    lengths = [float(len(frames)) for frames, _ in usable]
    seconds = float((signals.pts[-1] - signals.pts[0]) * signals.time_base) if len(signals) > 1 else 0.0
    rate = max(len(signals) / seconds, 1.0) if seconds > 0 else 25.0
    counts = _counts([length / rate for length in lengths])
    worth = _worth(signals)
    return [
        Moments(shot, _spread(frames, worth[frames] + 0.3 * _scaled(signals.sharpness[frames]), count), why)
        for shot, (frames, why), count in zip(shots.shots, usable, counts, strict=True)
    ]


def _counts(lengths_s: list[float]) -> list[int]:
    """How many moments each shot gets: more for longer ones, within the budget, and for films of few shots."""
    counts = [min(_MOST, max(_LEAST, round(length) + 2)) if length else 0 for length in lengths_s]
    total, shots = sum(counts), sum(length > 0 for length in lengths_s)
    if total > _BUDGET:
        return [max(1 if shots > _BUDGET else 2, count * _BUDGET // total) if count else 0 for count in counts]
    if 0 < total < _WANTED:
        return [max(count, _WANTED // shots) if count else 0 for count in counts]
    return counts


def _usable(shots: ShotList, shot: Shot, signals: FrameSignals, flashes: np.ndarray) -> tuple[np.ndarray, str]:
    """The frames of a shot that may be its keyframe, or why there are none."""
    if float(signals.contrast[shot.start : shot.end].max()) < _BLANK_CONTRAST:
        level = float(np.median(signals.luma[shot.start : shot.end]))
        return np.zeros(0, int), "black" if level < 32 else "white" if level > 224 else "one plain tone"
    first, last = shots.steady(shot)
    if last <= first:
        if shot.transition_in is not Transition.FADE:
            return np.zeros(0, int), "nothing but a transition"
        first, last = shot.start, shot.end  # a fade shows one shot alone; its brightest frames are looked at
    margin = min(2, (last - first) // 8)
    frames = np.arange(first + margin, last - margin)
    contrast, luma = signals.contrast[frames], signals.luma[frames]
    clear = contrast >= max(_BLANK_CONTRAST, _FADED * float(np.percentile(contrast, 90)))
    clear &= luma >= _FADED * float(np.percentile(luma, 90))
    clear &= ~flashes[frames]
    if not clear.any():
        clear = contrast >= contrast.max() - 1e-6
    return frames[clear], ""


def _flashes(luma: np.ndarray) -> np.ndarray:
    """(T,) bool: frames much brighter or darker than their neighbours within four frames."""
    padded = np.pad(luma, 4, mode="edge")
    median = np.median(np.lib.stride_tricks.sliding_window_view(padded, 9), axis=1)
    return np.abs(luma - median) > _FLASH


def _worth(signals: FrameSignals) -> np.ndarray:
    """(T,) how promising a frame is: sharp, still (towards both neighbours) and not clipped."""
    sharp = np.log1p(signals.sharpness)
    motion = np.maximum(signals.motion, np.append(signals.motion[1:], 0.0))
    return 0.45 * _scaled(sharp) - 0.35 * _scaled(motion) - 0.2 * signals.clipped


def _scaled(values: np.ndarray) -> np.ndarray:
    if not len(values):
        return values
    low, high = np.percentile(values, (5, 95))
    return np.clip((values - low) / max(float(high - low), 1e-6), 0, 1)


def _spread(frames: np.ndarray, worth: np.ndarray, count: int) -> tuple[int, ...]:
    """The most promising frames, far enough apart to differ."""
    if count == 0 or not len(frames):
        return ()
    gap = 0.75 * len(frames) / count
    chosen: list[int] = []
    for frame in frames[np.argsort(-worth, kind="stable")]:
        if all(abs(int(frame) - other) >= gap for other in chosen):
            chosen.append(int(frame))
            if len(chosen) == count:
                break
    return tuple(chosen)
