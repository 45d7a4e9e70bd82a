"""A ringed giant that turns before a nebula, its small moon passing, while the camera closes in slowly."""

from __future__ import annotations

import cv2
import numpy as np

from ops.demo.paint import Mask, Painter, Picture, Size, cover, grid, look, noise, ramp, rgb, smooth, spark, tint

__all__ = ["planet"]

CENTRE = (0.26, 0.05)
RADIUS = 0.315
TILT = np.radians(-17)  # of the axis, seen by the camera
OPEN = 0.30  # how far the rings open towards us: the ellipse's short axis over its long one
RINGS = (1.32, 2.25)
SUN = np.array([-0.78, -0.30, 0.52], np.float32)
SUN /= np.linalg.norm(SUN)


def planet(size: Size, seconds: float) -> Painter:
    """Other worlds, other mornings."""
    over = Size(int(size.width * 1.04), int(size.height * 1.04))
    space = _space(over)
    globe = _Globe(over)
    ring_colour, ring_alpha, front = _rings(over)
    behind, before = ring_alpha * (1 - front), ring_alpha * front
    random = np.random.default_rng(1230)
    twinkling = [
        (float(random.random() * over.width), float(random.random() * over.height), float(random.uniform(0, 6)))
        for _ in range(24)
    ]

    def paint(t: float) -> Picture:
        u = t / seconds
        picture = space.copy()
        for x, y, phase in twinkling:
            spark(picture, x, y, over.height / 560, rgb("#e6ecff") * (0.55 + 0.45 * float(np.sin(4 * t + phase))))
        cover(picture, ring_colour, behind)
        globe(picture, t)
        cover(picture, ring_colour, before)
        _moon(picture, over, u)
        return look(picture, size, zoom=1.0 + 0.09 * u, x=0.018 * u, y=0.004 * u)

    return paint


