"""A grade from an example picture: what turns a typical film's colours into the picture's, as one smooth LUT.

Tones are matched by their distribution, colours by optimal transport between Gaussians, the linear Monge–Kantorovich
map (Pitié and Kokaram, "The linear Monge-Kantorovitch colour mapping for example-based colour transfer", 2007),
in OKLab, around a mean that follows the tone: the picture's shadows and lights may lean to different hues. A plain map
would throw colours that the example has none of far out; here gains above 1 act within three standard deviations of
what films hold, and tones that the example has not take its mean.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ops.errors import UsageError
from ops.style.grading.colour import from_oklab, to_oklab
from ops.style.grading.develop import shown
from ops.style.grading.grade import HUES
from ops.style.grading.luts import grid, smoothed

__all__ = ["ExampleGrade", "grade_from_example", "linear_transport"]

_SIZE = 33
_MOST_PIXELS = 40_000

_FILM_TONES = np.array([0.05, 0.207, 0.291, 0.386, 0.458, 0.525, 0.6, 0.683, 0.754, 0.879, 1.0])
_FILM_MEAN = np.array([0.001, 0.018])
_FILM_SPREAD = np.array([[0.00089, -0.00035], [-0.00035, 0.00153]])
"""A typical film: deciles of OKLab's lightness, mean and covariance of its colour axes, over 24 frames from five open
films (Sintel, Big Buck Bunny, bicycles in town, a cockatoo, a street), without black bars."""

_TONE, _COLOUR = 0.7, 0.85
"""How far tones and colours go to the example's: a film that is matched in full looks pasted over. By eye, on Starry
Night, a mosaic, a facade and an amber door over six stills."""

_COLOURLESS = 0.012
"""Spread of OKLab's chroma in a black and white picture, toned or not: there colours go all the way."""

_LEAST_SLOPE, _MOST_SLOPE = 0.45, 1.5
"""Of tones: more would lift a film's noise out of its shadows."""

_MOST_GAIN = 1.9
_LEAN_REACH = 0.09
"""The furthest that greys may lean, in OKLab's chroma: a deep sepia is 0.07."""


@dataclass(frozen=True)
class ExampleGrade:
    """What was taken from a picture.

    Attributes:
        lut: (33, 33, 33, 3) float32.
        told: What it does, in sentences.
    """

    lut: np.ndarray
    told: tuple[str, ...]


def grade_from_example(picture: np.ndarray) -> ExampleGrade:
    """The grade that a (H, W, 3) uint8 RGB picture exemplifies.

    Raises:
        UsageError: The picture is of one colour, or too small to tell.
    """
    lab = _samples(picture)
    tones = _tone_curve(lab[:, 0])
    axes, gains = linear_transport(_FILM_SPREAD, np.cov(lab[:, 1:].T))
    colour = _COLOUR if np.hypot(*lab[:, 1:].std(axis=0)) > _COLOURLESS else 1.0
    gains = 1.0 + colour * (np.minimum(gains, _MOST_GAIN) - 1.0)
    lean = _lean(lab, gains, axes)
    points = to_oklab(grid(_SIZE).astype(np.float64))
    lightness = np.interp(points[..., 0], np.linspace(0.0, 1.0, len(tones)), tones)
    along = points[..., 1:] @ axes
    reach = 3.0 * np.sqrt(np.diag(axes.T @ _FILM_SPREAD @ axes))
    widened = along + (gains - 1.0) * reach * np.tanh(along / reach)
    moved = np.where(gains > 1.0, widened, along * gains) @ axes.T
    moved += _at(lean, lightness)
    out = np.concatenate([lightness[..., None], moved], axis=-1)
    lut = np.clip(from_oklab(shown(out, points)), 0.0, 1.0).astype(np.float32)
    return ExampleGrade(smoothed(lut, 2), tuple(_told(tones, gains, lean)))


