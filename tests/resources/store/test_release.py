"""What a gate held is published on a person's word; what is sealed in at publishing leaves the data version alone."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

import pytest

from ops.errors import StoreError
from resources.store.artifact_store import ArtifactStore
from resources.store.model import MadeBy
from tests.resources.store.conftest import KEY, MADE, Medium
from tests.resources.store.dying_writer import at_every_line, outcome_of

Write = Callable[..., dict[str, Path]]
_counter = itertools.count()


def stamp(files: Mapping[str, Path], folder: Path) -> Mapping[str, Path]:
    """A seal that differs each time."""
    sealed = dict(files)
    for name, path in files.items():
        if name.endswith(".jpg"):
            sealed[name] = folder / name
            sealed[name].write_bytes(path.read_bytes() + f" sealed {next(_counter)}".encode())
    return sealed


def held(store: ArtifactStore, files: Mapping[str, Path]) -> str:
    made = MadeBy("3", engine="embedded/test", parameters={"looks": "any"})
    place = store.hold(
        KEY, files, why="a face is cut", made_by=made, inputs={"keyframes": "k"}, quality={"score": 0.5}, cost_s=1.5,
        withheld={"b.jpg": "5c39260a"},
    )  # fmt: skip
    return place.rpartition("/")[2]


def test_what_was_held_is_published_with_the_reviewer_and_their_reason(medium: Medium, write: Write):
    store = medium.open()
    store.publish(KEY, write({"a.jpg": "old"}), made_by=MADE, inputs={})
    version = held(store, write({"a.jpg": "cut", "b.jpg": "too"}))

    manifest = store.release(KEY, version, who="ada", note="it is meant so")

    assert store.manifest(KEY) == manifest
    assert store.fetch(manifest, "a.jpg").read_text() == "cut"
    assert manifest.review == "approved"
    assert manifest.reviewed == {"by": "ada", "note": "it is meant so", "held_for": "a face is cut"}
    assert (manifest.made_by.code_version, manifest.inputs, manifest.quality) == (
        "3",
        {"keyframes": "k"},
        {"score": 0.5},
    )
    assert manifest.withheld == {"b.jpg": "5c39260a"}


def test_releasing_twice_is_one_version(medium: Medium, write: Write):
    store = medium.open()
    version = held(store, write({"a.jpg": "cut"}))
    first = store.release(KEY, version, who="ada", note="", sealing=lambda *_: stamp)
    again = store.release(KEY, version, who="ada", note="", sealing=lambda *_: stamp)
    assert (again.version, again.files) == (first.version, first.files)
    assert len(store.versions(KEY)) == 1


def test_what_was_kept_to_be_looked_at_or_is_gone_cannot_be_released(medium: Medium, write: Write):
    store = medium.open()
    place = store.hold(KEY, write({"a.jpg": "flagged"}), why="3 viewers flagged it")
    with pytest.raises(StoreError, match="looked at"):
        store.release(KEY, place.rpartition("/")[2], who="ada", note="")
    with pytest.raises(StoreError, match="not held any more"):
        store.release(KEY, "20261121T032407407028-926ad2e15a8b", who="ada", note="")


def test_a_killed_release_leaves_the_old_version_whole(in_folder: Medium, write: Write):
    store = in_folder.open()
    store.publish(KEY, write({"a.jpg": "old"}), made_by=MADE, inputs={})
    version = held(store, write({"a.jpg": "new", "b.jpg": "new"}))
    outcome = "killed"
    for step in range(0, 1000, 17):
        outcome = outcome_of(at_every_line, step, lambda: in_folder.open().release(KEY, version, who="ada", note=""))
        reader = in_folder.open()
        manifest = reader.manifest(KEY)
        assert manifest is not None
        contents = {reader.fetch(manifest, file.name).read_text() for file in manifest.files}
        assert contents in ({"old"}, {"new"}), step
        if outcome == "done":
            break
    assert outcome == "done"


def test_sealing_leaves_the_data_version_and_an_unchanged_result_its_version(medium: Medium, write: Write):
    store = medium.open()
    plain = write({"a.jpg": "picture", "a.json": "{}"})
    first = store.publish(KEY, plain, made_by=MADE, inputs={}, seal=stamp)
    again = store.publish(KEY, plain, made_by=MADE, inputs={"keyframes": "new"}, seal=stamp)
    assert (again.version, again.data_version, again.files) == (first.version, first.data_version, first.files)
    assert again.inputs == {"keyframes": "new"}
    unsealed = medium.open(cache="other").publish(KEY, plain, made_by=MADE, inputs={})
    assert unsealed.data_version == first.data_version


def test_the_manifest_lists_the_bytes_that_were_published(medium: Medium, write: Write):
    store = medium.open()
    manifest = store.publish(KEY, write({"a.jpg": "picture", "a.json": "{}"}), made_by=MADE, inputs={}, seal=stamp)
    content = store.fetch(manifest, "a.jpg").read_bytes()
    assert content.startswith(b"picture sealed")
    assert manifest.file("a.jpg").sha256 == sha256(content).hexdigest()
    assert manifest.file("a.jpg").size_bytes == len(content)
    assert manifest.file("a.json").sha256 == sha256(b"{}").hexdigest()


def test_a_seal_that_loses_a_file_publishes_nothing(in_folder: Medium, write: Write):
    store = in_folder.open()
    with pytest.raises(StoreError, match="lost or added"):
        store.publish(KEY, write({"a.jpg": "x"}), made_by=MADE, inputs={}, seal=lambda files, folder: {})
    assert store.manifest(KEY) is None
