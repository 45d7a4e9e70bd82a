"""The `yolo` engine: a YOLOv8-layout detector as an ONNX file, run by ONNX Runtime.

The layout is that of a plain export (opset 12 and up, no suppression inside the graph): one input (1, 3, S, S) RGB 0 to
1; one output (1, 4 + classes, boxes) of centre x, centre y, width, height in input pixels and one score a class, the
boxes those of strides 8, 16 and 32: 8400 of them at S = 640. Preparing, decoding and suppression are our own. The
weights are yours to choose: Ultralytics' own are AGPL-3.0, and none come with the house.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ops.box import Box
from ops.errors import ModelUnavailable
from ops.objects import DetectedObject, suppressed
from resources.models.checkpoint import opening, unusable
from resources.models.choice import EngineChoice
from resources.models.coco import COCO
from resources.models.letterbox import letterboxed
from resources.models.weights import local_weights, need

__all__ = ["YoloDetector", "load_yolo"]

_STRIDES = (8, 16, 32)
_INPUT = 640
"""Side of the input where the file leaves it open."""
_SURE = 0.25
"""Least score: the threshold that these networks are shown with."""
_OVERLAP = 0.5
"""Intersection over union from which two boxes of a class are one thing."""
_LAYOUT = "an export of YOLOv8's layout without suppression has one input (1, 3, S, S) and one output"


class YoloDetector:
    """See `ops.objects.ObjectDetector`.

    Args:
        session: ONNX Runtime's, of a model of YOLOv8's layout.
        choice: The engine and its model.

    Raises:
        ModelUnavailable: The model is of another layout.
    """

    def __init__(self, session: Any, choice: EngineChoice) -> None:
        self.name = str(choice)
        self._session = session
        self._width, self._height = _input_size(session, choice)
        boxes = sum((self._width // stride) * (self._height // stride) for stride in _STRIDES)
        with opening(choice):  # a look at nothing tells what the graph really gives, whatever it declares
            found = self._run(np.zeros((self._height, self._width, 3), np.uint8))
        if found.ndim != 3 or found.shape[0] != 1 or found.shape[1] < 5 or found.shape[2] != boxes:
            wanted = f"(1, 4 + classes, {boxes})"
            raise unusable(choice, f"its output is {found.shape}; {_LAYOUT} {wanted}")
        self._labels = _labels(session, found.shape[1] - 4)

    def detect(self, rgb: np.ndarray) -> list[DetectedObject]:
        """See ObjectDetector."""
        picture, placed = letterboxed(rgb, self._width, self._height)
        rows = self._run(picture)[0].astype(np.float64)
        labels, scores = rows[4:].argmax(axis=0), rows[4:].max(axis=0)
        sure = np.isfinite(rows).all(axis=0) & (scores >= _SURE)
        x, y, w, h = rows[:4, sure]
        labels, scores = labels[sure], np.minimum(scores[sure], 1.0)
        boxes = np.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], axis=1)
        kept = suppressed(boxes, scores, labels, overlap=_OVERLAP)
        shown = placed.back(boxes[kept])
        return [
            DetectedObject(self._labels[label], float(score), Box(left, top, right - left, bottom - top))
            for label, score, (left, top, right, bottom) in zip(
                labels[kept].tolist(), scores[kept].tolist(), shown.tolist(), strict=True
            )
            if right > left and bottom > top
        ]

    def _run(self, picture: np.ndarray) -> np.ndarray:
        pixels = (picture.astype(np.float32) / 255).transpose(2, 0, 1)[None]
        return np.asarray(
            self._session.run(None, {self._session.get_inputs()[0].name: np.ascontiguousarray(pixels)})[0]
        )


def load_yolo(choice: EngineChoice, *, device: str) -> YoloDetector:
    """The detector of an ONNX file.

    Args:
        choice: Of `objects_engine`: a file, or a folder or hub repository that holds one .onnx file.
        device: The `device` setting.

    Raises:
        ModelUnavailable: ONNX Runtime or the file is not here, or the file is of another layout.
    """
    need(choice, "onnxruntime")
    import onnxruntime

    file = _onnx_file(local_weights(choice, patterns=("*.onnx",)), choice)
    available = onnxruntime.get_available_providers()
    if device == "cuda" and "CUDAExecutionProvider" not in available:
        raise ModelUnavailable(
            "this ONNX Runtime cannot use CUDA",
            where="SHOWRUNNER_DEVICE",
            fix="Set it to cpu, or run: pip install onnxruntime-gpu",
        )
    wanted = ["CPUExecutionProvider"] if device == "cpu" else ["CUDAExecutionProvider", "CPUExecutionProvider"]
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # what it says of damaged files comes as an error, and need not be logged as well
    with opening(choice):
        session = onnxruntime.InferenceSession(
            str(file), options, providers=[each for each in wanted if each in available]
        )
    return YoloDetector(session, choice)


def _onnx_file(found: Path, choice: EngineChoice) -> Path:
    if found.is_file():
        return found
    files = sorted(found.rglob("*.onnx"))
    if len(files) != 1:
        raise unusable(choice, f"{found} holds {len(files)} .onnx files; name the one", fix="Give the file's path.")
    return files[0]


def _input_size(session: Any, choice: EngineChoice) -> tuple[int, int]:
    """Width and height of the network's input; `_INPUT` where the file leaves them open."""
    inputs = session.get_inputs()
    shape = list(inputs[0].shape) if len(inputs) == 1 else []
    if len(shape) != 4 or inputs[0].type != "tensor(float)" or shape[1] not in (3, "3"):
        told = ", ".join(f"{each.name} {each.type}{each.shape}" for each in inputs)
        raise unusable(choice, f"its input is {told or 'nothing'}; {_LAYOUT} (1, 4 + classes, boxes)")
    height, width = (side if isinstance(side, int) and side > 0 else _INPUT for side in shape[2:])
    if width % _STRIDES[-1] or height % _STRIDES[-1]:
        raise unusable(choice, f"its input is {width}×{height} pixels, which strides of {_STRIDES} do not divide")
    return width, height


def _labels(session: Any, classes: int) -> tuple[str, ...]:
    """The classes' names: the file's own where it tells them, COCO's where there are 80, else numbers."""
    told: Mapping[str, str] = session.get_modelmeta().custom_metadata_map
    try:
        names = ast.literal_eval(told.get("names", "{}"))
        own = {int(number): str(name).lower() for number, name in dict(names).items()}
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):  # the file's text, of any content
        own = {}
    fallback = COCO if classes == len(COCO) else tuple(f"class {number}" for number in range(classes))
    return tuple(own.get(number, fallback[number]) for number in range(classes))
