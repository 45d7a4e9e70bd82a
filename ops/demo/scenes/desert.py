"""Dunes in a low side light, ray-cast once from a height field, and a caravan that walks their crest."""

from __future__ import annotations

import cv2
import numpy as np

from ops.demo.paint import Mask, Painter, Picture, Size, cover, noise, noise_line, pan, ramp, rgb, smooth, spread, tint
from ops.demo.scenes.caravan import Caravan

__all__ = ["desert"]

EYE = 1.25  # metres ×10 above the plain, the unit of the whole scene
HORIZON = 0.42  # picture heights from the top
FOCAL = 1.25
FAR = 90.0
CREST = 8.0  # how far away the ridge is that the caravan takes
SUN = np.array([0.86, 0.36, -0.02], np.float32)
HAZE = "#f3cfa4"


def desert(size: Size, seconds: float) -> Painter:
    """Sand, and those who cross it."""
    wide = Size(int(size.width * 1.14), size.height)
    land = _render(wide)
    caravan = Caravan()
    spindrift = smooth(0.55, 0.95, noise(Size(size.width, size.height // 4), (7, 9), 640, octaves=4))
    rows = np.linspace(0, 1, size.height // 4, dtype=np.float32)
    near = smooth(0.42, 0.50, rows) * smooth(0.72, 0.52, rows) * 0.5
    sand = np.ascontiguousarray(np.broadcast_to(rgb("#ffdcae"), (size.height, size.width, 3)))

    def paint(t: float) -> Picture:
        u = t / seconds
        shift = (wide.width - size.width - 2) * (0.15 + 0.7 * u)
        picture = pan(land, shift, size.width)
        left = wide.width / 2 - shift
        for x in caravan.places(t):
            across = x - 4.4 + 0.26 * t
            foot = (left + FOCAL * across / CREST * size.height, _crest_row(across) * size.height)
            caravan.draw(picture, foot, FOCAL / CREST * size.height, x, t)
        blown = pan(spindrift, spindrift.shape[1] * (0.62 - 0.30 * u), size.width // 4)
        cover(picture, sand, spread(blown * near[:, None], size))
        return picture

    return paint


def _crest_row(x: float) -> float:
    return float(HORIZON + FOCAL * (EYE - _height(np.array([x], np.float32), np.array([CREST], np.float32))[0]) / CREST)


def _height(x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """The dunes, in scene units, over the plain's x (right) and z (away)."""
    ground = 0.10 * np.sin(0.55 * x + 0.4) * np.sin(0.31 * z) + 0.05 * np.sin(1.3 * x - 0.8 * z)
    # transverse ridges: gentle towards the wind (and the lens), steep in the lee
    for at, tall, wave, length, phase in (
        (CREST, 1.02, 0.0, 0.42, 0.6),
        (13.0, 1.20, 1.6, 0.25, 2.1),
        (20.0, 1.75, 2.6, 0.17, 4.4),
        (31.0, 2.5, 4.0, 0.11, 1.2),
        (48.0, 3.9, 6.0, 0.07, 3.0),
    ):
        line = at + wave * np.sin(length * x + phase)
        top = tall * (0.78 + 0.24 * np.sin(length * 1.9 * x + 2.2 * phase) + 0.10 * np.sin(length * 4.3 * x + phase))
        d = (z - line) / (at * 0.33)
        ridge = np.where(d < 0, np.clip(1 + d, 0, 1) ** 1.7, np.clip(1 - 2.4 * d, 0, 1))
        ground = np.maximum(ground, top * ridge + ground * 0.4)
    # one crescent that winds towards the lens and splits the near field into light and shade
    spine = 0.9 + 0.75 * np.sin(0.95 * z - 1.0) - 0.20 * (z - 3)
    tall = 0.60 * np.exp(-(((z - 3.6) / 2.3) ** 2))
    d = x - spine
    crescent = np.where(d > 0, np.clip(1 - d / 2.2, 0, 1) ** 1.5, np.clip(1 + d / 0.9, 0, 1))
    return np.maximum(ground, tall * crescent + 0.6 * ground)


def _render(size: Size) -> Picture:
    """Front to back over depth: each column keeps the highest row reached so far, so nearer sand hides farther."""
    width, height = size
    across = (np.arange(width, dtype=np.float32) + 0.5 - width / 2) / height / FOCAL
    depth = np.zeros((height, width), np.float32)
    reached = np.full(width, height)
    columns = np.arange(width)
    z = 1.2
    while z < FAR and reached.max() > HORIZON * height * 0.6:
        top = (HORIZON + FOCAL * (EYE - _height(across * z, np.full(width, z, np.float32))) / z) * height
        rows = np.clip(np.ceil(top - 0.5).astype(int), 0, height)
        for row in range(int(min(rows.min(), height)), int(reached.max())):
            hit = (rows <= row) & (row < reached)
            depth[row, columns[hit]] = z
        reached = np.minimum(reached, rows)
        z *= 1.003
    sky_rows = np.arange(height, dtype=np.float32)[:, None] / height
    sky = ramp(
        np.broadcast_to(sky_rows, (height, width)), [(0, "#2f6f9f"), (0.2, "#6fa6bd"), (0.36, "#d9d2bb"), (0.44, HAZE)]
    )
    cirrus = smooth(0.55, 1.0, noise(size, (3, 10), 610, octaves=6, gain=0.55)) * smooth(0.40, 0.05, sky_rows)
    sky += tint(cirrus.astype(np.float32), "#fff1dc", 0.5)
    sand = _shade(across, depth, size)
    solid = (depth > 0).astype(np.float32)
    return _soften_edges(sky + solid[..., None] * (sand - sky), depth)


def _shade(across: np.ndarray, depth: Mask, size: Size) -> Picture:
    z = np.maximum(depth, 0.5)
    x = across[None, :] * z
    step = 0.006 * z
    here = _height(x, z)
    slope_x, slope_z = (_height(x + step, z) - here) / step, (_height(x, z + step) - here) / step
    warp = noise(size, (5, 4), 620, octaves=4)
    close = np.clip(1.5 - z / 6, 0, 1)
    ripple = np.sin(34 * (z * 0.9 + 0.25 * x) + 26 * warp) * 0.16 * close
    normal = np.stack([-slope_x + ripple * 0.5, np.ones_like(z), -slope_z - ripple], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    light = np.clip(normal @ SUN, 0, 1)
    tone = ramp(light, [(0, "#4c2c3c"), (0.14, "#73403a"), (0.34, "#b86c3f"), (0.58, "#eda65f"), (0.9, "#ffdfa6")])
    grain = noise_line(size.width, size.width / 3, 630, octaves=2)
    tone *= (0.985 + 0.03 * grain)[None, :, None]
    fog = (1 - np.exp(-np.clip(z - 3, 0, None) / 30))[..., None]
    return (tone * (1 - fog) + rgb(HAZE) * fog).astype(np.float32)


def _soften_edges(picture: Picture, depth: Mask) -> Picture:
    """Crests come out of the ray-caster as stairs: blur where neighbours lie at very different depths."""
    away = np.where(depth > 0, depth, 2 * FAR)
    step = np.abs(cv2.dilate(away, np.ones((2, 2), np.uint8)) / cv2.erode(away, np.ones((2, 2), np.uint8)) - 1)
    edge = cv2.GaussianBlur((step > 0.04).astype(np.float32), (0, 0), 1.0)
    soft = cv2.GaussianBlur(picture, (0, 0), 0.9)
    amount = np.clip(edge * 1.6, 0, 1)[..., None]
    return picture + amount * (soft - picture)
