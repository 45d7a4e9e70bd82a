"""Open sea under a breaking sky: travelling waves with real normals, and the sun's glitter road on them."""

from __future__ import annotations

import cv2
import numpy as np

from ops.demo.paint import Mask, Painter, Picture, Size, grid, look, noise, ramp, smooth, tint

__all__ = ["sea"]

HORIZON = -0.10  # picture heights above the centre
EYE = 1.7
SUN = (0.10, -0.235)  # where the sun stands, picture heights from the centre
SKY = [(0.0, "#31506b"), (0.45, "#7d94a0"), (0.75, "#cdb48c"), (1.0, "#f0cf94")]
# length (units), height, heading (degrees from straight at the lens), of the swell and what runs on it
WAVES = ((7.5, 0.085, 8), (4.6, 0.055, -22), (2.7, 0.035, 27), (1.55, 0.020, -38), (0.93, 0.012, 14), (0.55, 0.007, -8))
GRAVITY = 9.8


def sea(size: Size, seconds: float) -> Painter:
    """Water and light."""
    # painted at two thirds and enlarged: the lens of this shot is soft, and every pixel of water is dear
    over = Size(int(size.width * 0.72), int(size.height * 0.72))
    xs, ys = grid(over)
    row = int((HORIZON * over.height) + over.height / 2)
    x_screen, y_screen = xs[row + 1 :], ys[row + 1 :]
    z = EYE / (y_screen - HORIZON + 0.0015)
    x = x_screen * z
    fade = np.clip(1.25 - z / 90, 0.12, 1)
    calm = np.clip(1.1 - z / 28, 0.10, 1)  # far ripples are finer than a pixel: they average out
    chop = _Chop(x, z)
    clouds = smooth(0.35, 0.85, noise(Size(over.width, row + 1), (5, 7), 700, octaves=6, gain=0.55))
    sky_picture = _sky(over, row, clouds)[: row + 1]
    sky_ramp = ramp(
        np.linspace(0, 1, 256, dtype=np.float32)[None, :],
        [(0, "#f9dca4"), (0.12, "#c7bba0"), (0.4, "#6f8a98"), (1, "#1f3d57")],
    )
    deep = ramp(np.clip(1.1 - z / 40, 0, 1), [(0, "#3d6672"), (0.5, "#164553"), (1, "#08303c")])
    waves = [_Wave(x, z, fade, over, wave) for wave in WAVES]

    def paint(t: float) -> Picture:
        slope_x, slope_z = (slope * calm for slope in chop(t))
        crest = np.zeros_like(z)
        for wave in waves:
            phase = wave.phase + np.float32(wave.pace * t)
            steep = np.cos(phase) * wave.steep
            slope_x += steep * wave.across
            slope_z += steep * wave.away
            if wave.swell:
                crest += np.sin(phase) * wave.rise
        # the view ray, mirrored at the facet: how high in the sky, and how far from the sun, does it end?
        up = (y_screen - HORIZON) + np.clip(2.0 * slope_z * 0.55 + 0.05, -0.3, 0.9)
        side = x_screen - SUN[0] + 2.2 * slope_x
        lift = up - (HORIZON - SUN[1])
        sparkle = np.exp(-((side / 0.085) ** 2) - (lift / 0.11) ** 2)
        glance = 1 / (1 + ((y_screen - HORIZON + 0.35 * np.clip(slope_z, -0.3, 1)) / 0.17) ** 2)
        aim = cv2.convertScaleAbs(cv2.max(up, 0.0), None, 255 / 0.75, 0)  # type: ignore[call-overload]
        mirror = cv2.LUT(cv2.merge([aim] * 3), sky_ramp)
        body = deep + tint(np.clip(crest * 2.4, -0.1, 0.4), "#3f9c93", 0.55)
        glance3 = cv2.merge([glance, glance, glance])
        water = body + glance3 * (mirror - body)
        water += tint(sparkle, "#fff0c6", 1.6)
        picture = np.concatenate([sky_picture, water])
        sway = 0.004 * np.sin(1.3 * t)
        return look(picture, size, zoom=1.06, x=0.008 * (t / seconds - 0.5), y=sway, roll=0.5 * np.sin(0.9 * t + 0.5))

    return paint


