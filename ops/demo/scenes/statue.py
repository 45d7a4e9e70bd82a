"""A marble face in a dark hall, modelled as a height field; one lamp moves past it and the shadows follow."""

from __future__ import annotations

import cv2
import numpy as np

from ops.demo.paint import Mask, Painter, Picture, Size, cover, grid, look, noise, ramp, smooth, tint

__all__ = ["statue"]


ASIDE = -0.20  # the head stands left of the centre, and looks across the hall


def statue(size: Size, seconds: float) -> Painter:
    """The look of stone."""
    half = Size(int(size.width * 0.6), int(size.height * 0.6))
    xs, ys = grid(half)
    height, solid = _relief((xs - ASIDE) * 0.97, ys * 0.97 + 0.012)
    nx, ny, nz = _normals(height, half.height)
    vein = noise(half, (7, 5), 1301, octaves=7, gain=0.6)
    marble = ramp(smooth(0.0, 0.22, np.abs(vein - 0.5)), [(0, "#d3c8bd"), (0.4, "#ebe3d8"), (1, "#f6f0e6")])
    open_sky = _occlusion(height, half)
    rim = tint(np.clip(0.9 * nx - 0.25 * ny + 0.05 * nz, 0, 1) ** 2.2 * open_sky, "#5a97cf", 0.85)
    fill = tint(np.clip(0.5 - 0.5 * ny, 0, 1) * open_sky, "#222c3a", 0.8)
    back = _hall(half)

    def paint(t: float) -> Picture:
        u = t / seconds
        lamp = np.array([-1.15 + 0.62 * u, -0.42 - 0.10 * u, 0.95], np.float32)
        lx, ly, lz = lamp[0] - xs, lamp[1] - ys, lamp[2] - height
        away = np.sqrt(lx * lx + ly * ly + lz * lz)
        lx, ly, lz = lx / away, ly / away, lz / away
        facing = np.clip(nx * lx + ny * ly + nz * lz, 0, 1) * _shadow(height, lamp, xs, ys)
        # the lens looks straight in, so the half vector is the lamp's direction plus one in z
        gloss = np.clip((nx * lx + ny * ly + nz * (lz + 1)) / np.sqrt(lx * lx + ly * ly + (lz + 1) ** 2), 0, 1) ** 36
        light = tint(facing * open_sky * (0.40 + 0.55 / away**2), "#ffd2a0", 1.08) + rim + fill
        stone = cv2.multiply(marble, light) + tint(gloss * facing, "#fff3e0", 0.10)
        picture = back.copy()
        cover(picture, stone, solid)
        return look(picture, size, zoom=1.05 + 0.06 * u, x=-0.015 + 0.02 * u)

    return paint


def _hall(size: Size) -> Picture:
    """What the lens does not focus on: columns, and daylight from a far door."""
    xs, ys = grid(size)
    picture = ramp(np.clip(ys + 0.5, 0, 1), [(0, "#05080e"), (0.6, "#0d141e"), (1, "#141a20")])
    for at, wide, lit in ((0.30, 0.060, 0.5), (0.53, 0.050, 0.8), (0.72, 0.045, 0.55), (-0.72, 0.07, 0.22)):
        across = (xs - at) / wide
        column = smooth(1.0, 0.75, np.abs(across)) * (0.30 + 0.70 * smooth(-1.0, 0.9, across)) * lit
        picture += tint(column * smooth(-0.7, 0.1, ys), "#3d5668", 0.55)
    door = np.exp(-(((xs - 0.63) / 0.075) ** 2)) * smooth(-0.36, -0.22, ys) * smooth(0.42, 0.30, ys)
    picture += tint(door.astype(np.float32), "#ffc98a", 0.75)
    picture += tint(np.exp(-np.hypot(xs - 0.63, ys - 0.05) / 0.22).astype(np.float32), "#b87a48", 0.30)
    return cv2.GaussianBlur(picture, (0, 0), size.height / 38)


def _bump(x: Mask, y: Mask, at: tuple[float, float], spread: tuple[float, float]) -> Mask:
    return np.exp(-(((x - at[0]) / spread[0]) ** 2) - ((y - at[1]) / spread[1]) ** 2).astype(np.float32)


