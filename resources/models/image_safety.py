"""The `classifier` image checker: any transformers image classifier whose labels say what may not be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ops.safety.image_gate import Opinion
from resources.models.checkpoint import CHECKPOINT_FILES, model_of, opening, unusable
from resources.models.choice import EngineChoice
from resources.models.weights import local_weights, need, torch_device

__all__ = ["IMAGE_CLASSIFIERS", "MOST_UNSAFE", "SafetyClassifier", "load_image_safety"]

MOST_UNSAFE = 0.2
"""Probability of all unsafe labels together from which a person is asked.

Far below one half, as a miss is shown to viewers and a false alarm costs a person a look. Not measured on generated
thumbnails: no open labelled set of those is at hand."""

_SAFE = frozenset({"normal", "sfw", "safe", "neutral", "drawing", "drawings", "ok", "benign", "non_nsfw", "not_nsfw"})
_UNSAFE = frozenset(
    {"nsfw", "porn", "pornography", "hentai", "sexy", "sexual", "nude", "nudity", "explicit", "unsafe", "questionable",
     "underwear", "enticing_or_sensual", "gore", "blood", "violence", "violent", "self_harm", "shocking", "disturbing",
     "hate"}
)  # fmt: skip
IMAGE_CLASSIFIERS = (
    "vit",
    "deit",
    "beit",
    "swin",
    "swinv2",
    "dinov2",
    "siglip",
    "siglip2",
    "convnext",
    "convnextv2",
    "timm_wrapper",
)
"""Architectures of image classifiers that are loaded, here and for faces' emotions."""


class SafetyClassifier:
    """See `ops.safety.image_gate.ImageSafety`.

    Args:
        model: An image classifier, in evaluation.
        pictures: Its image processor.
        name: The engine and its model, for manifests.
        unsafe: The places of the unsafe labels among the model's.
    """

    def __init__(self, model: Any, pictures: Any, *, name: str, unsafe: Sequence[int]) -> None:
        self._model = model
        self._pictures = pictures
        self._unsafe = list(unsafe)
        self.name = name

    def judge(self, rgb: np.ndarray) -> Opinion:
        """See ImageSafety."""
        import torch

        prepared = self._pictures(images=[rgb], return_tensors="pt", input_data_format="channels_last")
        with torch.inference_mode():
            logits = self._model(pixel_values=prepared["pixel_values"].to(self._model.device)).logits[0].float()
        chances = logits.softmax(-1).cpu().numpy()
        score = float(chances[self._unsafe].sum())
        label = self._model.config.id2label[int(chances.argmax())]
        return Opinion(
            score < MOST_UNSAFE, score, f"unsafe with probability {score:.2f}; most likely {str(label).lower()}"
        )


def load_image_safety(choice: EngineChoice, *, device: str) -> SafetyClassifier:
    """The checker that a choice names, downloaded first where it is not here.

    Args:
        choice: Of `image_safety_engine`.
        device: The `device` setting.

    Raises:
        ModelUnavailable: The libraries or the weights are not here, or it is not told which of its labels are safe.
    """
    need(choice, "torch", "transformers")
    from transformers import AutoImageProcessor, AutoModelForImageClassification

    folder = local_weights(choice, patterns=CHECKPOINT_FILES)
    model = model_of(
        AutoModelForImageClassification, folder, choice, types=IMAGE_CLASSIFIERS, device=torch_device(device)
    )
    with opening(choice):  # by Pillow: torchvision is nothing that an install needs
        pictures = AutoImageProcessor.from_pretrained(folder, local_files_only=True, backend="pil")
    unsafe = _unsafe_places(model.config.id2label, choice)
    return SafetyClassifier(model, pictures, name=str(choice), unsafe=unsafe)


def _unsafe_places(labels: Mapping[int, str], choice: EngineChoice) -> list[int]:
    """Which labels are unsafe; one that means neither is refused, as it might be the one that matters."""
    plain = {place: "_".join(label.lower().replace("-", " ").split()) for place, label in labels.items()}
    unknown = [label for label in plain.values() if label not in _SAFE | _UNSAFE]
    unsafe = [place for place, label in plain.items() if label in _UNSAFE]
    if unknown or not unsafe or len(unsafe) == len(plain):
        raise unusable(
            choice,
            f"its labels {sorted(plain.values())} do not say which are safe",
            fix="Rename them in its config.json (id2label): nsfw, normal.",
        )
    return unsafe
