"""The aesthetics engines: LAION's heads over a tiny CLIP, and the embedded formula."""

from __future__ import annotations

import pickle
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from ops.errors import ModelUnavailable
from ops.media.frames import read_frames
from resources.models.aesthetics import StillAesthetics
from resources.models.choice import EngineChoice
from resources.models.clip import ClipEmbedder, load_clip
from resources.models.laion import LaionJudge, load_laion
from tests.resources.models.tiny_clip import DIMENSIONS, save_tiny_clip

WIDTHS = (DIMENSIONS, 12, 8, 6, 4, 1)
PLACES = (0, 2, 4, 6, 7)
PICTURES = [np.random.default_rng(n).integers(0, 256, (40, 60, 3), np.uint8) for n in range(5)]


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> ClipEmbedder:
    folder = save_tiny_clip(tmp_path_factory.mktemp("clip"))
    return load_clip(EngineChoice.parse("embedding_engine", f"clip:{folder}"), device="cpu")


def mlp(places: tuple[int, ...] = PLACES, first: int = DIMENSIONS) -> dict[str, np.ndarray]:
    """The tensors of LAION's v2 head, narrow."""
    rng = np.random.default_rng(3)
    widths = (first, *WIDTHS[1:])
    tensors: dict[str, np.ndarray] = {}
    for place, (wide, narrow) in zip(places, pairwise(widths), strict=True):
        tensors[f"layers.{place}.weight"] = rng.normal(0, 0.6, (narrow, wide)).astype(np.float32)
        tensors[f"layers.{place}.bias"] = rng.normal(0, 0.6, narrow).astype(np.float32)
    tensors[f"layers.{places[-1]}.bias"] += 5
    return tensors


def linear() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(4)
    return {"weight": rng.normal(0, 2, (1, DIMENSIONS)).astype(np.float32), "bias": np.array([5.5], np.float32)}


def saved(file: Path, tensors: dict[str, np.ndarray]) -> Path:
    if file.suffix == ".safetensors":
        from safetensors.numpy import save_file

        save_file(tensors, file)
    else:
        import torch

        torch.save({name: torch.from_numpy(tensor) for name, tensor in tensors.items()}, file)
    return file


def judge(file: Path, clip: ClipEmbedder, *, embedding: str = "clip") -> LaionJudge:
    head = EngineChoice.parse("aesthetics_engine", f"laion:{file}")
    return load_laion(head, embedder=clip, clip=EngineChoice.parse("embedding_engine", embedding))


def _mark(head: dict[str, np.ndarray], vector: np.ndarray) -> float:
    """The head's mark, one product after another."""
    for place in PLACES:
        rows = zip(head[f"layers.{place}.weight"], head[f"layers.{place}.bias"], strict=True)
        vector = np.array([float(np.dot(row, vector)) + float(bias) for row, bias in rows])
    return float(vector[0])


@pytest.mark.parametrize("name", ["head.pth", "head.safetensors"])
def test_the_marks_are_those_of_the_layers_one_after_another(tmp_path: Path, clip: ClipEmbedder, name: str):
    head = mlp()
    marks = np.array([_mark(head, vector) for vector in clip.embed(PICTURES).astype(np.float64)])

    found = judge(saved(tmp_path / name, head), clip).judge(PICTURES)

    assert found.dtype == np.float32
    np.testing.assert_allclose(found, np.clip(marks / 10, 0, 1), atol=1e-5)
    assert found.std() > 1e-4


def test_the_linear_head_reads_unit_vectors(tmp_path: Path, clip: ClipEmbedder):
    head = linear()
    expected = (clip.embed(PICTURES) * head["weight"]).sum(axis=1) + 5.5

    found = judge(saved(tmp_path / "head.pth", head), clip).judge(PICTURES)

    np.testing.assert_allclose(found, expected / 10, atol=1e-5)


def test_a_mark_beyond_the_scale_stays_on_it(tmp_path: Path, clip: ClipEmbedder):
    head = linear()

    high = judge(saved(tmp_path / "high.pth", head | {"bias": np.array([40.0], np.float32)}), clip)
    low = judge(saved(tmp_path / "low.pth", head | {"bias": np.array([-40.0], np.float32)}), clip)

    assert set(high.judge(PICTURES).tolist()) == {1.0}
    assert set(low.judge(PICTURES).tolist()) == {0.0}


def test_a_head_of_another_clip_is_told_with_both_lengths(tmp_path: Path, clip: ClipEmbedder):
    file = saved(tmp_path / "head.pth", mlp(first=768))

    with pytest.raises(ModelUnavailable, match=rf"768.*{DIMENSIONS}.*SHOWRUNNER_EMBEDDING_ENGINE"):
        judge(file, clip)


def test_a_head_without_clip_says_which_setting_to_set(tmp_path: Path, clip: ClipEmbedder):
    with pytest.raises(ModelUnavailable, match="SHOWRUNNER_EMBEDDING_ENGINE=clip"):
        judge(saved(tmp_path / "head.pth", linear()), clip, embedding="embedded")


def test_the_sibling_with_activations_is_refused_and_not_misread(tmp_path: Path, clip: ClipEmbedder):
    with pytest.raises(ModelUnavailable, match="a head holds"):
        judge(saved(tmp_path / "relu.pth", mlp(places=(0, 3, 6, 9, 11))), clip)


def test_layers_that_do_not_fit_are_refused(tmp_path: Path, clip: ClipEmbedder):
    broken = mlp() | {"layers.4.weight": np.zeros((6, 9), np.float32)}

    with pytest.raises(ModelUnavailable, match="do not fit"):
        judge(saved(tmp_path / "head.safetensors", broken), clip)


class _Trap:
    def __reduce__(self):
        return (Path.touch, (Path("sprung"),))


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_a_pickle_that_would_run_something_runs_nothing(
    tmp_path: Path, clip: ClipEmbedder, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "head.pth").write_bytes(pickle.dumps({"weight": _Trap()}))

    with pytest.raises(ModelUnavailable, match="SHOWRUNNER_AESTHETICS_ENGINE"):
        judge(tmp_path / "head.pth", clip)

    assert not (tmp_path / "sprung").exists()


def test_the_embedded_formula_prefers_a_still_to_its_spoilt_copies(data: Path):
    frame = next(read_frames(data / "video/bikes_640x272.mp4", width=640)).rgb
    spoilt = {
        "blurred": cv2.GaussianBlur(frame, (0, 0), 6),
        "dark": (frame * 0.12).astype(np.uint8),
        "flat": (frame * 0.15 + 110).astype(np.uint8),
        "blank": np.full_like(frame, 90),
    }

    good, *bad = StillAesthetics().judge([frame, *spoilt.values()])

    assert 0.4 < good <= 1
    for name, score in zip(spoilt, bad, strict=True):
        assert 0 <= score < 0.8 * good, name
