"""The studio's own engine on photographs: an instant picture, refined ones, and a way on from the last one."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from serving.blend_studio.blending import Blending, open_engine

pytest.importorskip("torch", reason="torch is not installed")

SIZE = 96


@pytest.fixture(scope="module")
def engine() -> Blending:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("os.nice", lambda by: by)  # this process has other tests to do
        return open_engine()


def test_a_photograph_takes_a_paintings_style_where_it_is_painted(engine: Blending, data: Path):
    pictures = {name: read(data / "images" / path) for name, path in PICTURES.items()}
    pictures["mask-1"] = np.zeros((60, 90), np.uint8)
    pictures["mask-1"][:, :45] = 255
    recipe = {
        "target": "cat",
        "iterations": 4,
        "sources": [
            {"picture": "cat", "content": 1.0},
            {"picture": "night", "style": 1.0, "style_mask": "mask-1"},
        ],
    }

    first = engine.preview(recipe, pictures, SIZE)
    steps = list(engine.refine(recipe, pictures, size=SIZE, start=None, cancelled=lambda: False))
    warm = list(engine.refine(recipe, pictures, size=SIZE, start=steps[-1].picture, cancelled=lambda: False))

    plain = cv2.resize(pictures["cat"], (first.shape[1], first.shape[0]), interpolation=cv2.INTER_AREA)
    blueness = [float((each[..., 2].astype(float) - each[..., 0]).mean()) for each in halves(first)]
    assert blueness[0] > blueness[1] + 20, "the night is blue, and only on the left"
    assert float(np.abs(halves(first)[1].astype(float) - halves(plain)[1]).mean()) < 12
    assert steps[-1].done and max(steps[-1].picture.shape) == SIZE
    assert warm[-1].of < steps[-1].of, "a moved slider needs fewer steps"
    assert next(engine.refine(recipe, pictures, size=SIZE, start=None, cancelled=lambda: True), None) is None
    assert set(engine.layers().style_layers) <= set(engine.layers().layers)


PICTURES = {"cat": "content/chelsea_cat.png", "night": "style/starry_night.jpg"}


def read(path: Path) -> np.ndarray:
    picture = cv2.imread(str(path))
    assert picture is not None
    return cv2.resize(picture, (240, 160), interpolation=cv2.INTER_AREA)[:, :, ::-1].copy()


def halves(picture: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    width = picture.shape[1]
    return picture[:, : width * 2 // 5], picture[:, width * 3 // 5 :]