class _Wave:
    """One train of waves over the water at depth `z` and `x` across: deep-water dispersion, faded before it aliases."""

    def __init__(self, x: Mask, z: Mask, fade: Mask, size: Size, wave: tuple[float, float, float]) -> None:
        length, height, heading = wave
        k = 2 * np.pi / length
        self.across, self.away = np.float32(np.sin(np.radians(heading))), np.float32(np.cos(np.radians(heading)))
        seen = np.clip(2.2 - k * z * z / (EYE * size.height) * 0.8, 0, 1)
        self.phase = np.asarray(k * (self.across * x + self.away * z), np.float32)
        self.pace = float(np.sqrt(GRAVITY * k))
        self.steep = np.asarray(k * height * seen * fade, np.float32)
        self.rise = np.asarray(height * seen, np.float32)
        self.swell = length > 2  # only the long waves show their height


class _Chop:
    """Wind ripples too small to count: one field of noise slopes, sliding over itself in two directions."""

    def __init__(self, x: np.ndarray, z: np.ndarray) -> None:
        side = 512
        field = np.zeros((side, side), np.float32)
        random = np.random.default_rng(710)
        for cells, weight in ((16, 1.0), (37, 0.55), (83, 0.3)):
            lattice = random.random((cells, cells), dtype=np.float32)
            tile = cv2.resize(
                np.pad(lattice, 2, mode="wrap"), None, fx=side / cells, fy=side / cells, interpolation=cv2.INTER_CUBIC
            )
            edge = (tile.shape[0] - side) // 2
            field += weight * tile[edge : edge + side, edge : edge + side]
        self._slopes = cv2.merge(
            [np.roll(field, 1, 1) - np.roll(field, -1, 1), np.roll(field, 1, 0) - np.roll(field, -1, 0)]
        )
        self._slopes *= 1.0 / self._slopes.std()

        self._layers = []
        for scale, drift, weight in ((60.0, (14.0, 33.0), 0.075), (150.0, (-40.0, 52.0), 0.05)):
            # OpenCV keeps coordinates in 16 bits: fold them into the tile before, not after
            u, v = (np.mod(axis * np.float32(pace), np.float32(side)) for axis, pace in ((x, scale), (z, scale * 0.6)))
            self._layers.append((u, v, drift, weight))

    def __call__(self, t: float) -> tuple[np.ndarray, np.ndarray]:
        """Slopes across and away at each point of the water."""
        total = np.zeros((*self._layers[0][0].shape, 2), np.float32)
        for u, v, drift, weight in self._layers:
            u_now, v_now = (axis + np.float32(pace * t % 512) for axis, pace in zip((u, v), drift, strict=True))
            slopes = cv2.remap(self._slopes, u_now, v_now, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
            total = cv2.scaleAdd(slopes, weight, total)
        across, away = cv2.split(total)
        return across, away


def _sky(size: Size, row: int, clouds: np.ndarray) -> Picture:
    xs, ys = grid(size)
    picture = ramp(np.clip((ys + 0.5) / (HORIZON + 0.5), 0, 1), SKY)
    distance = np.hypot(xs - SUN[0], ys - SUN[1])
    low = np.linspace(0.25, 1.0, row + 1, dtype=np.float32)[:, None]
    edge = np.exp(-distance[: row + 1] / 0.30)
    cover = clouds * (1 - 0.6 * low)
    tone = ramp(np.clip(edge * 1.3, 0, 1), [(0, "#4b5f70"), (0.4, "#b3a08f"), (1, "#fff0c8")])
    picture[: row + 1] += cover[..., None] * (tone - picture[: row + 1])
    picture += tint(np.exp(-distance / 0.22).astype(np.float32), "#ffd48a", 0.30)
    picture += tint(smooth(0.036, 0.031, distance), "#fff6dc", 0.8)
    return picture
