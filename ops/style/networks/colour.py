"""Colours of one picture brought to those of another: the linear optimal transport of their Gaussians.

Monge-Kantorovich's map (Pitié and Kokaram 2007), T = Σs^-½ (Σs^½ Σt Σs^½)^½ Σs^-½, moves mean and covariance exactly
and moves every colour as little as that allows: red things stay the reddest. Per-channel matching twists hues instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

__all__ = ["ColourMap", "Colours", "colours_of", "map_between", "mixed_colours"]

_LEAST = 4e-4
"""Variance added along every axis, (5 of 255)²: a grey film has no hues, and its noise must not become some."""

_MOST_GAIN = 2.6
"""A map never stretches a colour axis by more than this: beyond it, compression's blocks become visible."""


@dataclass(frozen=True)
class Colours:
    """A picture's colours as a Gaussian.

    Attributes:
        mean: (3,) RGB, 0 to 1.
        covariance: (3, 3).
    """

    mean: np.ndarray
    covariance: np.ndarray


@dataclass(frozen=True)
class ColourMap:
    """colour → matrix · colour + shift, RGB from 0 to 1.

    Attributes:
        matrix: (3, 3).
        shift: (3,).
    """

    matrix: np.ndarray
    shift: np.ndarray

    def softened(self, strength: float) -> ColourMap:
        """The map at part of its strength; 0 changes nothing."""
        return ColourMap(np.eye(3) + strength * (self.matrix - np.eye(3)), strength * self.shift)

    def applied(self, rgb: np.ndarray) -> np.ndarray:
        """(H, W, 3) uint8 or float32 in 0…255 to float32 in about 0…255, not clipped."""
        rows = np.hstack([self.matrix, 255.0 * self.shift[:, None]])
        return cv2.transform(rgb.astype(np.float32, copy=False), rows.astype(np.float32))


def colours_of(rgb: np.ndarray) -> Colours:
    """The colours of a (H, W, 3) uint8 picture; a copy of about 100 pixels a side tells them."""
    height, width = rgb.shape[:2]
    share = min(1.0, 100 / max(height, width))
    size = (max(1, round(width * share)), max(1, round(height * share)))
    pixels = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA).reshape(-1, 3) / 255.0
    mean = pixels.mean(axis=0)
    return Colours(mean, (pixels - mean).T @ (pixels - mean) / len(pixels))


def map_between(mine: Colours, theirs: Colours) -> ColourMap:
    """The map that gives pictures of `mine` the colours of `theirs`."""
    source = mine.covariance + _LEAST * np.eye(3)
    target = theirs.covariance + _LEAST * np.eye(3)
    root = _power(source, 0.5)
    inverse = _power(source, -0.5)
    matrix = inverse @ _power(root @ target @ root, 0.5) @ inverse
    values, vectors = np.linalg.eigh(matrix)
    matrix = (vectors * np.minimum(values, _MOST_GAIN)) @ vectors.T
    return ColourMap(matrix, theirs.mean - matrix @ mine.mean)


def mixed_colours(parts: Sequence[tuple[Colours, float]]) -> Colours:
    """Between several: means and covariances weighted by shares that sum to 1."""
    return Colours(
        np.sum([share * each.mean for each, share in parts], axis=0),
        np.sum([share * each.covariance for each, share in parts], axis=0),
    )


def _power(matrix: np.ndarray, exponent: float) -> np.ndarray:
    """A power of a symmetric positive matrix."""
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.maximum(values, 1e-12) ** exponent) @ vectors.T
