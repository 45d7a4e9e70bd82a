"""The library of styles that may be used: the house's own, and what people made up and published."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from ops.errors import UsageError
from ops.style.catalogue import house_styles
from resources.custom_styles import STYLE_FILE, style_key, style_library
from resources.database import Database
from resources.store.artifact_store import ArtifactStore
from resources.store.folder import FolderBackend
from resources.store.model import MadeBy
from resources.style_wish_model import Kind, State
from resources.style_wishes import StyleWishes


@pytest.fixture
def store(tmp_path: Path) -> ArtifactStore:
    return ArtifactStore(
        FolderBackend(tmp_path / "store"), keep_versions=3, cache=tmp_path / "cache", cache_bytes=1 << 20
    )


def _published(style: str, store: ArtifactStore, folder: Path, **more: object) -> str:
    document = {
        "id": style,
        "name": "Warm",
        "about": "Warm light.",
        "family": "grade",
        "cost": "light",
        "container": "showrunner-styles-cpu",
        "stages": [{"op": "grade", "warmth": 30}],
        **more,
    }
    (folder / STYLE_FILE).write_text(json.dumps(document))
    files = {STYLE_FILE: folder / STYLE_FILE}
    return store.publish(style_key(style), files, made_by=MadeBy("1"), inputs={}).version


def test_a_network_is_asked_of_a_picture_alone_and_may_be_asked_later(
    wishes: StyleWishes, database: Database, store: ArtifactStore, tmp_path: Path
) -> None:
    with pytest.raises(UsageError):
        wishes.ask(Kind.PROMPT, b"warm", name="Warm", owner="ada", network=True)
    style = wishes.ask(Kind.IMAGE, b"jpeg", name="Warm", owner="ada").id
    wishes.publish(style, _published(style, store, tmp_path), ["told"])
    again = wishes.ask(Kind.IMAGE, b"jpeg", name="Warm", owner="ada", network=True)
    assert (again.state, again.network) == (State.ASKED, True)
    assert style in style_library(database, store)


def test_the_library_holds_the_houses_styles_and_what_people_made_up(
    wishes: StyleWishes, database: Database, store: ArtifactStore, tmp_path: Path
) -> None:
    style = wishes.ask(Kind.PROMPT, b"warm", name="Warm", owner="ada").id
    assert dict(style_library(database, store)) == dict(house_styles())

    wishes.publish(style, _published(style, store, tmp_path), ["'warm': warmer light"])

    library = style_library(database, store)
    assert set(library) == {*house_styles(), style}
    assert library[style].stages[0].settings["warmth"] == 30
    assert (library[style].folder / STYLE_FILE).is_file()


def test_a_style_that_cannot_be_read_any_more_takes_no_other_with_it(
    wishes: StyleWishes, database: Database, store: ArtifactStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good = wishes.ask(Kind.PROMPT, b"good", name="Good", owner="ada").id
    bad = wishes.ask(Kind.PROMPT, b"bad", name="Bad", owner="ada").id
    wishes.publish(good, _published(good, store, tmp_path), [])
    wishes.publish(bad, _published(bad, store, tmp_path, stages=[{"op": "hologram"}]), [])
    with caplog.at_level(logging.WARNING):
        library = style_library(database, store)
    assert good in library and bad not in library
    assert "hologram" in caplog.text
