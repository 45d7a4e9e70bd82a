"""A style from an example picture: its grade as a LUT, and what its statistics tell of grain and dark edges."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from ops.style.grading.transfer import grade_from_example

__all__ = ["LUT_FILE", "ExampleStyle", "dark_edges", "grain_sigma", "style_from_picture"]

LUT_FILE = "grade.cube"

_CPU_IMAGE = "showrunner-styles-cpu"
_HEIGHT = 1080
"""Grain is measured at the size at which the stage "grain" makes it."""

_BLOCK = 16
_CLEAN_SIGMA, _GRAIN_OF_ONE = 1.6, 14.0
"""Steps of 8 bits: noise that a clean photograph has anyway (eleven open ones: up to 1.2), and that of the stage
"grain" at amount 1 in the middle tones."""

_MOST_GRAIN, _MOST_VIGNETTE = 0.6, 0.6


@dataclass(frozen=True)
class ExampleStyle:
    """What was made of a picture.

    Attributes:
        document: The style as `ops.style.catalogue.style_of` reads it, without `id` and `picture`; it names `LUT_FILE`.
        lut: What that file holds: (33, 33, 33, 3) float32.
        told: What was found, in sentences.
    """

    document: dict[str, Any]
    lut: np.ndarray
    told: tuple[str, ...]


def style_from_picture(picture: np.ndarray, name: str) -> ExampleStyle:
    """The style that a (H, W, 3) uint8 RGB picture exemplifies.

    Raises:
        UsageError: The picture is of one tone, or too small to tell.
    """
    graded = grade_from_example(picture)
    parameters: list[dict[str, Any]] = []
    stages: list[dict[str, Any]] = [{"op": "lut", "file": LUT_FILE}]
    told = [*graded.told]
    sigma = grain_sigma(picture)
    amounts = {
        "grain": float(np.clip((sigma - _CLEAN_SIGMA) / _GRAIN_OF_ONE, 0.0, _MOST_GRAIN)),
        "vignette": float(np.clip(dark_edges(picture), 0.0, _MOST_VIGNETTE)),
    }
    for op, label in (("grain", "Film grain"), ("vignette", "Dark edges")):
        amount = round(amounts[op], 2)
        if amount < 0.05:
            continue
        told.append(f"{label.lower()} of {amount:.2f}")
        ranged = {"low": 0.0, "high": 1.0, "default": amount, "about": "Measured on the example."}
        parameters.append({"name": op, "label": label, **ranged})
        stages.append({"op": op, "amount": f"${op}"})
    document = {
        "name": name,
        "about": "From an example picture: " + "; ".join(told) + ".",
        "family": "grade",
        "cost": "light",
        "container": _CPU_IMAGE,
        "parameters": parameters,
        "stages": stages,
    }
    return ExampleStyle(document, graded.lut, tuple(told))


def grain_sigma(picture: np.ndarray) -> float:
    """Standard deviation of a picture's noise, in steps of 8 bits, where it is plainest.

    Immerkær's mask ("Fast noise variance estimation", 1996), which flat and evenly sloping ground leave no answer in,
    over blocks of 16 pixels at 1080 lines; of the blocks of middle tones, the 15th percentile: edges and brush strokes
    lie above it.
    """
    luma = _fitted(picture)
    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    answer = np.abs(cv2.filter2D(luma, cv2.CV_32F, mask))
    height, width = (side // _BLOCK * _BLOCK for side in luma.shape)
    if not height or not width:
        return 0.0

    def over_blocks(values: np.ndarray) -> np.ndarray:
        return values[:height, :width].reshape(height // _BLOCK, _BLOCK, width // _BLOCK, _BLOCK).mean(axis=(1, 3))

    sigmas, tones = over_blocks(answer) * np.sqrt(np.pi / 2) / 6.0, over_blocks(luma)
    middle = sigmas[(tones > 40) & (tones < 215)]
    return float(np.quantile(middle, 0.15)) if middle.size >= 8 else 0.0


def dark_edges(picture: np.ndarray) -> float:
    """How much darker all four corners are than the middle, as the stage "vignette" would make them: 0 for not.

    Only where tones fall from ring to ring, and in every corner alike: a dark tree on the left is no vignette.
    """
    luma = cv2.resize(_fitted(picture), (64, 64), interpolation=cv2.INTER_AREA)
    down, across = np.mgrid[-1:1:64j, -1:1:64j]
    radius = np.hypot(down, across)
    rings = [float(luma[(radius >= low) & (radius < low + 0.3)].mean()) for low in (0.0, 0.3, 0.6, 0.9, 1.12)]
    quarters = [(down * y > 0) & (across * x > 0) for y in (-1, 1) for x in (-1, 1)]
    corners = [float(luma[(radius > 1.12) & quarter].mean()) for quarter in quarters]
    falling = all(outer <= inner * 1.02 for inner, outer in itertools.pairwise(rings))
    if not falling or max(corners) > 0.8 * rings[0] or max(corners) > 1.6 * min(corners) + 8:
        return 0.0
    return 1.0 - max(corners) / max(rings[0], 1.0)


def _fitted(picture: np.ndarray) -> np.ndarray:
    """Luma at no more than 1080 lines: (H, W) float32 in 0…255."""
    luma = picture.astype(np.float32) @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    if luma.shape[0] <= _HEIGHT:
        return luma
    width = max(1, round(luma.shape[1] * _HEIGHT / luma.shape[0]))
    return cv2.resize(luma, (width, _HEIGHT), interpolation=cv2.INTER_AREA)
