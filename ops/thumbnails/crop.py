"""Smart crop: the rectangle of a given shape that keeps what matters and never cuts a face.

A search over a grid of places and a few sizes, by integral images of the saliency map: a thousand crops in a
millisecond. That no face is cut is a hard rule and not a term that others could outweigh.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ops.box import Box
from ops.faces import Face
from ops.thumbnails.composition import BADGE, PROGRESS_BAR

__all__ = ["SCALES", "best_crops"]

SCALES = (1.0, 0.88, 0.76, 0.66)
"""Sizes tried, as shares of the largest crop of that shape: closer than two thirds, a film's frame turns to mush."""

PLACES = 33
"""Places tried along each free direction."""

_MAIN_FACE = 0.03
"""Share of the picture from which a face is what it is about: a portrait's wall is no thumbnail of the portrait."""

_CHIN = 1.15
"""How far down a face goes by the detectors' boxes, which end at the lip or the chin: with this a chin is never cut
where any crop can spare it."""

_MARGIN = 0.04
"""Air that a face keeps on every side, as a share of its own size: detectors' boxes are a few percent off."""


def best_crops(
    saliency_map: np.ndarray,
    faces: Sequence[Face],
    *,
    frame_ratio: float,
    ratio: float,
    closest: float = SCALES[-1],
    widest: float = 1.0,
    most: int = 3,
    subject: Box | None = None,
) -> list[Box]:
    """The best crops of a picture, best first; none where every crop of this shape would cut or lose a face.

    Args:
        saliency_map: (h, w) float32, 0 to 1.
        faces: Faces as fractions of the picture; the largest is what the picture is about and stays in it.
        frame_ratio: The picture's width over its height.
        ratio: The crop's width over its height.
        closest: How far to go in at most, as a share of the largest crop: a film of few pixels is not enlarged.
        widest: How far to stay out at most, in the same share.
        most: How many to give.
        subject: What else the picture is of, as a fraction of it: kept whole where any crop of this shape can, as a
            body cut is no fault as grave as a face cut.

    Returns:
        Crops in fractions of the picture, each of exactly the shape asked for.
    """
    crops = _grid(frame_ratio, ratio, [scale for scale in SCALES if closest <= scale <= widest] or [1.0])
    crops = crops[_spares(crops, [_with_air(face) for face in faces])]
    main = max(faces, key=lambda face: face.area, default=None)
    if main is not None and main.area >= _MAIN_FACE:
        crops = crops[_holds(crops, _with_air(main))]
        chin = _holds(crops, Box(main.x, main.y, main.w, _CHIN * main.h).clipped())
        crops = crops[chin] if chin.any() else crops
    if subject is not None:
        whole = _holds(crops, subject)
        crops = crops[whole] if whole.any() else crops
    if not len(crops):
        return []
    worth = _worth(crops, saliency_map, faces)
    order = np.argsort(-worth, kind="stable")
    return [Box(*map(float, crops[place])) for place in order[:most]]


def _grid(frame_ratio: float, ratio: float, scales: Sequence[float]) -> np.ndarray:
    """(N, 4) crops as x, y, w, h; the largest ones first."""
    widest = min(1.0, ratio / frame_ratio)
    tallest = min(1.0, frame_ratio / ratio)
    found = []
    for scale in scales:
        w, h = widest * scale, tallest * scale
        xs = np.linspace(0, 1 - w, PLACES) if w < 1 else np.zeros(1)
        ys = np.linspace(0, 1 - h, PLACES) if h < 1 else np.zeros(1)
        x, y = (grid.ravel() for grid in np.meshgrid(xs, ys))
        found.append(np.stack([x, y, np.full_like(x, w), np.full_like(y, h)], axis=1))
    return np.concatenate(found)


def _with_air(face: Face) -> Box:
    """The face with a margin, which a picture's own edge may take away."""
    air_x, air_y = _MARGIN * face.w, _MARGIN * face.h
    return Box(face.x - air_x, face.y - air_y, face.w + 2 * air_x, face.h + 2 * air_y).clipped()


def _spares(crops: np.ndarray, kept: Sequence[Box]) -> np.ndarray:
    """(N,) whether a crop has each of the boxes wholly inside or wholly outside."""
    x, y, w, h = crops.T
    fine = np.ones(len(crops), bool)
    for box in kept:
        inside = _holds(crops, box)
        outside = (x >= box.right) | (y >= box.bottom) | (x + w <= box.x) | (y + h <= box.y)
        fine &= inside | outside
    return fine


