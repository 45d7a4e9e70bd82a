"""Where weights come from, and what is said where they do not."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from huggingface_hub import constants

from ops.errors import ModelUnavailable
from resources.models.choice import EngineChoice
from resources.models.weights import local_weights


@pytest.fixture
def far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and a hub that nobody can reach."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    return tmp_path / "hub"


def choice(text: str) -> EngineChoice:
    return EngineChoice.parse("objects_engine", text)


def test_a_path_is_taken_as_it_is(tmp_path: Path):
    file = tmp_path / "yolo.onnx"
    file.write_bytes(b"weights")

    assert local_weights(choice(f"yolo:{file}")) == file
    assert local_weights(choice(f"rtdetr:{tmp_path}")) == tmp_path


def test_a_home_folder_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "yolo.onnx").write_bytes(b"weights")

    assert local_weights(choice("yolo:~/yolo.onnx")) == tmp_path / "yolo.onnx"


@pytest.mark.parametrize("reference", ["/nowhere/yolo.onnx", "./none", "yolo.onnx", "a/b/c", "plain"])
def test_a_path_where_nothing_is_asks_no_hub(far: Path, reference: str):
    with pytest.raises(ModelUnavailable, match=r"SHOWRUNNER_OBJECTS_ENGINE.*no such file") as told:
        local_weights(choice(f"yolo:{reference}"))

    assert "download" not in told.value.fix


def test_a_hub_out_of_reach_is_told_with_the_two_ways_out(far: Path):
    with pytest.raises(ModelUnavailable) as told:
        local_weights(choice("rtdetr"))

    assert told.value.where == "SHOWRUNNER_OBJECTS_ENGINE"
    assert "hf download PekingU/rtdetr_v2_r18vd" in told.value.fix
    assert "SHOWRUNNER_OBJECTS_ENGINE=rtdetr:/path" in told.value.fix


def cached(hub: Path) -> Path:
    """The detector's repository as the hub's client keeps it, its configuration alone."""
    folder = hub / "models--PekingU--rtdetr_v2_r18vd"
    snapshot = folder / "snapshots" / ("b" * 40)
    for each in (snapshot, folder / "refs", folder / "blobs"):
        each.mkdir(parents=True)
    (folder / "refs" / "main").write_text("b" * 40)
    (snapshot / "config.json").write_text("{}")
    return snapshot


def test_what_the_hub_gave_once_is_found_without_it(far: Path):
    snapshot = cached(far)
    (snapshot / "model.safetensors").write_bytes(b"weights")

    assert local_weights(choice("rtdetr"), patterns=("*.json", "*.safetensors")) == snapshot


@pytest.mark.parametrize("left", ["nothing more", "half a file"])
def test_a_download_that_was_broken_off_is_not_taken_for_the_model(far: Path, left: str):
    snapshot = cached(far)
    if left == "half a file":
        (snapshot / "model-00001-of-00002.safetensors").write_bytes(b"weights")
        (snapshot.parents[1] / "blobs" / f"{'c' * 64}.incomplete").write_bytes(b"wei")

    with pytest.raises(ModelUnavailable, match="hf download"):
        local_weights(choice("rtdetr"), patterns=("*.json", "*.safetensors"))


@pytest.mark.skipif(find_spec("mlflow") is not None, reason="mlflow is installed")
def test_a_registrys_model_without_mlflow_names_the_package():
    with pytest.raises(ModelUnavailable, match="mlflow-skinny"):
        local_weights(choice("rtdetr:models:/detector@champion"))