def linear_transport(source: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The linear optimal transport between Gaussians of two (n, n) covariances, by its axes and gains.

    The map is `axes @ diag(gains) @ axes.T`, symmetric and positive: it stretches and turns no hue about.

    Returns:
        (n, n) whose columns are the axes, and their (n,) gains.
    """
    values, vectors = np.linalg.eigh(source)
    root = vectors @ np.diag(np.sqrt(np.maximum(values, 1e-12))) @ vectors.T
    inverse = np.linalg.inv(root)
    values, vectors = np.linalg.eigh(root @ target @ root)
    middle = vectors @ np.diag(np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    gains, axes = np.linalg.eigh(inverse @ middle @ inverse)
    return axes, np.maximum(gains, 0.0)


def _samples(picture: np.ndarray) -> np.ndarray:
    """Up to 40,000 of a picture's pixels in OKLab, evenly taken."""
    pixels = picture.reshape(-1, 3)
    lab = to_oklab(pixels[:: max(1, len(pixels) // _MOST_PIXELS)] / 255.0)
    if len(lab) < 64 or np.ptp(lab[:, 0]) < 0.05:
        raise UsageError("is of one tone, or too small", where="picture", fix="Give a picture with lights and shadows.")
    return lab


def _tone_curve(lightness: np.ndarray) -> np.ndarray:
    """Lightness of films to lightness of the example's, at 65 even points: monotone, nowhere steep or flat."""
    even = np.linspace(0.0, 1.0, 65)
    deciles = np.quantile(lightness, np.linspace(0.0, 1.0, len(_FILM_TONES)))
    matched = np.interp(even, [0.0, *_FILM_TONES[1:-1], 1.0], [0.5 * deciles[0], *deciles[1:-1], deciles[-1]])
    wished = even + _TONE * (matched - even)
    eased = np.convolve(np.pad(wished, 6, mode="reflect", reflect_type="odd"), np.hanning(15)[1:-1] / 7.0, "valid")
    slopes = np.clip(np.diff(eased), _LEAST_SLOPE / 64, _MOST_SLOPE / 64)
    black = float(np.clip(eased[0], 0.0, 0.2))
    curve = black + np.concatenate([[0.0], np.cumsum(slopes)])
    white = float(np.clip(curve[-1], 0.86, 1.0))
    return black + (curve - black) * (white - black) / (curve[-1] - black)


def _lean(lab: np.ndarray, gains: np.ndarray, axes: np.ndarray) -> np.ndarray:
    """What is added to OKLab's colour axes at 33 even lightnesses: (33, 2); the example's mean about that tone."""
    even = np.linspace(0.0, 1.0, 33)
    mean = lab[:, 1:].mean(axis=0)
    near = np.exp(-0.5 * ((even[:, None] - lab[None, :: max(1, len(lab) // 4000), 0]) / 0.09) ** 2)
    some = lab[:: max(1, len(lab) // 4000), 1:]
    prior = 0.05 * len(some)  # tones that the example hardly has take its mean
    means = (near @ some + prior * mean) / (near.sum(axis=1, keepdims=True) + prior)
    lean = _COLOUR * means - (axes @ (gains * (axes.T @ _FILM_MEAN))) + (1.0 - _COLOUR) * _FILM_MEAN
    size = np.linalg.norm(lean, axis=1, keepdims=True)
    lean *= np.tanh(size / _LEAN_REACH) * _LEAN_REACH / np.maximum(size, 1e-9)
    # black and white keep what a screen can show of a lean: none at the very ends
    ends = np.minimum(even / 0.25, 1.0) * np.minimum((1.0 - even) / 0.12, 1.0)
    return lean * (ends * ends * (3.0 - 2.0 * ends))[:, None]


def _at(lean: np.ndarray, lightness: np.ndarray) -> np.ndarray:
    even = np.linspace(0.0, 1.0, len(lean))
    return np.stack([np.interp(lightness, even, lean[:, axis]) for axis in range(2)], axis=-1)


def _told(tones: np.ndarray, gains: np.ndarray, lean: np.ndarray) -> list[str]:
    told = []
    middle = float(tones[32])
    if abs(middle - 0.5) > 0.03:
        told.append(f"middle grey {'lighter' if middle > 0.5 else 'darker'} by {abs(middle - 0.5):.0%}")
    slope = float(tones[44] - tones[20]) / (24 / 64)
    if abs(slope - 1.0) > 0.06:
        told.append(f"contrast {slope:.2f} of what it was")
    gain = float(np.sqrt(gains[0] * gains[1]))
    told.append(f"colours {'richer' if gain > 1 else 'quieter'}: {gain:.2f} of their strength")
    for name, place in (("shadows", 9), ("middle tones", 17), ("lights", 25)):
        a, b = lean[place]
        if np.hypot(a, b) > 0.008:
            told.append(f"{name} lean to {_hue_name(float(np.degrees(np.arctan2(b, a))))}")
    return told


def _hue_name(hue: float) -> str:
    return min(HUES, key=lambda name: abs((hue - HUES[name] + 180.0) % 360.0 - 180.0))