def _relief(x: Mask, y: Mask) -> tuple[Mask, Mask]:
    """The head as a height towards the viewer, in picture heights, and where it covers the background."""
    m = np.abs(x)
    # the skull: an egg whose cheeks run to a round chin
    jaw = 0.232 - 0.072 * smooth(0.04, 0.36, y) + 0.006 * _bump(m, y, (0.2, 0.02), (0.2, 0.10))
    egg = np.clip(1 - np.abs(x / jaw) ** 2.15 - np.abs((y + 0.02) / 0.365) ** 2.3, 0, None)
    face = 0.25 * np.sqrt(egg)
    face += 0.016 * _bump(m, y, (0.0, -0.22), (0.16, 0.10))  # forehead
    face += 0.017 * _bump(m, y, (0.086, -0.103), (0.060, 0.017)) + 0.007 * _bump(
        m, y, (0.045, -0.096), (0.03, 0.016)
    )  # brows
    face -= 0.040 * _bump(m, y, (0.084, -0.052), (0.054, 0.036))  # sockets
    face += _eyes(m, y)
    face += 0.019 * _bump(m, y, (0.118, 0.040), (0.062, 0.055))  # cheekbones
    face += 0.012 * _bump(m, y, (0.085, 0.160), (0.050, 0.070))  # cheeks
    bridge = smooth(-0.14, 0.05, y) * smooth(0.118, 0.088, y)
    width = 0.019 + 0.011 * smooth(-0.05, 0.08, y)
    face += 0.054 * bridge * np.exp(-((m / width) ** 2)) * (0.42 + 0.58 * smooth(-0.09, 0.085, y))
    face += 0.019 * _bump(m, y, (0.027, 0.083), (0.014, 0.015))  # wings of the nose
    face -= 0.014 * _bump(m, y, (0.016, 0.105), (0.009, 0.005))  # nostrils
    face -= 0.005 * _bump(m, y, (0.0, 0.132), (0.009, 0.015))  # philtrum
    upper = y - 0.163 - 0.10 * m + 0.008 * np.exp(-(((m - 0.016) / 0.012) ** 2))
    face += 0.019 * np.exp(-((m / 0.050) ** 4) - (upper / 0.0115) ** 2)
    face += 0.025 * np.exp(-((m / 0.040) ** 4) - ((y - 0.199) / 0.0155) ** 2)
    face -= 0.015 * np.exp(
        -((m / 0.060) ** 6) - ((y - 0.1795 + 0.06 * m * (m < 0.03)) / 0.0042) ** 2
    )  # between the lips
    face -= 0.006 * _bump(m, y, (0.066, 0.180), (0.010, 0.010))  # corners of the mouth
    face -= 0.009 * _bump(m, y, (0.0, 0.232), (0.040, 0.011))  # under the lip
    face += 0.024 * _bump(m, y, (0.0, 0.278), (0.056, 0.036))  # chin
    neck = 0.11 * np.sqrt(np.clip(1 - (x / (0.122 + 0.05 * smooth(0.36, 0.5, y))) ** 2, 0, None)) - 0.03
    neck += 0.012 * np.exp(-(((m - 0.055 + 0.10 * (y - 0.3)) / 0.016) ** 2)) * smooth(0.28, 0.40, y)
    slope = 0.455 + 0.02 * smooth(0.1, 0.3, m) + 0.10 * smooth(0.2, 0.6, m)
    shoulders = 0.13 * np.sqrt(np.clip((y - slope) / 0.12, 0, 1)) - 0.02
    parts = [np.where(egg > 0, face, -1.0), np.where((m < 0.2) & (neck > -0.03) & (y > 0.1), neck, -1.0)]
    bare = np.maximum.reduce([*parts, np.where(y > slope, shoulders, -1.0)])
    crown, hairy = _hair(x, y)
    stacked = np.where(hairy > 0, np.maximum(bare, 0.0) * (1 - hairy) + crown * hairy, bare)
    solid = (stacked > -0.5).astype(np.float32)
    soft = cv2.GaussianBlur(np.maximum(stacked, -0.03).astype(np.float32), (0, 0), x.shape[0] / 420)
    return soft, cv2.GaussianBlur(solid, (0, 0), 0.8)


