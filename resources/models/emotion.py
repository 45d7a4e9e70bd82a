"""The emotion engines: any transformers classifier of speech or of faces whose labels name emotions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ops.scenes.feeling import CIRCUMPLEX, Feeling, emotion_named, feeling_of
from resources.models.checkpoint import CHECKPOINT_FILES, model_of, opening, unusable
from resources.models.choice import EngineChoice
from resources.models.ears import HEARD_HZ, ears_of
from resources.models.image_safety import IMAGE_CLASSIFIERS
from resources.models.weights import local_weights, need, torch_device

__all__ = ["FaceClassifier", "SpeechClassifier", "load_face_emotion", "load_speech_emotion"]

_SPEECH_TYPES = ("wav2vec2", "hubert", "wavlm", "wav2vec2-bert", "unispeech-sat", "data2vec-audio")


class SpeechClassifier:
    """See `ops.scenes.feeling.SpeechEmotion`.

    Args:
        model: An audio classifier, in evaluation.
        ears: Its feature extractor.
        name: The engine and its model, for manifests.
        emotions: What each of its labels means, by place.
    """

    def __init__(self, model: Any, ears: Any, *, name: str, emotions: Mapping[int, str]) -> None:
        self._model = model
        self._ears = ears
        self._emotions = emotions
        self.name = name

    def hear(self, sound: np.ndarray) -> Feeling:
        """See SpeechEmotion."""
        prepared = self._ears(sound, sampling_rate=HEARD_HZ, return_tensors="pt")
        return _felt(self._model, self._emotions, dict(prepared))


class FaceClassifier:
    """See `ops.scenes.feeling.FaceEmotion`.

    Args:
        model: An image classifier, in evaluation.
        eyes: Its image processor.
        name: The engine and its model, for manifests.
        emotions: What each of its labels means, by place.
    """

    def __init__(self, model: Any, eyes: Any, *, name: str, emotions: Mapping[int, str]) -> None:
        self._model = model
        self._eyes = eyes
        self._emotions = emotions
        self.name = name

    def read(self, face: np.ndarray) -> Feeling:
        """See FaceEmotion."""
        prepared = self._eyes(images=[face], return_tensors="pt", input_data_format="channels_last")
        return _felt(self._model, self._emotions, {"pixel_values": prepared["pixel_values"]})


def load_speech_emotion(choice: EngineChoice, *, device: str) -> SpeechClassifier:
    """The model that a choice names, downloaded first where it is not here.

    Args:
        choice: Of `speech_emotion_engine`.
        device: The `device` setting.

    Raises:
        ModelUnavailable: The libraries or the weights are not here, it hears at another rate, or its labels name no
            emotions that are known.
    """
    need(choice, "torch", "transformers")
    from transformers import AutoModelForAudioClassification

    folder = local_weights(choice, patterns=CHECKPOINT_FILES)
    model = model_of(AutoModelForAudioClassification, folder, choice, types=_SPEECH_TYPES, device=torch_device(device))
    return SpeechClassifier(
        model, ears_of(folder, choice), name=str(choice), emotions=_emotions(model.config.id2label, choice)
    )


def load_face_emotion(choice: EngineChoice, *, device: str) -> FaceClassifier:
    """The model that a choice names, downloaded first where it is not here.

    Args:
        choice: Of `face_emotion_engine`.
        device: The `device` setting.

    Raises:
        ModelUnavailable: The libraries or the weights are not here, or its labels name no emotions that are known.
    """
    need(choice, "torch", "transformers")
    from transformers import AutoImageProcessor, AutoModelForImageClassification

    folder = local_weights(choice, patterns=CHECKPOINT_FILES)
    model = model_of(
        AutoModelForImageClassification, folder, choice, types=IMAGE_CLASSIFIERS, device=torch_device(device)
    )
    with opening(choice):  # by Pillow: torchvision is nothing that an install needs
        eyes = AutoImageProcessor.from_pretrained(folder, local_files_only=True, backend="pil")
    return FaceClassifier(model, eyes, name=str(choice), emotions=_emotions(model.config.id2label, choice))


def _felt(model: Any, emotions: Mapping[int, str], prepared: Mapping[str, Any]) -> Feeling:
    import torch

    with torch.inference_mode():
        logits = model(**{name: tensor.to(model.device) for name, tensor in prepared.items()}).logits[0].float()
    chances: dict[str, float] = {}
    for place, chance in enumerate(logits.softmax(-1).cpu().tolist()):
        chances[emotions[place]] = chances.get(emotions[place], 0.0) + chance
    return feeling_of(chances)


def _emotions(labels: Mapping[int, str], choice: EngineChoice) -> dict[int, str]:
    """What each label means; one that is no known emotion is refused, as nobody could say how pleasant it is."""
    meant = {place: emotion_named(label) for place, label in labels.items()}
    unknown = sorted(labels[place] for place, emotion in meant.items() if emotion is None)
    if unknown:
        raise unusable(
            choice,
            f"its labels {unknown} name no emotion that has a place in valence and arousal",
            fix=f"Rename them in its config.json (id2label) to some of {', '.join(CIRCUMPLEX)}.",
        )
    return {place: emotion for place, emotion in meant.items() if emotion is not None}
