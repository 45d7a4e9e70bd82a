"""What strokes go by: the direction in which a picture's tones run, and painting along it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

__all__ = ["Grain", "abstracted", "along", "directions"]


@dataclass(frozen=True)
class Grain:
    """Which way tones run at every place, as wood has a grain.

    Attributes:
        across: (h, w) float32, the tangent's x; it and `down` are a unit vector.
        down: The same of y.
        sure: (h, w) float32, 0…1: how much more they run this way than any other.
    """

    across: np.ndarray
    down: np.ndarray
    sure: np.ndarray


def directions(luma: np.ndarray, sigma: float, *, resting: float = 0.0) -> Grain:
    """The directions of a (h, w) uint8 or float32 picture, by its structure tensor smoothed over σ pixels.

    After Kyprianidis and Kang, "Image and Video Abstraction by Coherence-Enhancing Filtering" (2011).

    Args:
        luma: 0…255.
        sigma: In pixels.
        resting: The slope, in steps of luma a pixel, under which strokes fall back to a right-hander's slant. Without
            one, flat places have a direction by their noise.
    """
    soft = cv2.GaussianBlur(luma, (0, 0), max(0.6, sigma / 4)).astype(np.float32)
    right, down = cv2.Scharr(soft, cv2.CV_32F, 1, 0), cv2.Scharr(soft, cv2.CV_32F, 0, 1)
    tensor = cv2.GaussianBlur(cv2.merge([right * right, right * down, down * down]), (0, 0), sigma)
    tensor += np.float32(0.5 * (16.0 * resting) ** 2)  # Scharr's kernel weighs 16; a slant has equal parts of all three
    xx, xy, yy = cv2.split(tensor)
    spread = np.sqrt((xx - yy) ** 2 + 4.0 * xy * xy) + 1e-6
    # the tangent is the eigenvector of the smaller eigenvalue; its angle is half of the tensor's, turned by a quarter
    cosine = np.clip((xx - yy) / spread, -1.0, 1.0)
    tangent_x = np.sqrt(0.5 * (1.0 - cosine))
    tangent_y = -np.sqrt(0.5 * (1.0 + cosine)) * np.where(xy < 0, -1.0, 1.0).astype(np.float32)
    return Grain(tangent_x, tangent_y, spread / (xx + yy + 1e-3 * float(tensor.max()) + 1e-6))


def along(picture: np.ndarray, grain: Grain, length: float, taps: int = 3) -> np.ndarray:
    """The picture smeared along its grain: a line integral of `length` pixels to either side (Cabral, Leedom 1993).

    Args:
        picture: (h, w) or (h, w, c), uint8 or float32.
        grain: Of the same size.
        length: In pixels.
        taps: Samples to either side.
    """
    columns, rows = _places(picture.shape[1], picture.shape[0])
    total, weights = picture.astype(np.float32), 1.0
    for tap in range(1, taps + 1):
        reach = np.float32(length * tap / taps)
        weight = float(np.exp(-2.0 * (tap / taps) ** 2))
        for way in (reach, -reach):
            places = (columns + way * grain.across, rows + way * grain.down)
            total += weight * cv2.remap(picture, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
        weights += 2.0 * weight
    total /= np.float32(weights)
    return total if picture.dtype == np.float32 else np.clip(total + 0.5, 0, 255).astype(np.uint8)


def abstracted(rgb: np.ndarray, radius: float, *, sharpness: float = 8.0) -> np.ndarray:
    """Detail gathered into flat dabs with clean edges: a generalised Kuwahara filter with eight sectors.

    After Papari et al. 2007, a sector's mean and spread being those of a Gaussian window that stands `radius` aside:
    one blur serves all eight, which makes it fast enough for film.

    Args:
        rgb: (h, w, 3) uint8.
        radius: Of a dab, in pixels.
        sharpness: How far the calmest sector wins over the others.

    Returns:
        (h, w, 3) float32, 0…255.
    """
    picture = rgb.astype(np.float32)
    sigma = max(0.5, 0.55 * radius)
    mean = cv2.GaussianBlur(picture, (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101)
    square = cv2.GaussianBlur((picture * picture).sum(axis=2), (0, 0), sigma, borderType=cv2.BORDER_REFLECT_101)
    spread = np.maximum(square - (mean * mean).sum(axis=2), 0.0)
    calm = (1.0 + spread / 60.0) ** (-sharpness / 2)
    weighed = cv2.merge([*cv2.split(mean * calm[..., None]), calm])
    return _of_sectors(weighed, radius)


def _of_sectors(weighed: np.ndarray, radius: float) -> np.ndarray:
    """The mean of what stands `radius` aside on eight sides; the fourth channel is its weight."""
    straight, slant = max(1, round(radius)), max(1, round(radius * 0.7071))
    steps = [(straight, 0), (-straight, 0), (0, straight), (0, -straight)]
    steps += [(slant, slant), (slant, -slant), (-slant, slant), (-slant, -slant)]
    height, width = weighed.shape[:2]
    padded = cv2.copyMakeBorder(weighed, straight, straight, straight, straight, cv2.BORDER_REFLECT_101)
    total = np.zeros_like(weighed)
    for right, down in steps:
        total += padded[straight + down : straight + down + height, straight + right : straight + right + width]
    return total[..., :3] / np.maximum(total[..., 3:], 1e-12)


@lru_cache(maxsize=8)
def _places(width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    return columns, rows
