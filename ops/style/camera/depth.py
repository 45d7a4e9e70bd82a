"""How near things are, guessed from one picture: enough for a small move, not for a large one.

Four of a painter's cues: what lies lower is nearer; what is in focus is what the picture is about, and that is near;
what is hazy is far (the dark channel of He et al. 2009); what moves more than the rest is near. No trained model.
"""

from __future__ import annotations

import cv2
import numpy as np

from ops.style.motion import motion_between
from ops.style.stages import Tick

__all__ = ["NearnessOverTime", "nearness"]

_WIDTH = 160
_FLAT = 0.045
"""Standard deviation of nearness under which a picture has no depth to speak of."""

_OLD = 0.9
"""Share of the guess before, frame by frame: depth must not pump."""


def nearness(rgb: np.ndarray, before: np.ndarray | None = None) -> np.ndarray | None:
    """How near each place is.

    Args:
        rgb: (H, W, 3) uint8.
        before: The same of the frame before, for motion's share.

    Returns:
        (h, 160) float32, 0 far to 1 near; None where the cues tell nothing apart.
    """
    small = cv2.resize(rgb, (_WIDTH, max(16, _WIDTH * rgb.shape[0] // rgb.shape[1])), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY)
    lower = np.linspace(0.0, 1.0, small.shape[0], dtype=np.float32)[:, None]
    cues = [0.30 * (_unit(_focus(rgb, small.shape)) - 0.3), 0.22 * (1.0 - _unit(_haze(small)) - 0.5)]
    if before is not None:
        old = cv2.cvtColor(cv2.resize(before, small.shape[1::-1], interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
        cues.append(0.30 * _apart(motion_between(old, grey).back))
    seen = np.add.reduce(cues)
    if float(seen.std()) < _FLAT:
        return None
    guess = np.clip(0.25 + 0.45 * lower + seen, 0.0, 1.0).astype(np.float32)
    return _to_edges(guess, grey)


class NearnessOverTime:
    """The guess over a shot, slowly changing, new at a cut."""

    def __init__(self) -> None:
        self._guess: np.ndarray | None = None
        self._before: np.ndarray | None = None

    def __call__(self, rgb: np.ndarray, tick: Tick) -> np.ndarray | None:
        """As `nearness`, for the next frame of a film."""
        if tick.cut:
            self._guess = self._before = None
        guess = nearness(rgb, self._before)
        self._before = rgb
        if guess is None or self._guess is None or guess.shape != self._guess.shape:
            self._guess = guess if self._guess is None else self._guess
        else:
            self._guess = _OLD * self._guess + (1.0 - _OLD) * guess
        return self._guess


def _focus(rgb: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """How much fine detail there is around each place."""
    grey = cv2.cvtColor(cv2.resize(rgb, (shape[1] * 3, shape[0] * 3)), cv2.COLOR_RGB2GRAY).astype(np.float32)
    detail = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 1.2))
    return cv2.GaussianBlur(cv2.resize(detail, shape[1::-1], interpolation=cv2.INTER_AREA), (0, 0), 5.0)


def _haze(small: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(cv2.erode(small.min(axis=2), np.ones((5, 5))).astype(np.float32), (0, 0), 3.0)


def _apart(flow: np.ndarray) -> np.ndarray:
    """How much more a place moves than the picture does, −0.5…1."""
    speed = np.hypot(flow[..., 0], flow[..., 1])
    return np.clip((speed - np.median(speed)) / (np.quantile(speed, 0.9) + 0.6), -0.5, 1.0)


def _unit(values: np.ndarray) -> np.ndarray:
    low, high = np.quantile(values, (0.02, 0.98))
    return np.clip((values - low) / max(float(high - low), 12.0 / 255), 0.0, 1.0)


def _to_edges(guess: np.ndarray, grey: np.ndarray) -> np.ndarray:
    """The guess drawn to the picture's edges (a guided filter, He et al. 2010), then softened: a mesh must not tear."""
    guide, size = grey.astype(np.float32) / 255.0, (17, 17)
    mean, guessed = cv2.blur(guide, size), cv2.blur(guess, size)
    slope = (cv2.blur(guide * guess, size) - mean * guessed) / (cv2.blur(guide * guide, size) - mean * mean + 4e-3)
    offset = guessed - slope * mean
    drawn = cv2.blur(slope, size) * guide + cv2.blur(offset, size)
    return np.clip(cv2.GaussianBlur(drawn, (0, 0), 2.5), 0.0, 1.0)
