"""Sunrise over six mountain ridges in mist: a slow pan with parallax while the sun clears the far range."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ops.demo.paint import Mask, Painter, Picture, Size, cover, grid, noise, noise_line, pan, ramp, smooth, spread, tint

__all__ = ["sunrise"]

RIDGES = 6
SKY = [(0.0, "#1b2a55"), (0.26, "#4a4a80"), (0.45, "#a8688c"), (0.58, "#ee9c7c"), (0.68, "#ffd093"), (1.0, "#ffe6b8")]
FAR, NEAR = "#d99a86", "#0b1026"
MIST_FAR, MIST_NEAR = "#ffd9ae", "#4b4468"


@dataclass(frozen=True)
class _Ridge:
    top: int  # first row of the film's picture that the strip touches
    colour: Picture
    alpha: Mask
    travel: float  # pixels it moves over the whole shot


def sunrise(size: Size, seconds: float) -> Painter:
    """The film's first light."""
    width, height = size
    ridges = [_ridge(size, depth) for depth in range(RIDGES)]
    small = Size(width // 4, height // 4)
    xs, ys = grid(small)
    sky = ramp(ys + 0.5, SKY)
    cloud = smooth(0.5, 0.95, noise(Size(small.width * 2, small.height), (5, 14), 3, octaves=5))
    cloud *= smooth(0.62, 0.3, np.linspace(0, 1, small.height, dtype=np.float32))[:, None]

    def paint(t: float) -> Picture:
        u = t / seconds
        sun = (-0.12, 0.105 - 0.13 * u)
        distance = np.hypot(xs - sun[0], ys - sun[1])
        light = np.exp(-distance / 0.34) * (0.35 + 0.3 * u)
        lit_clouds = pan(cloud, small.width * (0.2 + 0.12 * u), small.width)
        warm = 0.45 + 0.55 * np.exp(-distance / 0.5)
        picture = sky + tint(light, "#ffb66e") + tint(lit_clouds * warm, "#ffb49a", 0.42)
        full = spread(picture, size)
        _sun_disc(full, sun)
        for ridge in ridges:
            x = (ridge.colour.shape[1] - width - 2) * 0.5 + ridge.travel * (u - 0.5)
            cover(full[ridge.top :], pan(ridge.colour, x, width), pan(ridge.alpha, x, width))
        return full

    return paint


def _sun_disc(picture: Picture, sun: tuple[float, float]) -> None:
    height, width = picture.shape[:2]
    centre = (width / 2 + sun[0] * height, height / 2 + sun[1] * height)
    half = int(0.16 * height)
    x, y = int(centre[0]) - half, int(centre[1]) - half
    window = picture[max(y, 0) : y + 2 * half, x : x + 2 * half]
    rows, columns = np.mgrid[max(y, 0) : max(y, 0) + window.shape[0], x : x + window.shape[1]].astype(np.float32)
    distance = np.hypot(columns - centre[0], rows - centre[1]) / height
    disc = smooth(0.058, 0.053, distance) + 0.35 * smooth(0.15, 0.03, distance)
    window += tint(disc, "#fff1c9", 0.9)


def _ridge(size: Size, depth: int) -> _Ridge:
    """Depth 0 is the farthest range; the nearest carries the pines."""
    near = depth / (RIDGES - 1)
    travel = size.height * (0.03 + 0.34 * near**1.7)
    width = int(size.width + travel + 8)
    crest = 0.53 + 0.39 * near**1.15
    relief = 0.20 - 0.075 * near
    line = noise_line(width, 2.2 + 1.6 * near, 40 + depth, octaves=8, gain=0.47)
    peaks = 1 - np.abs(2 * noise_line(width, 3.0 + 2 * near, 140 + depth, octaves=7, gain=0.45) - 1)
    line = line * (0.45 + 0.55 * near) + peaks**1.4 * 0.75 * (1 - near)
    hills = (crest - relief * (line - 0.35)) * size.height
    crest_rows = hills.copy()
    if depth >= RIDGES - 2:
        crest_rows -= _pines(width, size.height, depth) * (0.5 + 0.9 * (depth - RIDGES + 2))
    top = max(0, int(crest_rows.min()) - 2)
    rows = np.arange(top, size.height, dtype=np.float32)[:, None]
    below = (rows - crest_rows[None, :]) / size.height
    alpha = np.clip(below * size.height + 0.5, 0, 1).astype(np.float32)
    strip = Size(width, size.height - top)
    rock = noise(strip, (12 + 4 * depth, 7), 70 + depth, octaves=6, gain=0.55)
    facets = np.clip((np.roll(rock, 3, axis=1) - rock) * 5, -1, 1)
    body = ramp(np.full(1, near, np.float32), [(0, FAR), (0.35, "#8d6486"), (0.7, "#3a3560"), (1, NEAR)])[0]
    mist = ramp(np.full(1, near, np.float32), [(0, MIST_FAR), (0.5, "#c98f96"), (1, MIST_NEAR)])[0]
    drift = 0.65 + 0.7 * noise(strip, (4, 3), 90 + depth, octaves=3)
    depth_below = (rows - hills[None, :]) / size.height
    amount = np.clip(smooth(0.0, 0.26 - 0.05 * near, depth_below) * drift * (0.95 - 0.55 * near), 0, 1)[..., None]
    light = (1 + facets * (0.10 + 0.12 * near) * (1 - amount[..., 0]))[..., None]
    colour = (body * light * (1 - amount) + mist * amount).astype(np.float32)
    return _Ridge(top, colour, alpha, travel)


def _pines(width: int, height: int, seed: int) -> np.ndarray:
    """How far the trees stand above the ridge line, in pixels a column."""
    random = np.random.default_rng(seed)
    crown = np.zeros(width, np.float32)
    x = 0.0
    while x < width:
        tall = height * random.uniform(0.018, 0.06)
        half = tall * random.uniform(0.22, 0.3)
        columns = np.arange(max(0, int(x - half)), min(width, int(x + half) + 1))
        offset = np.abs(columns - x) / half
        boughs = tall * (1 - offset) + 0.1 * tall * np.abs(np.sin(offset * 11)) * (1 - offset)
        crown[columns] = np.maximum(crown[columns], boughs)
        x += height * random.uniform(0.004, 0.034)
    return cv2.GaussianBlur(crown[None, :], (0, 0), 0.5)[0]
