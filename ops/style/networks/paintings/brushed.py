"""Paintings by brush and finger: oil laid on thick, dots of pure colour, ink in water, charcoal."""

from __future__ import annotations

import cv2
import numpy as np

from ops.demo.paint import Picture, Size, grid, noise, ramp, smooth
from ops.style.networks.paintings.ground import along, canvas_of, flow, luma, relief, sweep, tooth

__all__ = ["charcoal", "impasto", "ink_wash", "pointillism"]


def impasto(size: Size) -> Picture:
    """Swirling strokes of thick paint over a night under northern lights: each with ridges that catch the light."""
    scene = canvas_of("aurora", size, 2.0)
    scene = np.clip(scene**0.7 * 1.25, 0, 1)
    random = np.random.default_rng(1)
    turning = noise(size, (5, 3), 11, octaves=2) * 2.6 * np.pi
    angles = flow(cv2.GaussianBlur(luma(scene), (0, 0), 2), reach=7, swirl=turning)
    paint = scene * 0.8 + np.array([0.10, 0.09, 0.02], np.float32)
    thick = np.zeros((size.height, size.width), np.float32)
    for spacing, width, steps in ((11, 15, 12), (7, 9, 10), (5, 6, 8)):
        _strokes(paint, thick, scene, angles, spacing=spacing, width=width, steps=steps, random=random)
    lit = relief(cv2.GaussianBlur(thick, (0, 0), 0.8), depth=0.85)
    return np.clip(paint * (0.25 + 0.75 * lit)[..., None], 0, 1)


