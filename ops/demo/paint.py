"""The painter's tools that every scene of the demo film shares: noise, ramps, light, layers and the camera.

Pictures are `(H, W, 3)` float32 RGB in display space, 0 black to 1 white (light may run over before the
finish clips it); masks are `(H, W)` float32, 0 to 1. Everything is seeded, so a scene paints the same picture
each time. What belongs to one scene alone stays in that scene's module.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import cv2
import numpy as np

__all__ = [
    "Mask",
    "Painter",
    "Picture",
    "Size",
    "add_light",
    "cover",
    "fill",
    "glow",
    "grid",
    "look",
    "noise",
    "noise_line",
    "pan",
    "ramp",
    "rgb",
    "silhouette",
    "smooth",
    "spark",
    "spread",
    "tint",
]

Picture = np.ndarray
"""`(H, W, 3)` float32, RGB."""
Mask = np.ndarray
"""`(H, W)` float32."""
Painter = Callable[[float], Picture]
"""Seconds since the shot's first frame to the picture; pure, so that frames can be painted in any order."""


class Size(NamedTuple):
    """A picture's width and height in pixels, in the order OpenCV takes them."""

    width: int
    height: int


def rgb(colour: str) -> np.ndarray:
    """`#rrggbb` as three floats 0 to 1."""
    return np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)], np.float32)


def smooth(low: float, high: float, value: np.ndarray | float) -> np.ndarray:
    """Hermite step: 0 below `low`, 1 above `high` (or the reverse where `low` > `high`)."""
    x = np.clip((np.asarray(value, np.float32) - low) / (high - low), 0, 1)
    return np.asarray(x * x * (3 - 2 * x), np.float32)


def grid(size: Size) -> tuple[Mask, Mask]:
    """Pixel centres as x and y in units of the picture's height, origin at its centre, y downwards."""
    width, height = size
    x = (np.arange(width, dtype=np.float32) + 0.5 - width / 2) / height
    y = (np.arange(height, dtype=np.float32) + 0.5 - height / 2) / height
    xs, ys = np.meshgrid(x, y)
    return xs, ys


def noise(size: Size, cells: tuple[float, float], seed: int, *, octaves: int = 5, gain: float = 0.5) -> Mask:
    """Fractal value noise: `(H, W)` 0 to 1, about `cells` blobs across and down in its coarsest octave."""
    random = np.random.default_rng(seed)
    total = np.zeros((size.height, size.width), np.float32)
    for octave in range(octaves):
        # a lattice finer than the pixels adds nothing but time
        across, down = (max(2, min(round(n * 2**octave), limit)) for n, limit in zip(cells, size, strict=True))
        lattice = random.random((down + 3, across + 3), dtype=np.float32)
        field = cv2.resize(lattice, None, fx=size.width / across, fy=size.height / down, interpolation=cv2.INTER_CUBIC)
        y, x = size.height // down, size.width // across
        total += gain**octave * field[y : y + size.height, x : x + size.width]
    low, high = (float(edge) for edge in np.percentile(total[::3, ::3], (0.5, 99.5)))
    return np.clip((total - low) / (high - low), 0, 1)


def noise_line(length: int, cells: float, seed: int, *, octaves: int = 5, gain: float = 0.5) -> np.ndarray:
    """One row of fractal noise: `(length,)` 0 to 1."""
    return noise(Size(length, 4), (cells, 1), seed, octaves=octaves, gain=gain)[0]


def ramp(positions: Mask | np.ndarray, stops: Sequence[tuple[float, str]]) -> Picture:
    """Colours along a gradient: an array of positions of any shape to that shape + `(3,)`."""
    where = [stop for stop, _ in stops]
    colours = np.stack([rgb(colour) for _, colour in stops])
    channels = [np.interp(positions, where, colours[:, c]) for c in range(3)]
    return np.stack(channels, axis=-1).astype(np.float32)


def tint(mask: Mask, colour: str | np.ndarray, strength: float = 1.0) -> Picture:
    """A mask as a picture of one colour."""
    r, g, b = (rgb(colour) if isinstance(colour, str) else colour) * strength
    return cv2.merge([mask * r, mask * g, mask * b])


