"""The finish: a cut of a frame at its final size, with tone, colour and crispness set right but not restyled.

Everything is gentle and bounded, so that a dark scene stays dark and a grey film stays grey.
"""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image, ImageFilter

from ops.box import Box

__all__ = ["extended", "finished"]

_LOW, _HIGH = 0.4, 99.6
"""Percentiles of luma taken for black and white: a speck or a spark decides nothing."""

_MOST_GAIN = 1.18
"""How far tones are spread at most; more shows a film's noise and the blocks of its codec."""

_LOCAL = 0.12
"""Share of local contrast (CLAHE) mixed in."""

_VIBRANCE = 0.10
"""How much pale colours gain; full ones, skin among them, gain next to nothing."""

_DIMMED = 0.55
"""Brightness of what is behind an extended picture."""

_GREY = 3.0
"""Mean chroma in Lab below which a film is black and white: it gets no colour at all."""


def finished(frame: Image.Image, size: tuple[int, int], crop: Box) -> Image.Image:
    """A crop of an RGB frame, scaled to `size` (width, height) and finished."""
    scaled, enlarged = _scaled(frame, size, crop)
    toned = Image.fromarray(_toned(np.asarray(scaled)))
    radius, percent = (0.8, 40) if enlarged <= 1 else (0.7 * enlarged, 45)
    return toned.filter(ImageFilter.UnsharpMask(radius=radius, percent=percent, threshold=2))


def extended(frame: Image.Image, size: tuple[int, int], crop: Box) -> Image.Image:
    """A crop of another shape inside the picture, over a blurred and darkened enlargement of itself.

    For a frame of which no crop of the picture's shape would leave its faces whole.
    """
    width, height = size
    shape = crop.w * frame.width / (crop.h * frame.height)
    inside = (width, round(width / shape)) if shape > width / height else (round(height * shape), height)
    middle = finished(frame, inside, crop)
    cover = max(width / inside[0], height / inside[1])
    behind = middle.resize((round(inside[0] * cover), round(inside[1] * cover)), Image.Resampling.BICUBIC)
    left, top = (behind.width - width) // 2, (behind.height - height) // 2
    behind = behind.crop((left, top, left + width, top + height)).filter(ImageFilter.GaussianBlur(max(size) / 40))
    behind = Image.fromarray((np.asarray(behind) * _DIMMED).astype(np.uint8))
    behind.paste(middle, ((width - inside[0]) // 2, round((height - inside[1]) * 0.42)))
    return behind


def _scaled(frame: Image.Image, size: tuple[int, int], crop: Box) -> tuple[Image.Image, float]:
    """The crop at its final size, cut between pixels so that its shape is exact, and how much larger it became."""
    left, top = crop.x * frame.width, crop.y * frame.height
    right, bottom = min(crop.right * frame.width, frame.width), min(crop.bottom * frame.height, frame.height)
    scaled = frame.resize(size, Image.Resampling.LANCZOS, box=(left, top, right, bottom))
    return scaled, size[0] / max(1.0, right - left)


def _toned(rgb: np.ndarray) -> np.ndarray:
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255.0, cv2.COLOR_RGB2LAB)
    light, chroma = lab[..., 0], np.hypot(lab[..., 1], lab[..., 2])
    lab[..., 0] = _local_contrast(_levels(light))
    if float(chroma.mean()) < _GREY:
        lab[..., 1:] = 0.0 if float(np.percentile(chroma, 99)) < 2 * _GREY else lab[..., 1:]
    else:
        lab[..., 1:] *= (1.0 + _VIBRANCE * np.exp(-chroma / 35.0))[..., None]
    out = cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)
    return np.clip(np.rint(out * 255.0), 0, 255).astype(np.uint8)


def _levels(light: np.ndarray) -> np.ndarray:
    """Spread the tones (0 to 100) towards black and white, and lift a dark middle a little."""
    low, high = np.percentile(light, (_LOW, _HIGH))
    if high - low < 5:
        return light  # a blank picture has no tones to spread
    gain = min(_MOST_GAIN, 98.0 / (high - low))
    middle = (low + high) / 2
    target = np.clip(middle, gain * (high - low) / 2, 100 - gain * (high - low) / 2)
    spread = np.clip((light - middle) * gain + target, 0, 100)
    mean = float(spread.mean())
    gamma = float(np.clip(np.interp(mean, (18, 35, 65, 82), (0.86, 1.0, 1.0, 1.08)), 0.86, 1.08))
    return 100.0 * (spread / 100.0) ** gamma


def _local_contrast(light: np.ndarray) -> np.ndarray:
    grid = cv2.createCLAHE(clipLimit=1.6, tileGridSize=(6, 6))
    levelled = grid.apply(np.clip(light * 655.35, 0, 65535).astype(np.uint16)).astype(np.float32) / 655.35
    return (1 - _LOCAL) * light + _LOCAL * levelled