def _strokes(
    paint: Picture,
    thick: np.ndarray,
    scene: Picture,
    angles: np.ndarray,
    *,
    spacing: float,
    width: int,
    steps: int,
    random: np.random.Generator,
) -> None:
    """One layer of brush strokes, in place: bristles of slightly different paint side by side."""
    height, across = thick.shape
    count = int(height * across / spacing**2)
    starts = random.random((count, 2)) * (across, height)
    paths = sweep(starts, angles, steps, width * 0.45)
    middle = paths[:, steps // 2].astype(int)
    blurred = cv2.GaussianBlur(scene, (0, 0), width / 4)
    colours = blurred[np.clip(middle[:, 1], 0, height - 1), np.clip(middle[:, 0], 0, across - 1)]
    # broken colour: neighbours differ in warmth and value, as a painter's loaded brush leaves them
    colours = colours * (1 + 0.30 * random.standard_normal((count, 1))) + random.normal(0, 0.05, (count, 3)) * (
        1,
        0.6,
        1.2,
    )
    bristles = max(3, width // 2)
    for path, colour in zip(paths, colours, strict=True):
        step = path[-1] - path[0]
        normal = np.array([-step[1], step[0]]) / max(float(np.hypot(*step)), 1e-3)
        base = float(random.uniform(0.3, 1.0))
        for bristle in np.linspace(-0.5, 0.5, bristles):
            shifted = np.round((path + normal * bristle * width) * 8).astype(np.int32)
            shade = 1 + 0.16 * float(random.standard_normal())
            value = [float(channel) for channel in np.clip(colour * shade, 0, 1)]
            line = max(1, round(width / bristles) + 1)
            cv2.polylines(paint, [shifted], False, value, line, cv2.LINE_AA, 3)
            ridge = base + 0.35 * float(random.random()) + (0.3 if abs(bristle) > 0.4 else 0.0)
            cv2.polylines(thick, [shifted], False, ridge, line, cv2.LINE_AA, 3)


def pointillism(size: Size) -> Picture:
    """A sea at noon in dots of divided colour on a pale ground."""
    scene = canvas_of("sea", size, 1.5)
    scene = np.clip(0.08 + 0.95 * scene, 0, 1)
    random = np.random.default_rng(2)
    canvas = np.ones_like(scene) * np.array([0.90, 0.86, 0.76], np.float32)
    canvas = 0.4 * canvas + 0.6 * cv2.GaussianBlur(scene, (0, 0), 6)
    # each dot is pushed towards one of the pure colours around its own, as divisionists did
    pushes = np.array(
        [
            [0.20, 0.04, -0.16],
            [-0.16, 0.02, 0.22],
            [0.14, -0.12, 0.10],
            [-0.10, 0.14, -0.08],
            [0.16, 0.15, -0.1],
            [-0.12, -0.12, 0.06],
        ]
    )
    for radius, spacing in ((5.2, 6.0), (4.0, 5.0), (3.0, 5.2)):
        count = int(size.width * size.height / spacing**2)
        places = random.random((count, 2)) * size
        under = scene[places[:, 1].astype(int), places[:, 0].astype(int)]
        value = 1 + 0.22 * random.standard_normal((count, 1))
        colours = np.clip(
            under * value + pushes[random.integers(0, len(pushes), count)] * random.uniform(0.5, 1.2, (count, 1)), 0, 1
        )
        for (x, y), colour in zip(places, colours, strict=True):
            axes = (radius * float(random.uniform(0.8, 1.2)), radius * float(random.uniform(0.65, 0.95)))
            cv2.ellipse(
                canvas,
                (round(x * 8), round(y * 8)),
                (round(axes[0] * 8), round(axes[1] * 8)),
                float(random.uniform(-25, 25)),
                0,
                360,
                [float(channel) for channel in colour],
                -1,
                cv2.LINE_AA,
                3,
            )
    weave = 1 + 0.05 * (tooth(size, 21) - 0.5)
    return np.clip(canvas * weave[..., None], 0, 1)


def ink_wash(size: Size) -> Picture:
    """A wood in mist with a wet brush: pools with dark rims, dry streaks, spatter, on warm paper."""
    scene = canvas_of("forest", size, 3.0)
    tone = luma(scene)
    warp = [(noise(size, (26, 15), seed, octaves=4) - 0.5) * 16 for seed in (31, 32)]
    xs, ys = np.meshgrid(np.arange(size.width, dtype=np.float32), np.arange(size.height, dtype=np.float32))
    tone = cv2.remap(tone, xs + warp[0], ys + warp[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    ink = np.zeros_like(tone)
    granules = tooth(size, 33, grain=3)
    for level, amount in ((0.70, 0.13), (0.52, 0.18), (0.36, 0.24), (0.20, 0.30)):
        edge = tone + 0.10 * (noise(size, (40, 24), round(level * 100), octaves=4) - 0.5)
        wash = smooth(level + 0.035, level - 0.035, edge)
        inside = cv2.GaussianBlur(wash, (0, 0), 7)
        rim = np.clip(wash - inside, 0, 1)  # pigment is carried to the border of a drying pool
        ink += amount * (wash * (0.72 + 0.5 * (granules - 0.5)) + 1.3 * rim)
    angles = flow(cv2.GaussianBlur(tone, (0, 0), 2), reach=5)
    streaks = along(np.random.default_rng(34).random(tone.shape).astype(np.float32), angles, 18)
    streaks = (streaks - streaks.mean()) / streaks.std()
    dry = smooth(0.25, 1.2, streaks) * smooth(0.5, 0.22, cv2.GaussianBlur(tone, (0, 0), 2))
    ink = ink * (1 - 0.55 * dry)
    random = np.random.default_rng(35)
    for _ in range(260):
        x, y = (int(v) for v in random.random(2) * size)
        cv2.circle(ink, (x, y), int(random.exponential(1.3)) + 1, float(random.uniform(0.4, 0.9)), -1, cv2.LINE_AA)
    paper = 0.95 - 0.06 * granules
    return np.clip(ramp(paper * np.exp(-2.3 * ink), ((0.0, "#12131a"), (0.45, "#6b6a6c"), (1.0, "#f4ecdc"))), 0, 1)


def charcoal(size: Size) -> Picture:
    """A head in charcoal on rough paper: broad side-of-the-stick tone, hard hatching, a wiped light."""
    scene = canvas_of("statue", size, 2.0, crop=(0.12, 0.0, 0.88, 0.9))
    tone = luma(np.clip(scene**0.75, 0, 1))
    xs, ys = grid(size)
    tone = np.clip(tone + 0.30 * smooth(-0.5, 0.7, xs + 0.3 * ys) + 0.12 * (noise(size, (6, 4), 41) - 0.4), 0, 1)
    grains = tooth(size, 42, grain=2.2)
    angles = flow(cv2.GaussianBlur(tone, (0, 0), 2), reach=9, swirl=np.full_like(tone, -0.9))
    random = np.random.default_rng(43)
    hatch = np.zeros_like(tone)
    for spacing, width, steps, limit in ((9, 5, 9, 0.75), (7, 3, 8, 0.5), (5, 2, 6, 0.32)):
        starts = random.random((int(size.width * size.height / spacing**2 / 2.2), 2)) * size
        middle = tone[starts[:, 1].astype(int), starts[:, 0].astype(int)]
        for path in sweep(starts[middle < limit * random.uniform(0.6, 1.2, len(starts))], angles, steps, 5.0):
            points = np.round(path * 8).astype(np.int32)
            cv2.polylines(hatch, [points], False, float(random.uniform(0.35, 0.95)), width, cv2.LINE_AA, 3)
    side = cv2.GaussianBlur(1 - tone, (0, 0), 3)
    edges = cv2.GaussianBlur(tone, (0, 0), 1.6) - cv2.GaussianBlur(tone, (0, 0), 3.2)
    dark = 0.55 * side + 0.62 * hatch + np.clip(9 * np.abs(edges), 0, 0.8)
    laid = smooth(0.05, 0.5, dark - 0.62 * grains)  # the stick blackens the paper's hills and leaves its valleys
    smudge = cv2.GaussianBlur(laid, (0, 0), 5) * 0.35
    return ramp(
        np.clip(1 - np.maximum(laid * 0.92, smudge), 0, 1), ((0.0, "#17161a"), (0.5, "#77736f"), (1.0, "#efe8da"))
    )
