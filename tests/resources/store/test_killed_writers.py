"""Writers killed at every step: a reader sees the old artifact or the new one, whole, and the next writer clears up."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import pytest

from resources.settings import S3Location, Settings
from resources.store.artifact_store import ArtifactStore
from resources.store.folder import FolderBackend
from resources.store.s3 import S3Backend
from tests.resources.memory_folder import IN_MEMORY
from tests.resources.store.conftest import KEY, MADE, Medium
from tests.resources.store.dying_writer import at_every_line, at_every_request, outcome_of

Stage = Callable[..., dict[str, Path]]


@pytest.fixture
def in_folder() -> Iterator[Medium]:
    with tempfile.TemporaryDirectory(dir=IN_MEMORY, prefix="showrunner-store-") as folder:
        yield Medium(lambda: FolderBackend(Path(folder) / "store"), Path(folder))


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """Two files of a generation, which both begin with its number; the film is larger by `size` bytes."""
    large = os.urandom(6 << 20)

    def make(generation: int, size: int = 0) -> dict[str, Path]:
        folder = tmp_path / f"generation {generation}"
        folder.mkdir(exist_ok=True)
        files = {name: folder / name for name in ("a.jpg", "film.mp4")}
        files["a.jpg"].write_bytes(b"%06d" % generation)
        files["film.mp4"].write_bytes(b"%06d" % generation + large[:size])
        return files

    return make


def generation_seen(store: ArtifactStore) -> int:
    """What a reader gets: asserts that it is whole, and of one generation."""
    manifest = store.manifest(KEY)
    assert manifest is not None
    told = {int(store.fetch(manifest, stored.name).read_bytes()[:6]) for stored in manifest.files}
    assert len(manifest.files) == 2
    assert len(told) == 1
    return told.pop()


def garbage(medium: Medium, store: ArtifactStore) -> list[str]:
    """Everything below the key that belongs to no kept version."""
    kept = tuple(f"{KEY.path}/versions/{version}/" for version in store.versions(KEY))
    return [name for name in medium.names() if name != f"{KEY.path}/manifest.json" and not name.startswith(kept)]


def test_a_publish_into_a_folder_killed_at_any_line(in_folder: Medium, stage: Stage):
    store = in_folder.open(keep=1)
    publish(store, stage(0))
    step = 0
    for step in count():
        old, new, after = 3 * step, 3 * step + 1, 3 * step + 3
        outcome = outcome_of(at_every_line, step, lambda new=new: publish(in_folder.open(keep=1), stage(new)))
        if outcome == "done":
            break
        assert generation_seen(in_folder.open()) in (old, new), f"killed at step {step}"
        publish(store, stage(after))
        assert generation_seen(in_folder.open()) == after
        assert garbage(in_folder, store) == [], f"killed at step {step}"
        assert len(store.versions(KEY)) == 1
    assert step > 100


def publish(store: ArtifactStore, files: dict[str, Path]) -> None:
    store.publish(KEY, files, made_by=MADE, inputs={})


@pytest.mark.parametrize("what", ["publish the same again", "hold", "roll back"])
def test_whatever_else_a_writer_is_killed_at_readers_keep_a_whole_artifact(in_folder: Medium, stage: Stage, what: str):
    store = in_folder.open(keep=2)
    publish(store, stage(0))
    publish(store, stage(1))
    oldest = store.versions(KEY)[-1]
    works: dict[str, Callable[[], object]] = {
        "publish the same again": lambda: publish(in_folder.open(keep=2), stage(1)),
        "hold": lambda: in_folder.open(keep=2).hold(KEY, stage(2), why="too dark"),
        "roll back": lambda: in_folder.open(keep=2).rollback(KEY, oldest),
    }
    step = 0
    for step in count():
        if outcome_of(at_every_line, step, works[what]) == "done":
            break
        assert generation_seen(in_folder.open()) in ((0, 1) if what == "roll back" else (1,))
        assert len(store.versions(KEY)) == 2
        store.hold(KEY, stage(3), why="a writer that clears up")
        assert {name.split("/")[3] for name in garbage(in_folder, store)} == {"held"}
    assert step > 20


def test_a_publish_into_s3_killed_at_any_request(s3_settings: Settings, stage: Stage, tmp_path: Path):
    place = s3_settings.store_place
    assert isinstance(place, S3Location)

    def new_client() -> Any:
        return boto3.client(
            "s3",
            endpoint_url=s3_settings.s3_endpoint_url,
            region_name="us-east-1",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        )

    def store_on(client: Any) -> ArtifactStore:
        backend = S3Backend(client, place, part_bytes=5 << 20)
        return ArtifactStore(backend, keep_versions=1, cache=tmp_path / "cache", cache_bytes=1 << 30)

    # The children's client has never spoken when they are forked: each opens connections of its own on it.
    client, childrens = new_client(), new_client()
    store, medium = store_on(client), Medium(lambda: S3Backend(client, place), tmp_path)
    publish(store, stage(0))
    step = 0
    for step in count():
        old, new, after = 3 * step, 3 * step + 1, 3 * step + 3
        large = stage(new, size=6 << 20)
        if outcome_of(at_every_request, step, lambda large=large: publish(store_on(childrens), large)) == "done":
            break
        assert generation_seen(store) in (old, new), f"killed at step {step}"
        publish(store, stage(after))
        assert generation_seen(store) == after
        assert garbage(medium, store) == [], f"killed at step {step}"
        assert client.list_multipart_uploads(Bucket=place.bucket).get("Uploads", []) == []
    assert step > 20
