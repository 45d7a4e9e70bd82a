"""Pictures made of parts: a subject over a backdrop of its own surroundings, and two or three frames in one layout."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from PIL import Image

from ops.box import Box
from ops.thumbnails.palette import rgb_of

__all__ = ["cut_out", "joined", "panel_pixels", "panels"]

_GUTTER = 0.011
"""Between panels, as a share of the longer side: a line that is seen at 168 pixels and no frame."""


def cut_out(picture: np.ndarray, cover: np.ndarray, palette: tuple[str, ...]) -> np.ndarray:
    """The subject in full colour and light before a dim, toned blur of what is around it, with a halo of the accent.

    Args:
        picture: (H, W, 3) uint8 RGB, finished.
        cover: (h, w) float32, 0 to 1, the subject's matte of the same part.
        palette: Deep tone and accent.
    """
    height, width = picture.shape[:2]
    deep, accent = (np.array(rgb_of(colour), np.float32) for colour in palette)
    matte = cv2.resize(cover, (width, height), interpolation=cv2.INTER_CUBIC)
    matte = np.clip(cv2.GaussianBlur(matte, (0, 0), max(0.8, width / 900)), 0, 1)
    behind = _backdrop(picture, matte, deep, accent)
    subject = picture.astype(np.float32)
    mean = float((subject * matte[..., None]).sum() / max(3.0 * float(matte.sum()), 1.0))
    subject = np.clip((subject - mean) * 1.07 + mean * 1.05, 0, 255)
    out = behind + (subject - behind) * matte[..., None]
    return np.clip(np.rint(out), 0, 255).astype(np.uint8)


def _backdrop(picture: np.ndarray, matte: np.ndarray, deep: np.ndarray, accent: np.ndarray) -> np.ndarray:
    """(H, W, 3) float32: the surroundings without their subject, blurred, in the palette's two tones, lit behind it."""
    height, width = matte.shape
    size = (160, max(8, round(160 * height / width)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    hole = cv2.dilate(cv2.resize(matte, size, interpolation=cv2.INTER_AREA), np.ones((7, 7), np.uint8))
    weight = np.clip(1.0 - 1.6 * hole, 0.0, 1.0)
    filled, total = np.zeros_like(small), np.full(weight.shape, 1e-6, np.float32)
    for sigma, part in (
        (3.0, 1.0),
        (12.0, 0.05),
        (48.0, 0.002),
    ):  # near surroundings first, far ones where there are none
        filled += part * cv2.GaussianBlur(small * weight[..., None], (0, 0), sigma)
        total += part * cv2.GaussianBlur(weight, (0, 0), sigma)
    filled /= total[..., None]
    light = filled @ np.array([0.2126, 0.7152, 0.0722], np.float32)[:, None] / 255.0
    toned = deep + (0.70 * accent - deep) * np.clip(light * 0.85, 0, 1)
    mixed = 0.42 * toned + 0.58 * 0.55 * filled
    halo = cv2.GaussianBlur(cv2.resize(matte, size, interpolation=cv2.INTER_AREA), (0, 0), 13.0)
    halo = halo / max(float(halo.max()), 1e-6)
    mixed += (accent - mixed) * (0.30 * halo**1.5)[..., None]
    y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    far = ((x / size[0] - 0.5) * 2) ** 2 + ((y / size[1] - 0.5) * 2) ** 2
    mixed *= (1.0 - 0.34 * np.clip((far - 0.35) / 1.65, 0, 1))[..., None]
    return cv2.resize(mixed, (width, height), interpolation=cv2.INTER_CUBIC)


def panels(count: int, ratio: float) -> list[Box]:
    """Where two or three frames stand in a picture of that width over height; the first is the largest."""
    if ratio > 1.2:
        if count == 2:
            return [Box(0.0, 0.0, 0.58, 1.0), Box(0.58, 0.0, 0.42, 1.0)]
        return [Box(0.0, 0.0, 0.64, 1.0), Box(0.64, 0.0, 0.36, 0.5), Box(0.64, 0.5, 0.36, 0.5)]
    if count == 2:
        return [Box(0.0, 0.0, 1.0, 0.56), Box(0.0, 0.56, 1.0, 0.44)]
    if ratio > 0.8:
        return [Box(0.0, 0.0, 1.0, 0.6), Box(0.0, 0.6, 0.5, 0.4), Box(0.5, 0.6, 0.5, 0.4)]
    return [Box(0.0, 0.0, 1.0, 0.42), Box(0.0, 0.42, 1.0, 0.29), Box(0.0, 0.71, 1.0, 0.29)]


def panel_pixels(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of a panel's picture in pixels, its half of the gutters taken off inside."""
    width, height = size
    half = max(1, round(_GUTTER * max(size) / 2))
    left = round(box.x * width) + (half if box.x > 0 else 0)
    top = round(box.y * height) + (half if box.y > 0 else 0)
    right = round(box.right * width) - (half if box.right < 0.999 else 0)
    bottom = round(box.bottom * height) - (half if box.bottom < 0.999 else 0)
    return left, top, right, bottom


def joined(
    pictures: Sequence[Image.Image],
    places: Sequence[tuple[int, int, int, int]],
    size: tuple[int, int],
    palette: tuple[str, ...],
) -> Image.Image:
    """Pictures of exactly their places' sizes, side by side; the deep tone shows in the gutters."""
    out = Image.new("RGB", size, rgb_of(palette[0]))
    for picture, (left, top, _, _) in zip(pictures, places, strict=True):
        out.paste(picture, (left, top))
    return out
