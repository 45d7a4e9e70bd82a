"""A house whose settings choose other engines makes again what those engines make, and its manifests say so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import dagster as dg
import numpy as np
import pytest

from assets.planning import to_make
from ops.errors import ModelUnavailable
from ops.shot_features import ShotFeatures
from orchestration.make import TitleReport, make_title
from resources.models.engines import Engines
from resources.store.model import ArtifactKey
from resources.studio import Studio
from tests.resources.models.test_laion import linear, saved
from tests.resources.models.test_yolo import answer, save_constant
from tests.resources.models.tiny_clip import DIMENSIONS, save_tiny_clip

WANTED = ["shot_features", "thumbnails/1x1"]


def with_engines(studio: Studio, **chosen: str) -> Studio:
    settings = studio.settings.model_copy(update=chosen)
    return replace(studio, settings=settings, engines=Engines(settings))


def engines_of(report: TitleReport) -> dict[str, str]:
    return {made.asset: made.manifest.made_by.engine for made in report.artifacts}


def test_other_engines_make_their_artifacts_again_and_are_named_by_them(
    studio: Studio, instance: dg.DagsterInstance, data: Path, tmp_path: Path
):
    film = data / "video" / "one_frame.mp4"
    first = make_title(film, ["shot_features"], studio, instance)
    clip = f"clip:{save_tiny_clip(tmp_path / 'clip')}"
    yolo = f"yolo:{save_constant(tmp_path / 'y.onnx', answer((16, 0.9, (20, 20, 24, 24)), classes=80))}"
    head = f"laion:{saved(tmp_path / 'head.safetensors', linear())}"
    changed = with_engines(studio, embedding_engine=clip, objects_engine=yolo, aesthetics_engine=head)

    stale = to_make(first.title, ["shot_features"], changed)
    second = make_title(film, WANTED, changed, instance)

    assert set(stale) == {"shot_features"}
    assert to_make(first.title, WANTED, changed) == {}
    before, after = engines_of(first), engines_of(second)
    assert after == before | {
        "shot_features": f"shot_features+{clip}",
        "thumbnails/1x1": f"thumbnails+{yolo}+{head}+{clip}",
    }
    features = ShotFeatures.load(file_of(changed, first.title, "shot_features", "shot_features.npz"))
    assert features.embedder == clip
    assert features.embedding.shape[1] == DIMENSIONS
    np.testing.assert_allclose(np.linalg.norm(features.embedding, axis=1), 1, atol=1e-5)
    choice = file_of(changed, first.title, "thumbnails/1x1", "thumbnail.json").read_text()
    assert '"label": "dog"' in choice
    assert '"aesthetics": 0.15' in choice


def file_of(studio: Studio, title: str, asset: str, name: str) -> Path:
    manifest = studio.store.manifest(ArtifactKey.of_asset(title, asset))
    assert manifest is not None
    return studio.store.fetch(manifest, name)


def test_an_engine_that_cannot_load_fails_its_artifact_with_the_setting_and_leaves_the_old_one(
    studio: Studio, instance: dg.DagsterInstance, data: Path
):
    film = data / "video" / "one_frame.mp4"
    first = make_title(film, ["shot_features"], studio, instance)
    broken = with_engines(studio, embedding_engine="clip:/nowhere/clip")

    report = make_title(film, ["shot_features"], broken, instance)

    assert "SHOWRUNNER_EMBEDDING_ENGINE" in report.failed["shot_features"]
    manifest = studio.store.manifest(ArtifactKey.of_asset(first.title, "shot_features"))
    assert manifest is not None
    assert manifest.made_by.engine == "embedded/descriptors"
    with pytest.raises(ModelUnavailable):
        _ = broken.engines.embedder
