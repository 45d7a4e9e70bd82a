"""What an engine needs is looked for and told, and nothing is downloaded for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import constants

from orchestration.doctor import Health, examine
from resources.models.choice import ENGINES
from resources.models.inventory import LIBRARIES, stock_of
from resources.settings import Settings, load_settings


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the model hub."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    return tmp_path / "hub"


def chosen(**settings: Any) -> Settings:
    return load_settings(**settings)


def cached(hub: Path, repository: str) -> Path:
    """A repository as the hub's client keeps it."""
    folder = hub / f"models--{repository.replace('/', '--')}"
    snapshot = folder / "snapshots" / ("a" * 40)
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}")
    (folder / "refs").mkdir()
    (folder / "refs" / "main").write_text("a" * 40)
    return snapshot


def test_every_engine_tells_its_libraries():
    assert set(LIBRARIES) == {engine for engines in ENGINES.values() for engine in engines}


def test_embedded_engines_need_nothing():
    for setting in ENGINES:
        stock = stock_of(setting, chosen())
        assert (stock.found, stock.fix, stock.works) == ("embedded", "", True)


def test_weights_that_the_hub_may_give_are_told_as_not_downloaded_with_the_command(hub: Path):
    stock = stock_of("embedding_engine", chosen(embedding_engine="clip"))

    assert stock.works
    assert "not downloaded" in stock.found
    assert stock.fix == "hf download openai/clip-vit-large-patch14"
    assert not hub.exists()


def test_weights_in_the_cache_are_told_with_their_place(hub: Path):
    snapshot = cached(hub, "PekingU/rtdetr_v2_r18vd")

    stock = stock_of("objects_engine", chosen(objects_engine="rtdetr"))

    assert (stock.works, stock.fix) == (True, "")
    assert str(snapshot) in stock.found


def test_a_file_that_is_not_there_is_broken_and_one_that_is_is_not(tmp_path: Path):
    file = tmp_path / "yolo.onnx"
    settings = chosen(objects_engine=f"yolo:{file}")

    before = stock_of("objects_engine", settings)
    file.write_bytes(b"weights")
    after = stock_of("objects_engine", settings)

    assert not before.works
    assert "SHOWRUNNER_OBJECTS_ENGINE" in before.fix
    assert after.works


def test_a_head_without_clip_is_broken_and_says_what_to_set(tmp_path: Path):
    (tmp_path / "head.pth").write_bytes(b"weights")

    stock = stock_of("aesthetics_engine", chosen(aesthetics_engine=f"laion:{tmp_path / 'head.pth'}"))

    assert (stock.works, stock.fix) == (False, "set SHOWRUNNER_EMBEDDING_ENGINE=clip")


def test_a_missing_library_is_told_with_its_command(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(LIBRARIES, "rtdetr", ("torch", "no_such_library"))  # type: ignore[arg-type]

    stock = stock_of("objects_engine", chosen(objects_engine="rtdetr"))

    assert not stock.works
    assert "no_such_library not installed" in stock.found
    assert "showrunner[models]" in stock.fix


def test_the_doctor_tells_every_engine(tmp_path: Path, hub: Path):
    settings = load_settings(
        tmp_path / "home",
        database_url="postgresql://nobody@127.0.0.1:1/none",
        embedding_engine="clip",
        objects_engine="yolo:/nowhere.onnx",
    )

    told = {each.thing: each for each in examine(settings)}

    assert told["embedding engine"].health is Health.OPTIONAL
    assert told["objects engine"].health is Health.BROKEN
    assert told["faces engine"].health is Health.OK
    assert {setting.replace("_", " ") for setting in ENGINES} <= set(told)
