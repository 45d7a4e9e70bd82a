"""What nobody may be shown of a trailer: with a rejected cut goes all that shows it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from resources.catalogue import Catalogue
from resources.database import Database
from resources.reviews import Question, Reviews, Verdict
from resources.settings import load_settings
from resources.store.model import ArtifactKey, MadeBy, Manifest
from resources.store.opening import open_store
from serving.withheld import may_be_shown

KEY = ArtifactKey("sintel", "trailer", "teaser_15")
OLD = {"trailer.mp4", "edit.json", "edit.otio", "edit.edl", "edit.fcpxml", "cut_sheet.png"}
NEW = {
    *("challenger.mp4", "challenger.json", "challenger_edit.otio", "challenger_edit.edl", "challenger_edit.fcpxml"),
    "challenger_cut_sheet.png",
}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with Database.open(load_settings(tmp_path / "home", database_url=None)) as opened:
        yield opened


@pytest.mark.parametrize(("rejected", "gone"), [("old00000", OLD), ("new00000", NEW), ("other000", set())])
def test_a_rejected_cut_takes_its_companions_along(database: Database, tmp_path: Path, rejected: str, gone: set[str]):
    Catalogue(database).deliver("sintel", sha256=sha256(b"sintel").hexdigest(), uri="/sintel", size_bytes=1)
    store = open_store(load_settings(tmp_path / "home", database_url=None))
    variants = [
        {"id": "old00000", "file": "trailer.mp4", "edit": "edit.json"},
        {"id": "new00000", "file": "challenger.mp4", "edit": "challenger.json"},
    ]
    files = {}
    for name in OLD | NEW | {"variants.json"}:
        files[name] = tmp_path / name
        files[name].write_text(json.dumps({"variants": variants}) if name == "variants.json" else name)
    manifest: Manifest = store.publish(KEY, files, made_by=MadeBy("1", "test"), inputs={})
    reviews = Reviews(database)
    reviews.ask(KEY, Question.FLAGGED, rejected, why="viewers flagged it")
    reviews.decide(reviews.queue()[0].id, Verdict.REJECTED, who="ada", note="not for children")

    barred = {name for name in files if not may_be_shown(manifest, name, reviews, store)}

    assert barred == gone | ({"variants.json"} if gone else set())