def cover(below: Picture, above: Picture, alpha: Mask) -> None:
    """Lay `above` over `below` in place where `alpha` says so; `below` may be a window of a picture."""
    cv2.blendLinear(above, below, alpha, 1 - alpha, below)


def add_light(below: Picture, light: Picture) -> None:
    """Screen `light` onto `below` in place: light adds where it is dark and saturates softly where bright."""
    head_room = cv2.subtract(1.0, below)  # type: ignore[call-overload]
    cv2.max(head_room, 0.0, head_room)  # type: ignore[call-overload]
    below += cv2.multiply(head_room, light)


def glow(size: Size, centre: tuple[float, float], radius: float, *, power: float = 2.0) -> Mask:
    """Light around a point (in `grid` units): 1 at the centre, half at `radius`, falling with `power`."""
    xs, ys = grid(size)
    distance = np.hypot(xs - centre[0], ys - centre[1])
    return np.asarray(1 / (1 + (distance / radius) ** power), np.float32)


def spark(picture: Picture, x: float, y: float, radius: float, colour: np.ndarray) -> None:
    """Add a small soft light in place: centre (x, y) and radius in pixels, colour `(3,)` at its heart."""
    height, width = picture.shape[:2]
    reach = 2.2 * radius + 1
    left, right = max(0, int(x - reach)), min(width, int(x + reach) + 2)
    top, bottom = max(0, int(y - reach)), min(height, int(y + reach) + 2)
    if left >= right or top >= bottom:
        return
    across = np.exp(-(((np.arange(left, right, dtype=np.float32) - x) / radius) ** 2))
    down = np.exp(-(((np.arange(top, bottom, dtype=np.float32) - y) / radius) ** 2))
    picture[top:bottom, left:right] += (down[:, None] * across[None, :])[..., None] * colour.astype(np.float32)


def fill(canvas: np.ndarray, points: np.ndarray | Sequence[tuple[float, float]]) -> None:
    """Fill a polygon of `(x, y)` pixels in an 8-bit mask, antialiased, to a sixteenth of a pixel."""
    cv2.fillPoly(canvas, [np.round(np.asarray(points) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)


def silhouette(
    picture: Picture, points: np.ndarray, colour: np.ndarray, *, sides: tuple[float, float] = (1.0, 1.0)
) -> None:
    """A polygon of one colour in place, antialiased; `sides` are its brightness at its left and right edge."""
    height, width = picture.shape[:2]
    x0, y0 = np.maximum(np.floor(points.min(axis=0)).astype(int) - 1, 0)
    x1, y1 = np.minimum(np.ceil(points.max(axis=0)).astype(int) + 2, (width, height))
    if x0 >= x1 or y0 >= y1:
        return
    mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
    fill(mask, points - (x0, y0))
    lit = np.linspace(*sides, x1 - x0, dtype=np.float32)[None, :, None] * colour
    window = picture[y0:y1, x0:x1]
    window += (mask.astype(np.float32) / 255)[..., None] * (lit - window)


def spread(picture: np.ndarray, size: Size) -> np.ndarray:
    """A picture or mask painted small, at full size: for sky, fog and glow, which hold no detail."""
    return cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC)


def pan(layer: np.ndarray, x: float, width: int) -> np.ndarray:
    """The window of `width` columns that starts at column `x`, to a fraction of a pixel."""
    x = min(max(x, 0.0), layer.shape[1] - width - 1.001)
    whole = int(x)
    part = x - whole
    left, right = layer[:, whole : whole + width], layer[:, whole + 1 : whole + 1 + width]
    return cv2.addWeighted(left, 1 - part, right, part, 0)


def look(
    picture: np.ndarray, size: Size, *, zoom: float = 1.0, x: float = 0.0, y: float = 0.0, roll: float = 0.0
) -> np.ndarray:
    """The picture through a camera: zoomed about its centre, moved by (x, y) picture heights, rolled by degrees."""
    height, width = picture.shape[:2]
    scale = zoom * size.height / height
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), roll, scale)
    matrix[:, 2] += (size.width / 2 - width / 2 - x * size.height, size.height / 2 - height / 2 - y * size.height)
    return cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
