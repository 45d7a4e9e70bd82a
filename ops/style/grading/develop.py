"""What a grade does to colours: light, film, tone, colour, print, in that order."""

from __future__ import annotations

import numpy as np

from ops.style.grading.colour import from_oklab, hue_gap, in_gamut, luma, to_oklab, white_gains
from ops.style.grading.grade import HUES, Grade, Sector

__all__ = ["developed", "shown", "skin_share"]

_SKIN_HUE = 47.0
"""The middle of skin in OKLab's hue, degrees. The middle halves of five faces (the astronaut, Sintel, and the baby, the
head and the woman of Set5) lie within 18…66; flushed cheeks and white balance move them by more than people differ."""

_TINT_REACH = 0.12
"""OKLab's chroma at a tint of 1: a sepia print has about 0.04."""


def developed(grade: Grade, rgb: np.ndarray) -> np.ndarray:
    """Colours as the grade shows them: (…, 3) R'G'B' in 0…1 in and out, float64."""
    rgb = _lit(grade, np.asarray(rgb, np.float64))
    rgb = _on_film(grade, rgb)
    toned = _toned(grade, rgb)
    return _printed(grade, _coloured(grade, toned))


def _lit(grade: Grade, rgb: np.ndarray) -> np.ndarray:
    """Filters before the lens and exposure: gains of light, which are gains of code values on a pure power screen."""
    gains = (2.0**grade.exposure * white_gains(grade.warmth, grade.tint)) ** (1.0 / 2.4)
    gained = rgb * gains
    # Reinhard's curve with its white at the gained white ("Photographic tone reproduction", 2002): slope `gain` at
    # black, 1 at white, and no clipping between; the plain gain where light was taken away
    rolled = gained * (1.0 + gained / gains**2) / (1.0 + gained)
    return np.where(gains > 1.0, rolled, gained)


def _on_film(grade: Grade, rgb: np.ndarray) -> np.ndarray:
    """Black and white, and silver that is left in."""
    if grade.mono:
        mixer = np.array(grade.mixer) / sum(grade.mixer)
        rgb = rgb + grade.mono * (np.clip(rgb @ mixer, 0.0, 1.0)[..., None] - rgb)
    if grade.bleach:
        silver = luma(rgb)[..., None]
        dark, light = 2.0 * rgb * silver, 1.0 - 2.0 * (1.0 - rgb) * (1.0 - silver)
        rgb = rgb + grade.bleach * (dark + _rise(silver, 0.2, 0.8) * (light - dark) - rgb)
    return rgb


def _toned(grade: Grade, rgb: np.ndarray) -> np.ndarray:
    """The curve of tones, on the largest and the least component, the third between them as before: hues stay."""
    high, low = rgb.max(axis=-1, keepdims=True), rgb.min(axis=-1, keepdims=True)
    between = (rgb - low) / np.maximum(high - low, 1e-9)
    high, low = _curve(grade, high), _curve(grade, low)
    return low + between * (high - low)


def _curve(grade: Grade, x: np.ndarray) -> np.ndarray:
    # x(1−x)³ and its mirror image: their slopes lie within −1/3…1, and an eighth of the range is what 1 lifts by
    x = x + 1.2 * (grade.shadows * x * (1.0 - x) ** 3 + grade.highlights * x**3 * (1.0 - x)) * 0.8
    x = np.clip(x, 0.0, 1.0)  # a last digit beyond white has no power
    pivot = grade.pivot
    if grade.contrast < 0.0:
        return x + 0.8 * grade.contrast * (x - pivot)
    steep = 1.0 + grade.contrast
    under = pivot * (np.minimum(x, pivot) / pivot) ** steep
    over = 1.0 - (1.0 - pivot) * ((1.0 - np.maximum(x, pivot)) / (1.0 - pivot)) ** steep
    return np.where(x < pivot, under, over)


def _coloured(grade: Grade, rgb: np.ndarray) -> np.ndarray:
    """Hues, chroma and tints, in OKLab, skin held, back within what a screen shows."""
    before = to_oklab(rgb)
    lightness, chroma = before[..., 0], np.hypot(before[..., 1], before[..., 2])
    hues = np.degrees(np.arctan2(before[..., 2], before[..., 1])) % 360.0
    turned, boost, lighter = _by_hue(grade, hues, chroma)
    calm = 1.0 - _rise(chroma, 0.02, 0.2)
    gain = boost * grade.saturation * np.maximum(0.0, 1.0 + grade.vibrance * calm)
    angle, reach = np.radians(turned), chroma * gain
    after = np.stack([lightness + lighter, reach * np.cos(angle), reach * np.sin(angle)], axis=-1)
    after[..., 1:] += _tint(grade, lightness)
    if grade.skin:
        held = np.concatenate([after[..., :1], before[..., 1:]], axis=-1)
        after = after + (grade.skin * skin_share(before))[..., None] * (held - after)
    return from_oklab(shown(after, before)) if np.abs(after - before).max() > 1e-9 else rgb


