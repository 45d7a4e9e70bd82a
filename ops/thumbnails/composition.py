"""How well a cut of a picture is composed: each term by itself, so that a person can argue with it.

Terms are 0 to 1. The formulas are those of the field: rule of thirds weighted by saliency (after Mai et al., ISM 2011),
colourfulness (Hasler and Süsstrunk, SPIE 2003), exposure and contrast by luma statistics, and what list pages draw
over a thumbnail (duration badge, progress bar) must not hide a face.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np

from ops.box import Box
from ops.faces import Face
from ops.objects import DetectedObject

__all__ = [
    "AESTHETICS",
    "BADGE",
    "PROGRESS_BAR",
    "WEIGHTS",
    "appearance",
    "colourfulness",
    "composition_terms",
    "total",
    "weights_of",
]

WEIGHTS: Mapping[str, float] = {
    "face_size": 0.08,
    "eyes": 0.08,
    "eye_line": 0.04,
    "look_room": 0.03,
    "head_room": 0.03,
    "overlay_clear": 0.04,
    "still": 0.22,
    "sharpness": 0.06,
    "subject": 0.08,
    "saliency": 0.08,
    "thirds": 0.07,
    "exposure": 0.05,
    "contrast": 0.05,
    "colour": 0.05,
    "richness": 0.04,
}
"""A face's five terms weigh most together: 72 % of the most watched videos' thumbnails show one (a count of the top 740
of a large site)."""

AESTHETICS: Mapping[str, float] = {"aesthetics": 0.15}
"""A term that only a trained judge's opinion makes; the others then share what is left. Less than how good a still is,
about a face's size and eyes together: set by judgement, for want of tests with viewers."""

FACE_TERMS = ("face_size", "eyes", "eye_line", "look_room", "head_room")

BADGE = Box(0.84, 0.88, 0.16, 0.12)
"""Where lists draw the duration."""

PROGRESS_BAR = Box(0.0, 0.97, 1.0, 0.03)
"""Where lists draw how far one has watched."""

_NO_FACE = 0.35
"""Each face term of a picture without faces: better than a bad portrait, worse than a good one."""

_SURE = (0.5, 0.9)
"""A detector's score at which a face hardly counts, and from which it counts in full: the false ones are unsure."""

_LIST_WIDTH = 168
"""Width at which list pages show a thumbnail: contrast is judged there, where fine texture is gone."""

_STANDS_OUT = (1.5, 3.2)
"""How many times more salient the best fifth of a picture is than the rest: in a meadow, and with one clear figure."""

_THIRD_SIGMA = 0.12
_COLOURFUL = 60.0
"""Colourfulness that counts in full: "quite colourful" on Hasler and Süsstrunk's scale begins at 59."""

_CONTRAST = 0.22
"""Standard deviation of luma (0 to 1) that counts in full."""


def composition_terms(
    rgb: np.ndarray,
    saliency_map: np.ndarray,
    faces: Sequence[Face],
    crop: Box,
    *,
    still: float,
    sharpness: float,
    plainness: float,
    lettering: float,
    life: float,
    subject: DetectedObject | None = None,
) -> dict[str, float]:
    """The terms of a crop.

    Args:
        rgb: (H, W, 3) uint8, the whole picture, small.
        saliency_map: (h, w) float32, 0 to 1, of the whole picture.
        faces: Faces as fractions of the whole picture.
        crop: The part that the thumbnail shows, in fractions of the picture.
        still: How good a still the frame is, 0 to 1, as its keyframe says.
        sharpness: How sharp its keyframe is, 0 to 1.
        plainness: Share of the picture that is one plain tone.
        lettering: Share of the picture that text covers.
        life: Whether a figure moves in its shot, 0 to 1.
        subject: A living being that the picture is of, where one was detected: shown whole, it stands out however
            little the light does.
    """
    left, top, right, bottom = crop.pixels(rgb.shape[1], rgb.shape[0])
    shown = rgb[top:bottom, left:right]
    left, top, right, bottom = crop.pixels(saliency_map.shape[1], saliency_map.shape[0])
    seen = saliency_map[top:bottom, left:right]
    kept = float(seen.sum() / max(saliency_map.sum(), 1e-6))
    return {
        **_faces(faces, crop),
        "still": still,
        "sharpness": sharpness,
        "subject": (max(_stands_out(saliency_map), _shown_whole(subject, crop)) + life) / 2,
        "saliency": kept,
        "thirds": _thirds(seen),
        **appearance(shown),
        "richness": _richness(plainness, lettering),
    }


