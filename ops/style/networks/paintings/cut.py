"""Pictures that are cut, set and printed: an engraving, a leaded window, a mosaic, a woodblock print."""

from __future__ import annotations

import cv2
import numpy as np
from scipy.spatial import KDTree

from ops.demo.paint import Mask, Picture, Size, noise, ramp, smooth
from ops.style.networks.paintings.ground import canvas_of, flow, luma, tooth

__all__ = ["engraving", "mosaic", "stained_glass", "woodblock"]


def engraving(size: Size) -> Picture:
    """Dunes in copper: lines that swell with the dark and bend with the form, crossed where it is darkest."""
    scene = canvas_of("desert", size, 2.0)
    tone = luma(scene)
    tone = cv2.createCLAHE(3.0, (6, 4)).apply((tone * 255).astype(np.uint8)).astype(np.float32) / 255
    dark = np.clip(1.05 - tone, 0.04, 1) ** 1.1
    form = cv2.GaussianBlur(tone, (0, 0), 9)
    xs, ys = np.meshgrid(np.arange(size.width, dtype=np.float32), np.arange(size.height, dtype=np.float32))
    wander = noise(size, (9, 5), 51, octaves=3) * 34
    ink = np.zeros_like(tone)
    for degrees, period, bend, start in ((8, 6.4, 95, 0.0), (62, 6.8, 60, 0.42), (-48, 7.2, 50, 0.68)):
        angle = np.deg2rad(degrees)
        phase = (xs * -np.sin(angle) + ys * np.cos(angle) + bend * form + wander) / period
        distance = np.abs(phase - np.round(phase)) * 2  # 0 on the line, 1 between two
        wide = np.clip((dark - start) / (1 - start), 0, 1) * 0.92
        soft = 0.16
        ink = np.maximum(ink, _under(distance, wide, soft) * smooth(0.02, 0.08, wide))
    edges = cv2.GaussianBlur(tone, (0, 0), 1.2) - cv2.GaussianBlur(tone, (0, 0), 2.6)
    ink = np.maximum(ink, smooth(0.03, 0.10, -edges))
    ink *= 0.93 + 0.07 * tooth(size, 52)
    return ramp(1 - np.clip(ink, 0, 1), ((0.0, "#2a1c14"), (0.5, "#8c7558"), (1.0, "#f1e4c6")))


def stained_glass(size: Size) -> Picture:
    """Poppies as a leaded window: panes of uneven glass with the sun behind, black cames round each."""
    scene = canvas_of("flowers", size, 2.5)
    random = np.random.default_rng(3)
    points = _scattered(luma(scene), size, count=820, random=random)
    owner, first, second = _panes(points, size)
    glass = _means(scene, owner, len(points))
    value = 1 + 0.25 * random.standard_normal((len(points), 1))
    grey = glass.mean(axis=1, keepdims=True)
    glass = np.clip((grey + (glass - grey) * 1.75) * value * 1.1, 0.02, 1)
    panes = glass[owner].astype(np.float32)
    streaks = noise(size, (60, 22), 61, octaves=4) - 0.5
    bubbles = noise(size, (150, 90), 62, octaves=2) - 0.5
    centre = np.exp(-((first / 17) ** 2))
    panes *= (0.78 + 0.34 * centre + 0.42 * streaks + 0.16 * bubbles)[..., None]
    border = (second - first) / 2
    thin = 2.3 + 1.3 * noise(size, (10, 6), 63, octaves=2)
    lead = _under(border, thin, 0.8)
    shine = smooth(1.4, 0.2, np.abs(border - 0.6)) * 0.10  # the came is round, and its ridge is grey
    out = panes * (1 - lead)[..., None] + (lead * (0.035 + shine))[..., None]
    halo = cv2.GaussianBlur(panes, (0, 0), 9) * 0.10
    return np.clip(out + halo, 0, 1).astype(np.float32)