def _holds(crops: np.ndarray, box: Box) -> np.ndarray:
    """(N,) whether a crop has the box wholly inside."""
    x, y, w, h = crops.T
    fine = (x <= box.x + 1e-6) & (y <= box.y + 1e-6)
    return fine & (x + w >= box.right - 1e-6) & (y + h >= box.bottom - 1e-6)


def _worth(crops: np.ndarray, saliency_map: np.ndarray, faces: Sequence[Face]) -> np.ndarray:
    x, y, w, h = crops.T
    kept = _sums(saliency_map, crops) / max(float(saliency_map.sum()), 1e-6)
    area = w * h
    # What matters should fill the crop, and little of it be lost; a closer crop must earn its loss of context.
    worth = 1.0 * kept + 0.35 * kept / np.maximum(area, 1e-6) * area.max() - 0.15 * (1 - area / area.max())
    worth += 0.25 * _near_thirds(saliency_map, crops)
    for face in faces:
        held = (x <= face.x) & (y <= face.y) & (x + w >= face.x + face.w) & (y + h >= face.y + face.h)
        weight = min(1.0, 4.0 * np.sqrt(face.area)) * (0.4 + 0.6 * face.score)
        worth += weight * np.where(held, 1.0 + 0.5 * _well_placed(face, crops), 0.0)
    return worth


def _sums(saliency_map: np.ndarray, crops: np.ndarray) -> np.ndarray:
    """(N,) the saliency inside each crop, by an integral image."""
    height, width = saliency_map.shape
    integral = np.zeros((height + 1, width + 1), np.float64)
    integral[1:, 1:] = saliency_map.cumsum(0).cumsum(1)
    x, y, w, h = crops.T
    left, right = np.rint(x * width).astype(int), np.rint((x + w) * width).astype(int)
    top, bottom = np.rint(y * height).astype(int), np.rint((y + h) * height).astype(int)
    return integral[bottom, right] - integral[top, right] - integral[bottom, left] + integral[top, left]


def _near_thirds(saliency_map: np.ndarray, crops: np.ndarray) -> np.ndarray:
    """(N,) how near the middle of what stands out in the picture comes to a power point of the crop."""
    peaks = saliency_map.astype(np.float64) ** 3
    height, width = peaks.shape
    total = max(float(peaks.sum()), 1e-9)
    cx = float((peaks.sum(0) * (np.arange(width) + 0.5)).sum()) / total / width
    cy = float((peaks.sum(1) * (np.arange(height) + 0.5)).sum()) / total / height
    x, y, w, h = crops.T
    u, v = (cx - x) / w, (cy - y) / h
    apart = (
        np.minimum(np.abs(u - 1 / 3), np.abs(u - 2 / 3)) ** 2 + np.minimum(np.abs(v - 1 / 3), np.abs(v - 2 / 3)) ** 2
    )
    return np.exp(-apart / (2 * 0.12**2)) * ((u > 0) & (u < 1) & (v > 0) & (v < 1))


def _well_placed(face: Face, crops: np.ndarray) -> np.ndarray:
    """(N,) eyes on the upper third, room to look into, the head whole, badge and bar clear of the face."""
    x, y, w, h = crops.T
    eyes = (face.y + 0.38 * face.h - y) / h
    placed = np.exp(-((eyes - 0.36) ** 2) / (2 * 0.14**2))
    middle = (face.x + face.w / 2 - x) / w
    wanted = 0.5 - 0.17 * face.facing
    placed += 0.6 * np.exp(-((middle - wanted) ** 2) / (2 * 0.18**2))
    head = face.head
    whole = (x <= head.x) & (y <= head.y) & (x + w >= head.right) & (y + h >= head.bottom)
    placed += 0.5 * whole
    for spot in (BADGE, PROGRESS_BAR):
        across = np.minimum(x + w * spot.right, face.x + face.w) - np.maximum(x + w * spot.x, face.x)
        down = np.minimum(y + h * spot.bottom, face.y + face.h) - np.maximum(y + h * spot.y, face.y)
        placed -= 2.0 * (np.clip(across, 0, None) * np.clip(down, 0, None)) / max(face.area, 1e-6)
    return placed
