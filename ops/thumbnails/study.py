"""What a thumbnail needs to know of a keyframe, measured once and used for every aspect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ops.aesthetics import AestheticJudge
from ops.box import Box
from ops.faces import Face
from ops.keyframes.model import Keyframe, KeyframeSet
from ops.objects import DetectedObject, ObjectDetector, main_subject
from ops.saliency import saliency

__all__ = ["MOST_CANDIDATES", "Study", "study_keyframes"]

WORKING_WIDTH = 320
"""Pixels. Sharpness, colour and contrast depend on scale, so all are taken at one: the variance of the Laplacian of the
same frame is 25 at 1280 pixels and 350 at 320."""

MOST_CANDIDATES = 48
"""Keyframes that are studied: the best by their own score. Beyond, the choice no longer changes and time is lost."""


@dataclass(frozen=True)
class Study:
    """A keyframe as the composition sees it.

    Attributes:
        keyframe: The keyframe.
        path: Its picture, full size.
        width: Width of the full picture in pixels.
        height: Its height.
        small: (h, 320, 3) uint8 RGB, that part at working width.
        saliency: (h', 64) float32 of that part, 0 to 1.
        faces: Its faces, as fractions of that part.
        objects: What was detected in that part, surest first, as fractions of it.
        subject: The living being among them that the picture is of, where no face speaks for it.
        aesthetics: How pleasing it is, 0 to 1; None where nobody judged.
        aesthetics_counts: Whether that is a term of a score, and not only shown.
    """

    keyframe: Keyframe
    path: Path
    width: int
    height: int
    small: np.ndarray
    saliency: np.ndarray
    faces: tuple[Face, ...]
    objects: tuple[DetectedObject, ...] = ()
    subject: DetectedObject | None = None
    aesthetics: float | None = None
    aesthetics_counts: bool = False

    @property
    def area(self) -> Box:
        """The part of the frame that is picture, without bars."""
        return self.keyframe.area


def study_keyframes(
    keyframes: KeyframeSet,
    folder: Path,
    *,
    objects: ObjectDetector | None = None,
    aesthetics: AestheticJudge | None = None,
) -> list[Study]:
    """Study a title's keyframes, the best of them where there are very many.

    Args:
        keyframes: The title's keyframes.
        folder: Where their pictures lie.
        objects: Finds what they are of; without, faces and saliency alone tell.
        aesthetics: Judges how pleasing they are; without, nobody does.
    """
    best = sorted(keyframes.keyframes, key=lambda each: -each.score)[:MOST_CANDIDATES]
    pictures = [_reduced(folder / each.file) for each in best]
    if not pictures:
        return []
    shown = [_cut(picture, each.area) for (picture, _), each in zip(pictures, best, strict=True)]
    judged = [None] * len(shown) if aesthetics is None else [float(score) for score in aesthetics.judge(shown)]
    return [
        _study(
            each, folder, size, part, objects=objects, judged=score, counts=bool(aesthetics and aesthetics.independent)
        )
        for each, (_, size), part, score in zip(best, pictures, shown, judged, strict=True)
    ]


def _study(
    keyframe: Keyframe,
    folder: Path,
    size: tuple[int, int],
    part: np.ndarray,
    *,
    objects: ObjectDetector | None,
    judged: float | None,
    counts: bool,
) -> Study:
    small = _small(part)
    faces = _faces_in(keyframe.faces, keyframe.area)
    found = tuple(objects.detect(part)) if objects else ()
    return Study(
        keyframe=keyframe,
        path=folder / keyframe.file,
        width=size[0],
        height=size[1],
        small=small,
        saliency=saliency(small),
        faces=faces,
        objects=found,
        subject=main_subject(found, faces),
        aesthetics=judged,
        aesthetics_counts=counts,
    )


def _reduced(path: Path) -> tuple[np.ndarray, tuple[int, int]]:
    from PIL import Image

    with Image.open(path) as opened:
        size = opened.size
        opened.draft("RGB", (2 * WORKING_WIDTH, 2 * WORKING_WIDTH))  # the decoder scales while it decodes
        return np.asarray(opened.convert("RGB")), size


def _cut(picture: np.ndarray, area: Box) -> np.ndarray:
    left, top, right, bottom = area.pixels(picture.shape[1], picture.shape[0])
    return picture[top:bottom, left:right]


def _small(part: np.ndarray) -> np.ndarray:
    height = max(8, round(WORKING_WIDTH * part.shape[0] / part.shape[1]))
    return cv2.resize(part, (WORKING_WIDTH, height), interpolation=cv2.INTER_AREA)


def _faces_in(faces: Sequence[Face], area: Box) -> tuple[Face, ...]:
    return tuple(face.seen_in(area) for face in faces if area.overlap(face.box) > 0.5 * face.area)
