"""A night drive: the camera rushes along a wet road under passing lamps, a little shaken by the car."""

from __future__ import annotations

import cv2
import numpy as np

from ops.demo.paint import (
    Painter,
    Picture,
    Size,
    grid,
    look,
    noise,
    noise_line,
    ramp,
    rgb,
    silhouette,
    smooth,
    spark,
    tint,
)

__all__ = ["road"]

SPEED = 26.0  # metres a second
HORIZON = -0.06
EYE = 1.25
FOCAL = 1.0
LAMP_GAP, LAMP_TALL, LAMP_SIDE = 16.0, 6.0, 6.4


def road(size: Size, seconds: float) -> Painter:
    """Headlights, and what they find."""
    over = Size(int(size.width * 1.06), int(size.height * 1.06))
    xs, ys = grid(over)
    row = int(HORIZON * over.height + over.height / 2) + 1
    below = ys[row:] - HORIZON
    z = np.minimum(EYE * FOCAL / np.maximum(below, 1e-3), 400)
    bend = 0.00022 * z**2  # the road turns a little to the right ahead
    x = (xs[row:] / FOCAL) * z - bend
    sky = _sky(over, row)
    asphalt = _asphalt(x, z)
    headlights = np.exp(-((x / (2.2 + 0.10 * z)) ** 2)) * smooth(2.0, 6.0, z) * smooth(60, 12, z)
    still_light = tint(headlights, "#fff2d6", 0.95) + rgb("#1d2848")
    edge_lines = smooth(0.0, 0.35, 3.7 - np.abs(np.abs(x) - 3.9) * 20)
    centre = smooth(0.0, 0.3, 1.6 - np.abs(x) * 18)
    off_road = smooth(4.3, 5.2, np.abs(x))
    surface, verge = (
        1 - off_road,
        off_road * (0.06 + 0.12 * noise(Size(over.width, x.shape[0]), (60, 30), 805, octaves=3)),
    )
    miles, posts = (z / 9.0).astype(np.float32), (z / LAMP_GAP).astype(np.float32)
    pool_reach = (np.exp(-(((np.abs(x) - 3.5) / 4.5) ** 2)) / (1 + z / 80)).astype(np.float32)

    def paint(t: float) -> Picture:
        gone = SPEED * t
        cycle = miles + np.float32(gone / 9.0)
        dashes = smooth(0.46, 0.42, np.abs(cycle - np.floor(cycle) - np.float32(0.5)) * 2)
        marks = np.maximum(edge_lines, centre * dashes)
        wet = asphalt(gone)
        cycle = posts + np.float32(gone / LAMP_GAP)
        pools = np.exp(-(((cycle - np.round(cycle)) * np.float32(LAMP_GAP / 5.0)) ** 2)) * pool_reach
        first = LAMP_GAP - gone % LAMP_GAP
        light = cv2.add(tint(pools, "#ff9440", 1.25), still_light)
        albedo = surface * (0.14 + 0.26 * wet + 1.1 * marks) + verge
        floor = cv2.multiply(cv2.merge([albedo] * 3), light)
        picture = sky.copy()
        picture[row:] = floor
        _lamps(picture, over, first)
        _traffic(picture, over, t)
        rattle = (0.0022 * np.sin(31 * t) + 0.0016 * np.sin(47 * t + 1), 0.0030 * np.sin(37 * t + 2))
        return look(picture, size, zoom=1 + 0.03 * t / seconds, x=rattle[0], y=rattle[1], roll=0.35 * np.sin(2.3 * t))

    return paint


def _project(size: Size, x: float, y: float, z: float) -> tuple[float, float, float]:
    """Road coordinates (metres right, up, ahead) to pixels, and the pixels of a metre there."""
    scale = FOCAL / z * size.height
    return size.width / 2 + (x + 0.00022 * z**2) * scale, size.height * (0.5 + HORIZON) + (EYE - y) * scale, scale


