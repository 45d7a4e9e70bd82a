"""The scenes asset: made from a film through Dagster, published with its picture, and skipped where it cannot apply."""

from __future__ import annotations

import json
from pathlib import Path

import dagster as dg

from assets.families import ARTIFACTS
from assets.scenes import SCENES_FILE, SUMMARY_FILE, TIMELINE_FILE
from ops.scenes.model import SceneAnalysis
from orchestration.gallery import write_gallery
from orchestration.make import make_title
from resources.settings import load_settings
from resources.store.model import ArtifactKey
from resources.studio import Studio


def test_a_film_of_one_shot_has_its_table_its_picture_and_its_card(
    studio: Studio, instance: dg.DagsterInstance, data: Path
):
    report = make_title(data / "video" / "chaplin_640x360.mp4", ["scenes"], studio, instance)

    assert not report.failed and not report.held
    manifest = studio.store.manifest(ArtifactKey.of_asset(report.title, "scenes"))
    assert manifest is not None
    assert {file.name for file in manifest.files} == {SCENES_FILE, SUMMARY_FILE, TIMELINE_FILE}
    assert all(check["passed"] for check in manifest.quality["checks"])
    found = SceneAnalysis.load(studio.store.fetch(manifest, SCENES_FILE))
    told = json.loads(studio.store.fetch(manifest, SUMMARY_FILE).read_text())
    assert (len(found), found.scene_count, len(told["scenes"])) == (1, 1, 1)
    assert found.engines["speech_emotion"] == "embedded/features"
    page = write_gallery(report, studio).read_text()
    assert 'id="scenes"' in page and "Every curve over the film" in page


def test_a_silent_film_has_no_scenes_and_says_why(studio: Studio, instance: dg.DagsterInstance, data: Path):
    report = make_title(data / "video" / "one_frame.mp4", ["scenes"], studio, instance)

    assert not report.failed
    assert "scenes" in report.skipped or "scenes" in report.waiting


def test_another_emotion_engine_names_itself():
    settings = load_settings(
        speech_emotion_engine="speech-classifier:/models/voice", face_emotion_engine="face-classifier:/models/face"
    )

    engine = ARTIFACTS["scenes"].under(settings).engine

    assert engine == "scenes+speech-classifier:/models/voice+face-classifier:/models/face"