def _space(size: Size) -> Picture:
    """Stars, and a nebula lit from within."""
    xs, ys = grid(size)
    half = Size(size.width // 2, size.height // 2)
    warp = noise(half, (3, 2), 1200, octaves=4)
    gas = noise(half, (4, 3), 1201, octaves=7, gain=0.58)
    dust = noise(half, (5, 4), 1202, octaves=7, gain=0.55)
    cloud = smooth(0.35, 0.95, 0.55 * gas + 0.45 * warp)
    gas, cloud, dust = (cv2.resize(field, size, interpolation=cv2.INTER_CUBIC) for field in (gas, cloud, dust))
    band = np.exp(-(((ys + 0.10 + 0.45 * xs) / 0.30) ** 2)).astype(np.float32)
    picture = tint(np.full_like(xs, 1.0), "#04050d")
    picture += tint(cloud * band, "#6a2a78", 0.85) + tint(cloud * gas * band**2, "#e0607a", 0.75)
    picture += tint(smooth(0.55, 1.0, gas) * band * cloud, "#ffb77a", 0.8) + tint(
        smooth(0.5, 0.9, _enlarged(warp, size)) * (1 - band), "#12406a", 0.45
    )
    picture *= (1 - 0.75 * smooth(0.55, 0.85, dust) * band)[..., None]
    random = np.random.default_rng(1203)
    for _ in range(900):
        x, y = random.random(2) * size
        colour = rgb(("#cfdcff", "#ffffff", "#ffe2c2")[random.integers(3)])
        spark(picture, x, y, size.height * random.uniform(0.0005, 0.0012), colour * float(random.beta(0.7, 2.5)) * 1.3)
    return picture.astype(np.float32)


def _enlarged(field: Mask, size: Size) -> Mask:
    """A half-size field at full size."""
    return cv2.resize(field, size, interpolation=cv2.INTER_CUBIC)


def _turned(size: Size) -> tuple[Mask, Mask]:
    """Coordinates about the planet's centre along its own equator and axis, in planet radii."""
    xs, ys = grid(size)
    x, y = (xs - CENTRE[0]) / RADIUS, (ys - CENTRE[1]) / RADIUS
    c, s = np.float32(np.cos(TILT)), np.float32(np.sin(TILT))
    return x * c - y * s, x * s + y * c


class _Globe:
    """The planet's disc: a banded map wrapped around a sphere, lit from the side, with a rim of air."""

    def __init__(self, size: Size) -> None:
        self.map = _bands()
        map_height, map_width = self.map.shape[:2]
        self.turn = map_width * 0.035  # map columns a second
        equator, axis = _turned(size)
        xs, ys = grid(size)
        reach = int((RADIUS * 1.12) * size.height)
        cx, cy = int(size.width / 2 + CENTRE[0] * size.height), int(size.height / 2 + CENTRE[1] * size.height)
        self.window = np.s_[max(0, cy - reach) : cy + reach, max(0, cx - reach) : cx + reach]
        equator, axis, xs, ys = (field[self.window] for field in (equator, axis, xs, ys))
        distance = np.hypot(equator, axis)
        depth = np.sqrt(np.clip(1 - distance**2, 0, 1))
        # the axis leans towards us as the rings do
        lean = float(np.arcsin(OPEN))
        up = axis * np.cos(lean) - depth * np.sin(lean)
        towards = depth * np.cos(lean) + axis * np.sin(lean)
        self.columns = ((np.arctan2(equator, towards) / (2 * np.pi) + 0.5) * map_width).astype(np.float32)
        self.rows = ((np.arcsin(np.clip(up, -1, 1)) / np.pi + 0.5) * (map_height - 1)).astype(np.float32)
        x, y = (xs - CENTRE[0]) / RADIUS, (ys - CENTRE[1]) / RADIUS
        facing = SUN[0] * x + SUN[1] * y + SUN[2] * depth
        day = smooth(-0.10, 0.65, facing)
        limb = 0.45 + 0.55 * depth**0.5
        light = day * limb * (1 - 0.62 * self._ring_shadow(equator, up, towards)) + 0.012
        self.light = cv2.merge([light * c for c in (1.08, 1.0, 0.92)]).astype(np.float32)
        pixels = size.height * RADIUS
        self.alpha = np.clip((1 - distance) * pixels + 0.5, 0, 1).astype(np.float32)
        edge = np.exp(-np.abs(distance - 1) / 0.028) * smooth(-0.35, 0.5, SUN[0] * x + SUN[1] * y)
        self.air = tint(edge.astype(np.float32), "#ffc894", 0.75)

    @staticmethod
    def _ring_shadow(equator: Mask, up: Mask, towards: Mask) -> Mask:
        """Where the rings stand between the globe and the sun: a band across the upper half."""
        shadow_at = up + 0.16 + 0.10 * equator
        return (np.exp(-((shadow_at / 0.075) ** 2)) * smooth(-0.1, 0.3, towards)).astype(np.float32)

    def __call__(self, picture: Picture, t: float) -> None:
        columns = self.columns + np.float32(self.turn * t)
        face = cv2.remap(self.map, columns, self.rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        window = picture[self.window]
        cover(window, cv2.multiply(face, self.light), self.alpha)
        window += self.air


def _bands() -> Picture:
    """The giant's cloud map, seamless around: belts sheared by turbulence, one great storm. `(512, 2048, 3)`."""
    size = Size(2048, 512)
    rows = np.linspace(0, 1, size.height, dtype=np.float32)[:, None]
    turmoil = _seamless(noise(Size(size.width * 5 // 4, size.height), (16, 14), 1210, octaves=6, gain=0.6), size)
    fine = _seamless(noise(Size(size.width * 5 // 4, size.height), (26, 60), 1211, octaves=4), size)
    xs = np.arange(size.width, dtype=np.float32)[None, :]
    dx, dy = (xs - 900) / 150, (rows * size.height - 345) / 42
    storm = np.exp(-(dx * dx + dy * dy))
    latitude = (
        rows
        + 0.030 * (turmoil - 0.5)
        + 0.012 * (fine - 0.5)
        + 0.03 * storm * np.sin(3 * np.arctan2(dy, dx) + 6 * np.hypot(dx, dy))
    )
    belts = [
        (0, "#6b5a52"),
        (0.1, "#8f7560"),
        (0.17, "#d8b88c"),
        (0.24, "#a8734c"),
        (0.30, "#ecd2a4"),
        (0.38, "#c48a58"),
        (0.42, "#f4e2bd"),
    ]
    belts += [
        (0.50, "#fbeecb"),
        (0.55, "#d9a66c"),
        (0.60, "#9a5f3e"),
        (0.65, "#e3bd86"),
        (0.73, "#b98455"),
        (0.80, "#dcc198"),
        (0.9, "#8f7560"),
        (1, "#5f504b"),
    ]
    picture = ramp(latitude, belts)
    picture += storm[..., None] ** 1.5 * (rgb("#c9542f") - picture) * 0.85
    picture *= (0.90 + 0.2 * fine)[..., None]
    return picture.astype(np.float32)


def _seamless(field: Mask, size: Size) -> Mask:
    """Cross-fades the spare width into the start, so that the map closes around the globe."""
    spare = field.shape[1] - size.width
    blend = np.linspace(0, 1, spare, dtype=np.float32)[None, :]
    out = field[:, : size.width].copy()
    out[:, :spare] = field[:, size.width :] * (1 - blend) + out[:, :spare] * blend
    return out


def _rings(size: Size) -> tuple[Picture, Mask, Mask]:
    """Colour, opacity, and which half passes in front of the globe."""
    equator, axis = _turned(size)
    radius = np.hypot(equator, axis / OPEN).astype(np.float32)
    random_line = noise(Size(1024, 4), (38, 1), 1220, octaves=4, gain=0.5)[0]
    at = np.clip((radius - RINGS[0]) / (RINGS[1] - RINGS[0]), 0, 1)
    grooves = np.interp(at, np.linspace(0, 1, 1024), random_line).astype(np.float32)
    inside = smooth(0.0, 0.03, at) * smooth(1.0, 0.97, at)
    gap = 1 - 0.92 * np.exp(-(((at - 0.66) / 0.022) ** 2)) - 0.5 * np.exp(-(((at - 0.30) / 0.012) ** 2))
    alpha = inside * gap * (0.22 + 0.72 * grooves) * (0.55 + 0.45 * smooth(0.0, 0.3, at))
    tone = ramp(
        np.clip(at * 0.7 + 0.3 * grooves, 0, 1), [(0, "#5a4636"), (0.4, "#c9a578"), (0.7, "#f0d9b0"), (1, "#a89478")]
    )
    # a point of the rings lies in shade where the line to the sun passes through the globe
    c, s = np.cos(TILT), np.sin(TILT)
    sun = np.array([SUN[0] * c - SUN[1] * s, SUN[0] * s + SUN[1] * c, SUN[2]], np.float32)
    point = np.stack([equator, axis, axis / OPEN * np.sqrt(1 - OPEN**2)], -1)
    along = point @ sun
    beside = np.linalg.norm(point - along[..., None] * sun, axis=-1)
    shadow = smooth(1.03, 0.95, beside) * (along < 0)
    tone *= (1 - 0.95 * shadow)[..., None]
    return tone.astype(np.float32), np.clip(alpha, 0, 1).astype(np.float32), (axis > 0).astype(np.float32)


def _moon(picture: Picture, size: Size, u: float) -> None:
    """A small moon that crosses from the left, lit as the planet is."""
    x, y = (0.5 * size.width + (-0.52 + 0.10 * u) * size.height, 0.5 * size.height + (-0.20 + 0.02 * u) * size.height)
    radius = 0.030 * size.height
    reach = int(radius) + 3
    top, left = max(0, int(y) - reach), max(0, int(x) - reach)
    window = picture[top : int(y) + reach, left : max(left, int(x) + reach)]
    rows, columns = np.mgrid[top : top + window.shape[0], left : left + window.shape[1]].astype(np.float32)
    dx, dy = (columns - x) / radius, (rows - y) / radius
    distance = np.hypot(dx, dy)
    depth = np.sqrt(np.clip(1 - distance**2, 0, 1))
    light = smooth(-0.05, 0.8, SUN[0] * dx + SUN[1] * dy + SUN[2] * depth)
    craters = 0.75 + 0.25 * np.sin(dx * 7 + 3 * np.sin(dy * 5)) * np.sin(dy * 8 + 2 * np.sin(dx * 6))
    colour = (light * craters + 0.01)[..., None] * rgb("#cfd6e0")
    window += np.clip((1 - distance) * radius + 0.5, 0, 1)[..., None] * (colour - window)