def _by_hue(grade: Grade, hues: np.ndarray, chroma: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where hues turn to, what chroma is multiplied by, and what is added to lightness."""
    to_pull = np.radians(hue_gap(hues, grade.pull_hue))
    turned = hues + grade.hue - np.degrees(0.5 * grade.pull * np.sin(2.0 * to_pull))
    boost, lighter = np.ones_like(hues), np.zeros_like(hues)
    colourful = _rise(chroma, 0.0, 0.06)  # greys have a hue by chance alone
    for window, sector in zip(_windows(hues), grade.sectors, strict=True):
        if sector != Sector():
            share = window * colourful
            turned = turned + share * sector.hue
            boost = boost + share * (sector.saturation - 1.0)
            lighter = lighter + window * _rise(chroma, 0.0, 0.15) * sector.lightness
    return turned, boost, lighter


def _windows(hues: np.ndarray) -> list[np.ndarray]:
    """How far each hue belongs to each of `HUES`: raised cosines from neighbour to neighbour, which sum to 1."""
    centres = list(HUES.values())
    windows = []
    for place, centre in enumerate(centres):
        gap = hue_gap(hues, centre)
        left = abs(hue_gap(np.array(centres[place - 1]), centre))
        right = abs(hue_gap(np.array(centres[(place + 1) % len(centres)]), centre))
        far = np.minimum(np.abs(gap) / np.where(gap < 0.0, left, right), 1.0)
        windows.append(0.5 + 0.5 * np.cos(np.pi * far))
    return windows


def _tint(grade: Grade, lightness: np.ndarray) -> np.ndarray:
    """What tints add to OKLab's two colour axes; nothing at black and at white."""
    ends = _rise(lightness, 0.0, 0.2) * (1.0 - _rise(lightness, 0.8, 1.0))
    dark, light = 1.0 - _rise(lightness, 0.2, 0.7), _rise(lightness, 0.45, 0.9)
    total = np.zeros((*lightness.shape, 2))
    for share, tint, hue in zip((dark, 1.0 - dark - light, light), grade.tints, grade.tint_hues, strict=True):
        angle = np.radians(hue)
        total += (_TINT_REACH * tint * share * ends)[..., None] * np.array([np.cos(angle), np.sin(angle)])
    return total


def skin_share(lab: np.ndarray) -> np.ndarray:
    """How much each OKLab colour is skin, 0…1, from hue and chroma."""
    hues = np.degrees(np.arctan2(lab[..., 2], lab[..., 1]))
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    near = 1.0 - _rise(np.abs(hue_gap(hues, _SKIN_HUE)), 18.0, 42.0)
    return near * _rise(chroma, 0.015, 0.05) * (1.0 - _rise(chroma, 0.14, 0.2)) * _rise(lab[..., 0], 0.1, 0.3)


def shown(lab: np.ndarray, before: np.ndarray) -> np.ndarray:
    """Colours brought within what a screen shows, by their chroma alone, bent and not cut where many go beyond.

    Chroma keeps up to a knee and rolls off from there towards the limit; the further the grade pushes the colours out,
    the earlier the knee, and a grade that pushes none out has none.
    """
    lab = lab.copy()
    lab[..., 0] = np.clip(lab[..., 0], 0.0, 1.0)
    limit = _most_chroma(lab)
    used = np.where(limit > 1e-6, 1.0 / np.maximum(limit, 1e-6), 0.0)
    pushed = float(np.quantile(used[before[..., 0] > 0.05], 0.99, method="lower")) if used.size > 1 else 1.0
    knee = 1.0 - np.clip(pushed - 1.0, 0.0, 0.35)
    over = np.maximum(used - knee, 0.0) / max(1.0 - knee, 1e-9)
    rolled = np.minimum(used, knee) + (1.0 - knee) * over / np.sqrt(1.0 + over**2)
    scale = np.where(used > 0.0, np.minimum(rolled, 1.0) / np.maximum(used, 1e-9), 0.0)
    lab[..., 1:] *= np.where(limit > 1e-6, np.minimum(scale, limit), 0.0)[..., None]
    return lab


def _most_chroma(lab: np.ndarray) -> np.ndarray:
    """What a colour's chroma may be multiplied by until no screen shows it, up to 8: by bisection."""
    low, high = np.zeros(lab.shape[:-1]), np.full(lab.shape[:-1], 8.0)
    for _ in range(18):
        middle = 0.5 * (low + high)
        fits = in_gamut(np.concatenate([lab[..., :1], lab[..., 1:] * middle[..., None]], axis=-1))
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    return low


def _printed(grade: Grade, rgb: np.ndarray) -> np.ndarray:
    """Lift, gamma and gain by channel (the three trackballs), then what black and white the print can show."""
    rgb = np.clip(rgb, 0.0, 1.0)
    lift, gamma, gain = np.array(grade.lift), np.array(grade.gamma), np.array(grade.gain)
    rgb = np.clip(gain * rgb + lift * (1.0 - rgb), 0.0, 1.0)
    if grade.gamma != (1.0, 1.0, 1.0):
        rgb = rgb ** (1.0 / gamma)
    return grade.black + (grade.white - grade.black) * rgb


def _rise(x: np.ndarray, start: float, end: float) -> np.ndarray:
    """0 up to `start`, 1 from `end` on, smoothly between."""
    share = np.clip((x - start) / (end - start), 0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)