def mosaic(size: Size) -> Picture:
    """Mountains at sunrise in small stones that run along the forms, with grout between (after Hausner 2001)."""
    scene = canvas_of("sunrise", size, 2.0)
    scene = np.clip(scene * 1.1, 0, 1)
    random = np.random.default_rng(4)
    tone = cv2.GaussianBlur(luma(scene), (0, 0), 2)
    turning = noise(size, (4, 2.5), 71, octaves=2) * np.pi
    angles = flow(tone, reach=11, swirl=turning)
    spacing = 12.5
    count = int(size.width * size.height / spacing**2)
    points = random.random((count, 2)) * size
    owner, reach, margin = _stones(points, angles, size)
    for _ in range(9):
        points = _centres(points, owner, size)
        owner, reach, margin = _stones(points, angles, size)
    colours = _means(scene, owner, count)
    colours = colours * (1 + 0.17 * random.standard_normal((count, 1))) + random.normal(0, 0.03, (count, 3))
    stones = np.clip(colours, 0.03, 1)[owner].astype(np.float32)
    tilt = random.normal(0, 0.016, (count, 2))
    xs, ys = np.meshgrid(np.arange(size.width), np.arange(size.height))
    leaning = tilt[owner, 0] * (xs - points[owner, 0]) + tilt[owner, 1] * (ys - points[owner, 1])
    stones *= (1 + leaning + 0.14 * (tooth(size, 72) - 0.5))[..., None].astype(np.float32)
    laid = smooth(0.5, 1.5, margin) * smooth(spacing * 0.56, spacing * 0.48, reach)
    bevel = 1 + 0.22 * (smooth(3.2, 1.2, margin) * np.sign(xs - points[owner, 0] + ys - points[owner, 1]) * -1)
    grout = 0.16 + 0.10 * tooth(size, 73)
    return np.clip(stones * (laid * bevel)[..., None] + ((1 - laid) * grout)[..., None], 0, 1).astype(np.float32)


def woodblock(size: Size) -> Picture:
    """A sea printed from blocks: flat inks with a wiped gradation, a key block of swelling lines, wave after wave."""
    xs, ys = np.meshgrid(np.arange(size.width, dtype=np.float32), np.arange(size.height, dtype=np.float32))
    bend = noise(size, (5, 3), 81, octaves=2) - 0.5
    sky = smooth(0.40 * size.height, 0.34 * size.height, ys + 40 * bend)
    waves = np.zeros_like(xs)
    crest = np.full_like(xs, 1e3)
    # fans of arcs that overlap like scales, larger towards the beholder, each row half a wave on
    for row in range(40):
        low = size.height * (0.32 + 0.0055 * row * (1 + 0.055 * row))
        radius = 20 + 1.35 * row
        shift = (row % 2) * radius + 9 * np.sin(row * 1.7)
        px = np.mod(xs + shift + 30 * bend, 2 * radius) - radius
        py = ys - low + 22 * bend - 0.24 * radius * np.sin((xs + 60 * row) / 90)
        distance = np.hypot(px, py * 1.25)
        inside = distance < radius
        waves = np.where(inside, distance / radius, waves)
        crest = np.where(inside, radius - distance, crest)
    water = np.asarray(1 - sky, np.float32)
    rings = np.abs(np.mod(waves * 4.0, 1.0) - 0.5) * 2
    swell = 0.26 + 0.34 * noise(size, (16, 9), 82, octaves=2)
    line = _under(rings, swell, 0.18) * water
    line = np.maximum(line, smooth(3.0, 1.6, crest) * water)
    foam = smooth(0.80, 0.92, waves) * smooth(0.42, 0.55, noise(size, (24, 14), 83, octaves=3)) * water
    depth = np.clip((ys / size.height - 0.3) / 0.7, 0, 1)
    flat = ramp(0.75 * depth + 0.25 * waves, ((0.0, "#a9c4bd"), (0.45, "#4d84a0"), (1.0, "#1d3f6b")))
    dawn = ramp(
        np.clip(ys / size.height / 0.38, 0, 1),
        ((0.0, "#2f5378"), (0.35, "#b9b79a"), (0.75, "#ead9ae"), (1.0, "#d98b5f")),
    )
    clouds = np.abs(np.mod((ys + 30 * bend) / 21 + 0.8 * noise(size, (3, 6), 84, octaves=2), 1.0) - 0.5) * 2
    out = flat * water[..., None] + dawn * (1 - water)[..., None]
    out += foam[..., None] * (np.array([0.95, 0.92, 0.83], np.float32) - out)
    ink = np.maximum(line * (1 - 0.75 * foam), smooth(0.16, 0.04, clouds) * (1 - water) * 0.8)
    grain = np.sin((xs * 0.05 + ys * 0.9 + 26 * noise(size, (3, 9), 85, octaves=3)) * 1.3)
    ink *= 0.90 + 0.10 * smooth(-0.8, 0.4, grain)
    out += ink[..., None] * (np.array([0.07, 0.11, 0.22], np.float32) - out)
    paper = 0.95 + 0.06 * tooth(size, 86) + 0.022 * grain
    return np.clip(out * paper[..., None], 0, 1).astype(np.float32)


