"""Pictures blended in one pass: textures moved in feature space, colours beside them; what previews are made of.

After AdaIN (Huang and Belongie 2017) and its whitening kin (Li et al. 2017): the features of the content are given the
statistics of a style's, and a decoder paints what has such features. Moved are mean and covariance, by the same linear
optimal transport that moves colours: a random network's channels mean nothing one by one, as AdaIN takes them. All of
it on luma; colours are moved by `ops.style.networks.colour`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
import torch
from torch import Tensor

from ops.errors import UsageError
from ops.style.networks.colour import colours_of, map_between
from ops.style.networks.content import luma_of
from ops.style.networks.decoder import encoded, house_decoder
from ops.style.networks.ground import ground_of

__all__ = ["blend_features", "transport"]

_STEP = 8

_TOOTH = 0.08
"""Noise on the content's luma for textures to grow from: a clear sky has no features that could be moved."""

_MOST_GAIN = 4.0
"""No direction of features is stretched further: it would be noise."""


def blend_features(
    content: np.ndarray,
    styles: Sequence[np.ndarray],
    weights: Sequence[float],
    *,
    masks: Sequence[np.ndarray | None] | None = None,
    size: int = 256,
    colour: float = 1.0,
) -> np.ndarray:
    """The content in the textures and colours of styles.

    Args:
        content: (H, W, 3) uint8 RGB.
        styles: Pictures of any size, (h, w, 3) uint8 RGB.
        weights: How much of each, 0 or more; where they come to less than 1, the content keeps the rest, and where to
            more, they are scaled.
        masks: For each style where it is, (h, w) float 0…1 over the content's picture, of any size; None is everywhere.
        size: Pixels of the longer side of the result.
        colour: How far colours go with the textures, 0…1.

    Returns:
        (h, w, 3) uint8 RGB, its longer side `size`, or the content's where that is smaller.

    Raises:
        UsageError: Numbers of styles, weights and masks differ, or a weight is negative.
        ModelUnavailable: The decoder's weights are not here.
    """
    places = list(masks) if masks is not None else [None] * len(styles)
    if not len(styles) == len(weights) == len(places):
        raise UsageError("are not one for each style", where="weights and masks", fix="Give as many of each.")
    if any(not np.isfinite(weight) or weight < 0 for weight in weights):
        raise UsageError("cannot be negative", where="weights", fix="Weights are 0 or more.")
    decoder = house_decoder()
    picture = _scaled(content, size)
    fields = _fields(weights, places, picture.shape[:2])
    toned = _toned(picture, styles, colour * fields)
    with torch.inference_mode():
        # textures are moved at the styles' own light: what colours did already must not be done again
        luma = np.clip(luma_of(toned), 0.0, 1.0)
        tooth = _TOOTH * ground_of(*luma.shape)[0, 0].numpy() * fields.sum(axis=0)
        painted = decoder(_moved(encoded(_tensor(luma + tooth)), styles, fields))[0, 0].numpy()
        own = decoder(encoded(_tensor(luma)))[0, 0].numpy()
    height, width = picture.shape[:2]
    # what the decoder cannot paint of the content (its finest detail) is the content's own, and is kept
    change = cv2.resize(painted - own, (width, height), interpolation=cv2.INTER_CUBIC)
    return cv2.convertScaleAbs(np.maximum(toned + 255.0 * change[..., None], 0.0))


def _scaled(picture: np.ndarray, size: int) -> np.ndarray:
    height, width = picture.shape[:2]
    scale = min(1.0, size / max(height, width))
    sides = tuple(max(2 * _STEP, round(side * scale / _STEP) * _STEP) for side in (width, height))
    return cv2.resize(picture, sides, interpolation=cv2.INTER_AREA)