def _asphalt(x: np.ndarray, z: np.ndarray):
    """Wet asphalt as it slides towards the lens, smeared along the way it moves."""
    side = 1024
    texture = noise(Size(side, side), (90, 26), 800, octaves=3)
    texture = np.maximum(texture, 0.8 * noise(Size(side, side), (14, 8), 801, octaves=2))
    u, ahead = (np.mod((axis * pace).astype(np.float32), np.float32(side)) for axis, pace in ((x, 46), (z, 22)))
    fine = np.clip(1.3 - z / 26, 0, 1)

    def slide(gone: float) -> np.ndarray:
        v = ahead + np.float32(gone * 22 % side)
        return cv2.remap(texture, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP) * fine + 0.45 * (1 - fine)

    return slide


def _sky(size: Size, row: int) -> Picture:
    xs, ys = grid(size)
    picture = ramp(
        ys + 0.5, [(0, "#0a1640"), (0.2, "#23347a"), (0.33, "#74508f"), (0.40, "#d96f70"), (0.45, "#ffae6a")]
    )
    clouds = smooth(0.4, 0.9, noise(size, (4, 12), 810, octaves=5)) * smooth(0.46, 0.15, ys + 0.5)
    picture += clouds[..., None] * (rgb("#33305c") - picture) * 0.75
    for depth, (tall, colour) in enumerate([(0.16, "#3b2f55"), (0.095, "#191830"), (0.05, "#080b16")]):
        line = noise_line(size.width, 3 + 3 * depth, 820 + depth, octaves=7)
        valley = 0.35 + 0.65 * np.clip(np.abs(xs[0]) * 1.6, 0, 1)
        crest = (HORIZON - tall * (line - 0.15) * valley + 0.5) * size.height
        rows = np.arange(size.height, dtype=np.float32)[:, None]
        mask = np.clip(rows - crest[None, :] + 0.5, 0, 1)
        picture += mask[..., None] * (rgb(colour) - picture)
    return picture.astype(np.float32)


def _lamps(picture: Picture, size: Size, first: float) -> None:
    """Lamp posts on both sides, from far to near, so that the near ones stand before the far."""
    for i, side in ((i, side) for i in reversed(range(10)) for side in (-1, 1)):
        z = first + i * LAMP_GAP
        if z < 2.2:
            continue
        foot_x, foot_y, scale = _project(size, side * LAMP_SIDE, 0, z)
        head_x, head_y, _ = _project(size, side * (LAMP_SIDE - 1.9), LAMP_TALL, z)
        half = max(0.5, 0.06 * scale)
        inner = foot_x - side * half
        pole = [(inner, foot_y), (inner, head_y + half * 1.4), (head_x, head_y + half), (head_x, head_y)]
        silhouette(
            picture, np.array([*pole, (foot_x + side * half, head_y), (foot_x + side * half, foot_y)]), rgb("#05060c")
        )
        fade = min(1.0, 45 / z)
        spark(picture, head_x, head_y + half, max(1.2, 0.22 * scale), rgb("#ffd08a") * (0.9 + fade))
        spark(picture, head_x, head_y + half, max(4.0, 1.3 * scale), rgb("#ff8a35") * 0.34 * fade)


def _traffic(picture: Picture, size: Size, t: float) -> None:
    """Two cars coming the other way, and one far ahead whose tail lights we follow."""
    for start, lane in ((62.0, -2.1), (118.0, -2.0)):
        z = start - (SPEED + 17) * t
        if z > 2.5:
            for side in (-0.62, 0.62):
                x, y, scale = _project(size, lane + side, 0.65, z)
                spark(picture, x, y, max(1.5, 0.13 * scale), rgb("#fff6e0") * 2.2)
                spark(picture, x, y, max(6.0, 0.55 * scale), rgb("#cfe0ff") * 0.42)
                spark(picture, x, y + 0.9 * scale, max(2.0, 0.35 * scale), rgb("#cfe0ff") * 0.20)
    z = 34.0 + 1.5 * float(np.sin(t))
    for side in (-0.6, 0.6):
        x, y, scale = _project(size, 2.0 + side, 0.8, z)
        spark(picture, x, y, max(1.4, 0.11 * scale), rgb("#ff2a1c") * 1.6)
        spark(picture, x, y, max(4.0, 0.5 * scale), rgb("#ff1c10") * 0.4)
        spark(picture, x, y + 1.5 * scale, max(2.0, 0.3 * scale), rgb("#ff1c10") * 0.3)
