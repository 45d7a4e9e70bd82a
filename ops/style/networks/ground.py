"""The grounds that networks paint on: endless patterns of media, fixed to the screen.

A network alone draws nothing on a clear sky, since nothing there tells one place from the next, and a small one cannot
make up where the panes of a window meet. So beside the picture it is given what a craftsman has before he begins: the
tooth of paper, rows of a graver, panes, stones, dots, the sweep of a brush. Which of them a style uses, and how the
picture breaks through, is what its row has learnt.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
import torch
from scipy.spatial import KDTree
from torch import Tensor

__all__ = ["GROUNDS", "TILE", "ground_of"]

TILE = 512
"""Pixels after which the patterns begin again, without a seam."""

GROUNDS = (
    *("tooth", "clouds", "panes", "pane_tones", "stones", "stone_tones", "dots", "dot_tones"),
    *("rows", "rows_between", "cross_rows", "hatching", "brush", "waves", "grain"),
)
"""Their names, in their order."""


def ground_of(height: int, width: int, *, down: int = 0, across: int = 0) -> Tensor:
    """All grounds over a picture: (1, grounds, height, width), each about 0 with a spread of a half.

    Args:
        height: Pixels.
        width: Pixels.
        down: Where in the endless ground the picture's corner is.
        across: The same.
    """
    rows = (torch.arange(height) + down) % TILE
    columns = (torch.arange(width) + across) % TILE
    return _tile()[:, :, rows][..., columns]


@lru_cache(maxsize=1)
def _tile() -> Tensor:
    random = np.random.default_rng(20)
    tooth, clouds = _noise(2, random), _noise(8, random) + 1.5 * _noise(32, random)
    bend = _noise(64, random)
    swirl = np.pi * (_noise(128, random) * 0.5 + _noise(64, random) * 0.2)
    layers = [
        *(tooth, clouds, *_cells(34, random), *_cells(10, random, square=True), *_cells(7, random)),
        *(_rows(17, 92, 0.7 * bend), _rows(17, 92, 0.7 * bend - 0.25), _rows(70, -54, 0.7 * _noise(64, random))),
        _swept(_noise(2, random), np.full_like(tooth, -0.9), 14),
        _swept(_noise(4, random), swirl.astype(np.float32), 22),
        _waves(32),
        _swept(_noise(2, random), np.full_like(tooth, 0.03) + 0.1 * bend.astype(np.float32), 24),
    ]
    stack = np.stack([0.5 * (layer - layer.mean()) / layer.std() for layer in layers])
    return torch.from_numpy(stack.astype(np.float32))[None]


def _noise(cell: int, random: np.random.Generator) -> np.ndarray:
    """(TILE, TILE) float32 noise of blobs of `cell` pixels, whose edges meet."""
    count = TILE // cell
    lattice = random.standard_normal((count, count)).astype(np.float32)
    ringed = np.pad(lattice, 3, mode="wrap")
    large = cv2.resize(ringed, None, fx=cell, fy=cell, interpolation=cv2.INTER_CUBIC)
    side = count * cell
    whole = large[3 * cell : 3 * cell + side, 3 * cell : 3 * cell + side]
    return np.asarray(whole if side == TILE else cv2.resize(whole, (TILE, TILE)), np.float32)


def _cells(size: int, random: np.random.Generator, *, square: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Panes or stones of about `size` pixels: how far each pixel is from its cell's border, and its cell's tone."""
    count = round(TILE / size)
    places = np.stack(np.meshgrid(np.arange(count), np.arange(count)), axis=-1).reshape(-1, 2).astype(np.float64)
    places[:, 0] += 0.5 * (places[:, 1] % 2) if square else 0.0
    loose = 0.16 if square else 0.42
    places = ((places + 0.5 + random.uniform(-loose, loose, places.shape)) * TILE / count) % TILE
    ys, xs = np.mgrid[:TILE, :TILE].astype(np.float64)
    if square:  # courses that wave, as hands lay them
        xs, ys = xs + 2 * _noise(64, random), ys + 6 * _noise(64, random)
    pixels = np.stack([xs.ravel(), ys.ravel()], axis=1) % TILE
    metric = 12.0 if square else 2.0  # a high p-norm is all but a square
    distance, owner = KDTree(places, boxsize=TILE).query(pixels, k=2, p=metric)
    border = np.minimum(distance[:, 1] - distance[:, 0], size / 4)
    tones = random.standard_normal(len(places))
    return border.reshape(TILE, TILE), tones[np.asarray(owner)[:, 0]].reshape(TILE, TILE)


def _rows(across: int, down: int, bend: np.ndarray) -> np.ndarray:
    """Waving rows: so many periods across and down the tile, bent by parts of a period."""
    ys, xs = np.mgrid[:TILE, :TILE] / TILE
    return np.cos(2 * np.pi * (across * xs + down * ys + bend))


def _swept(field: np.ndarray, angles: np.ndarray, length: int) -> np.ndarray:
    """A field smeared along a flow, over the tile's edges."""
    ys, xs = np.mgrid[:TILE, :TILE].astype(np.float32)
    total = field.copy()
    for way in (1.0, -1.0):
        x, y = xs.copy(), ys.copy()
        for _ in range(length):
            angle = cv2.remap(angles, x, y, cv2.INTER_NEAREST, borderMode=cv2.BORDER_WRAP)
            x, y = x + way * np.cos(angle), y + way * np.sin(angle)
            total += cv2.remap(field, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    return total


def _waves(radius: int) -> np.ndarray:
    """Arcs that overlap like waves on old prints."""
    ys, xs = np.mgrid[:TILE, :TILE].astype(np.float64)
    pattern = np.zeros((TILE, TILE))
    covered: Sequence[int] = range(-2, TILE // (radius // 2) + 2)
    for row in covered:
        centre = row * radius // 2 + radius
        away = np.hypot((xs + (row % 2) * radius) % (2 * radius) - radius, ys - centre)
        pattern = np.where(away < radius, np.cos(away / radius * 4 * 2 * np.pi), pattern)
    return pattern