def appearance(shown: np.ndarray) -> dict[str, float]:
    """Exposure, contrast and colour of an (H, W, 3) uint8 RGB picture as it is shown, as terms."""
    list_size = (_LIST_WIDTH, max(1, round(_LIST_WIDTH * shown.shape[0] / shown.shape[1])))
    luma = cv2.cvtColor(cv2.resize(shown, list_size, interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY) / 255.0
    return {
        "exposure": _exposure(luma),
        "contrast": min(1.0, float(luma.std()) / _CONTRAST),
        "colour": min(1.0, colourfulness(shown) / _COLOURFUL),
    }


def weights_of(terms: Mapping[str, float]) -> dict[str, float]:
    """The weight of each term of a composition; they add up to one."""
    judged = {name: weight for name, weight in AESTHETICS.items() if name in terms}
    left = 1.0 - sum(judged.values())
    return {name: weight * left for name, weight in WEIGHTS.items()} | judged


def total(terms: Mapping[str, float]) -> float:
    """The weighted score, 0 to 1."""
    weights = weights_of(terms)
    return sum(weights[name] * value for name, value in terms.items())


def colourfulness(rgb: np.ndarray) -> float:
    """Hasler and Süsstrunk's M: 0 for grey, 15 slightly, 33 moderately, 59 quite, 109 extremely colourful."""
    red, green, blue = (rgb[..., channel].astype(np.float32) for channel in range(3))
    red_green, yellow_blue = red - green, (red + green) / 2 - blue
    spread = np.hypot(red_green.std(), yellow_blue.std())
    return float(spread + 0.3 * np.hypot(red_green.mean(), yellow_blue.mean()))


def _richness(plainness: float, lettering: float) -> float:
    """0 for a title card, 1 for a picture: little of it plain, and none of it words."""
    return float(np.clip(1.35 - 1.5 * plainness, 0.0, 1.0) * np.clip(1.0 - 8.0 * lettering, 0.0, 1.0))


def _thirds(seen: np.ndarray) -> float:
    height, width = seen.shape
    y, x = np.mgrid[0:height, 0:width]
    x, y = (x + 0.5) / width, (y + 0.5) / height
    near = sum(
        np.exp(-((x - px) ** 2 + (y - py) ** 2) / (2 * _THIRD_SIGMA**2))
        for px in (1 / 3, 2 / 3)
        for py in (1 / 3, 2 / 3)
    )
    peaks = seen**2  # what stands out, not the haze around it
    return float(np.clip((peaks * near).sum() / max(peaks.sum(), 1e-6) / 0.8, 0.0, 1.0))


def _exposure(luma: np.ndarray) -> float:
    """Full where the mean lies in 0.25 to 0.75 and little is crushed or blown."""
    mean = float(luma.mean())
    outside = max(0.0, 0.25 - mean, mean - 0.75)
    clipped = float((luma <= 4 / 255).mean() + (luma >= 251 / 255).mean())
    return float(np.clip(1.0 - 3.5 * outside - 0.8 * clipped, 0.0, 1.0))


def _stands_out(saliency_map: np.ndarray) -> float:
    """Whether one thing stands out: the most salient window of a fifth of the picture against the rest of it."""
    height, width = saliency_map.shape
    down, across = max(1, round(0.55 * height)), max(1, round(0.40 * width))
    sums = cv2.boxFilter(saliency_map.astype(np.float64), -1, (across, down), normalize=False)
    best = float(sums[down // 2 : height - down // 2, across // 2 : width - across // 2].max())
    inside = best / (down * across)
    outside = (float(saliency_map.sum()) - best) / max(1, height * width - down * across)
    return float(np.interp(inside / max(outside, 1e-6), _STANDS_OUT, (0.0, 1.0)))


def _shown_whole(subject: DetectedObject | None, crop: Box) -> float:
    return subject.score if subject is not None and crop.holds(subject.box) else 0.0


def _faces(faces: Sequence[Face], crop: Box) -> dict[str, float]:
    """The terms of the main face in the crop: how good a portrait it makes, and that lists draw nothing over a face."""
    shown = [face.seen_in(crop) for face in faces if crop.holds(face.box.clipped())]
    if not shown:
        return dict.fromkeys(FACE_TERMS, _NO_FACE) | {"overlay_clear": 1.0}
    main = max(shown, key=lambda face: face.area * (0.5 + face.score))
    hidden = max((face.box.overlap(BADGE) + face.box.overlap(PROGRESS_BAR)) / face.area for face in shown)
    sure = float(np.interp(main.score, _SURE, (0.3, 1.0)))
    portrait = {name: _NO_FACE + sure * (value - _NO_FACE) for name, value in _portrait(main).items()}
    return portrait | {"overlay_clear": 1.0 - min(1.0, 4.0 * hidden)}


def _portrait(face: Face) -> dict[str, float]:
    """Size, eyes, their height on the upper third, room to look into, and the whole head."""
    eye_line = face.y + 0.38 * face.h
    middle = face.x + face.w / 2
    return {
        "face_size": _band(face.h, 0.06, 0.22, 0.70, 1.30),
        "eyes": {True: 1.0, None: 0.6, False: 0.0}[face.eyes_open],
        "eye_line": float(np.exp(-((eye_line - 0.38) ** 2) / (2 * 0.16**2))),
        "look_room": float(np.clip(1.0 - max(0.0, face.facing * (middle - 0.5)) * 1.6, 0.0, 1.0)),
        "head_room": float(np.interp(face.y - 0.35 * face.h, (-0.25, 0.02), (0.0, 1.0))),
    }


def _band(value: float, low: float, full_from: float, full_to: float, high: float) -> float:
    """0 at `low`, 1 from `full_from` to `full_to`, 0 at `high`, straight lines between."""
    return float(np.interp(value, (low, full_from, full_to, high), (0.0, 1.0, 1.0, 0.0)))
