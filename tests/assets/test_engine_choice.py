"""Another engine makes stale what was made with it, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from assets.artifact import Artifact, under
from assets.families import ARTIFACTS
from assets.making import MASTER
from assets.staleness import Verdict, judge
from resources.ledger import LedgerState, Standing, input_hash
from resources.models.choice import ENGINES
from resources.settings import Settings, load_settings

FILM = "f" * 64
THUMBNAILS = {asset for asset in ARTIFACTS if asset.startswith("thumbnails/")}


def fresh_rows(artifacts: Mapping[str, Artifact]) -> dict[str, Standing]:
    rows: dict[str, Standing] = {}
    for asset, artifact in artifacts.items():
        inputs = {name: rows[name].data_version or "" for name in artifact.upstream} or {MASTER: FILM}
        made_of = input_hash(inputs, code_version=artifact.code_version, engine=artifact.engine)
        rows[asset] = Standing(LedgerState.READY, made_of, artifact.code_version, f"data of {asset}", made_of, 0, None)
    return rows


def made_stale_by(before: Settings, after: Settings) -> set[str]:
    verdicts = judge(under(ARTIFACTS, after), fresh_rows(under(ARTIFACTS, before)), FILM)
    return {asset for asset, verdict in verdicts.items() if verdict is Verdict.STALE}


def test_the_embedded_engines_are_named_as_the_artifact_names_them():
    for asset, artifact in under(ARTIFACTS, load_settings()).items():
        assert artifact.engine == ARTIFACTS[asset].engine


@pytest.mark.parametrize(
    ("chosen", "stale"),
    [
        ({"faces_engine": "mediapipe:/models/faces.tflite"}, {"keyframes"}),
        ({"embedding_engine": "clip"}, {"shot_features"}),
        ({"objects_engine": "rtdetr"}, THUMBNAILS),
        ({"aesthetics_engine": "laion:/models/head.pth"}, THUMBNAILS),
        ({"text_engine": "causal-lm"}, THUMBNAILS),
        ({"image_engine": "sdxl-turbo"}, THUMBNAILS),
        ({"device": "cpu"}, set()),
    ],
)
def test_another_engine_makes_stale_what_it_makes_and_nothing_else(chosen: dict[str, Any], stale: set[str]):
    made_stale = made_stale_by(load_settings(), load_settings(**chosen))

    assert stale <= made_stale
    assert all(set(chosen) & set(ARTIFACTS[asset].uses) for asset in made_stale)


def test_another_model_of_the_same_engine_makes_stale_too():
    first, second = (load_settings(objects_engine=f"yolo:/models/{name}.onnx") for name in ("n", "m"))

    assert made_stale_by(first, second) >= THUMBNAILS
    assert not made_stale_by(second, second)


def test_an_artifact_names_what_its_engines_stand_on():
    settings = load_settings(aesthetics_engine="laion:/models/head.pth", embedding_engine="clip:/models/clip")

    engine = ARTIFACTS["thumbnails/16x9"].under(settings).engine

    assert engine == "thumbnails+laion:/models/head.pth+clip:/models/clip"


def test_generated_pictures_name_their_lora_and_who_judges_them():
    settings = load_settings(
        image_engine="sdxl-turbo:/models/turbo",
        image_lora="/models/look.safetensors",
        embedding_engine="clip:/models/clip",
    )

    engine = ARTIFACTS["thumbnails/16x9"].under(settings).engine

    assert engine == "thumbnails+sdxl-turbo:/models/turbo+lora:/models/look.safetensors+clip:/models/clip"
    assert made_stale_by(load_settings(image_engine="sdxl-turbo:/models/turbo"), settings) >= THUMBNAILS


def test_an_artifact_uses_settings_that_choose_engines():
    assert all(set(artifact.uses) <= set(ENGINES) for artifact in ARTIFACTS.values())
