"""VHS: a picture that was on tape, with the tape's little bandwidth and the recorder's unsteady hand."""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np

from ops.style.stages import Build, FrameFilter, GraphFilter, Planes, PlanesFilter, Tick

__all__ = ["vhs"]

_LINES = 480
"""A tape's picture has these lines whatever it is shown on."""

_LUMA_SIGMA = 0.9
"""σ along a line, in pixels of 640 a line: 3 MHz, about 240 lines of resolution (IEC 60774-1)."""

_CHROMA_SIGMA = 5.5
"""The same for colour, kept under the picture's carrier: some 0.4 MHz, 30 lines of resolution."""

_CHROMA_LATE = 3.0
"""Pixels of 640 by which colour comes late, and so stands right of what it colours."""

_SWITCHED_LINES = 7
"""At the bottom, where the recorder goes from one head to the other."""


def vhs(given: Build) -> FrameFilter:
    """Soft luma with a slight ring, colour that bleeds and comes late, lines that tremble, noise, a torn bottom.

    Settings: amount, 0…1, of softness and colour's bleeding; noise, 0…1; wobble, 0…1, of lines and head switching.
    """
    return PlanesFilter(_Vhs(given)) if given.strength >= 0.01 else GraphFilter.chain(("null", {}))


class _Vhs:
    """Works at a tape's 480 lines, and on luma and colour as a tape keeps them."""

    def __init__(self, given: Build) -> None:
        canvas = given.canvas
        self._seed, self._strength, self._rate = given.seed, given.strength, float(canvas.rate)
        self._size = (canvas.width, canvas.height)
        self._lines = min(_LINES, canvas.height)
        self._width = max(16, round(self._lines * canvas.width / canvas.height))
        self._pixel = self._lines / _LINES
        self._amount = given.number("amount", 0.7)
        self._noise = given.number("noise", 0.4)
        self._wobble = given.number("wobble", 0.4)

    def __call__(self, planes: Planes, tick: Tick) -> Planes:
        chance = np.random.default_rng([self._seed, tick.frame, 7])
        tape, narrow = (self._width, self._lines), (max(4, self._width // 4), max(4, self._lines // 2))
        chroma = self._chroma(cv2.merge([_sized(planes.blue, narrow), _sized(planes.red, narrow)]), chance)
        colours = cv2.split(cv2.resize(chroma, tape, interpolation=cv2.INTER_LINEAR))
        played = cv2.merge([self._luma(_sized(planes.luma, tape), chance), *colours])
        luma, blue, red = cv2.split(self._tracked(played, tick, chance))
        width, height = self._size
        return Planes(
            self._shown(luma, planes.luma, (width, height)),
            self._shown(blue, planes.blue, (width // 2, height // 2)),
            self._shown(red, planes.red, (width // 2, height // 2)),
        )

    def _shown(self, played: np.ndarray, plane: np.ndarray, size: tuple[int, int]) -> np.ndarray:
        shown = cv2.resize(played, size, interpolation=cv2.INTER_CUBIC)
        return cv2.addWeighted(shown, self._strength, plane, 1.0 - self._strength, 0) if self._strength < 1 else shown

    def _luma(self, luma: np.ndarray, chance: np.random.Generator) -> np.ndarray:
        """Softened along the lines, sharpened by the player (which rings on the right of an edge), with tape noise."""
        sigma = max(0.3, _LUMA_SIGMA * self._amount * self._pixel * 1.6)
        soft = cv2.GaussianBlur(luma, (0, 0), sigmaX=sigma, sigmaY=0.3).astype(np.float32)
        late = np.roll(cv2.GaussianBlur(soft, (0, 0), sigmaX=2.2 * self._pixel, sigmaY=0.3), 1, axis=1)
        played = soft + 0.45 * self._amount * (soft - late)
        played = 26.0 + (played - 16.0) * 0.92  # setup: a tape's black is not quite black, nor its white white
        played += 11.0 * self._noise * _streaks(chance, luma.shape, self._pixel)
        return np.clip(played, 0, 255).astype(np.uint8)

    def _chroma(self, chroma: np.ndarray, chance: np.random.Generator) -> np.ndarray:
        """Blurred along the lines, over its neighbours, late, and blotched; on a quarter of the columns."""
        sigma = max(0.4, _CHROMA_SIGMA * self._amount * self._pixel / 4)
        bled = cv2.GaussianBlur(chroma, (0, 0), sigmaX=sigma, sigmaY=0.6).astype(np.float32)
        late = np.array([[1, 0, _CHROMA_LATE * self._amount * self._pixel / 4], [0, 1, 0.5]], np.float32)
        size = (chroma.shape[1], chroma.shape[0])
        bled = cv2.warpAffine(bled, late, size, borderMode=cv2.BORDER_REPLICATE)
        coarse = chance.standard_normal((max(2, size[1] // 2), max(2, size[0] // 4), 2), np.float32)
        played = 128.0 + 1.06 * (bled - 128.0) + 5.0 * self._noise * cv2.resize(coarse, size)
        return np.clip(played, 16, 240).astype(np.uint8)

    def _tracked(self, picture: np.ndarray, tick: Tick, chance: np.random.Generator) -> np.ndarray:
        """Every line a little early or late; those at the bottom pulled far to one side, in noise."""
        lines = np.arange(self._lines, dtype=np.float32)
        time_s = tick.frame / self._rate
        slow = np.sin(lines * 0.021 + 2.1 * time_s) + 0.6 * np.sin(lines * 0.057 - 5.3 * time_s)
        late = self._wobble * self._pixel * (0.55 * slow + 0.45 * _along(chance.standard_normal(self._lines)))
        top = 1.8 * self._wobble * self._pixel * np.exp(-lines / (0.02 * self._lines))  # the timebase catches itself
        switched = self._switched(lines, tick)
        columns = np.arange(self._width, dtype=np.float32)[None, :] - (late + top + switched)[:, None]
        rows = np.broadcast_to(lines[:, None], columns.shape)
        moved = cv2.remap(
            picture, columns.astype(np.float32), np.ascontiguousarray(rows), cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
        torn = switched > 1.0
        if torn.any():
            noise = 60.0 * _streaks(chance, (int(torn.sum()), self._width), 2.5 * self._pixel)
            moved[torn, :, 0] = np.clip(moved[torn, :, 0] * 0.8 + noise, 16, 235)
            moved[torn, :, 1:] = (moved[torn, :, 1:].astype(np.int16) - 128) // 3 + 128
        return moved

    def _switched(self, lines: np.ndarray, tick: Tick) -> np.ndarray:
        """Pixels by which the lines under the switching point are pulled aside."""
        count = _SWITCHED_LINES * self._lines / _LINES * min(1.0, 2 * self._wobble)
        unsteady = 0.5 * math.sin(tick.frame * 1.7) + 0.5 * math.sin(tick.frame * 0.61)
        under = np.clip((lines - (self._lines - count - 0.6 * unsteady)) / max(count, 1.0), 0.0, 1.0)
        return under**0.6 * 42.0 * self._pixel * (1.0 + 0.2 * unsteady) * (self._wobble > 0.01)


def _along(values: np.ndarray) -> np.ndarray:
    return cv2.GaussianBlur(values.astype(np.float32).reshape(-1, 1), (0, 0), 1.5).ravel() * 2.0


def _sized(plane: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    smaller = plane.shape[0] > size[1]
    return cv2.resize(plane, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)


@lru_cache(maxsize=4)
def _noise_plate(seed: int) -> np.ndarray:
    """Noise of unit variance, made once: drawing it anew is slower than all the rest."""
    return np.random.default_rng(seed).standard_normal((640, 2048)).astype(np.float32)


def _streaks(chance: np.random.Generator, shape: tuple[int, ...], pixel: float) -> np.ndarray:
    """Tape noise: short streaks along the lines, of about unit variance, (H, W) float32."""
    plate = _noise_plate(11)
    down = int(chance.integers(0, plate.shape[0]))
    across = int(chance.integers(0, plate.shape[1]))
    rows = (np.arange(shape[0]) + down) % plate.shape[0]
    columns = (np.arange(shape[1]) + across) % plate.shape[1]
    sigma = max(0.5, 1.6 * pixel)
    return cv2.GaussianBlur(plate[np.ix_(rows, columns)], (0, 0), sigmaX=sigma, sigmaY=0.35) * 1.9 * math.sqrt(sigma)
