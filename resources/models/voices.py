"""The voice embedding engine: any x-vector model of transformers that lies on this machine.

Such a model was trained to tell thousands of people apart and gives a window of speech a point that is near to others
of the same voice, whatever is said. There is no public default: which one may be used is the operator's to say.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from resources.models.checkpoint import CHECKPOINT_FILES, model_of, opening, unusable
from resources.models.choice import EngineChoice
from resources.models.ears import HEARD_HZ, ears_of
from resources.models.weights import local_weights, need, torch_device

__all__ = ["XVectors", "load_voices"]

_TYPES = ("wavlm", "unispeech-sat", "wav2vec2")

_ALIKE = 0.86
"""Cosine from which two utterances are one speaker's, as the model card of wavlm-base-plus-sv has it. What another
model's scale is, its config.json may say: `{"showrunner_alike": 0.8}`."""

_BATCH = 16
"""Windows of 1.5 s at once: 25 s of sound, less than what a recogniser takes."""


class XVectors:
    """See `ops.speech.diarisation.embedding.VoiceEmbedder`.

    Args:
        model: A model with an x-vector head, in evaluation.
        ears: Its feature extractor.
        name: The engine and its model, for manifests.
        alike: Cosine from which two stretches are one voice's.
    """

    def __init__(self, model: Any, ears: Any, *, name: str, alike: float) -> None:
        self._model = model
        self._ears = ears
        self.name = name
        self.alike = alike

    def embed(self, windows: Sequence[np.ndarray]) -> np.ndarray:
        """See VoiceEmbedder."""
        found = np.zeros((len(windows), int(self._model.config.xvector_output_dim)), np.float32)
        # Windows of one length go together: a group-normalised model hears what others are filled up with.
        by_length: dict[int, list[int]] = {}
        for place, window in enumerate(windows):
            by_length.setdefault(max(len(window), self._shortest), []).append(place)
        for length, places in by_length.items():
            for begin in range(0, len(places), _BATCH):
                batch = places[begin : begin + _BATCH]
                found[batch] = self._together([_filled(windows[place], length) for place in batch])
        return found

    def _together(self, windows: Sequence[np.ndarray]) -> np.ndarray:
        import torch

        prepared = self._ears(list(windows), sampling_rate=HEARD_HZ, return_tensors="pt")
        with torch.inference_mode():
            heard = self._model(input_values=prepared["input_values"].to(self._model.device)).embeddings.float()
            vectors = torch.nn.functional.normalize(torch.nan_to_num(heard), dim=-1)
        return vectors.cpu().numpy()

    @property
    def _shortest(self) -> int:
        """Samples below which the model's head has no frame left: its convolutions take a few from either end."""
        config = self._model.config
        frames = 1 + sum(
            (kernel - 1) * dilation
            for kernel, dilation in zip(config.tdnn_kernel, config.tdnn_dilation, strict=True)
        )  # fmt: skip
        samples = frames + 1
        for kernel, stride in zip(reversed(config.conv_kernel), reversed(config.conv_stride), strict=True):
            samples = (samples - 1) * stride + kernel
        return samples


def load_voices(choice: EngineChoice, *, device: str) -> XVectors:
    """The model that a choice names, downloaded first where it is not here.

    Args:
        choice: Of `voices_engine`.
        device: The `device` setting.

    Raises:
        ModelUnavailable: The libraries or the weights are not here, it is another kind of model, or it hears at
            another rate.
    """
    need(choice, "torch", "transformers")
    from transformers import AutoModelForAudioXVector

    folder = local_weights(choice, patterns=CHECKPOINT_FILES)
    model = model_of(AutoModelForAudioXVector, folder, choice, types=_TYPES, device=torch_device(device))
    return XVectors(model, ears_of(folder, choice), name=str(choice), alike=_alike(folder, choice))


def _alike(folder: Path, choice: EngineChoice) -> float:
    with opening(choice):
        value = json.loads((folder / "config.json").read_text(encoding="utf-8")).get("showrunner_alike", _ALIKE)
    if not isinstance(value, int | float) or not 0 < value < 1:
        raise unusable(choice, f"its config.json has showrunner_alike {value!r}", fix="Write a cosine from 0 to 1.")
    return float(value)


def _filled(window: np.ndarray, length: int) -> np.ndarray:
    """Repeated up to a length: silence would be heard as part of the voice."""
    return np.resize(window, length) if len(window) else np.zeros(length, np.float32)
