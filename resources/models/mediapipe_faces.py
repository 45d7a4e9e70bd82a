"""The `mediapipe` face engine: BlazeFace (Bazarevsky et al., 2019) by MediaPipe Tasks, with a supplied .tflite file.

MediaPipe is no dependency of the house, not even an optional one: its package asks for another build of OpenCV, which
overwrites ours. Installed without what it asks for, it works beside it; that is the command which errors give.

Both of its public layouts load: short range (128 pixels, for selfies) and full range (192 pixels, the one for film).

What it finds is a box and six points: eyes, nose, mouth, and the spots before the ears. Which way a face looks follows
from where the nose stands between the ears. Whether eyes are open does not follow, and nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np

from ops.box import Box
from ops.errors import ModelUnavailable
from ops.faces import Face
from resources.models.checkpoint import opening, unusable
from resources.models.choice import EngineChoice
from resources.models.weights import local_weights, need
from resources.settings import variable_of

__all__ = ["INSTALL", "MediaPipeFaces", "face_of", "load_mediapipe_faces"]

INSTALL = "pip install --no-deps 'mediapipe>=1.2' && pip install 'flatbuffers>=25.9'"
"""Installs what faces need of MediaPipe, and leaves OpenCV as it is."""

_SURE = 0.5
"""Least score: MediaPipe's own default."""

_RIGHT_EYE, _LEFT_EYE, _NOSE, _MOUTH, _RIGHT_EAR, _LEFT_EAR = range(6)
"""BlazeFace's points in its order; left and right are the person's own."""

_NARROWEST = 0.25
"""Of the box's width: the least half-distance between ears that a turn is measured by. In profile the ears fall
together, and the ratio would know no bounds."""


class _Point(Protocol):
    """A point as fractions of the picture."""

    x: float | None
    y: float | None


class MediaPipeFaces:
    """See `ops.faces.FaceDetector`. One instance a thread.

    Args:
        detector: A FaceDetector of MediaPipe Tasks, in image mode.
        name: The engine and its model, for manifests.
    """

    def __init__(self, detector: Any, *, name: str) -> None:
        self._detector = detector
        self.name = name

    def detect(self, rgb: np.ndarray) -> list[Face]:
        """See FaceDetector."""
        import mediapipe as mp  # pyright: ignore[reportMissingImports]

        height, width = rgb.shape[:2]
        picture = mp.Image(image_format=mp.ImageFormat.SRGB, data=np.ascontiguousarray(rgb))
        found = []
        for each in self._detector.detect(picture).detections:
            box = each.bounding_box
            face = face_of(
                (box.origin_x, box.origin_y, box.width, box.height),
                each.keypoints or [],
                score=float(each.categories[0].score) if each.categories else 0.0,
                size=(width, height),
            )
            if face is not None:
                found.append(face)
        return sorted(found, key=lambda face: (-face.score, face.x, face.y))


def face_of(
    box: tuple[float, float, float, float], points: Sequence[_Point], *, score: float, size: tuple[int, int]
) -> Face | None:
    """A detection as the house has it; None where its box lies outside the picture.

    Args:
        box: Left, top, width, height in pixels; it may reach beyond the picture.
        points: Six key points in BlazeFace's order as fractions of the picture, or none.
        score: 0 to 1.
        size: The picture's width and height in pixels.
    """
    width, height = size
    left, top, wide, tall = box
    whole = Box(left / width, top / height, wide / width, tall / height)
    shown = whole.clipped()
    if shown.area <= 0:
        return None
    if len(points) < 6:
        return Face(*shown, score=min(score, 1.0))
    places = np.array([(point.x or 0.0, point.y or 0.0) for point in points[:6]])
    eyes = sorted((float(x), float(y)) for x, y in places[[_RIGHT_EYE, _LEFT_EYE]])
    return Face(
        *shown,
        score=min(score, 1.0),
        eyes=tuple(eye for eye in eyes if 0 <= eye[0] <= 1 and 0 <= eye[1] <= 1),
        facing=_facing(places * (width, height), whole.w * width),
    )


def _facing(places: np.ndarray, wide: float) -> float:
    """How far the nose stands from the middle between the ears, along the line of the ears: -1 to 1.

    On a round head the ratio is the tangent of the turn, so that 1 is 45 degrees and more.

    Args:
        places: (6, 2) the points in pixels, so that a tilted head in a wide picture keeps its angles.
        wide: The box's width in pixels.
    """
    across = places[_LEFT_EAR] - places[_RIGHT_EAR]
    eyes = places[_LEFT_EYE] - places[_RIGHT_EYE]
    length = float(np.linalg.norm(eyes))
    # In profile the ears fall together or cross over; the eyes then still tell which way along is.
    along = eyes / length if length > 0.05 * wide else np.array([1.0, 0.0])
    along = along if along[0] >= 0 else -along
    half = max(abs(float(across @ along)) / 2, _NARROWEST * wide)
    middle = (places[_LEFT_EAR] + places[_RIGHT_EAR]) / 2
    return float(np.clip((places[_NOSE] - middle) @ along / half, -1.0, 1.0))


def load_mediapipe_faces(choice: EngineChoice) -> MediaPipeFaces:
    """The detector of a .tflite file.

    Args:
        choice: Of `faces_engine`.

    Raises:
        ModelUnavailable: MediaPipe or the file is not here, or the file is no face model of its kind.
    """
    if find_spec("mediapipe") is None:
        raise ModelUnavailable("mediapipe is not installed", where=variable_of(choice.setting), fix=f"Run: {INSTALL}")
    need(choice, "flatbuffers")
    file = local_weights(choice)
    if not file.is_file():
        raise unusable(choice, f"{file} is a folder", fix="Give the .tflite file's own path.")
    with opening(choice):
        from mediapipe.tasks.python import BaseOptions, vision  # pyright: ignore[reportMissingImports]

        # by its bytes: MediaPipe reads relative paths from its own folder
        options = vision.FaceDetectorOptions(
            base_options=BaseOptions(model_asset_buffer=file.read_bytes()), min_detection_confidence=_SURE
        )
        return MediaPipeFaces(vision.FaceDetector.create_from_options(options), name=str(choice))
