"""The `rtdetr` engine: RT-DETR and RT-DETRv2 (Zhao et al., CVPR 2024), through transformers; Apache-2.0 weights.

They find each thing once, so that no suppression is needed.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ops.box import Box
from ops.objects import DetectedObject
from resources.models.checkpoint import CHECKPOINT_FILES, model_of, opening
from resources.models.choice import EngineChoice
from resources.models.weights import local_weights, need, torch_device

__all__ = ["RtDetrDetector", "load_rtdetr"]

_SURE = 0.3
"""Least score: below, queries that found nothing come up."""


class RtDetrDetector:
    """See `ops.objects.ObjectDetector`.

    Args:
        model: An RT-DETR model for object detection, in evaluation.
        pictures: Its image processor.
        name: The engine and its model, for manifests.
    """

    def __init__(self, model: Any, pictures: Any, *, name: str) -> None:
        self._model = model
        self._pictures = pictures
        self.name = name

    def detect(self, rgb: np.ndarray) -> list[DetectedObject]:
        """See ObjectDetector."""
        import torch

        prepared = self._pictures(images=[rgb], return_tensors="pt", input_data_format="channels_last")
        with torch.inference_mode():
            found = self._model(pixel_values=prepared["pixel_values"].to(self._model.device))
        # without target sizes, boxes come as fractions of the picture
        (told,) = self._pictures.post_process_object_detection(
            found, threshold=_SURE, use_focal_loss=self._model.config.use_focal_loss
        )
        names = self._model.config.id2label
        objects = [
            DetectedObject(str(names[label]).lower(), score, Box(left, top, right - left, bottom - top).clipped())
            for label, score, (left, top, right, bottom) in zip(
                told["labels"].tolist(), told["scores"].tolist(), told["boxes"].tolist(), strict=True
            )
        ]
        return sorted((each for each in objects if each.box.area > 0), key=lambda each: -each.score)


def load_rtdetr(choice: EngineChoice, *, device: str) -> RtDetrDetector:
    """The detector that a choice names, downloaded first where it is not here.

    Args:
        choice: Of `objects_engine`.
        device: The `device` setting.

    Raises:
        ModelUnavailable: The libraries or the weights are not here, or the weights are of another model.
    """
    need(choice, "torch", "transformers")
    from transformers import AutoModelForObjectDetection, RTDetrImageProcessorPil

    folder = local_weights(choice, patterns=CHECKPOINT_FILES)
    device = torch_device(device)
    model = model_of(AutoModelForObjectDetection, folder, choice, types=("rt_detr", "rt_detr_v2"), device=device)
    with opening(choice):
        pictures = RTDetrImageProcessorPil.from_pretrained(folder, local_files_only=True)
    return RtDetrDetector(model, pictures, name=str(choice))
