"""A city at night across a river: towers in three depths, lit windows, traffic on the quay, all of it mirrored."""

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
    grid,
    look,
    noise,
    pan,
    ramp,
    rgb,
    smooth,
    spark,
    spread,
    tint,
)

__all__ = ["city"]

QUAY = 0.70  # row of the waterline, picture heights from the top
LAMPS = ("#ffc06a", "#ffa94d", "#ffd596", "#ffe6bd", "#bfe0ff", "#ffb35c")


@dataclass(frozen=True)
class _Style:
    """How the towers at one distance look; lengths in picture heights, pairs are ranges."""

    travel: float
    wide: tuple[float, float]
    tall: tuple[float, float]
    peak: float  # how much higher the centre may rise
    centre: float  # where that is, as a share of the width
    pitch: tuple[float, float]  # of the windows, across and down
    glass: str
    haze: str
    glare: float


STYLES = (
    _Style(0.03, (0.04, 0.10), (0.10, 0.24), 0.34, 0.50, (0.0042, 0.0060), "#4a3c66", "#b06f68", 0.75),
    _Style(0.10, (0.05, 0.13), (0.06, 0.22), 0.38, 0.42, (0.0060, 0.0085), "#1f2146", "#6b4660", 0.92),
    _Style(0.22, (0.08, 0.19), (0.05, 0.13), 0.12, 0.30, (0.0095, 0.0125), "#0a0e22", "#2b2a48", 1.10),
)


@dataclass(frozen=True)
class _Row:
    """The towers at one distance."""

    colour: Picture
    alpha: Mask
    travel: float
    beacons: tuple[tuple[float, float], ...]
    flickers: tuple[tuple[float, float], ...]


