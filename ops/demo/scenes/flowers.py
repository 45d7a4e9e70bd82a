"""Poppies close up against a low sun: a shallow field of focus, and a wind that bends every stem a little late."""

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

__all__ = ["flowers"]


@dataclass(frozen=True)
class _Plane:
    """Plants at one distance from the lens, painted together; the wind shears them about their feet."""

    colour: Picture
    alpha: Mask
    sway: float
    phase: float
    travel: float  # picture heights over the shot


@dataclass(frozen=True)
class _Planting:
    """What grows at one distance; lengths in picture heights."""

    heads: int
    radius: float  # of a head
    row: float  # where the heads stand, from the top
    blur: float
    sway: float
    travel: float


PLANES = (
    _Planting(15, 0.045, 0.30, blur=0.013, sway=0.02, travel=0.03),
    _Planting(8, 0.085, 0.26, blur=0.006, sway=0.035, travel=0.06),
    _Planting(4, 0.165, 0.27, blur=0.0, sway=0.05, travel=0.10),
    _Planting(2, 0.23, 0.98, blur=0.024, sway=0.07, travel=0.20),
)


def flowers(size: Size, seconds: float) -> Painter:
    """The field opens."""
    backdrop = _backdrop(Size(int(size.width * 1.1), size.height))
    planes = [_plane(size, i, planting) for i, planting in enumerate(PLANES)]
    random = np.random.default_rng(451)
    pollen = random.random((46, 2)) * size
    drift = random.uniform(-1, 1, (46, 2)) * size.height * 0.03 + (size.height * 0.07, -size.height * 0.015)
    bright = random.uniform(0.1, 0.55, 46)

    def paint(t: float) -> Picture:
        u = t / seconds
        picture = pan(backdrop, size.width * (0.02 + 0.03 * u), size.width)
        for plane in planes:
            wind = np.sin(1.9 * t + plane.phase) + 0.4 * np.sin(4.3 * t + 2.1 * plane.phase)
            shear = plane.sway * float(wind)
            shift = plane.travel * (0.5 - u) * size.height
            margin = (plane.colour.shape[1] - size.width) / 2
            matrix = np.array([[1, shear, margin - shift - shear * size.height], [0, 1, 0]], np.float64)
            flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            colour = cv2.warpAffine(plane.colour, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
            alpha = cv2.warpAffine(plane.alpha, matrix, size, flags=flags)
            cover(picture, colour, alpha)
        for at, speed, light in zip(pollen, drift, bright, strict=True):
            x, y = (at + speed * t) % size
            spark(picture, x, y, size.height * (0.002 + 0.006 * light), rgb("#ffe9a8") * light)
        return picture

    return paint


def _backdrop(size: Size) -> Picture:
    """Evening light through leaves, far out of focus."""
    xs, ys = grid(size)
    picture = ramp(ys + 0.5, [(0, "#f6c76a"), (0.32, "#d9a24c"), (0.6, "#7d8a3a"), (1, "#22391f")])
    picture *= (0.72 + 0.5 * noise(size, (6, 4), 400, octaves=2))[..., None]
    sun = np.exp(-np.hypot(xs + 0.42, ys + 0.36) / 0.34)
    picture += tint(sun.astype(np.float32), "#fff0bd", 0.95)
    random = np.random.default_rng(401)
    disc = np.zeros((size.height, size.width), np.uint8)
    for _ in range(60):
        centre = np.array([random.random() * size.width, random.random() ** 1.4 * size.height * 0.75])
        radius = size.height * random.uniform(0.02, 0.06)
        disc[:] = 0
        cv2.circle(disc, tuple(np.round(centre * 16).astype(int)), int(radius * 16), 255, -1, cv2.LINE_AA, 4)
        left, top = (max(0, int(edge - radius - 2)) for edge in centre)
        window = np.s_[top : int(centre[1] + radius + 3), left : int(centre[0] + radius + 3)]
        colour = rgb(str(random.choice(["#ffe7a0", "#ffd27a", "#e8ef9a", "#ffb27a"]))) * random.uniform(0.06, 0.2)
        picture[window] += (disc[window].astype(np.float32) / 255)[..., None] * colour
    return picture


def _plane(size: Size, index: int, planting: _Planting) -> _Plane:
    wide = Size(int(size.width * 1.3), size.height)
    bed = _Bed(wide, np.random.default_rng(410 + index))
    bed.sow_grass(int(110 / (0.4 + 6 * planting.radius)), planting.radius)
    for i in range(planting.heads):
        x = wide.width * (i + bed.random.uniform(0.25, 0.75)) / planting.heads
        y = wide.height * (planting.row + bed.random.uniform(-0.5, 0.9) * planting.radius)
        bed.plant_poppy((x, y), planting.radius * wide.height * bed.random.uniform(0.8, 1.15))
    colour, alpha = bed.colour, bed.alpha
    if planting.blur:
        # premultiplied, or the colour under the mask would bleed out with the blur
        half = Size(wide.width // 2, wide.height // 2)
        mask = cv2.resize(alpha, half, interpolation=cv2.INTER_AREA)
        light = cv2.resize(colour * alpha[..., None], half, interpolation=cv2.INTER_AREA)
        mask, light = (cv2.GaussianBlur(image, (0, 0), planting.blur * half.height) for image in (mask, light))
        colour, alpha = spread(light / np.maximum(mask, 1e-3)[..., None], wide), np.clip(spread(mask, wide), 0, 1)
    return _Plane(colour, alpha, planting.sway, 1.3 * index, planting.travel)


class _Bed:
    """A layer that plants are drawn into, the later before the earlier."""

    def __init__(self, size: Size, random: np.random.Generator) -> None:
        self.size, self.random = size, random
        earth = ramp(np.linspace(0, 1, size.height), [(0, "#6f7a2c"), (0.6, "#47602a"), (1, "#16280f")])
        self.colour = np.repeat(earth[:, None, :], size.width, axis=1)
        self.alpha = np.zeros((size.height, size.width), np.float32)

    def sow_grass(self, blades: int, radius: float) -> None:
        """Blades as tall and thick as flowers of that head radius want."""
        random, (width, height) = self.random, self.size
        for _ in range(blades):
            x, tall = random.random() * width, height * random.uniform(0.18, 0.62) * (0.6 + 2 * radius)
            bend = random.uniform(-0.45, 0.45) * tall
            thick = height * random.uniform(0.004, 0.010) * (0.5 + 5 * radius)
            tone = rgb("#a9b04a") * random.uniform(0.35, 0.95)
            self._stem((x, height + 4), (x + bend, height - tall), thick, tone)

    def plant_poppy(self, at: tuple[float, float], radius: float) -> None:
        """A poppy with its head at `at`, in pixels."""
        width, height = self.size
        foot = (at[0] + self.random.uniform(-0.5, 0.5) * radius, height + 4.0)
        self._stem(foot, at, max(1.0, radius * 0.055), rgb("#7d9440"))
        head, mask = _poppy(radius, self.random)
        half = mask.shape[0] // 2
        x, y = int(at[0]) - half, int(at[1]) - half
        left, top = max(0, -x), max(0, -y)
        right, bottom = min(mask.shape[1], width - x), min(mask.shape[0], height - y)
        if left < right and top < bottom:
            mask, head = mask[top:bottom, left:right], head[top:bottom, left:right]
            self._lay(np.s_[y + top : y + bottom, x + left : x + right], head, mask)

    def _stem(self, foot: tuple[float, float], tip: tuple[float, float], thick: float, tone: np.ndarray) -> None:
        """A tapering blade or stem from foot to tip, curved as gravity would have it."""
        width, height = self.size
        along = np.linspace(0, 1, 24)
        x = foot[0] + (tip[0] - foot[0]) * along**1.8
        y = foot[1] + (tip[1] - foot[1]) * along
        half = thick * (1 - 0.75 * along)
        outline = np.concatenate([np.stack([x - half, y], 1), np.stack([x + half, y], 1)[::-1]])
        x0, x1 = max(0, int(outline[:, 0].min()) - 1), min(width, int(outline[:, 0].max()) + 2)
        y0 = max(0, int(outline[:, 1].min()) - 1)
        if x0 >= x1 or y0 >= height:
            return
        canvas = np.zeros((height - y0, x1 - x0), np.uint8)
        fill(canvas, outline - (x0, y0))
        lit = 0.55 + 0.6 * smooth(height, height * 0.3, np.arange(y0, height, dtype=np.float32))
        self._lay(np.s_[y0:, x0:x1], lit[:, None, None] * tone, canvas.astype(np.float32) / 255)

    def _lay(self, window: tuple[slice, slice], colour: Picture, mask: Mask) -> None:
        self.colour[window] += mask[..., None] * (colour - self.colour[window])
        np.maximum(self.alpha[window], mask, out=self.alpha[window])


def _poppy(radius: float, random: np.random.Generator) -> tuple[Picture, Mask]:
    """One head seen from the side and a little above: petals from back to front, each lit through from behind."""
    half = int(radius * 1.25) + 2
    ys, xs = np.mgrid[-half : half + 1, -half : half + 1].astype(np.float32) / np.float32(radius)
    turn = random.uniform(-0.35, 0.35)
    xs, ys = xs * np.cos(turn) + ys * np.sin(turn), -xs * np.sin(turn) + ys * np.cos(turn)
    picture = np.zeros((*xs.shape, 3), np.float32)
    coverage = np.zeros(xs.shape, np.float32)
    warmth = random.uniform(-0.03, 0.05)
    # centre angle (up is -90°), reach, breadth, brightness: two petals behind, two at the sides, two in front
    petals = [(-118, 1.0, 0.72, 0.78), (-62, 1.0, 0.72, 0.84), (-168, 0.98, 0.62, 0.95), (-12, 0.98, 0.62, 1.0)]
    petals += [(128, 0.72, 0.85, 1.08), (58, 0.74, 0.85, 1.14)]
    for i, (degrees, reach, breadth, bright) in enumerate(petals):
        if i == 2:
            _heart(picture, coverage, turn)
        angle = np.radians(degrees + random.uniform(-9, 9))
        along = xs * np.cos(angle) + (ys - 0.08) * np.sin(angle)
        across = -xs * np.sin(angle) + (ys - 0.08) * np.cos(angle)
        theta = np.arctan2(across, np.maximum(along, 1e-3)) / breadth
        ruffle = noise_line(512, 5, int(random.integers(1 << 30)), octaves=4)
        edge = (
            reach
            * (1 - 0.62 * np.abs(theta) ** 3.2)
            * (0.90 + 0.16 * ruffle[np.clip((theta * 0.35 + 0.5) * 511, 0, 511).astype(int)])
        )
        distance = np.hypot(along, across)
        mask = np.clip((edge - distance) * radius, 0, 1) * (along > 0) * np.clip((1.15 - np.abs(theta)) * 12, 0, 1)
        veins = noise_line(1024, 44, int(random.integers(1 << 30)), octaves=3)[
            np.clip((theta * 0.4 + 0.5) * 1023, 0, 1023).astype(int)
        ]
        depth = np.clip(distance / reach, 0, 1)
        tone = ramp(depth, [(0, "#3a0508"), (0.22, "#a3120e"), (0.6, "#dd2d12"), (0.9, "#ff5a26"), (1, "#ff9a55")])
        shade = bright * (0.80 + 0.30 * veins * depth) * (1 - 0.30 * np.abs(theta) ** 2)
        petal = tone * shade[..., None] + np.array([warmth, warmth * 0.6, 0], np.float32)
        shadow = np.clip((edge * 1.10 - distance) * 7, 0, 1) * (along > 0) * 0.35 * coverage
        picture *= (1 - shadow)[..., None]
        picture += mask[..., None] * (petal - picture)
        coverage = np.maximum(coverage, mask)
    return picture, coverage.astype(np.float32)


def _heart(picture: Picture, coverage: Mask, turn: float) -> None:
    """The seed pod and its ring of dark stamens, between the back and the front petals."""
    random = np.random.default_rng(455)
    half = picture.shape[0] / 2
    radius = (half - 2) / 1.25

    def stamp(x: float, y: float, size: float) -> None:
        at = (x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn))
        centre = tuple(round((half + a * radius) * 16) for a in at)
        cv2.circle(canvas, centre, round(size * radius * 16), 255, -1, cv2.LINE_AA, 4)

    canvas = np.zeros(picture.shape[:2], np.uint8)
    for _ in range(64):
        angle, out = random.uniform(0, 2 * np.pi), random.uniform(0.20, 0.38)
        stamp(out * np.cos(angle), out * np.sin(angle) * 0.6 - 0.12, 0.026)
    picture += (canvas.astype(np.float32) / 255)[..., None] * (rgb("#2a1026") - picture)
    canvas = np.zeros(picture.shape[:2], np.uint8)
    stamp(0, -0.09, 0.19)
    pod = canvas.astype(np.float32) / 255
    across = np.linspace(1.6, -0.6, pod.shape[1], dtype=np.float32)[None, :].repeat(pod.shape[0], axis=0)
    picture += pod[..., None] * (ramp(across, [(0, "#3f4d1c"), (1, "#b4bd66")]) - picture)
    np.maximum(coverage, pod, out=coverage)
