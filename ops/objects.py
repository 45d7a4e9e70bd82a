"""What a picture is of: objects by name, each with its box.

What finds them is an engine (`resources/models/` has the embedded one and the pre-trained); the craft asks for it by
`ObjectDetector`. Boxes are fractions of the picture, so that what was found on a small one holds on the large one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from ops.box import Box
from ops.faces import Face

__all__ = ["LIVING", "SALIENT", "DetectedObject", "ObjectDetector", "main_subject", "suppressed"]

SALIENT = "subject"
"""The label of what merely stands out, by an engine that knows no names."""

LIVING = frozenset({"person", "bird", "cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe"})
"""The living beings among COCO's 80 classes: what a picture is of, where there is one. Cutting one looks like a fault;
cutting a table does not."""

_SURE = 0.5
"""Least score of a main subject: a crop must not bend to a false one."""

_SMALLEST, _LARGEST = 0.02, 0.75
"""Share of the picture that a main subject covers: a speck carries no thumbnail, and what fills the frame cannot be
kept whole by any crop."""


@dataclass(frozen=True)
class DetectedObject:
    """One thing in a picture.

    Attributes:
        label: What it is, as its model names it, lower case: "person", "dog"; `SALIENT` where nothing is known but
            that it stands out.
        score: How sure the detector is, 0 to 1.
        box: Where it is, inside the picture.
    """

    label: str
    score: float
    box: Box

    def seen_in(self, frame: Box) -> DetectedObject:
        """The same object with its box as fractions of a part of the picture, and no further than that."""
        return replace(self, box=self.box.within(frame).clipped())

    def to_json(self) -> dict[str, Any]:
        """JSON values, positions to four decimals."""
        return {"label": self.label, "score": round(self.score, 4), "box": [round(edge, 4) for edge in self.box]}


class ObjectDetector(Protocol):
    """Finds the objects of a picture."""

    @property
    def name(self) -> str:
        """The engine and its model, as a manifest names them: "embedded/saliency"."""
        ...

    def detect(self, rgb: np.ndarray) -> list[DetectedObject]:
        """The objects of an (H, W, 3) uint8 RGB picture, surest first; empty where there is none."""
        ...


def main_subject(objects: Sequence[DetectedObject], faces: Sequence[Face]) -> DetectedObject | None:
    """The living being that a picture is of, where no face speaks for it; None where there is none.

    A person whose face was found is framed by the face, and may be cut at the waist as any close-up does.
    """
    beings = [
        each
        for each in objects
        if each.label in LIVING
        and each.score >= _SURE
        and _SMALLEST <= each.box.area <= _LARGEST
        and not (each.label == "person" and any(each.box.overlap(face.box) > 0.5 * face.area for face in faces))
    ]
    return max(beings, key=lambda each: each.score * each.box.area**0.5, default=None)


def suppressed(boxes: np.ndarray, scores: np.ndarray, labels: np.ndarray, *, overlap: float) -> np.ndarray:
    """Greedy non-maximum suppression, each class by itself.

    Args:
        boxes: (N, 4) left, top, right, bottom, in any unit.
        scores: (N,) how sure each is.
        labels: (N,) class numbers.
        overlap: Intersection over union above which the less sure of two boxes of a class is dropped.

    Returns:
        (K,) int64, the places of those that stay, surest first.
    """
    left, top, right, bottom = boxes.T
    areas = np.clip(right - left, 0, None) * np.clip(bottom - top, 0, None)
    waiting = np.argsort(-scores, kind="stable")
    kept: list[int] = []
    while len(waiting):
        best, waiting = waiting[0], waiting[1:]
        kept.append(int(best))
        across = np.minimum(right[best], right[waiting]) - np.maximum(left[best], left[waiting])
        down = np.minimum(bottom[best], bottom[waiting]) - np.maximum(top[best], top[waiting])
        both = np.clip(across, 0, None) * np.clip(down, 0, None)
        either = areas[best] + areas[waiting] - both
        same = labels[waiting] == labels[best]
        waiting = waiting[~(same & (both > overlap * either))]
    return np.array(kept, np.int64)