def _eyes(m: Mask, y: Mask) -> Mask:
    """Lids around a ball, with iris and pupil cut into it as the Romans did."""
    dx = (m - 0.088) / 0.045
    arch = np.clip(1 - dx * dx, 0, None)
    tilt = -0.004 * dx
    top, bottom = -0.049 + tilt - 0.0225 * arch**0.8, -0.049 + tilt + 0.0125 * arch
    ball = 0.030 * _bump(m, y, (0.088, -0.053), (0.050, 0.033))
    within = smooth(0.0, 0.0035, y - top) * smooth(0.0, 0.0035, bottom - y) * (np.abs(dx) < 1)
    eye = ball - 0.0060 * within
    eye -= 0.008 * np.exp(-(((y - top + 0.0125) / 0.0042) ** 2)) * np.exp(-((dx / 1.05) ** 6))  # fold of the lid
    radius = np.hypot(m - 0.088, y + 0.0545)
    iris = -0.0022 * np.exp(-(((radius - 0.0165) / 0.0018) ** 2)) - 0.0085 * smooth(0.0085, 0.0055, radius)
    return (eye + iris * within).astype(np.float32)


def _hair(x: Mask, y: Mask) -> tuple[Mask, Mask]:
    """Waves drawn from a centre parting down over the ears, as on an antique head: height, and where it lies."""
    m = np.abs(x)
    cap = np.clip(1 - np.abs(x / 0.275) ** 2.4 - np.abs((y + 0.065) / 0.372) ** 2.3, 0, None)
    line = -0.236 + 1.0 * m**1.8 + 0.46 * smooth(0.150, 0.252, m) + 0.006 * np.sin(m * 70)
    flow = (y + 0.36) * 0.55 - 0.62 * np.clip(0.30 - m, 0, None) ** 1.3
    sway = 0.020 * np.sin(26 * (m + 0.5 * y)) + 0.008 * np.sin(61 * (m + 0.6 * y) + 1.0)
    locks = 0.012 * np.sin(2 * np.pi * (flow + sway) * 15) + 0.004 * np.sin(2 * np.pi * (flow + 1.2 * sway) * 47)
    crown = 0.225 * np.sqrt(cap) + 0.032 + locks * smooth(0.0, 0.04, m) - 0.016 * np.exp(-((m / 0.008) ** 2))
    lies = smooth(0.0, 0.030, line - y) * (cap > 0)
    return crown.astype(np.float32), lies.astype(np.float32)


def _normals(height: Mask, pixels: int) -> tuple[Mask, Mask, Mask]:
    dx = cv2.Sobel(height, cv2.CV_32F, 1, 0, scale=pixels / 8)
    dy = cv2.Sobel(height, cv2.CV_32F, 0, 1, scale=pixels / 8)
    nz = 1 / np.sqrt(dx * dx + dy * dy + 1)
    return -dx * nz, -dy * nz, nz


def _occlusion(height: Mask, size: Size) -> Mask:
    """How open each point lies: lower than its surroundings is darker."""
    open_sky = np.ones_like(height)
    for sigma, weight in ((size.height / 90, 9.0), (size.height / 30, 4.5), (size.height / 12, 1.6)):
        open_sky -= weight * np.clip(cv2.GaussianBlur(height, (0, 0), sigma) - height, 0, 0.06)
    return np.clip(open_sky, 0.15, 1)


def _shadow(height: Mask, lamp: np.ndarray, xs: Mask, ys: Mask) -> Mask:
    """Soft cast shadows: walk from each point some way towards the lamp and see whether stone rises above the ray."""
    rows, columns = height.shape
    lit = np.ones_like(height)
    index_y, index_x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    for step in (0.02, 0.045, 0.08, 0.13, 0.2):
        dx, dy = ((np.float32(lamp[i]) - axis) * np.float32(step * rows) for i, axis in enumerate((xs, ys)))
        stone = cv2.remap(height, index_x + dx, index_y + dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        clear = height + (np.float32(lamp[2]) - height) * np.float32(step) - stone
        lit = np.minimum(lit, smooth(-0.012 - 0.05 * step, 0.004, clear))
    return lit
