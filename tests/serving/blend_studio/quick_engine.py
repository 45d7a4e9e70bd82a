"""An engine that answers in a millisecond, whose pictures tell what it was asked; and which breaks when asked to."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import cv2
import numpy as np

from ops.errors import UsageError
from serving.blend_studio.engine import Layers, Step

CRASHES, HANGS, REFUSES, DEFECTIVE, ENDLESS, CRASHES_LATE = 9001, 9002, 9003, 9004, 9005, 9006
"""Seeds of recipes that the engine does not survive, or does not finish."""

STEPS = 4


class QuickEngine:
    """Mixes the sources by their style weights, under their masks; a step is a lighter picture."""

    def layers(self) -> Layers:
        return Layers(("relu1_1", "relu2_1", "relu3_1"), {"relu1_1": 1.0, "relu2_1": 0.5}, {"relu3_1": 1.0})

    def preview(self, recipe: Mapping[str, Any], pictures: Mapping[str, np.ndarray], size: int) -> np.ndarray:
        if recipe["seed"] == REFUSES:
            raise UsageError("is no style", where="style", fix="Take another.")
        if recipe["seed"] == CRASHES_LATE:
            time.sleep(0.3)  # meanwhile the other hand has taken up somebody's refinement
            os._exit(3)
        height, width = pictures[recipe["target"]].shape[:2]
        scale = size / max(height, width)
        shape = max(1, round(width * scale)), max(1, round(height * scale))
        mixed = cv2.resize(pictures[recipe["target"]], shape).astype(np.float32)
        for source in recipe["sources"]:
            share = np.full(shape[::-1], source["style"], np.float32)
            if source["style_mask"]:
                share *= cv2.resize(pictures[source["style_mask"]], shape).astype(np.float32) / 255
            own = cv2.resize(pictures[source["picture"]], shape).astype(np.float32)
            mixed += share[..., None] * (own - mixed)
        return mixed.astype(np.uint8)

    def refine(
        self,
        recipe: Mapping[str, Any],
        pictures: Mapping[str, np.ndarray],
        *,
        size: int,
        start: np.ndarray | None,
        cancelled: Callable[[], bool],
    ) -> Iterator[Step]:
        del start
        picture = self.preview(recipe, pictures, size)
        if recipe["seed"] == CRASHES:
            os._exit(3)
        if recipe["seed"] == HANGS:
            time.sleep(600)
        if recipe["seed"] == DEFECTIVE:
            raise ZeroDivisionError
        steps = 10_000 if recipe["seed"] == ENDLESS else STEPS
        for step in range(1, steps + 1):
            if cancelled():
                return
            time.sleep(0.01)
            yield Step(picture, step, steps, 1 / step, done=step == steps)


def open_engine() -> QuickEngine:
    """A factory, as the workshop names it."""
    return QuickEngine()
