"""A flock crosses a huge red sun in the heat of the afternoon: the film's shortest shot."""

from __future__ import annotations

import cv2
import numpy as np

from ops.demo.paint import (
    Painter,
    Picture,
    Size,
    add_light,
    cover,
    fill,
    grid,
    noise,
    pan,
    ramp,
    rgb,
    smooth,
    spread,
    tint,
)

__all__ = ["birds"]

SUN = (0.12, 0.02)
RADIUS = 0.31


def birds(size: Size, seconds: float) -> Painter:
    """Wings over the light."""
    wide = Size(int(size.width * 1.2), size.height)
    xs, ys = grid(size)
    sky = ramp(ys + 0.5, [(0, "#7c1f1c"), (0.4, "#c8401d"), (0.72, "#f08a2c"), (1, "#ffc65c")])
    disc = smooth(RADIUS + 0.002, RADIUS - 0.002, np.hypot(xs - SUN[0], ys - SUN[1]))
    face = ramp(np.clip((ys - SUN[1]) / RADIUS * 0.5 + 0.5, 0, 1), [(0, "#fff3c2"), (0.55, "#ffd873"), (1, "#ff9440")])
    cover(sky, face, disc)
    add_light(sky, tint(np.exp(-np.hypot(xs - SUN[0], ys - SUN[1]) / 0.30).astype(np.float32), "#ff9a4a", 0.5))
    bands = smooth(0.42, 0.85, noise(wide, (4, 22), 501, octaves=4)) * smooth(-0.1, 0.5, grid(wide)[1]) * 0.8
    small_bands = cv2.resize(bands, (wide.width // 2, wide.height // 2))
    cloud = np.ascontiguousarray(np.broadcast_to(rgb("#b23a1f"), sky.shape))
    reeds = _reeds(wide)
    dark = np.ascontiguousarray(np.broadcast_to(rgb("#1c0608"), sky.shape))
    flock = _Flock(size)

    def paint(t: float) -> Picture:
        u = t / seconds
        picture = sky.copy()
        streaks = pan(small_bands, size.width * 0.5 * (0.02 + 0.05 * u), size.width // 2)
        cover(picture, cloud, spread(streaks, size))
        cover(picture, dark, flock(t))
        cover(picture, dark, pan(reeds, size.width * (0.15 - 0.12 * u), size.width))
        return picture

    return paint


def _reeds(size: Size) -> np.ndarray:
    random = np.random.default_rng(510)
    canvas = np.zeros((size.height, size.width), np.uint8)
    for _ in range(260):
        foot, tall = random.random() * size.width, size.height * random.uniform(0.05, 0.24) * random.uniform(0.5, 1)
        bend = random.uniform(-0.1, 0.3) * tall
        half = size.height * random.uniform(0.0008, 0.0026)
        along = np.linspace(0, 1, 10)
        x, y = foot + bend * along**2, size.height + 2 - tall * along
        taper = half * (1.1 - along)
        edge = np.concatenate([np.stack([x - taper, y], 1), np.stack([x + taper, y], 1)[::-1]])
        fill(canvas, edge)
        if random.random() < 0.22:
            axes = (int(half * 2.2 * 16), int(size.height * 0.016 * 16))
            cv2.ellipse(canvas, (int(x[-1] * 16), int(y[-1] * 16)), axes, 12.0, 0.0, 360.0, 255, -1, cv2.LINE_AA, 4)
    return cv2.GaussianBlur(canvas.astype(np.float32) / 255, (0, 0), max(0.6, size.height / 500))


class _Flock:
    """Birds that fly together: each with its own place, size and beat of the wing."""

    def __init__(self, size: Size, count: int = 46) -> None:
        random = np.random.default_rng(520)
        self.size = size
        lane = random.normal(0, 1, count)
        self.place = np.stack([random.normal(-0.35, 0.36, count), -0.02 + 0.12 * lane], 1)
        self.span = random.uniform(0.018, 0.042, count) * np.where(random.random(count) < 0.12, 1.9, 1)
        self.beat = random.uniform(2.6, 4.2, count) * (0.035 / self.span) ** 0.35
        self.phase = random.uniform(0, 2 * np.pi, count)
        self.speed = random.uniform(0.20, 0.30, count) * (0.7 + 8 * self.span)

    def __call__(self, t: float) -> np.ndarray:
        """The flock's mask at time `t`."""
        canvas = np.zeros((self.size.height, self.size.width), np.uint8)
        height = self.size.height
        for (x, y), span, beat, phase, speed in zip(
            self.place, self.span, self.beat, self.phase, self.speed, strict=True
        ):
            turn = 2 * np.pi * beat * t + phase
            at = np.array([x + speed * t, y - 0.05 * t + 0.006 * np.sin(3 * t + phase) - 0.14 * span * np.sin(turn)])
            for part in _outline(float(turn)):
                points = (at + part * span) * height + (self.size.width / 2, height / 2)
                fill(canvas, points)
        return canvas.astype(np.float32) / 255


BODY = np.array(
    [
        (0.50, -0.03),
        (0.36, -0.10),
        (0.10, -0.09),
        (-0.30, -0.02),
        (-0.62, -0.03),
        (-0.58, 0.05),
        (-0.2, 0.07),
        (0.2, 0.08),
        (0.38, 0.03),
    ]
)


def _outline(turn: float) -> tuple[np.ndarray, ...]:
    """A bird in flight to the right, as polygons; unit half-span, y downwards; `turn` is the phase of the wing beat."""
    wings = []
    for lead, reach in ((0.05, 0.80), (0.0, 1.0)):  # the far wing, then the near one
        wrist = -0.55 * reach * float(np.sin(turn)) - 0.12
        tip = wrist - 0.60 * reach * float(np.sin(turn - 0.9))
        swing = 0.10 * float(np.cos(turn))
        wing = [
            (0.20, -0.05),
            (0.26 + swing, wrist),
            (-0.12 + swing, tip),
            (-0.14 + swing, wrist * 0.75 + tip * 0.2),
            (-0.22, -0.02),
        ]
        wings.append(np.add(wing, (lead, 0)))
    return (*wings, BODY)
