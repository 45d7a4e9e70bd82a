"""Colour spaces that grades are made in. Everywhere: R'G'B' is BT.709 as a screen shows it, 0…1, (…, 3) float64.

Screens follow BT.1886, a pure power of 2.4, so a gain of light is a gain of code values too. OKLab (Björn Ottosson, "A
perceptual color space for image processing", 2020) keeps hues straight where CIELAB bends blues to violet.
"""

from __future__ import annotations

import numpy as np

__all__ = ["from_linear", "from_oklab", "hue_gap", "in_gamut", "luma", "to_linear", "to_oklab", "white_gains"]

_GAMMA = 2.4
"""BT.1886 of a screen whose black is black."""

_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_FROM_LMS, _FROM_LAB = np.linalg.inv(_LMS), np.linalg.inv(_LAB)
_LUMA = np.array([0.2126, 0.7152, 0.0722])

_XYZ = np.array(
    [[0.4123908, 0.3575843, 0.1804808], [0.2126390, 0.7151687, 0.0721923], [0.0193308, 0.1191948, 0.9505322]]
)
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
_D65_MIREDS = 1e6 / 6504


def to_linear(rgb: np.ndarray) -> np.ndarray:
    """Light of R'G'B'."""
    return np.maximum(rgb, 0.0) ** _GAMMA


def from_linear(light: np.ndarray) -> np.ndarray:
    """R'G'B' of light; light below nothing is nothing."""
    return np.maximum(light, 0.0) ** (1.0 / _GAMMA)


def to_oklab(rgb: np.ndarray) -> np.ndarray:
    """OKLab of R'G'B': lightness in 0…1, then green to red and blue to yellow, within about ±0.33."""
    return np.cbrt(to_linear(rgb) @ _LMS.T) @ _LAB.T


def _light_of(lab: np.ndarray) -> np.ndarray:
    return (lab @ _FROM_LAB.T) ** 3 @ _FROM_LMS.T


def from_oklab(lab: np.ndarray) -> np.ndarray:
    """R'G'B' of OKLab; what no screen can show has components beyond 0…1, or at 0."""
    return from_linear(_light_of(lab))


def in_gamut(lab: np.ndarray, tolerance: float = 1e-4) -> np.ndarray:
    """Whether a screen can show each colour: (…) bool."""
    light = _light_of(lab)
    return np.asarray(np.logical_and(light > -tolerance, light < 1.0 + tolerance).all(axis=-1))


def luma(rgb: np.ndarray) -> np.ndarray:
    """BT.709's luma of R'G'B': (…)."""
    return rgb @ _LUMA


def hue_gap(hues: np.ndarray, hue: float) -> np.ndarray:
    """How far each hue lies from one, in degrees, −180…180."""
    return (hues - hue + 180.0) % 360.0 - 180.0


def white_gains(warmth: float, tint: float) -> np.ndarray:
    """Gains of linear R, G and B that a filter before the lens has; they leave the luminance of white.

    Args:
        warmth: Mireds that the filter shifts daylight by: an 81A is 18, an 85 is 112; below 0 it is blue (an 82A is
            −18). From −90 to 90.
        tint: −1 is plainly green, 1 plainly magenta.
    """
    white = _XYZ.sum(axis=1)
    cones = _BRADFORD @ _daylight(_D65_MIREDS)
    gains = np.linalg.inv(_BRADFORD) @ np.diag(_BRADFORD @ _daylight(_D65_MIREDS + warmth) / cones) @ _BRADFORD
    light = np.linalg.inv(_XYZ) @ gains @ white
    light = light * np.array([1.0, 2.0 ** (-0.25 * tint), 1.0])
    return light / (light @ _LUMA)


def _daylight(mireds: float) -> np.ndarray:
    """XYZ of CIE daylight (CIE 15:2004), Y = 1."""
    kelvin = np.clip(1e6 / mireds, 4000.0, 25000.0)
    if kelvin <= 7000.0:
        x = -4.6070e9 / kelvin**3 + 2.9678e6 / kelvin**2 + 0.09911e3 / kelvin + 0.244063
    else:
        x = -2.0064e9 / kelvin**3 + 1.9018e6 / kelvin**2 + 0.24748e3 / kelvin + 0.237040
    y = -3.0 * x * x + 2.870 * x - 0.275
    return np.array([x / y, 1.0, (1.0 - x - y) / y])
