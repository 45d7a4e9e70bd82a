"""Northern lights over a still lake: curtains that fold and drift, their mirror image, and one lit tent."""

from __future__ import annotations

import cv2
import numpy as np

from ops.demo.paint import (
    Mask,
    Painter,
    Picture,
    Size,
    cover,
    fill,
    look,
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

__all__ = ["aurora"]

SHORE = 0.66  # row of the waterline, picture heights from the top
CURTAINS = (  # foot of the curtain, its height, how it folds, its pace, its light
    (0.50, 0.34, 0.085, 0.55, 1.0),
    (0.43, 0.26, 0.070, -0.40, 0.62),
    (0.55, 0.20, 0.050, 0.75, 0.5),
)


def aurora(size: Size, seconds: float) -> Painter:
    """A light that nobody switched on."""
    over = Size(int(size.width * 1.04), int(size.height * 1.04))
    shore = int(SHORE * over.height)
    small = Size(over.width // 3, shore // 3)
    lights = _Lights(small, over.height)
    stars, twinkling = _stars(over, shore)
    land_colour, land = _land(over, shore)
    near = _near_shore(Size(int(over.width * 1.08), over.height))
    black = np.ascontiguousarray(np.broadcast_to(rgb("#03060c"), (over.height, over.width, 3)))
    water_rows = over.height - shore
    columns, lines = np.meshgrid(np.arange(over.width, dtype=np.float32), np.arange(water_rows, dtype=np.float32))
    deep = lines / water_rows
    dull = cv2.merge([(0.80 - 0.38 * deep) * c for c in (0.85, 0.95, 1.0)]).astype(np.float32)
    lapping = noise(Size(over.width, water_rows), (22, 60), 1130, octaves=3) - 0.5

    def paint(t: float) -> Picture:
        u = t / seconds
        picture = np.empty((over.height, over.width, 3), np.float32)
        sky = spread(lights(t), Size(over.width, shore)) + stars
        for x, y, bright, phase in twinkling:
            spark(sky, x, y, over.height / 620, rgb("#dfeaff") * bright * (0.6 + 0.4 * float(np.sin(5 * t + phase))))
        cover(sky, land_colour, land)
        picture[:shore] = sky
        swing = np.sin(lines * 0.34 + 2.2 * t) + np.sin(lines * 0.13 - 1.5 * t + 2)
        shift_x = (swing * (0.4 + 2.6 * deep) + lapping * 14 * deep) * over.height / 720
        shift_y = np.clip(
            shore - 2 - lines * 1.25 + lapping * np.float32(26 * np.sin(0.6 * t + 1)) * deep * over.height / 720,
            0,
            shore - 1,
        )
        mirror = cv2.remap(sky, columns + shift_x, shift_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        picture[shore:] = cv2.multiply(mirror, dull)
        _tent(picture, over, t)
        cover(picture, black, pan(near, over.width * (0.065 - 0.05 * u), over.width))
        return look(picture, size, zoom=1.0, y=0.014 - 0.028 * u)

    return paint


class _Lights:
    """The sky's own light, painted small: curtains have no edges."""

    def __init__(self, size: Size, full_height: int) -> None:
        self.size = size
        self.scale = full_height / 3  # picture height in small pixels
        xs, ys = np.meshgrid(
            np.linspace(0, 1, size.width, dtype=np.float32), np.arange(size.height, dtype=np.float32) / self.scale
        )
        self.ys = ys
        self.night = ramp(ys / SHORE, [(0, "#050a1c"), (0.5, "#0a1a33"), (0.85, "#123a4a"), (1, "#1f5a58")])
        self.x = xs[0]
        self.rays = noise_line(4096, 260, 1100, octaves=3, gain=0.65)
        self.folds = [noise_line(2048, 5, 1101 + i, octaves=3) for i in range(len(CURTAINS))]
        self.fade = [noise_line(2048, 7, 1111 + i, octaves=2) for i in range(len(CURTAINS))]

    def __call__(self, t: float) -> Picture:
        green, violet = np.zeros_like(self.ys), np.zeros_like(self.ys)
        steps, long_steps = np.arange(2048), np.arange(4096)
        for i, (foot, tall, fold, pace, light) in enumerate(CURTAINS):
            at = self.x * 900 + 500 + 30 * pace * t
            wander = np.interp(at, steps, self.folds[i]) - 0.5 + 0.16 * np.sin(self.x * 9 + pace * 1.3 * t + i)
            base = (foot - 0.10 * (i == 0) * (self.x - 0.3) + 2 * fold * wander).astype(np.float32)
            bent = self.x + 0.05 * wander
            ray = np.interp(bent * 1500 + 800 + 60 * pace * t, long_steps, self.rays)
            ray = (0.30 + 0.9 * ray**1.5) * (0.25 + np.interp(self.x * 700 + 600 - 55 * pace * t, steps, self.fade[i]))
            above = base[None, :] - self.ys
            reach = (tall * (0.55 + 0.6 * ray)).astype(np.float32)[None, :]
            body = (
                smooth(-0.022, 0.012, above)
                * np.exp(-np.maximum(above, 0) / (0.42 * reach))
                * (light * ray).astype(np.float32)[None, :]
            )
            green += body
            violet += body * smooth(0.05, 0.30, above) + 0.18 * body * smooth(0.02, -0.02, above)
        glow = cv2.GaussianBlur(green, (0, 0), self.scale / 14)
        return self.night + tint(green, "#4dffa0", 0.95) + tint(violet, "#a05cff", 0.9) + tint(glow, "#1fb58a", 0.30)


def _stars(size: Size, shore: int) -> tuple[Picture, list[tuple[float, float, float, float]]]:
    random = np.random.default_rng(1120)
    picture = np.zeros((shore, size.width, 3), np.float32)
    for _ in range(520):
        x, y = random.random(2) * (size.width, shore)
        spark(picture, x, y, size.height * random.uniform(0.0006, 0.0013), rgb("#e8f0ff") * float(random.beta(0.8, 3)))
    some = [
        (random.random() * size.width, random.random() * shore * 0.6, random.uniform(0.5, 1.2), random.uniform(0, 6))
        for _ in range(26)
    ]
    return picture, [(float(x), float(y), float(b), float(p)) for x, y, b, p in some]


def _land(size: Size, shore: int) -> tuple[Picture, Mask]:
    """Snow peaks and a far wood along the shore, as one layer over the sky."""
    rows = np.arange(shore, dtype=np.float32)[:, None]
    line = 1 - np.abs(2 * noise_line(size.width, 3.4, 1140, octaves=8, gain=0.46) - 1)
    crest = (SHORE - 0.035 - 0.20 * line**1.5) * size.height
    mask = np.clip(rows - crest[None, :] + 0.5, 0, 1)
    rock = noise(Size(size.width, shore), (16, 14), 1141, octaves=6, gain=0.6)
    facets = np.clip((np.roll(rock, 2, 1) - rock) * 9 + 0.5, 0, 1)
    below = (rows - crest[None, :]) / size.height
    snow = smooth(0.13, 0.0, below + 0.10 * (rock - 0.5)) * (0.35 + 0.65 * facets)
    colour = ramp(snow, [(0, "#0a1a26"), (0.5, "#1c3f4c"), (1, "#6fb0a8")])
    mist = smooth(0.06, 0.20, below)[..., None]
    colour = colour * (1 - 0.6 * mist) + rgb("#1d5350") * 0.6 * mist
    wood = noise_line(size.width, 110, 1142, octaves=3)
    tops = (SHORE - 0.012 - 0.020 * wood * (0.5 + noise_line(size.width, 6, 1143))) * size.height
    trees = np.clip(rows - tops[None, :], 0, 1)
    colour += trees[..., None] * (rgb("#04090e") - colour)
    return colour.astype(np.float32), np.maximum(mask, trees).astype(np.float32)


def _near_shore(size: Size) -> Mask:
    """Pines that frame the view, and the bank they stand on."""
    random = np.random.default_rng(1150)
    canvas = np.zeros((size.height, size.width), np.uint8)
    bank = size.height * (0.985 - 0.05 * noise_line(size.width, 4, 1151, octaves=6))
    places = [*random.uniform(-0.01, 0.20, 9), *random.uniform(0.84, 1.01, 9)]
    for at in places:
        edge = min(abs(at), abs(1 - at))
        tall = size.height * random.uniform(0.30, 0.72) * (1.0 - 2.2 * edge)
        x, foot = at * size.width, float(bank[int(np.clip(at, 0, 0.999) * size.width)]) + size.height * 0.02
        _pine(canvas, random, x, foot, tall)
    rows = np.arange(size.height, dtype=np.float32)[:, None]
    return np.maximum(canvas.astype(np.float32) / 255, np.clip(rows - bank[None, :], 0, 1)).astype(np.float32)


def _pine(canvas: np.ndarray, random: np.random.Generator, x: float, foot: float, tall: float) -> None:
    """A spruce in silhouette: tier after tier of drooping boughs on a thin trunk."""
    trunk = np.array([(x - tall * 0.012, foot), (x, foot - tall), (x + tall * 0.012, foot)])
    fill(canvas, trunk)
    y = foot - tall * 0.08
    while y > foot - tall * 0.985:
        up = (foot - y) / tall
        reach = tall * 0.21 * (1 - up) ** 0.85 * random.uniform(0.75, 1.15)
        for side in (-1, 1):
            r = reach * random.uniform(0.8, 1.1)
            bough = [
                (x, y - 0.20 * r),
                (x + side * 0.55 * r, y - 0.02 * r),
                (x + side * r, y + 0.22 * r),
                (x + side * 0.6 * r, y + 0.16 * r),
            ]
            bough += [(x + side * 0.42 * r, y + 0.24 * r), (x + side * 0.25 * r, y + 0.13 * r), (x, y + 0.20 * r)]
            fill(canvas, bough)
        y -= max(1.5, 0.16 * reach + 0.012 * tall)


def _tent(picture: Picture, size: Size, t: float) -> None:
    """A small tent on the far bank with a lamp inside: the one warm thing in the picture."""
    x, y, unit = 0.615 * size.width, (SHORE + 0.003) * size.height, 0.034 * size.height
    flicker = 1 + 0.06 * float(np.sin(9 * t) + np.sin(14.3 * t + 1))
    half = int(unit * 1.6)
    left, top = int(x) - half, int(y) - half
    canvas = np.zeros((half + 2, 2 * half), np.uint8)
    outline = np.array([(-1.0, 0.0), (-0.12, -0.92), (0.0, -0.96), (0.12, -0.92), (1.0, 0.0)]) * unit + (
        x - left,
        y - top,
    )
    fill(canvas, outline)
    mask = canvas.astype(np.float32) / 255
    rows, columns = np.mgrid[0 : half + 2, 0 : 2 * half].astype(np.float32)
    heat = np.exp(-(((columns - half) / (0.55 * unit)) ** 2) - ((rows - half + 0.25 * unit) / (0.6 * unit)) ** 2)
    colour = ramp(np.clip(0.15 + 0.85 * heat, 0, 1), [(0, "#5a2410"), (0.5, "#f08a2c"), (1, "#fff0b4")])
    window = picture[top : top + half + 2, left : left + 2 * half]
    window += mask[..., None] * (colour * flicker - window)
    spark(picture, x, y - 0.3 * unit, 2.6 * unit, rgb("#ff8a30") * 0.20 * flicker)
    spark(picture, x, y + 0.9 * unit, 0.8 * unit, rgb("#ff9a40") * 0.25 * flicker)