def _fields(weights: Sequence[float], places: Sequence[np.ndarray | None], shape: tuple[int, ...]) -> np.ndarray:
    """(styles, H, W) float32: the share of each style at each pixel, together at most 1."""
    fields = np.empty((len(weights), *shape), np.float32)
    for field, weight, place in zip(fields, weights, places, strict=True):
        if place is None:
            field[:] = weight
        else:
            smaller = cv2.resize(place.astype(np.float32), (shape[1], shape[0]), interpolation=cv2.INTER_AREA)
            field[:] = weight * np.clip(smaller, 0, 1)
    return fields / np.maximum(fields.sum(axis=0, keepdims=True), 1.0)


def _toned(picture: np.ndarray, styles: Sequence[np.ndarray], fields: np.ndarray) -> np.ndarray:
    """(H, W, 3) float32, 0…255: the content in the styles' colours, each where its field is, at its own luma."""
    mine = colours_of(picture)
    plain = picture.astype(np.float32)
    toned = plain * (1 - fields.sum(axis=0))[..., None]
    for style, field in zip(styles, fields, strict=True):
        toned += field[..., None] * map_between(mine, colours_of(style)).applied(picture)
    return toned


def _moved(seen: Tensor, styles: Sequence[np.ndarray], fields: np.ndarray) -> Tensor:
    """Features with the styles' statistics, each where its field is."""
    mean, covariance = _statistics_of(seen)
    rows = seen[0].reshape(seen.shape[1], -1) - mean[:, None]
    small = torch.nn.functional.adaptive_avg_pool2d(torch.from_numpy(fields)[None], (seen.shape[-2], seen.shape[-1]))[0]
    moved = seen[0] * (1 - small.sum(dim=0))
    for style, field in zip(styles, small, strict=True):
        theirs_mean, theirs_covariance = _of_style(_Picture(_scaled(style, 256)))
        matrix = transport(covariance, theirs_covariance)
        # the mean of luma is colour's business: only what textures do to a layer's means comes along
        moved += field * ((matrix @ rows) + theirs_mean[:, None]).reshape(seen[0].shape)
    return moved[None]


class _Picture:
    """A small picture that can be a key."""

    def __init__(self, pixels: np.ndarray) -> None:
        self.pixels = pixels
        self._bytes = pixels.tobytes()

    def __hash__(self) -> int:
        return hash((self.pixels.shape, self._bytes))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Picture) and self.pixels.shape == other.pixels.shape and self._bytes == other._bytes


@lru_cache(maxsize=32)
def _of_style(picture: _Picture) -> tuple[Tensor, Tensor]:
    """A style's statistics: a slider asks for the same ones ten times a second."""
    with torch.inference_mode():
        return _statistics_of(encoded(_tensor(luma_of(picture.pixels))))


def _statistics_of(seen: Tensor) -> tuple[Tensor, Tensor]:
    """Mean (C,) and covariance (C, C) of features (1, C, h, w)."""
    rows = seen[0].reshape(seen.shape[1], -1)
    mean = rows.mean(dim=1)
    rows = rows - mean[:, None]
    return mean, rows @ rows.T / rows.shape[1]


def transport(source: Tensor, target: Tensor) -> Tensor:
    """The linear optimal transport between Gaussians of two covariances, (C, C) each: symmetric, and bounded."""
    ridge = 1e-3 * float(source.diagonal().mean()) * torch.eye(len(source), dtype=torch.float64)
    here, there = source.double() + ridge, target.double() + ridge
    values, vectors = torch.linalg.eigh(here)
    root = (vectors * values.clamp_min(1e-12).sqrt()) @ vectors.T
    inverse = (vectors * values.clamp_min(1e-12).rsqrt()) @ vectors.T
    inner_values, inner = torch.linalg.eigh(root @ there @ root)
    matrix = inverse @ ((inner * inner_values.clamp_min(0).sqrt()) @ inner.T) @ inverse
    gains, axes = torch.linalg.eigh(0.5 * (matrix + matrix.T))
    return ((axes * gains.clamp(0.0, _MOST_GAIN)) @ axes.T).float()


def _tensor(luma: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(luma))[None, None]
