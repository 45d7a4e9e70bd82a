"""The CLIP engine, on a tiny checkpoint that goes through the loader of the large ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from ops.embedding import ImageTextEmbedder
from ops.errors import ModelUnavailable
from resources.models.choice import EngineChoice
from resources.models.clip import load_clip
from tests.resources.models.tiny_clip import CROP, DIMENSIONS, MEAN, STD, save_tiny_clip

PICTURES = [
    np.random.default_rng(n).integers(0, 256, (height, width, 3), np.uint8)
    for n, (height, width) in enumerate([(40, 64), (64, 40), (33, 33), (3, 50), (120, 31)])
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_clip(tmp_path_factory.mktemp("clip"))


@pytest.fixture(scope="module")
def clip(folder: Path) -> ImageTextEmbedder:
    return load_clip(choice(folder), device="cpu")


@pytest.fixture(scope="module")
def model(folder: Path) -> Any:
    from transformers import CLIPModel

    return CLIPModel.from_pretrained(folder).eval()


def choice(folder: Path) -> EngineChoice:
    return EngineChoice.parse("embedding_engine", f"clip:{folder}")


def prepared(rgb: np.ndarray) -> np.ndarray:
    """CLIP's preparation by its paper's code: shorter side to the crop by bicubic, the middle, mean and deviation."""
    height, width = rgb.shape[:2]
    scale = CROP / min(height, width)
    size = (CROP, int(height * scale)) if width <= height else (int(width * scale), CROP)
    small = np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BICUBIC), np.float32) / 255
    top, left = (small.shape[0] - CROP) // 2, (small.shape[1] - CROP) // 2
    middle = small[top : top + CROP, left : left + CROP]
    return ((middle - MEAN) / STD).transpose(2, 0, 1).astype(np.float32)


def forward(model: Any, **inputs: Any) -> Any:
    """The model's own forward pass, which makes and scales both halves' vectors itself."""
    import torch

    with torch.inference_mode():
        return model(**inputs)


def test_vectors_of_pictures_are_the_models_own_on_the_same_prepared_pictures(clip: ImageTextEmbedder, model: Any):
    import torch

    pixels = torch.from_numpy(np.stack([prepared(picture) for picture in PICTURES]))
    ids = torch.tensor([[54, 0, 55]])

    expected = forward(model, pixel_values=pixels, input_ids=ids).image_embeds.numpy()

    np.testing.assert_allclose(clip.embed(PICTURES), expected, atol=2e-5)


def test_vectors_of_words_are_the_models_own_on_the_same_tokens(clip: ImageTextEmbedder, model: Any):
    import torch

    # "cat" is one token by the merges, "a dog" falls into letters; the end pads the shorter text
    cat, start, end = 53, 54, 55
    a, d, o, g = 26, 3, 14, 32
    ids = torch.tensor([[start, cat, end, end, end, end], [start, a, d, o, g, end]])
    mask = torch.tensor([[1, 1, 1, 0, 0, 0], [1, 1, 1, 1, 1, 1]])
    pixels = torch.zeros(1, 3, CROP, CROP)

    expected = forward(model, pixel_values=pixels, input_ids=ids, attention_mask=mask).text_embeds.numpy()

    np.testing.assert_allclose(clip.embed_text(["Cat", "a dog"]), expected, atol=2e-5)


def test_rows_are_of_unit_length_whatever_the_batches(clip: ImageTextEmbedder):
    many = [PICTURES[n % len(PICTURES)] for n in range(40)]

    rows = clip.embed(many)

    assert rows.shape == (40, DIMENSIONS)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(rows[35], clip.embed([PICTURES[0]])[0], atol=1e-5)


def test_nothing_gives_no_rows(clip: ImageTextEmbedder):
    assert clip.embed([]).shape == clip.embed_text([]).shape == (0, DIMENSIONS)


def test_a_long_text_is_cut_to_what_the_model_reads(clip: ImageTextEmbedder):
    assert np.isfinite(clip.embed_text(["a very long tagline " * 30])).all()


def test_it_is_named_with_its_model(clip: ImageTextEmbedder, folder: Path):
    assert clip.name == f"clip:{folder}"


def test_weights_that_are_missing_are_an_error_and_not_drawn_at_random(tmp_path: Path):
    from safetensors.numpy import load_file, save_file

    folder = save_tiny_clip(tmp_path)
    weights = load_file(folder / "model.safetensors")
    del weights["visual_projection.weight"]
    save_file(weights, folder / "model.safetensors", {"format": "pt"})

    with pytest.raises(ModelUnavailable, match=r"SHOWRUNNER_EMBEDDING_ENGINE.*visual_projection"):
        load_clip(choice(folder), device="cpu")


def test_the_checkpoint_of_another_model_is_refused_by_name(tmp_path: Path):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))

    with pytest.raises(ModelUnavailable, match="bert"):
        load_clip(choice(tmp_path), device="cpu")


@pytest.mark.parametrize("damage", ["model.safetensors", "vocab.json", "preprocessor_config.json"])
def test_damaged_files_are_told_with_the_setting_that_names_them(tmp_path: Path, damage: str):
    folder = save_tiny_clip(tmp_path)
    (folder / damage).write_bytes(b"\x00 not what it should be")

    with pytest.raises(ModelUnavailable, match="SHOWRUNNER_EMBEDDING_ENGINE"):
        load_clip(choice(folder), device="cpu")


def test_an_empty_folder_says_what_it_should_hold(tmp_path: Path):
    with pytest.raises(ModelUnavailable, match=r"config\.json"):
        load_clip(choice(tmp_path), device="cpu")