def city(size: Size, seconds: float) -> Painter:
    """The night makes its own light."""
    rows = [_towers(size, depth) for depth in range(3)]
    sky = _sky(size)
    quay = int(QUAY * size.height)
    water_rows = size.height - quay
    columns, lines = np.meshgrid(np.arange(size.width, dtype=np.float32), np.arange(water_rows, dtype=np.float32))
    deep = (lines / water_rows).astype(np.float32)
    dull = np.ascontiguousarray(cv2.merge([(0.95 - 0.45 * deep) * c for c in (0.80, 0.92, 1.05)]))
    cars = _Cars(size)

    def paint(t: float) -> Picture:
        u = t / seconds
        picture = sky.copy()
        for row in rows:
            x = (row.colour.shape[1] - size.width - 2) * 0.5 + row.travel * (u - 0.5)
            cover(picture[:quay], pan(row.colour, x, size.width), pan(row.alpha, x, size.width))
            blink = max(0.0, float(np.sin(2.6 * t + row.travel))) ** 3
            for at_x, at_y in row.beacons:
                spark(picture, at_x - x, at_y, size.height / 220, rgb("#ff3020") * (0.25 + 1.5 * blink))
            for i, (at_x, at_y) in enumerate(row.flickers):
                if np.sin(0.9 * t + 2.399 * i) > 0.2:
                    spark(picture, at_x - x, at_y, size.height / 330, rgb(LAMPS[i % len(LAMPS)]) * 0.8)
        cars(picture, t, quay)
        mirror = cv2.flip(picture[max(0, quay - int(water_rows * 1.7)) : quay], 0)
        ripple = (
            (np.sin(lines * (0.55 - 0.35 * deep) + 5 * t) + np.sin(lines * 0.23 - 3.1 * t + columns * 0.012))
            * (1.2 + 5 * deep)
            * size.height
            / 720
        )
        shimmer = lines * 1.55 + 2.2 * np.sin(lines * 0.31 + columns * 0.05 - 4 * t) * size.height / 720
        water = cv2.remap(
            mirror, columns + ripple, np.abs(shimmer), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101
        )
        # light on rippled water draws out into columns
        small = cv2.resize(water, (size.width // 2, water_rows // 4), interpolation=cv2.INTER_AREA)
        drawn = cv2.resize(cv2.blur(small, (1, 9)), (size.width, water_rows), interpolation=cv2.INTER_LINEAR)
        picture[quay:] = cv2.multiply(cv2.addWeighted(water, 0.45, drawn, 0.80, 0), dull)
        return look(picture, size, zoom=1.03 + 0.05 * u, y=-0.012 + 0.012 * u)

    return paint


def _sky(size: Size) -> Picture:
    _, ys = grid(size)
    picture = ramp(
        ys + 0.5, [(0, "#070b22"), (0.28, "#111a44"), (0.5, "#34305f"), (0.63, "#7d4a60"), (0.70, "#c8775a")]
    )
    small = Size(size.width // 2, size.height // 2)
    clouds = spread(smooth(0.42, 0.95, noise(small, (4, 7), 1000, octaves=5)), size) * smooth(0.75, 0.25, ys + 0.5)
    picture += tint(clouds, "#8a5f78", 0.32)
    random = np.random.default_rng(1001)
    for _ in range(150):
        x, y = random.random() * size.width, size.height * 0.42 * random.random() ** 1.3
        spark(picture, x, y, size.height * random.uniform(0.0006, 0.0013), rgb("#dfe8ff") * random.uniform(0.2, 0.9))
    moon = (size.width * 0.79, size.height * 0.17)
    spark(picture, *moon, size.height * 0.16, rgb("#6f86c8") * 0.30)
    spark(picture, *moon, size.height * 0.06, rgb("#b9c6ee") * 0.35)
    xs, ys = grid(size)
    at = (moon[0] / size.height - size.width / size.height / 2, moon[1] / size.height - 0.5)
    disc = smooth(0.034, 0.031, np.hypot(xs - at[0], ys - at[1]))
    seas = 0.78 + 0.22 * noise(size, (70, 40), 1003, octaves=3)
    picture += disc[..., None] * (rgb("#f2efe2") * seas[..., None] - picture)
    return picture.astype(np.float32)


def _towers(size: Size, depth: int) -> _Row:
    """Fill one row with towers, tallest about its own centre."""
    style = STYLES[depth]
    travel = size.height * style.travel
    quarter = _Quarter(Size(int(size.width + travel + 8), int(QUAY * size.height)), size.height, style, 1010 + depth)
    random, unit, width = quarter.random, size.height, quarter.size.width
    x = -0.02 * unit
    while x < width:
        wide = unit * random.uniform(*style.wide)
        centre = np.exp(-(((x + wide / 2) / width - style.centre) ** 2) / 0.05)
        tall = unit * (random.uniform(*style.tall) + style.peak * centre * random.random())
        left, right = int(max(0, x)), int(min(width, x + wide))
        if right - left > 4:
            quarter.build(left, right, int(tall))
        x += wide * random.uniform(0.92, 1.25)
    return _Row(quarter.colour, quarter.alpha, travel, tuple(quarter.beacons), tuple(quarter.flickers))


class _Quarter:
    """A row of towers while it is being built."""

    def __init__(self, size: Size, unit: int, style: _Style, seed: int) -> None:
        self.size, self.unit, self.style = size, unit, style
        self.random = np.random.default_rng(seed)
        self.colour = np.zeros((size.height, size.width, 3), np.float32)
        self.alpha = np.zeros((size.height, size.width), np.float32)
        self.beacons: list[tuple[float, float]] = []
        self.flickers: list[tuple[float, float]] = []

    def build(self, left: int, right: int, tall: int) -> None:
        """One tower: a face that fades into the haze of the street, its windows, a crown, a mast where it is high."""
        random, top = self.random, self.size.height - tall
        glass = rgb(self.style.glass) * random.uniform(0.85, 1.2)
        if random.random() < 0.35:
            inset, crown = int((right - left) * 0.2), int(self.unit * random.uniform(0.012, 0.03))
            self._block(left + inset, right - inset, top - crown, top, glass * 1.1)
        low = np.linspace(0, 1, tall, dtype=np.float32)[:, None, None] ** 2.2
        side = np.linspace(1.18, 0.78, right - left, dtype=np.float32)[None, :, None]
        face = (glass * side) * (1 - 0.6 * low) + rgb(self.style.haze) * 0.6 * low
        self._light_windows(face)
        self._block(left, right, top, self.size.height, face)
        if tall > self.unit * 0.30:
            mast, middle = int(self.unit * random.uniform(0.03, 0.06)), (left + right) // 2
            half = max(1, self.unit // 500)
            self._block(middle - half, middle + half, top - mast, top, glass)
            self.beacons.append((middle, top - mast))
        self.flickers += [(left + random.random() * (right - left), top + random.random() * tall) for _ in range(2)]

    def _block(self, left: int, right: int, top: int, bottom: int, colour: np.ndarray) -> None:
        self.colour[top:bottom, left:right] = colour
        self.alpha[top:bottom, left:right] = 1

    def _light_windows(self, face: Picture) -> None:
        """Some floors work late, most do not; each tower keeps to its own kind of lamp."""
        random = self.random
        pitch_x, pitch_y = (max(2, round(self.unit * pitch)) for pitch in self.style.pitch)
        floors, bays = face.shape[0] // pitch_y, face.shape[1] // pitch_x
        if floors < 2 or bays < 2:
            return
        busy = random.uniform(0.16, 0.5) * (0.4 + random.random((floors, 1)) ** 1.5)
        level = (random.random((floors, bays)) < busy) * random.uniform(0.35, 1.1, (floors, bays))
        lamps = np.stack([rgb(lamp) for lamp in LAMPS])
        own, others = lamps[random.integers(len(LAMPS))], lamps[random.integers(len(LAMPS), size=(floors, bays))]
        tone = level[..., None] * (0.6 * own + 0.4 * others) * self.style.glare
        panes = np.repeat(np.repeat(tone, pitch_y, 0), pitch_x, 1).astype(np.float32)
        open_y = np.arange(floors * pitch_y) % pitch_y < max(1, round(pitch_y * 0.6))
        open_x = np.arange(bays * pitch_x) % pitch_x < max(1, round(pitch_x * 0.72))
        panes *= (open_y[:, None] & open_x[None, :])[..., None]
        window = face[pitch_y // 2 : pitch_y // 2 + panes.shape[0], : panes.shape[1]]
        window += panes[: window.shape[0]]


class _Cars:
    """Head and tail lights that stream along the quay, and the lamps they pass."""

    def __init__(self, size: Size) -> None:
        random = np.random.default_rng(1050)
        self.size = size
        self.start = random.random(44) * 1.2
        self.speed = np.where(np.arange(44) % 2 == 0, 1, -1) * random.uniform(0.075, 0.12, 44)
        self.lamps = np.arange(0.02, 1.0, 0.062)

    def __call__(self, picture: Picture, t: float, quay: int) -> None:
        width, height = self.size
        road = picture[quay - int(0.020 * height) : quay]
        road *= 0.30
        for lamp in self.lamps:
            x, y = (lamp + 0.002) * width, quay - 0.050 * height
            spark(picture, x, y, height * 0.0042, rgb("#ffdf9e") * 1.5)
            spark(picture, x, y + 0.012 * height, height * 0.022, rgb("#ff9a4a") * 0.34)
        for start, speed in zip(self.start, self.speed, strict=True):
            x = ((start + speed * t) % 1.2 - 0.1) * width
            ahead = speed > 0
            y = quay - (0.007 if ahead else 0.014) * height
            colour = rgb("#fff0cf") * 1.5 if ahead else rgb("#ff3a20") * 1.4
            spark(picture, x, y, height * 0.0034, colour)
            spark(picture, x + (0.012 if ahead else 0.006) * height, y, height * 0.012, colour * 0.28)
