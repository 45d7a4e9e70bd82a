"""A pine wood in fog: the camera walks sideways past the trunks while shafts of morning light drift through."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ops.demo.paint import (
    Mask,
    Painter,
    Picture,
    Size,
    cover,
    fill,
    grid,
    noise,
    noise_line,
    pan,
    ramp,
    rgb,
    smooth,
    spark,
    spread,
    tint,
)

__all__ = ["forest"]

LAYERS = 4
LIGHT = (0.22, -0.42)  # where the sun stands behind the canopy, in picture heights from the centre


@dataclass(frozen=True)
class _Stand:
    """One depth of trees."""

    colour: Picture
    alpha: Mask
    travel: float


def forest(size: Size, seconds: float) -> Painter:
    """Light comes down between the trunks."""
    stands = [_stand(size, depth) for depth in range(LAYERS)]
    small = Size(size.width // 4, size.height // 4)
    xs, ys = grid(small)
    distance = np.hypot(xs - LIGHT[0], ys - LIGHT[1])
    angle = np.arctan2(xs - LIGHT[0], ys - LIGHT[1] + 0.05)
    air = ramp(
        np.clip(distance, 0, 1.1),
        [(0, "#fffbe0"), (0.16, "#fbe9a6"), (0.42, "#a9b87f"), (0.75, "#557f6c"), (1.1, "#244a48")],
    )
    fog = noise(Size(small.width * 2, small.height), (5, 3), 11, octaves=4)
    rays = noise_line(4096, 22, 12, octaves=3, gain=0.6)
    ray_at = ((angle / np.pi * 0.5 + 0.5) * 3000 + 200).astype(np.float32)
    steps = np.arange(4096, dtype=np.float32)
    shaft_reach = np.exp(-distance / 0.5) * smooth(0.02, 0.3, distance)
    low = smooth(-0.2, 0.5, ys)
    dust = _Dust(size, 90)
    lit_air = spread(air, size)

    def paint(t: float) -> Picture:
        u = t / seconds
        at = ray_at + np.float32(26 * t)
        beams = np.interp(at, steps, rays) * np.interp(at * 0.7 + 900 - 36 * t, steps, rays)
        shafts = smooth(0.16, 0.5, beams.astype(np.float32)) * shaft_reach
        picture = lit_air.copy()
        for depth, stand in enumerate(stands):
            x = (stand.colour.shape[1] - size.width - 2) * 0.5 + stand.travel * (u - 0.5)
            cover(picture, pan(stand.colour, x, size.width), pan(stand.alpha, x, size.width))
            if depth in (0, 1):
                drifting = pan(fog, small.width * (0.2 + 0.15 * depth + 0.2 * u), small.width)
                haze = low * (0.10 + 0.5 * drifting) + shafts * 0.25
                cover(picture, lit_air, spread(haze, size))
            if depth == LAYERS - 2:
                picture += spread(tint(shafts, "#ffe9a0", 0.5), size)
        dust(picture, t)
        return picture

    return paint


def _stand(size: Size, depth: int) -> _Stand:
    near = depth / (LAYERS - 1)
    travel = size.height * (0.05 + 0.6 * near**1.5)
    width = int(size.width + travel + 8)
    height = size.height
    random = np.random.default_rng(300 + depth)
    alpha = np.zeros((height, width), np.uint8)
    ground = height * (0.80 + 0.16 * near)
    count = (24, 15, 8, 3)[depth]
    thick = height * (0.010 + 0.055 * near**1.6)
    for i in range(count):
        x = (i + random.uniform(0.15, 0.85)) * width / count
        _tree(alpha, random, x=x, ground=ground, thick=thick * random.uniform(0.65, 1.2), near=near)
    turf = ground + height * 0.035 * (noise_line(width, 9, 310 + depth, octaves=7, gain=0.6) - 0.5) * (1 + near)
    rows = np.arange(height, dtype=np.float32)[:, None]
    mask = np.maximum(alpha.astype(np.float32) / 255, np.clip(rows - turf[None, :], 0, 1))
    if near > 0.99:
        mask = cv2.GaussianBlur(mask, (0, 0), height / 400)
    bark = noise(Size(width, height), (width / 14, 6), 320 + depth, octaves=3)
    base = ramp(np.full(1, near), [(0, "#7f9a7c"), (0.35, "#47685a"), (0.7, "#1c3a35"), (1, "#07130f")])[0]
    columns = (np.arange(width, dtype=np.float32) - width / 2) / height
    facing = np.exp(-np.abs(columns - LIGHT[0]) / 0.35)[None, :] * smooth(0.75, 0.0, rows / height)
    shade = (0.86 + 0.26 * bark) * (1 + 0.5 * (1 - near) * facing)
    colour = shade[..., None] * base + tint(np.asarray(facing * (1 - near) * 0.22, np.float32), "#fff0b0")
    return _Stand(colour.astype(np.float32), mask.astype(np.float32), travel)


def _tree(
    alpha: np.ndarray, random: np.random.Generator, *, x: float, ground: float, thick: float, near: float
) -> None:
    """A trunk that leans and tapers, with dead branches low and drooping boughs above."""
    height = alpha.shape[0]
    top_x = x + random.uniform(-0.06, 0.06) * height
    foot_y, flare_y, top_y = ground + 0.05 * height, ground - 0.01 * height, -0.06 * height
    left = [(x - 0.9 * thick, foot_y), (x - 0.5 * thick, flare_y), (top_x - 0.3 * thick, top_y)]
    right = [(top_x + 0.3 * thick, top_y), (x + 0.5 * thick, flare_y), (x + 0.9 * thick, foot_y)]
    fill(alpha, left + right)
    foot, top = np.array([x, foot_y]), np.array([top_x, top_y])
    for _ in range(random.integers(14, 22)):
        up = random.uniform(0.18, 1.0)
        root = foot + (top - foot) * up
        reach = height * random.uniform(0.03, 0.13) * (0.5 + 0.8 * near) * (0.5 + up)
        tip = root + reach * np.array([random.choice((-1.0, 1.0)), random.uniform(-0.25, 0.45)])
        middle = (root + tip) / 2 - np.array([0, 0.14 * reach])
        half = np.array([0, thick * 0.12])
        fill(alpha, np.stack([root - half, middle - 0.6 * half, tip, middle + 0.6 * half, root + half]))
        if up > 0.45:
            _needles(alpha, random, root, tip)


def _needles(alpha: np.ndarray, random: np.random.Generator, root: np.ndarray, tip: np.ndarray) -> None:
    reach = float(abs(tip[0] - root[0]))
    for _ in range(int(26 + 30 * random.random())):
        x, y = root + (tip - root) * random.uniform(0.2, 1.0)
        hang = reach * random.uniform(0.05, 0.3) * random.uniform(0.4, 1)
        slant = reach * random.uniform(-0.09, 0.09)
        half = max(0.5, hang * 0.07)
        fill(alpha, [(x - half, y), (x + slant, y + hang), (x + half, y)])


class _Dust:
    """Motes that hang in the light."""

    def __init__(self, size: Size, count: int) -> None:
        random = np.random.default_rng(330)
        self.size = size
        self.start = random.random((count, 2)) * (size.width, size.height)
        self.speed = random.uniform(-1, 1, (count, 2)) * size.height * 0.02 + (size.height * 0.012, -size.height * 0.01)
        self.radius = random.uniform(0.8, 2.6, count) * size.height / 720
        self.light = random.uniform(0.25, 0.9, count)

    def __call__(self, picture: Picture, t: float) -> None:
        warm = rgb("#fff0b8")
        for start, speed, radius, light in zip(self.start, self.speed, self.radius, self.light, strict=True):
            x, y = (start + speed * t) % self.size
            spark(picture, x, y, radius, warm * light)
