"""The subject of a frame as a matte, and whether it can be trusted.

GrabCut (Rother, Kolmogorov and Blake, SIGGRAPH 2004) from heads with the bodies under them;
the edge softened by a guided filter (He, Sun and Tang, ECCV 2010). Without a trained model some frames come out
wrong: so each is cut twice from different starts, and only what comes out alike, in one piece and of a subject's
size is trusted, and only where a face says what the subject is: what is merely salient was a window, a beak, a
cyclist without his head on the house's clips.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from ops.box import Box
from ops.faces import Face
from ops.thumbnails.study import Study

__all__ = ["LEAST_TRUST", "Matte", "matte_of"]

WORKING_WIDTH = 240
"""Pixels: GrabCut's time grows with them, and the guided filter brings the fine edge back."""

LEAST_TRUST = 0.82
"""Below, cut-outs of the house's clips lose limbs or keep furniture (looked at one by one)."""

_SURE_FACE = 0.6

_AREA = (0.05, 0.09, 0.48, 0.62)
"""Share of the picture that a subject covers: too little, enough, up to here, too much."""


@dataclass(frozen=True)
class Matte:
    """A subject: `cover` (h, w) float32, 0 to 1, of the picture area; `trust` 0 to 1."""

    cover: np.ndarray
    trust: float


def matte_of(study: Study) -> Matte:
    """The matte of a studied frame's picture area; the same frame gives the same matte."""
    sure = [face for face in study.faces if face.score >= _SURE_FACE]
    if not sure:
        return Matte(np.zeros(study.small.shape[:2], np.float32), 0.0)
    height = max(16, round(WORKING_WIDTH * study.small.shape[0] / study.small.shape[1]))
    small = cv2.resize(study.small, (WORKING_WIDTH, height), interpolation=cv2.INTER_AREA)
    first, second = (_cut(small, sure, body) for body in (0.6, 1.0))
    if first is None or second is None:
        return Matte(np.zeros(small.shape[:2], np.float32), 0.0)
    both = first & second
    alike = float(both.sum()) / max(1.0, float((first | second).sum()))
    cover = _softened(study.small, both)
    heads = [cover[top:bottom, left:right].mean() for left, top, right, bottom in _pixels(sure, cover)]
    held = float(np.interp(min(heads), (0.75, 0.95), (0.0, 1.0)))
    return Matte(cover, held * _trust(small, both, alike))


def _pixels(faces: Sequence[Face], cover: np.ndarray) -> list[tuple[int, int, int, int]]:
    return [face.box.clipped().pixels(cover.shape[1], cover.shape[0]) for face in faces]


def _area(face: Face, part: tuple[float, float, float, float], mask: np.ndarray) -> tuple[slice, slice]:
    """Rows and columns of a part of the picture, given in the face's own widths and heights from its top left."""
    height, width = mask.shape
    x, y, w, h = part
    box = Box(face.x + x * face.w, face.y + y * face.h, w * face.w, h * face.h).clipped()
    left, top, right, bottom = box.pixels(width, height)
    return slice(top, bottom), slice(left, right)


def _cut(small: np.ndarray, faces: Sequence[Face], body: float) -> np.ndarray | None:
    """One cut, from the faces and the bodies under them, each `1 + 2 * body` faces wide."""
    height, width = small.shape[:2]
    mask = np.full((height, width), cv2.GC_BGD, np.uint8)
    for face in faces:  # where this one can reach at all, where the body is likely, and what is surely the person
        mask[_area(face, (-1.9, -0.9, 4.8, 99.0), mask)] = cv2.GC_PR_BGD
    for face in faces:
        mask[_area(face, (-body, 0.9, 1 + 2 * body, 99.0), mask)] = cv2.GC_PR_FGD
        mask[_area(face, (-0.2, -0.45, 1.4, 1.65), mask)] = cv2.GC_PR_FGD
        mask[_area(face, (0.08, 0.08, 0.84, 0.84), mask)] = cv2.GC_FGD
    if not (mask == cv2.GC_PR_FGD).any():
        return None
    cv2.setRNGSeed(7)
    try:
        cv2.grabCut(small[..., ::-1].copy(), mask, None, np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK)  # type: ignore[call-overload]
    except cv2.error:  # a blank picture has no two colour models to tell apart
        return None
    found = ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.uint8)
    found = cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(found, connectivity=8)
    if count < 2:
        return None
    largest = 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    whole = (labels == largest).astype(np.uint8)
    outlines, _ = cv2.findContours(whole, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    filled = cv2.drawContours(np.zeros_like(whole), outlines, -1, 1, cv2.FILLED)
    holes = filled.astype(bool) & ~whole.astype(bool)
    return whole.astype(bool) | (holes if float(holes.mean()) < 0.02 else np.zeros_like(holes))


def _softened(rgb: np.ndarray, found: np.ndarray) -> np.ndarray:
    """The cut with its edge drawn along the picture's own, by a guided filter."""
    size = (rgb.shape[1], rgb.shape[0])
    rough = cv2.resize(found.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    guide = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255.0
    window = (9, 9)
    mean_g, mean_m = cv2.blur(guide, window), cv2.blur(rough, window)
    slope = (cv2.blur(guide * rough, window) - mean_g * mean_m) / (cv2.blur(guide * guide, window) - mean_g**2 + 4e-4)
    offset = mean_m - slope * mean_g
    fine = cv2.blur(slope, window) * guide + cv2.blur(offset, window)
    return np.clip((fine - 0.28) / 0.5, 0.0, 1.0).astype(np.float32)


def _trust(small: np.ndarray, found: np.ndarray, alike: float) -> float:
    share = float(found.mean())
    sized = float(np.interp(share, _AREA, (0.0, 1.0, 1.0, 0.0)))
    outlines, _ = cv2.findContours(found.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not outlines:
        return 0.0
    hull = cv2.contourArea(cv2.convexHull(np.concatenate(outlines)))
    solid = float(np.interp(float(found.sum()) / max(hull, 1.0), (0.45, 0.68), (0.0, 1.0)))
    grey = cv2.GaussianBlur(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), (0, 0), 1.0)
    steep = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).astype(np.float32)
    points = np.concatenate(outlines)[:, 0, :]
    inside = (points[:, 1] < found.shape[0] - 3) & (points[:, 0] > 3) & (points[:, 0] < found.shape[1] - 4)
    along = steep[points[inside, 1], points[inside, 0]]
    on_edge = float((along > 1.1 * steep.mean()).mean()) if inside.any() else 0.0
    edged = float(np.interp(on_edge, (0.45, 0.75), (0.0, 1.0)))
    agreed = float(np.interp(alike, (0.60, 0.92), (0.0, 1.0)))
    return float((sized * solid * edged * agreed) ** 0.25)
