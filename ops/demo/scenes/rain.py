"""Rain on a window at night: every drop is a lens that turns the street's lights upside down."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from ops.demo.paint import Mask, Painter, Picture, Size, grid, noise, pan, ramp, rgb, smooth, spread, tint

__all__ = ["rain"]

LIGHTS = ("#ffb24d", "#ff8f3a", "#ff5a3c", "#ffd89a", "#56c8ff", "#6cf0c8", "#ff4f7a", "#fff0d0")
STILL, RUNNERS = 430, 9
BEND = 3.4  # how much of the street a drop gathers: offsets from its centre are stretched by this, and flipped


def rain(size: Size, seconds: float) -> Painter:
    """The street, through water."""
    small = Size(size.width // 2, size.height // 2)
    street = _Street(small)
    glass = _Glass(size)
    columns, rows = np.meshgrid(np.arange(size.width, dtype=np.float32), np.arange(size.height, dtype=np.float32))
    still = glass.still_drops()
    mist = (0.80 + 0.2 * noise(size, (5, 3), 901, octaves=3)) * (1 - 0.15 * smooth(-0.2, 0.5, grid(size)[1]))
    runners = [_Runner(size, i) for i in range(RUNNERS)]

    def paint(t: float) -> Picture:
        scene = spread(street(t, t / seconds), size)
        drops = _Drops(still.x.copy(), still.y.copy(), still.shade.copy())
        for runner in runners:
            for x, y, radius, tall in runner.beads(t):
                glass.stamp(drops, x, y, radius, tall)
        lens = cv2.remap(scene, columns + drops.x, rows + drops.y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        shade = mist * (1 + drops.shade)
        return cv2.multiply(lens, cv2.merge([shade, shade, shade])) + tint(
            np.clip(drops.shade - 0.28, 0, 1), "#dfeaff", 0.55
        )

    return paint


class _Street:
    """What lies behind the glass, far out of focus: still lights, and traffic that slides past below them."""

    def __init__(self, size: Size) -> None:
        self.size = size
        wide = Size(int(size.width * 1.15), size.height)
        _, ys = grid(wide)
        back = ramp(ys + 0.5, [(0, "#0c1730"), (0.40, "#1f2c55"), (0.60, "#54405a"), (0.75, "#33283c"), (1, "#0d101d")])
        random = np.random.default_rng(910)
        for _ in range(64):
            at = (random.random() * wide.width, size.height * (0.22 + 0.40 * random.beta(2, 2)))
            radius = size.height * random.uniform(0.025, 0.062)
            _bokeh(back, *at, radius, rgb(LIGHTS[random.integers(len(LIGHTS))]) * random.uniform(0.12, 0.6))
        self.back = back
        self.start = random.random(16) * 1.6 - 0.3
        self.speed = np.where(np.arange(16) % 2 == 0, 0.16, -0.12) * random.uniform(0.7, 1.3, 16)
        self.row = np.where(np.arange(16) % 2 == 0, 0.76, 0.67) + random.uniform(-0.035, 0.02, 16)
        self.near = random.uniform(0.7, 1.35, 16)
        self.bright = random.uniform(0.35, 0.85, 16)

    def __call__(self, t: float, u: float) -> Picture:
        picture = pan(self.back, self.size.width * (0.02 + 0.10 * u), self.size.width)
        cars = zip(self.start, self.speed, self.row, self.near, self.bright, strict=True)
        for start, speed, row, near, bright in cars:
            x = ((start + speed * t + 0.3) % 1.6 - 0.3) * self.size.width
            y, radius = row * self.size.height, 0.040 * near * self.size.height
            colour = (rgb("#ffe9c2") if speed > 0 else rgb("#ff3a22")) * bright
            for lamp in (0.0, 0.050 * near * self.size.width):
                _bokeh(picture, x + lamp, y, radius, colour)
                _bokeh(picture, x + lamp, y + 0.13 * self.size.height, 1.2 * radius, colour * 0.18)
        return cv2.GaussianBlur(picture, (0, 0), self.size.height / 250)


def _bokeh(picture: Picture, x: float, y: float, radius: float, colour: np.ndarray) -> None:
    """Add one light out of focus: an even disc with a slightly brighter rim, as a wide-open lens draws it."""
    left, top = max(0, int(x - radius - 2)), max(0, int(y - radius - 2))
    right, bottom = min(picture.shape[1], int(x + radius + 3)), min(picture.shape[0], int(y + radius + 3))
    if left >= right or top >= bottom:
        return
    across = np.arange(left, right, dtype=np.float32)[None, :] - np.float32(x)
    down = np.arange(top, bottom, dtype=np.float32)[:, None] - np.float32(y)
    distance = np.sqrt(across * across + down * down) / np.float32(radius)
    disc = np.clip((1 - distance) * radius * 0.5 + 0.5, 0, 1) * (0.72 + 0.28 * np.clip(distance, 0, 1) ** 4)
    picture[top:bottom, left:right] += disc[..., None] * colour.astype(np.float32)


@dataclass
class _Drops:
    """Where each pixel of the window looks instead (offsets in pixels), and how the water shades it."""

    x: Mask
    y: Mask
    shade: Mask


class _Glass:
    """Puts drops on the window."""

    def __init__(self, size: Size) -> None:
        self.size = size

    def still_drops(self) -> _Drops:
        """The drops that stay: many small, few large, as rain leaves them."""
        random = np.random.default_rng(920)
        flat = np.zeros((self.size.height, self.size.width), np.float32)
        drops = _Drops(flat, flat.copy(), flat.copy())
        for _ in range(STILL):
            radius = self.size.height * (0.004 + 0.042 * random.beta(0.9, 5.5))
            self.stamp(
                drops,
                random.random() * self.size.width,
                random.random() * self.size.height,
                radius,
                random.uniform(0.95, 1.25),
            )
        return drops

    def stamp(self, drops: _Drops, x: float, y: float, radius: float, tall: float) -> None:
        """One drop of that radius in pixels, `tall` times as high as wide and heavier at its foot."""
        left, top = max(0, int(x - radius - 2)), max(0, int(y - radius * tall - 2))
        right, bottom = min(self.size.width, int(x + radius + 3)), min(self.size.height, int(y + radius * tall + 3))
        if left >= right or top >= bottom:
            return
        down = (np.arange(top, bottom, dtype=np.float32)[:, None] - np.float32(y)) / np.float32(radius * tall)
        across = (np.arange(left, right, dtype=np.float32)[None, :] - np.float32(x)) / np.float32(radius)
        across = across / (1 + 0.22 * down) if tall > 1.3 else across + 0 * down
        square = across * across + down * down
        inside = square < 1
        window = np.s_[top:bottom, left:right]
        swell = np.float32(BEND) + 2.5 * square
        drops.x[window] = np.where(inside, -across * radius * swell * 2.2, drops.x[window])
        drops.y[window] = np.where(inside, -down * radius * tall * swell * 2.2, drops.y[window])
        rim = -0.75 * square**3
        gleam = 1.5 * np.exp(-((across + 0.35) ** 2 + (down + 0.42) ** 2) * 16) + 0.45 * np.exp(
            -((across - 0.3) ** 2 + (down - 0.55) ** 2) * 9
        )
        soft = np.clip((1 - np.sqrt(square)) * radius * 0.8, 0, 1)
        drops.shade[window] = np.where(inside, (0.25 + rim + gleam) * soft - 0.25 * (1 - soft), drops.shade[window])


class _Runner:
    """A drop that has grown too heavy: it waits, runs, waits, and leaves beads behind."""

    def __init__(self, size: Size, index: int) -> None:
        random = np.random.default_rng(930 + index)
        self.size = size
        self.x = size.width * (index + random.uniform(0.2, 0.8)) / RUNNERS
        self.start = random.uniform(-0.35, 0.35) * size.height
        self.speed = random.uniform(0.07, 0.24) * size.height
        self.radius = size.height * random.uniform(0.020, 0.034)
        self.wave = random.uniform(0.9, 1.6), random.uniform(0, 6.28)
        self.trail = np.sort(random.uniform(-0.4, 1.3, 46)) * size.height
        self.bead = random.uniform(0.10, 0.40, 46) * self.radius
        self.lean = random.normal(0, 0.25, 46) * self.radius

    def _path(self, y: float) -> float:
        return self.x + 0.012 * self.size.height * float(np.sin(y / self.size.height * 9 + self.wave[1]))

    def beads(self, t: float) -> list[tuple[float, float, float, float]]:
        """The drop and what it left behind: x, y, radius, tallness."""
        pace, phase = self.wave
        y = self.start + self.speed * (t + 0.75 / pace * float(np.sin(pace * 2.6 * t + phase)) / 2.6)
        head = [(self._path(y), y, self.radius, 1.55)]
        left = [
            (self._path(at) + lean, at, bead, 1.1)
            for at, bead, lean in zip(self.trail, self.bead, self.lean, strict=True)
            if at < y - 1.4 * self.radius
        ]
        return left + head
