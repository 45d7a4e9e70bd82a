"""The emotion engines, on tiny checkpoints that go through the loaders of the large ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ops.errors import ModelUnavailable
from ops.scenes.feeling import CIRCUMPLEX, feeling_of
from resources.models.choice import EngineChoice
from resources.models.emotion import load_face_emotion, load_speech_emotion
from resources.models.engines import Engines
from resources.settings import load_settings
from tests.resources.models.test_image_safety import PICTURE, save_tiny_vit

FACES = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")
VOICES = ("neu", "hap", "ang", "sad")
SOUND = (0.2 * np.sin(2 * np.pi * 180 * np.arange(16_000) / 16_000)).astype(np.float32)


def save_tiny_wav2vec2(
    folder: Path, labels: tuple[str, ...] = VOICES, *, towards: int | None = None, rate: int = 16_000
) -> Path:
    import torch
    from transformers import Wav2Vec2Config, Wav2Vec2FeatureExtractor, Wav2Vec2ForSequenceClassification

    torch.manual_seed(2)
    config = Wav2Vec2Config(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, conv_dim=(8, 8),
        conv_stride=(10, 8), conv_kernel=(10, 8), classifier_proj_size=8,
        num_conv_pos_embeddings=8, num_conv_pos_embedding_groups=2,
        id2label=dict(enumerate(labels)), label2id={label: place for place, label in enumerate(labels)},
    )  # fmt: skip
    model = Wav2Vec2ForSequenceClassification(config)
    if towards is not None:
        with torch.no_grad():
            model.classifier.bias += 20 * torch.eye(len(labels))[towards]  # type: ignore[assignment]
    model.save_pretrained(folder)
    Wav2Vec2FeatureExtractor(sampling_rate=rate, do_normalize=True).save_pretrained(folder)
    return folder


def speech(folder: Path) -> EngineChoice:
    return EngineChoice.parse("speech_emotion_engine", f"speech-classifier:{folder}")


def face(folder: Path) -> EngineChoice:
    return EngineChoice.parse("face_emotion_engine", f"face-classifier:{folder}")


def test_a_voice_has_the_mean_place_of_the_models_own_probabilities(tmp_path: Path):
    import torch
    from transformers import Wav2Vec2ForSequenceClassification

    folder = save_tiny_wav2vec2(tmp_path)
    normal = (SOUND - SOUND.mean()) / np.sqrt(SOUND.var() + 1e-7)
    with torch.inference_mode():
        model = Wav2Vec2ForSequenceClassification.from_pretrained(folder).eval()
        chances = model(torch.from_numpy(normal[None])).logits[0].softmax(-1).tolist()
    expected = feeling_of(dict(zip(("neutral", "happy", "angry", "sad"), chances, strict=True)))

    engine = load_speech_emotion(speech(folder), device="cpu")

    heard = engine.hear(SOUND)
    assert (heard.valence, heard.arousal) == pytest.approx((expected.valence, expected.arousal), abs=1e-4)
    assert engine.name == f"speech-classifier:{folder}"


@pytest.mark.parametrize(("towards", "emotion"), [(1, "happy"), (2, "angry"), (3, "sad")])
def test_the_voices_label_decides(tmp_path: Path, towards: int, emotion: str):
    heard = load_speech_emotion(speech(save_tiny_wav2vec2(tmp_path, towards=towards)), device="cpu").hear(SOUND)

    assert (heard.valence, heard.arousal) == pytest.approx(CIRCUMPLEX[emotion], abs=0.01)


@pytest.mark.parametrize(("towards", "emotion"), [(0, "angry"), (3, "happy"), (6, "surprised")])
def test_the_faces_label_decides(tmp_path: Path, towards: int, emotion: str):
    engine = load_face_emotion(face(save_tiny_vit(tmp_path, FACES, towards=towards)), device="cpu")

    seen = engine.read(PICTURE)

    assert (seen.valence, seen.arousal) == pytest.approx(CIRCUMPLEX[emotion], abs=0.01)


def test_labels_that_are_no_emotions_are_refused_and_named(tmp_path: Path):
    with pytest.raises(ModelUnavailable, match=r"LABEL_0.*name no emotion"):
        load_face_emotion(face(save_tiny_vit(tmp_path / "face", ("LABEL_0", "happy"))), device="cpu")
    with pytest.raises(ModelUnavailable, match=r"speech_a"):
        load_speech_emotion(speech(save_tiny_wav2vec2(tmp_path / "voice", ("speech_a", "ang"))), device="cpu")


def test_a_model_that_hears_at_another_rate_is_refused(tmp_path: Path):
    with pytest.raises(ModelUnavailable, match="8000 Hz"):
        load_speech_emotion(speech(save_tiny_wav2vec2(tmp_path, rate=8_000)), device="cpu")


def test_another_kind_of_model_is_refused(tmp_path: Path):
    with pytest.raises(ModelUnavailable, match="vit model"):
        load_speech_emotion(speech(save_tiny_vit(tmp_path, FACES)), device="cpu")


def test_a_model_that_is_not_here_is_told(tmp_path: Path):
    with pytest.raises(ModelUnavailable, match="SHOWRUNNER_SPEECH_EMOTION_ENGINE"):
        load_speech_emotion(speech(tmp_path / "nowhere"), device="cpu")
    with pytest.raises(ModelUnavailable, match="SHOWRUNNER_FACE_EMOTION_ENGINE"):
        load_face_emotion(face(tmp_path / "nowhere"), device="cpu")


def test_the_settings_choose_and_embedded_is_none(tmp_path: Path):
    folder = save_tiny_vit(tmp_path / "face", FACES)
    settings = load_settings(tmp_path / "home", face_emotion_engine=f"face-classifier:{folder}")

    engines = Engines(settings)

    assert engines.speech_emotion is None
    assert engines.face_emotion is not None and engines.face_emotion.name == f"face-classifier:{folder}"
