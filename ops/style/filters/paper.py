"""Paper and canvas: what is painted on. It lies still under the film, as paper does under a hand that draws on it."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

__all__ = ["canvas_weave", "clouds", "paper_tooth"]


@lru_cache(maxsize=6)
def clouds(height: int, width: int, wave: float, seed: int) -> np.ndarray:
    """Smooth noise of one wavelength: (height, width) float32 with mean 0 and standard deviation 1.

    Args:
        height: In pixels.
        width: The same.
        wave: The size of a cloud over the picture's height.
        seed: Of chance.
    """
    pixels = max(1.0, wave * height)
    rows, columns = max(4, round(height / pixels)), max(4, round(width / pixels))
    coarse = np.random.default_rng(seed).standard_normal((rows + 1, columns + 1)).astype(np.float32)
    noise = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    return (noise - noise.mean()) / (noise.std() + 1e-6)


@lru_cache(maxsize=4)
def paper_tooth(height: int, width: int, seed: int = 17) -> np.ndarray:
    """The tooth of watercolour paper: (height, width) float32 with mean 0 and standard deviation about 1."""
    octaves = [(1 / 260, 1.0), (1 / 120, 0.7), (1 / 55, 0.45), (1 / 18, 0.25)]
    tooth = sum(share * clouds(height, width, wave, seed + number) for number, (wave, share) in enumerate(octaves))
    return np.asarray(tooth, np.float32) / np.float32(1.34)


@lru_cache(maxsize=4)
def canvas_weave(height: int, width: int) -> np.ndarray:
    """Linen: threads over and under each other, 200 to a picture's height, as (height, width) float32 in −1…1.

    Where threads would be narrower than three pixels they are made that wide: finer ones would beat with the pixels.
    """
    thread = max(3.0, height / 200)
    x = np.arange(width, dtype=np.float32)[None, :] * (np.pi / thread)
    y = np.arange(height, dtype=np.float32)[:, None] * (np.pi / thread)
    over = np.sin(x / 2) * np.sin(y / 2)
    weave = np.where(over > 0, np.abs(np.sin(x)), np.abs(np.sin(y))) * 2.0 - 1.0
    return cv2.GaussianBlur(weave.astype(np.float32), (0, 0), 0.7)
