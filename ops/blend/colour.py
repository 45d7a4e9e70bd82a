"""Colour apart from texture: OKLab, and the closed form of optimal transport between two pictures' colours.

OKLab (Ottosson 2020) is nearly uniform to the eye, so its covariances mean what is seen. The map between two Gaussian
clouds of colours is Pitié and Kokaram's (2007) linear Monge-Kantorovich: T = Σs^-½ (Σs^½ Σt Σs^½)^½ Σs^-½.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

__all__ = ["ColourMap", "colour_map", "from_oklab", "mixed_map", "to_oklab", "with_lightness"]

Picture = NDArray[np.uint8]
Plane = np.ndarray

_TO_CONE = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_FROM_LAB = np.linalg.inv(_TO_LAB).astype(np.float32)
_FROM_CONE = np.linalg.inv(_TO_CONE).astype(np.float32)

_STEEPEST = 2.2
"""The most that a map stretches any direction of colour. Steeper ones band skies of 8 bits: at 2.2, the starry night
over the amber door, neighbouring codes stay within two of each other."""

_LEAST_SPREAD = 1e-4
"""Variance added to both clouds: a grey picture has no spread of hue to stretch."""


def _curve() -> NDArray[np.float32]:
    code = np.arange(256) / 255.0  # IEC 61966-2-1
    return np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4).astype(np.float32)


_LINEAR = _curve()
_CODES = 4096


def _codes() -> NDArray[np.float32]:
    light = np.arange(_CODES + 1) / _CODES
    light = light**2  # finer near black, where the curve is steep
    code = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return (255.0 * code).astype(np.float32)


_GAMMA = _codes()


@dataclass(frozen=True)
class ColourMap:
    """An affine change of colours: c → matrix · c + offset.

    Attributes:
        matrix: (3, 3) float32.
        offset: (3,) float32.
    """

    matrix: NDArray[np.float32]
    offset: NDArray[np.float32]

    def __call__(self, lab: Plane) -> Plane:
        """Colours mapped: (H, W, 3) float32 OKLab to the same."""
        return cv2.transform(lab, np.hstack([self.matrix, self.offset[:, None]]).astype(np.float32))


def to_oklab(picture: Picture) -> Plane:
    """(H, W, 3) uint8 sRGB to (H, W, 3) float32: lightness 0 to 1, and two axes of hue about -0.4 to 0.4."""
    cone = cv2.transform(_LINEAR[picture], _TO_CONE.astype(np.float32))
    return cv2.transform(np.cbrt(np.maximum(cone, 0.0)), _TO_LAB.astype(np.float32))


def from_oklab(lab: Plane) -> Picture:
    """OKLab to (H, W, 3) uint8 sRGB; what no screen shows loses colour, not hue: no channel is clipped flat."""
    light = _in_gamut(lab)
    place = np.sqrt(np.clip(light, 0.0, 1.0)) * _CODES
    return np.rint(_GAMMA[np.rint(place).astype(np.int32)]).astype(np.uint8)


def with_lightness(lab: Plane, lightness: Plane) -> Plane:
    """The same hues in another light: colour grows and fades with it, as paint that is mixed with black or white."""
    before = np.clip(lab[..., 0], 0.02, 0.98)
    after = np.clip(lightness, 0.0, 1.0)
    # colour that was right at one lightness is garish when much darker or lighter
    room = np.minimum(after / before, (1.0 - after) / (1.0 - before) + 0.35)
    scale = np.clip(room, 0.0, 1.0) ** 0.5
    return np.dstack([after, lab[..., 1] * scale, lab[..., 2] * scale]).astype(np.float32)


def colour_map(source: Plane, likeness: Plane) -> ColourMap:
    """What gives one picture's colours the mean and the spread of another's.

    Args:
        source: OKLab of what is to change, (H, W, 3) or (N, 3).
        likeness: OKLab of what it is to be like.
    """
    mean, spread = _moments(source)
    goal, goal_spread = _moments(likeness)
    root, inverse = _root(spread), np.linalg.inv(_root(spread))
    matrix = inverse @ _root(root @ goal_spread @ root) @ inverse
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    matrix = (vectors * np.clip(values, 1 / _STEEPEST, _STEEPEST)) @ vectors.T
    return ColourMap(matrix.astype(np.float32), (goal - matrix @ mean).astype(np.float32))


def mixed_map(maps: Sequence[ColourMap], weights: Sequence[float], amount: float) -> ColourMap:
    """Several maps in one: their weighted mean, of which `amount` (0 to 1) is applied.

    Maps are mixed, not clouds: the moments of a blue and a red picture together are a wide cloud of purple that neither
    painter used.
    """
    matrix = np.tensordot(weights, np.stack([each.matrix for each in maps]), 1)
    offset = np.tensordot(weights, np.stack([each.offset for each in maps]), 1)
    matrix = amount * matrix + (1 - amount) * np.eye(3)
    return ColourMap(matrix.astype(np.float32), (amount * offset).astype(np.float32))


def _moments(lab: Plane) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    colours = lab.reshape(-1, 3).astype(np.float64)
    mean = colours.mean(axis=0)
    offsets = colours - mean
    return mean, offsets.T @ offsets / len(colours) + _LEAST_SPREAD * np.eye(3)


def _root(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T


def _in_gamut(lab: Plane) -> Plane:
    """Linear sRGB within 0 to 1: colours outside move towards the grey of their lightness until they are in."""
    inside = lab.copy()
    inside[..., 0] = np.clip(inside[..., 0], 0.0, 1.0)
    light = cv2.transform(cv2.transform(inside, _FROM_LAB) ** 3, _FROM_CONE)
    grey = inside[..., :1] ** 3
    away = light - grey
    with np.errstate(divide="ignore", invalid="ignore"):
        above = np.where(away > 1e-6, (1.0 - grey) / away, 1.0)
        below = np.where(away < -1e-6, -grey / away, 1.0)
    reach = np.minimum(np.minimum(above, below).min(axis=2, keepdims=True), 1.0)
    return grey + np.maximum(reach, 0.0) * away
