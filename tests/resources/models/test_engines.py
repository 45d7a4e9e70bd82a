"""A setting's choice becomes the engine that it names, loaded once, or an error that names the setting."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ops.errors import ModelUnavailable
from resources.models.engines import Engines
from resources.settings import load_settings
from tests.resources.models.test_laion import linear, saved
from tests.resources.models.test_yolo import answer, save_constant
from tests.resources.models.tiny_clip import DIMENSIONS, save_tiny_clip
from tests.resources.models.tiny_rtdetr import save_tiny_rtdetr

PICTURE = np.random.default_rng(2).integers(0, 256, (48, 64, 3), np.uint8)


def test_the_defaults_are_the_embedded_engines():
    engines = Engines(load_settings())

    names = [each.name for each in (engines.faces, engines.embedder, engines.objects, engines.aesthetics)]

    assert all(name.startswith("embedded/") for name in names)
    assert 0 <= float(engines.aesthetics.judge([PICTURE])[0]) <= 1


def test_every_choice_loads_the_engine_it_names_and_loads_it_once(tmp_path: Path):
    clip = f"clip:{save_tiny_clip(tmp_path / 'clip')}"
    head = f"laion:{saved(tmp_path / 'head.safetensors', linear())}"
    rtdetr = f"rtdetr:{save_tiny_rtdetr(tmp_path / 'rtdetr')}"
    yolo = f"yolo:{save_constant(tmp_path / 'yolo.onnx', answer((0, 0.9, (20, 20, 9, 9))))}"
    engines = Engines(load_settings(embedding_engine=clip, aesthetics_engine=head, objects_engine=rtdetr))
    others = Engines(load_settings(objects_engine=yolo, device="cpu"))

    assert engines.embedder.name == clip
    assert engines.embedder.embed([PICTURE]).shape == (1, DIMENSIONS)
    assert engines.aesthetics.name == head
    assert engines.aesthetics.judge([PICTURE]).shape == (1,)
    assert (engines.objects.name, others.objects.name) == (rtdetr, yolo)
    assert others.objects.detect(PICTURE)
    assert engines.embedder is engines.embedder


def test_a_head_without_clip_is_told_before_anything_is_loaded(tmp_path: Path):
    engines = Engines(load_settings(aesthetics_engine=f"laion:{tmp_path / 'none.pth'}"))

    with pytest.raises(ModelUnavailable, match="SHOWRUNNER_EMBEDDING_ENGINE=clip"):
        _ = engines.aesthetics


@pytest.mark.parametrize(
    "settings",
    [
        {"embedding_engine": "clip:/nowhere/clip"},
        {"objects_engine": "yolo:/nowhere/yolo.onnx"},
        {"objects_engine": "rtdetr:/nowhere/rtdetr"},
    ],
)
def test_a_model_that_is_not_there_names_its_setting_and_nothing_else_steps_in(settings: dict[str, str]):
    (setting,) = settings
    engines = Engines(load_settings().model_copy(update=settings))
    name = {"embedding_engine": "embedder", "objects_engine": "objects"}[setting]

    with pytest.raises(ModelUnavailable, match=rf"SHOWRUNNER_{setting.upper()}.*/nowhere/"):
        getattr(engines, name)


def test_definitions_of_engines_import_no_heavy_library():
    import subprocess
    import sys

    heavy = "{'torch', 'transformers', 'onnxruntime', 'mediapipe'}"
    code = f"import sys, resources.models.engines; print(sorted({heavy} & set(sys.modules)))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
