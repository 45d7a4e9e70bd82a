"""The x-vector engine, on tiny checkpoints that go through the loader of the large ones."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ops.errors import ModelUnavailable
from resources.models.choice import EngineChoice
from resources.models.voices import load_voices
from tests.resources.models.tiny_xvector import DIMENSIONS, KINDS, save_tiny_xvector

pytest.importorskip("transformers", reason="the models extra is not installed")

RNG = np.random.default_rng(5)
WINDOWS = [RNG.standard_normal(length).astype(np.float32) * 0.1 for length in (24_000, 9_000, 24_000, 4_000)]


def choice(folder: Path) -> EngineChoice:
    return EngineChoice("voices_engine", "xvector", str(folder))


@pytest.mark.parametrize("kind", KINDS)
def test_a_window_has_the_models_own_vector_at_length_one(tmp_path: Path, kind: str):
    import torch
    from transformers import AutoModelForAudioXVector

    folder = save_tiny_xvector(tmp_path, kind)
    normal = (WINDOWS[0] - WINDOWS[0].mean()) / np.sqrt(WINDOWS[0].var() + 1e-7)
    with torch.inference_mode():
        model = AutoModelForAudioXVector.from_pretrained(folder).eval()
        expected = model(torch.from_numpy(normal[None])).embeddings[0].numpy()

    engine = load_voices(choice(folder), device="cpu")
    vectors = engine.embed(WINDOWS)

    assert vectors.shape == (4, DIMENSIONS)
    assert vectors.dtype == np.float32
    assert vectors[0] == pytest.approx(expected / np.linalg.norm(expected), abs=1e-4)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    assert engine.name == f"xvector:{folder}"


def test_windows_together_have_the_vectors_that_they_have_alone(tmp_path: Path):
    engine = load_voices(choice(save_tiny_xvector(tmp_path)), device="cpu")

    together = engine.embed(WINDOWS * 9)
    alone = np.concatenate([engine.embed([window]) for window in WINDOWS])

    assert together == pytest.approx(np.tile(alone, (9, 1)), abs=1e-5)


def test_no_window_is_too_short_and_none_at_all_is_fine(tmp_path: Path):
    engine = load_voices(choice(save_tiny_xvector(tmp_path)), device="cpu")

    short = engine.embed([np.zeros(0, np.float32), np.zeros(24_000, np.float32), WINDOWS[0][:10]])

    assert np.isfinite(short).all()
    assert engine.embed([]).shape == (0, DIMENSIONS)


def test_how_alike_one_voice_is_may_stand_in_the_models_config(tmp_path: Path):
    folder = save_tiny_xvector(tmp_path)
    usual = load_voices(choice(folder), device="cpu").alike
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "showrunner_alike": 0.7}))

    told = load_voices(choice(folder), device="cpu").alike

    assert (usual, told) == (0.86, 0.7)


@pytest.mark.parametrize("value", ["high", 1.5, None, 0])
def test_a_likeness_that_is_no_cosine_is_refused(tmp_path: Path, value: object):
    folder = save_tiny_xvector(tmp_path)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "showrunner_alike": value}))

    with pytest.raises(ModelUnavailable, match="showrunner_alike"):
        load_voices(choice(folder), device="cpu")


def test_missing_weights_are_refused_not_drawn_at_random(tmp_path: Path):
    from safetensors.numpy import load_file, save_file

    folder = save_tiny_xvector(tmp_path)
    weights = load_file(folder / "model.safetensors")
    save_file(
        {name: each for name, each in weights.items() if not name.startswith("tdnn")}, folder / "model.safetensors"
    )

    with pytest.raises(ModelUnavailable, match=r"lack \d+ of the model's weights, for example tdnn"):
        load_voices(choice(folder), device="cpu")


def test_a_model_without_voices_is_refused(tmp_path: Path):
    (tmp_path / "config.json").write_text('{"model_type": "whisper"}')

    with pytest.raises(ModelUnavailable, match="whisper model, not of wavlm"):
        load_voices(choice(tmp_path), device="cpu")


def test_a_model_of_another_rate_is_refused(tmp_path: Path):
    with pytest.raises(ModelUnavailable, match="hears at 8000 Hz"):
        load_voices(choice(save_tiny_xvector(tmp_path, rate=8_000)), device="cpu")


def test_a_folder_that_is_not_there_names_the_setting(tmp_path: Path):
    with pytest.raises(ModelUnavailable, match="VOICES_ENGINE"):
        load_voices(choice(tmp_path / "nowhere"), device="cpu")