def _under(value: np.ndarray, edge: np.ndarray, soft: float) -> Mask:
    """1 where a value is below an edge that changes from place to place, 0 above it."""
    return smooth(soft, -soft, value - edge)


def _scattered(tone: Mask, size: Size, *, count: int, random: np.random.Generator) -> np.ndarray:
    """(count, 2) points, denser where the picture changes, then evened out a little (Lloyd)."""
    detail = cv2.GaussianBlur(np.abs(cv2.Laplacian(cv2.GaussianBlur(tone, (0, 0), 2), cv2.CV_32F)), (0, 0), 14)
    weight = (detail / detail.max() + 0.25).ravel()
    chosen = random.choice(weight.size, count, replace=False, p=weight / weight.sum())
    points = np.stack([chosen % size.width, chosen // size.width], axis=1).astype(np.float64)
    for _ in range(3):
        owner, _, _ = _panes(points, size)
        points = _centres(points, owner, size)
    return points


def _pixels(size: Size) -> np.ndarray:
    xs, ys = np.meshgrid(np.arange(size.width), np.arange(size.height))
    return np.stack([xs.ravel(), ys.ravel()], axis=1)


def _panes(points: np.ndarray, size: Size) -> tuple[np.ndarray, Mask, Mask]:
    """Voronoi cells: whose each pixel is, and its distances to the nearest and the second nearest point."""
    distance, index = (np.asarray(each) for each in KDTree(points).query(_pixels(size), k=2))
    shape = (size.height, size.width)
    return index[:, 0].reshape(shape), distance[:, 0].reshape(shape), distance[:, 1].reshape(shape)


def _stones(points: np.ndarray, angles: Mask, size: Size) -> tuple[np.ndarray, Mask, Mask]:
    """Cells of a metric that is square along the flow: owner, distance, and how far the next one's border is."""
    pixels = _pixels(size)
    index = np.asarray(KDTree(points).query(pixels, k=7)[1])
    columns = np.clip(points[:, 0].astype(int), 0, size.width - 1)
    rows = np.clip(points[:, 1].astype(int), 0, size.height - 1)
    angle = angles[rows, columns][index]
    away = pixels[:, None] - points[index]
    cosine, sine = np.cos(angle), np.sin(angle)
    square = np.maximum(
        np.abs(away[..., 0] * cosine + away[..., 1] * sine), np.abs(away[..., 1] * cosine - away[..., 0] * sine)
    )
    order = np.argsort(square, axis=1)[:, :2]
    every = np.arange(len(pixels))
    first, second = square[every, order[:, 0]], square[every, order[:, 1]]
    shape = (size.height, size.width)
    owner = index[every, order[:, 0]].reshape(shape)
    return owner, first.reshape(shape), ((second - first) / 2).reshape(shape)


def _centres(points: np.ndarray, owner: np.ndarray, size: Size) -> np.ndarray:
    """The centroids of cells; a point that owns nothing stays."""
    flat = owner.ravel()
    mass = np.bincount(flat, minlength=len(points))
    pixels = _pixels(size)
    sums = [np.bincount(flat, weights=pixels[:, axis], minlength=len(points)) for axis in (0, 1)]
    centres = np.stack(sums, axis=1) / np.maximum(mass, 1)[:, None]
    return np.where(mass[:, None] > 0, centres, points)


def _means(picture: Picture, owner: np.ndarray, count: int) -> np.ndarray:
    """(count, 3) mean colours of cells."""
    flat = owner.ravel()
    mass = np.maximum(np.bincount(flat, minlength=count), 1)
    sums = [np.bincount(flat, weights=picture[..., c].ravel(), minlength=count) for c in range(3)]
    return np.stack(sums, axis=1) / mass[:, None]
