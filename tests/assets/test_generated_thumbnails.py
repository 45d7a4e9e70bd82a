"""From a film to published variants with a language model and an image model at work, both tiny and really loaded."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest

from assets.keyframes import KEYFRAMES_FILE
from assets.making import Made
from assets.thumbnails import make_thumbnails
from ops.thumbnails.saving import DigitalSource, saved_source
from orchestration.ingest import deliver
from resources.models.engines import Engines
from resources.settings import Settings, load_settings
from resources.store.model import ArtifactKey, MadeBy
from resources.studio import Studio
from tests.ops.thumbnails.test_make import keyframe, saved
from tests.resources.models.tiny_lm import save_tiny_lm
from tests.resources.models.tiny_sdxl import save_tiny_sdxl

WIDE = "thumbnails/16x9"
LINES = ("Hold on tight.", "Keep up if you dare.", "Don't blink.")


def at_work(studio: Studio, settings: Settings) -> Studio:
    return replace(studio, settings=settings, engines=Engines(settings))


def make(studio: Studio, title: str) -> Made:
    """The title's 16:9 thumbnails."""
    (wide,) = make_thumbnails(title, studio, [WIDE])
    return wide


@pytest.fixture
def film(studio: Studio, instance: dg.DagsterInstance, data: Path, tmp_path: Path) -> str:
    """A title of a genre with three keyframes, published as the keyframes' own family does."""
    copy = tmp_path / "delivery.mp4"
    copy.symlink_to(data / "video" / "one_frame.mp4")
    (tmp_path / "delivery.title.json").write_text(json.dumps({"title": "Wheels", "genre": "Action / Adventure"}))
    title = deliver(str(copy), studio, instance).title
    frames = {number: keyframe(number, 0.7) for number in (20, 60, 160)}
    kept = saved(data / "video" / "bikes_640x272.mp4", tmp_path, frames, 25)
    (tmp_path / KEYFRAMES_FILE).write_text(json.dumps(kept.to_json()))
    files = {each.file: tmp_path / each.file for each in kept.keyframes}
    key = ArtifactKey.of_asset(title, "keyframes")
    studio.store.publish(
        key, {KEYFRAMES_FILE: tmp_path / KEYFRAMES_FILE, **files}, made_by=MadeBy("1", engine="test"), inputs={}
    )
    return title


@pytest.fixture
def settings(studio: Studio, tmp_path: Path) -> Settings:
    return load_settings(
        studio.settings.home,
        database_url=None,
        image_engine=f"sdxl-turbo:{save_tiny_sdxl(tmp_path / 'turbo', card='license: cc0-1.0')}",
        text_engine=f"causal-lm:{save_tiny_lm(tmp_path / 'lm', LINES)}",
        device="cpu",
    )


def test_models_chosen_by_settings_write_and_paint_and_what_they_paint_must_be_like_the_film(
    studio: Studio, settings: Settings, film: str, monkeypatch: pytest.MonkeyPatch
):
    # A model of random weights paints noise: let one floor down, and see that the other drops everything.
    strict = make(at_work(studio, settings), film)
    words = dict(strict.metadata)["words"].data  # type: ignore[attr-defined]
    assert words["genre"] == "action"
    assert words["writer"] == settings.text_engine
    assert set(words["taglines"]) <= set(LINES)
    assert words["dropped"]
    assert all("too little like" in why or "blank" in why or "letters" in why for why in words["dropped"].values())

    monkeypatch.setattr("ops.thumbnails.art.LEAST_LIKENESS", {"embedded": -1.0})
    monkeypatch.setattr("ops.thumbnails.art._FLAT", 0.0)
    monkeypatch.setattr("ops.thumbnails.plan._APART", 0)
    loose = make(at_work(studio, settings), film)
    assert loose.manifest is not None
    told = json.loads(studio.store.fetch(loose.manifest, "variants.json").read_text())
    generated = [each for each in told["variants"] if each["generated"]]
    assert 1 <= len(generated) <= 2
    for each in generated:
        art = each["recipe"]["art"]
        assert art["engine"] == settings.image_engine
        assert art["licence"] == "cc0-1.0"
        assert "Wheels" in art["prompt"]
        assert each["digital_source_type"] in (DigitalSource.GENERATED, DigitalSource.GENERATED_COMPOSITE)
    assert settings.image_engine in loose.manifest.made_by.engine


def test_without_models_the_film_has_variants_and_none_is_generated(studio: Studio, film: str):
    made = make(studio, film)
    assert made.manifest is not None
    told = json.loads(studio.store.fetch(made.manifest, "variants.json").read_text())
    assert len(told["variants"]) >= 4
    assert not any(each["generated"] for each in told["variants"])
    assert dict(made.metadata)["words"].data["writer"] == "embedded/templates"  # type: ignore[attr-defined]
    for each in told["variants"]:
        assert saved_source(studio.store.fetch(made.manifest, each["file"])) is not DigitalSource.GENERATED
