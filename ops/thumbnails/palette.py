"""A frame's own two colours for type and backdrops: a deep tone of its shadows, and an accent of what is colourful.

Colours taken from the frame belong to it, whatever is laid over it.
"""

from __future__ import annotations

import cv2
import numpy as np

__all__ = ["INK", "luminance", "palette_of", "rgb_of"]

INK = (250, 247, 240)
"""The colour of lettering: white with a trace of warmth, as paper has it."""

_GREY = 9.0
"""Chroma in Lab below which a cluster has no hue to speak of."""

_ACCENT_LIGHT, _ACCENT_CHROMA = (66.0, 80.0), (42.0, 70.0)
_DEEP_LIGHT, _DEEP_CHROMA = 9.0, 12.0
_BRASS = np.array([76.0, 8.0, 55.0], np.float32)
"""The accent of a film without colours, in Lab."""
_CLUSTERS = 6


def palette_of(rgb: np.ndarray) -> tuple[str, str]:
    """Deep tone and accent of an (H, W, 3) uint8 RGB picture, as "#rrggbb"; the same picture gives the same two."""
    small = cv2.resize(rgb, (64, 64), interpolation=cv2.INTER_AREA)
    lab = cv2.cvtColor(small.astype(np.float32) / 255.0, cv2.COLOR_RGB2LAB).reshape(-1, 3)
    centres, shares = _clusters(lab)
    chroma = np.hypot(centres[:, 1], centres[:, 2])
    accent = centres[int((chroma * shares**0.35).argmax())]
    if float(np.hypot(accent[1], accent[2])) < _GREY:
        accent = _BRASS
    shadows = lab[lab[:, 0] <= np.percentile(lab[:, 0], 35)].mean(axis=0)
    deep = _toned(shadows, (_DEEP_LIGHT, _DEEP_LIGHT), (0.0, _DEEP_CHROMA))
    return _hex(deep), _hex(_toned(accent, _ACCENT_LIGHT, _ACCENT_CHROMA))


def rgb_of(colour: str) -> tuple[int, int, int]:
    """The 8-bit values of "#rrggbb"."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(rgb: np.ndarray) -> np.ndarray:
    """Relative luminance (WCAG 2.2) of (…, 3) values of 0 to 255: 0 is black, 1 is white."""
    share = np.asarray(rgb, np.float32) / 255.0
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722], np.float32)


def _clusters(lab: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """k-means with fixed starts along lightness, so that nothing is random."""
    order = np.argsort(lab[:, 0] + 0.5 * np.hypot(lab[:, 1], lab[:, 2]), kind="stable")
    centres = lab[order[np.linspace(0, len(lab) - 1, _CLUSTERS).astype(int)]].copy()
    labels = np.zeros(len(lab), int)
    for _ in range(8):
        labels = ((lab[:, None] - centres[None]) ** 2).sum(axis=2).argmin(axis=1)
        for each in range(_CLUSTERS):
            if (labels == each).any():
                centres[each] = lab[labels == each].mean(axis=0)
    return centres, np.bincount(labels, minlength=_CLUSTERS) / len(lab)


def _toned(lab: np.ndarray, light: tuple[float, float], chroma: tuple[float, float]) -> np.ndarray:
    """The same hue with lightness and chroma brought into their bands."""
    has = float(np.hypot(lab[1], lab[2]))
    wanted = float(np.clip(has, *chroma))
    scale = wanted / has if has > 1e-3 else 0.0
    return np.array([np.clip(lab[0], *light), lab[1] * scale, lab[2] * scale], np.float32)


def _hex(lab: np.ndarray) -> str:
    rgb = cv2.cvtColor(lab.reshape(1, 1, 3).astype(np.float32), cv2.COLOR_LAB2RGB)[0, 0]
    return "#" + "".join(f"{round(float(np.clip(each, 0, 1)) * 255):02x}" for each in rgb)
