"""The RT-DETR engine, on tiny checkpoints that go through the loader of the large ones."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from ops.errors import ModelUnavailable
from resources.models.choice import EngineChoice
from resources.models.rtdetr import load_rtdetr
from tests.resources.models.tiny_clip import save_tiny_clip
from tests.resources.models.tiny_rtdetr import LABELS, save_tiny_rtdetr

PICTURE = cv2.GaussianBlur(np.random.default_rng(5).integers(0, 256, (60, 110, 3), np.uint8), (0, 0), 3)


def choice(folder: Path) -> EngineChoice:
    return EngineChoice.parse("objects_engine", f"rtdetr:{folder}")


@pytest.mark.parametrize("version", [1, 2])
def test_objects_are_those_of_the_models_own_answer(tmp_path: Path, version: int):
    import torch
    from PIL import Image
    from transformers import AutoModelForObjectDetection

    folder = save_tiny_rtdetr(tmp_path, version=version)
    squeezed = np.asarray(Image.fromarray(PICTURE).resize((96, 96), Image.Resampling.BILINEAR), np.float32) / 255
    model = AutoModelForObjectDetection.from_pretrained(folder).eval()
    with torch.inference_mode():
        answer = model(pixel_values=torch.from_numpy(squeezed.transpose(2, 0, 1)[None].copy()))
    scores = 1 / (1 + np.exp(-answer.logits[0].numpy()))
    x, y, w, h = answer.pred_boxes[0].numpy().T
    pairs = sorted(np.ndindex(scores.shape), key=lambda pair: -scores[pair])[: len(scores)]
    expected = [
        (
            LABELS[label].lower(),
            scores[query, label],
            np.clip([x - w / 2, y - h / 2, x + w / 2, y + h / 2], 0, 1)[:, query],
        )
        for query, label in pairs
        if scores[query, label] > 0.3
    ]

    found = load_rtdetr(choice(folder), device="cpu").detect(PICTURE)

    assert len(found) == len(expected) > 3
    assert len({each.label for each in found}) > 1
    for each, (label, score, (left, top, right, bottom)) in zip(found, expected, strict=True):
        assert each.label == label
        assert each.score == pytest.approx(score, abs=1e-4)
        np.testing.assert_allclose([*each.box], [left, top, right - left, bottom - top], atol=1e-4)


def test_a_checkpoint_of_another_model_is_refused_by_name(tmp_path: Path):
    with pytest.raises(ModelUnavailable, match=r"SHOWRUNNER_OBJECTS_ENGINE.*clip"):
        load_rtdetr(choice(save_tiny_clip(tmp_path)), device="cpu")


def test_cuda_where_there_is_none_is_an_error_and_no_silent_fallback(tmp_path: Path):
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device")
    with pytest.raises(ModelUnavailable, match="SHOWRUNNER_DEVICE"):
        load_rtdetr(choice(save_tiny_rtdetr(tmp_path)), device="cuda")
