"""The image checker, on a tiny ViT that goes through the loader of the large ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ops.errors import ModelUnavailable
from ops.safety.image_gate import GateState, judge_picture
from resources.models.choice import EngineChoice
from resources.models.image_safety import MOST_UNSAFE, load_image_safety

PICTURE = np.random.default_rng(3).integers(0, 256, (48, 64, 3), np.uint8)


def save_tiny_vit(folder: Path, labels: tuple[str, ...] = ("normal", "nsfw"), *, towards: int | None = None) -> Path:
    import torch
    from transformers import ViTConfig, ViTForImageClassification, ViTImageProcessorPil

    torch.manual_seed(1)
    config = ViTConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, image_size=32, patch_size=8,
        id2label=dict(enumerate(labels)), label2id={label: place for place, label in enumerate(labels)},
    )  # fmt: skip
    model = ViTForImageClassification(config)
    if towards is not None:
        with torch.no_grad():
            model.classifier.bias += 20 * torch.eye(len(labels))[towards]  # type: ignore[operator]
    model.save_pretrained(folder)
    ViTImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(folder)
    return folder


def choice(folder: Path) -> EngineChoice:
    return EngineChoice.parse("image_safety_engine", f"classifier:{folder}")


def test_the_score_is_the_models_own_probability_of_its_unsafe_labels(tmp_path: Path):
    import torch
    from transformers import ViTForImageClassification

    folder = save_tiny_vit(tmp_path, ("drawings", "hentai", "neutral", "porn", "sexy"))
    pixels = np.asarray(Image.fromarray(PICTURE).resize((32, 32), Image.Resampling.BILINEAR), np.float32)
    batch = torch.from_numpy((pixels / 127.5 - 1).transpose(2, 0, 1)[None].copy())
    with torch.inference_mode():
        logits = ViTForImageClassification.from_pretrained(folder).eval()(pixel_values=batch).logits[0]
    chances = logits.softmax(-1).numpy()

    checker = load_image_safety(choice(folder), device="cpu")

    assert checker.judge(PICTURE).score == pytest.approx(float(chances[[1, 3, 4]].sum()), abs=1e-4)
    assert checker.name == f"classifier:{folder}"


@pytest.mark.parametrize(("towards", "state"), [(0, GateState.PASSED), (1, GateState.PENDING)])
def test_the_labels_decide(tmp_path: Path, towards: int, state: GateState):
    checker = load_image_safety(choice(save_tiny_vit(tmp_path, towards=towards)), device="cpu")
    judged = judge_picture(checker, PICTURE)
    assert judged.state is state
    assert judged.score is not None and (judged.score < MOST_UNSAFE) is (state is GateState.PASSED)


@pytest.mark.parametrize("labels", [("LABEL_0", "LABEL_1"), ("normal", "cat"), ("normal", "safe"), ("nsfw", "porn")])
def test_labels_that_do_not_say_what_is_safe_are_refused(tmp_path: Path, labels: tuple[str, ...]):
    with pytest.raises(ModelUnavailable, match="do not say which are safe"):
        load_image_safety(choice(save_tiny_vit(tmp_path, labels)), device="cpu")


def test_a_model_that_is_not_here_is_told(tmp_path: Path):
    with pytest.raises(ModelUnavailable, match="SHOWRUNNER_IMAGE_SAFETY_ENGINE"):
        load_image_safety(choice(tmp_path / "nowhere"), device="cpu")
