"""Colour grades: a finished picture in other colours, bounded so that faces stay faces and skies keep their steps.

Each works in Lab on the whole picture: split tones (shadows one way, lights the other), a curve, and what the look
needs beside. None moves a tone by more than its table says.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from ops.thumbnails.palette import rgb_of
from ops.thumbnails.recipe import NATURAL

__all__ = ["GRADES", "graded"]

_TILE = 512
"""Grain is drawn once on a tile of this size and laid out: the eye finds no seam in noise."""


def graded(rgb: np.ndarray, name: str, *, palette: tuple[str, ...] = (), seed: int = 0) -> np.ndarray:
    """An (H, W, 3) uint8 RGB picture in a grade.

    Args:
        rgb: The finished picture.
        name: A name of `GRADES`, or "natural" for none.
        palette: Deep tone and accent, for the grades that use them.
        seed: For the grain.

    Raises:
        KeyError: There is no such grade.
    """
    if name == NATURAL:
        return rgb
    lab = cv2.cvtColor(rgb.astype(np.float32) / 255.0, cv2.COLOR_RGB2LAB)
    out = GRADES[name](lab, palette, seed)
    return np.clip(np.rint(cv2.cvtColor(out, cv2.COLOR_LAB2RGB) * 255.0), 0, 255).astype(np.uint8)


def _warm_teal(lab: np.ndarray, palette: tuple[str, ...], seed: int) -> np.ndarray:
    """Lights towards amber, shadows towards teal, the contrast of a feature film's print."""
    light = _curve(lab[..., 0], 0.30)
    warm = _smooth(light, 38, 82)
    cool = 1.0 - _smooth(light, 12, 55)
    out = _with(light, lab[..., 1] * 1.06, lab[..., 2] * 1.06)
    out[..., 1] += 5.5 * warm - 11.0 * cool
    out[..., 2] += 14.0 * warm - 13.0 * cool
    return _vignetted(out, 0.16)


def _golden(lab: np.ndarray, palette: tuple[str, ...], seed: int) -> np.ndarray:
    """The hour before sunset: warm all over, shadows lifted into umber, lights soft."""
    light = 4.0 + 0.95 * _curve(lab[..., 0], 0.16)
    warm = _smooth(light, 5, 60)
    out = _with(light, lab[..., 1] * 0.95, lab[..., 2] * 0.92)
    out[..., 1] += 5.0 + 4.0 * warm
    out[..., 2] += 9.0 + 15.0 * warm
    return _vignetted(out, 0.12)


def _cool(lab: np.ndarray, palette: tuple[str, ...], seed: int) -> np.ndarray:
    """Night and steel: blue shadows, colours held back, lights clean."""
    light = _curve(lab[..., 0], 0.34) * 0.96
    cool = 1.0 - _smooth(light, 20, 95)
    out = _with(light, lab[..., 1] * 0.68, lab[..., 2] * 0.68)
    out[..., 1] += -1.0 * cool
    out[..., 2] += -21.0 * cool
    return _vignetted(out, 0.22)


def _mono(lab: np.ndarray, palette: tuple[str, ...], seed: int) -> np.ndarray:
    """High contrast black and white, reds a little lighter as on panchromatic stock, with grain and falling corners."""
    light = lab[..., 0] + 0.10 * np.clip(lab[..., 1], -40, 40) + 0.05 * np.clip(lab[..., 2], -40, 40)
    low, high = np.percentile(light, (1.0, 99.0))
    spread = np.clip((light - low) / max(float(high - low), 25.0) * 96.0 + 2.0, 0, 100)
    light = _curve(spread, 0.62)
    grain = _grain(light.shape, seed) * (2.4 * np.sin(np.pi * np.clip(light, 0, 100) / 100.0))
    out = np.zeros_like(lab)
    out[..., 0] = np.clip(light + grain, 0, 100)
    out[..., 2] = 1.5
    return _vignetted(out, 0.28)


def _duotone(lab: np.ndarray, palette: tuple[str, ...], seed: int) -> np.ndarray:
    """Two inks: the palette's deep tone for the shadows, its accent for the middle, paper for the lights."""
    deep, accent = (_lab(colour) for colour in (palette or ("#10141f", "#e6b450")))
    light = lab[..., 0]
    low, high = np.percentile(light, (1.0, 99.0))
    share = _curve(np.clip((light - low) / max(float(high - low), 25.0), 0, 1) * 100.0, 0.42) / 100.0
    paper = np.array([96.0, accent[1] * 0.08, accent[2] * 0.12], np.float32)
    stops = np.stack([deep, 0.62 * accent + 0.38 * deep, accent, paper])
    places = (0.0, 0.38, 0.68, 1.0)
    return np.stack([np.interp(share, places, stops[:, channel]) for channel in range(3)], axis=-1).astype(np.float32)


GRADES: dict[str, Callable[[np.ndarray, tuple[str, ...], int], np.ndarray]] = {
    "warm_teal": _warm_teal,
    "golden": _golden,
    "cool": _cool,
    "mono": _mono,
    "duotone": _duotone,
}
"""By name, as recipes and `looks.toml` give them."""


def _curve(light: np.ndarray, strength: float) -> np.ndarray:
    """An S over 0 to 100: `strength` of a smoothstep mixed in, about the picture's own middle."""
    share = np.clip(light / 100.0, 0.0, 1.0)
    bent = share * share * (3.0 - 2.0 * share)
    return 100.0 * ((1.0 - strength) * share + strength * bent)


def _smooth(values: np.ndarray, low: float, high: float) -> np.ndarray:
    share = np.clip((values - low) / (high - low), 0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)


def _with(light: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.stack([light, a, b], axis=-1).astype(np.float32)


def _vignetted(lab: np.ndarray, strength: float) -> np.ndarray:
    height, width = lab.shape[:2]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    lab[..., 0] *= 1.0 - strength * np.clip((x * x + y * y - 0.55) / 1.45, 0.0, 1.0)
    return lab


def _grain(shape: tuple[int, ...], seed: int) -> np.ndarray:
    tile = np.random.default_rng(seed).standard_normal((_TILE, _TILE)).astype(np.float32)
    tile = cv2.GaussianBlur(tile, (0, 0), 0.7, borderType=cv2.BORDER_REFLECT)
    tile /= max(float(tile.std()), 1e-6)
    repeats = (-(-shape[0] // _TILE), -(-shape[1] // _TILE))
    return np.tile(tile, repeats)[: shape[0], : shape[1]]


def _lab(colour: str) -> np.ndarray:
    rgb = np.array(rgb_of(colour), np.float32).reshape(1, 1, 3) / 255.0
    return cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)[0, 0]
