"""What the store promises, in a folder and in S3 alike."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from ops.errors import StoreError
from resources.store.artifact_store import ArtifactStore
from resources.store.model import ArtifactKey, MadeBy, Manifest
from tests.resources.store.conftest import KEY, MADE, Medium

Write = Callable[[Mapping[str, str | bytes]], dict[str, Path]]


def publish(store: ArtifactStore, files: dict[str, Path], key: ArtifactKey = KEY) -> Manifest:
    return store.publish(key, files, made_by=MADE, inputs={"shots": "s1"})


def read(store: ArtifactStore, manifest: Manifest) -> dict[str, str]:
    return {stored.name: store.fetch(manifest, stored.name).read_text() for stored in manifest.files}


def test_nothing_published_is_no_manifest_and_no_versions(medium: Medium):
    store = medium.open()
    assert store.manifest(KEY) is None
    assert store.versions(KEY) == []


def test_what_is_published_is_read_back_whole_by_another_process_of_the_same_store(medium: Medium, write: Write):
    contents = {"thumbnail.jpg": "a picture", "why/score.json": "{}"}
    published = medium.open().publish(
        KEY,
        write(contents),
        made_by=MadeBy("7", engine="embedded/x", model="m", parameters={"seed": 3}),
        inputs={"keyframes": "k1"},
        quality={"score": 0.9},
        cost_s=1.25,
        gpu_s=0.5,
    )
    reader = medium.open(cache="another cache")
    manifest = reader.manifest(KEY)
    assert manifest is not None
    assert manifest == published
    assert manifest.made_by.parameters == {"seed": 3}
    assert manifest.cost == {"seconds": 1.25, "gpu_seconds": 0.5}
    assert manifest.file("thumbnail.jpg").media_type == "image/jpeg"
    assert manifest.file("thumbnail.jpg").sha256 == sha256(b"a picture").hexdigest()
    assert read(reader, manifest) == contents
    folder = reader.fetch_all(manifest)
    assert (folder / "why/score.json").read_text() == "{}"


def test_the_data_version_is_the_payloads_and_nothing_elses(medium: Medium, write: Write):
    store, other = medium.open(), ArtifactKey("sintel", "other")
    first = publish(store, write({"a": "1", "b": "2"}))
    second = store.publish(other, write({"b": "2", "a": "1"}), made_by=MadeBy("9"), inputs={})
    assert first.data_version == second.data_version
    renamed = publish(store, write({"a": "1", "c": "2"}), other)
    assert renamed.data_version != first.data_version


def test_the_same_payload_again_is_the_same_version_with_news_in_its_manifest(medium: Medium, write: Write):
    store = medium.open()
    first = publish(store, write({"a": "1"}))
    again = store.publish(KEY, write({"a": "1"}), made_by=MadeBy("2"), inputs={"shots": "s2"})
    assert (again.version, again.data_version) == (first.version, first.data_version)
    assert store.versions(KEY) == [first.version]
    current = store.manifest(KEY)
    assert current is not None
    assert (current.made_by.code_version, current.inputs) == ("2", {"shots": "s2"})
    assert store.manifest(KEY, first.version) == current


def test_a_files_address_changes_whenever_its_bytes_do(medium: Medium, write: Write):
    store = medium.open()
    first, second = publish(store, write({"a": "1"})), publish(store, write({"a": "2"}))
    assert store.address(first, "a") != store.address(second, "a")
    assert store.address(first, "a") in medium.names()


def test_the_last_versions_stay_and_older_ones_go_with_all_their_files(medium: Medium, write: Write):
    store = medium.open(keep=2)
    manifests = [publish(store, write({"a": str(n), "same in all": "x"})) for n in range(4)]
    assert store.versions(KEY) == [manifests[3].version, manifests[2].version]
    assert read(store, manifests[2]) == {"a": "2", "same in all": "x"}
    assert not [name for name in medium.names() if manifests[0].version in name or manifests[1].version in name]
    with pytest.raises(StoreError, match=r"gone|missing"):
        medium.open(cache="empty").fetch(manifests[0], "a")


def test_an_older_version_is_current_again_by_its_name(medium: Medium, write: Write):
    store = medium.open()
    first, second = publish(store, write({"a": "1"})), publish(store, write({"a": "2"}))
    assert store.rollback(KEY, first.version) == first
    assert store.manifest(KEY) == first
    assert store.versions(KEY) == [second.version, first.version]


def test_a_version_rolled_back_to_survives_the_pruning_while_it_is_current(medium: Medium, write: Write):
    store = medium.open(keep=2)
    first, _ = publish(store, write({"a": "1"})), publish(store, write({"a": "2"}))
    store.rollback(KEY, first.version)
    republished = publish(store, write({"a": "1"}))
    assert republished.version == first.version
    third = publish(store, write({"a": "3"}))
    assert store.manifest(KEY) == third
    assert first.version not in store.versions(KEY)


@pytest.mark.parametrize("version", ["20200101T000000000000-0123456789ab", "../../etc", "", "current"])
def test_rolling_back_to_what_is_not_kept_changes_nothing(medium: Medium, write: Write, version: str):
    store = medium.open()
    published = publish(store, write({"a": "1"}))
    with pytest.raises(StoreError):
        store.rollback(KEY, version)
    assert store.manifest(KEY) == published


def test_variants_of_an_artifact_and_the_artifact_itself_stay_apart(medium: Medium, write: Write):
    store = medium.open(keep=1)
    keys = [ArtifactKey("sintel", "thumbnails"), KEY, ArtifactKey("sintel", "thumbnails", "1x1")]
    manifests = [publish(store, write({"a": key.asset}), key) for key in keys]
    for key, manifest in zip(keys, manifests, strict=True):
        publish(store, write({"a": key.asset}), key)
        assert store.versions(key) == [manifest.version]
        assert read(store, manifest) == {"a": key.asset}


def test_what_is_held_for_review_is_kept_and_never_seen_by_readers(medium: Medium, write: Write):
    store = medium.open()
    published = publish(store, write({"a": "good"}))
    place = store.hold(KEY, write({"a": "too dark"}), why="luma 0.03 is below 0.1")
    assert store.manifest(KEY) == published
    assert store.versions(KEY) == [published.version]
    assert {f"{place}/files/a", f"{place}/why.json"} <= set(medium.names())
    publish(store, write({"a": "better"}))
    assert f"{place}/files/a" in medium.names()


def test_only_the_last_held_results_stay(medium: Medium, write: Write):
    store = medium.open()
    places = [store.hold(KEY, write({"a": str(n)}), why="no") for n in range(7)]
    kept = {name.rpartition("/files/")[0] for name in medium.names() if "/held/" in name and "/files/" in name}
    assert kept == set(places[-5:])


def test_what_a_review_still_needs_stays_held_however_much_is_held_since(medium: Medium, write: Write):
    places: list[str] = []
    store = medium.open(waiting=lambda key: places[:1] if key == KEY else ())
    places += [store.hold(KEY, write({"a": str(n)}), why="no") for n in range(2)]
    places += [store.hold(KEY, write({"a": str(n)}), why="no") for n in range(2, 8)]
    assert [bool(store.held(place)) for place in places] == [True, False, False, *[True] * 5]
    [file] = store.held(places[0])
    assert store.fetch_held(places[0], file).read_text() == "0"


@pytest.mark.parametrize("name", ["../a", "/a", "a/../b", "", ".hidden", "a//b", "a\\b", "a\nb", "x" * 201, "a."])
def test_a_name_that_climbs_or_hides_is_refused(medium: Medium, write: Write, name: str):
    files = {name: write({"plain": "x"})["plain"]}
    with pytest.raises(StoreError, match="file name"):
        publish(medium.open(), files)
    assert medium.names() == []


@pytest.mark.parametrize(
    "parts",
    [
        ("..", "shots", ""),
        ("Sintel", "shots", ""),
        ("a/b", "shots", ""),
        ("sintel", "../x", ""),
        ("sintel", "shots", "versions"),
        ("sintel", "shots", "a/b"),
        ("sintel", "shots", "."),
        ("", "shots", ""),
        ("x" * 64, "shots", ""),
    ],
)
def test_a_key_that_could_leave_its_folder_cannot_be_made(parts: tuple[str, str, str]):
    with pytest.raises(StoreError):
        ArtifactKey(*parts)


def test_missing_files_and_no_files_are_refused_before_anything_is_written(medium: Medium, tmp_path: Path):
    store = medium.open()
    with pytest.raises(StoreError, match="missing"):
        publish(store, {"a": tmp_path / "nowhere"})
    with pytest.raises(StoreError, match="no files"):
        publish(store, {})
    assert medium.names() == []


def test_a_failed_publish_leaves_the_old_artifact_and_no_remains(
    medium: Medium, write: Write, monkeypatch: pytest.MonkeyPatch
):
    store = medium.open()
    published = publish(store, write({"a": "1"}))
    before = medium.names()
    backend = store._backend

    def full(name: str, content: bytes, scratch: str) -> None:
        raise StoreError("the disk is full", where=name)

    monkeypatch.setattr(backend, "put_bytes", full)
    with pytest.raises(StoreError, match="full"):
        publish(store, write({"a": "2"}))
    assert store.manifest(KEY) == published
    assert medium.names() == before


def test_a_damaged_manifest_is_told_and_publishing_heals_it(medium: Medium, write: Write):
    store = medium.open()
    publish(store, write({"a": "1"}))
    store._backend.put_bytes(f"{KEY.path}/manifest.json", b'{"key": ', f"{KEY.path}/writers/x")
    with pytest.raises(StoreError, match="damaged"):
        store.manifest(KEY)
    healed = publish(store, write({"a": "1"}))
    assert store.manifest(KEY) == healed


def test_writers_of_one_artifact_at_once_leave_one_of_their_artifacts_whole(medium: Medium, write: Write):
    store = medium.open(keep=2)
    staged = [
        {name: path.rename(path.with_name(f"{name}-{n}")) for name, path in write({"a": str(n), "b": str(n)}).items()}
        for n in range(3)
    ]
    together = threading.Barrier(3)

    def publish_twice(n: int) -> None:
        together.wait()
        for _ in range(2):
            publish(store, staged[n])

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(publish_twice, range(3)))
    manifest = store.manifest(KEY)
    assert manifest is not None
    contents = read(medium.open(cache="fresh"), manifest)
    assert contents["a"] == contents["b"]
    for version in store.versions(KEY):
        kept = store.manifest(KEY, version)
        assert kept is not None
        assert len(set(read(store, kept).values())) == 1
    publish(store, write({"a": "x", "b": "x"}))
    assert len(store.versions(KEY)) == 2
    assert not [name for name in medium.names() if "/writers/" in name]


def test_a_file_that_changes_between_its_hash_and_its_copy_is_refused(
    medium: Medium, write: Write, monkeypatch: pytest.MonkeyPatch
):
    store, files = medium.open(), write({"a": "1"})
    write_files = store._write_files

    def write_late(prefix: str, staged: Any, writer: Any) -> None:
        files["a"].write_text("2")
        os.utime(files["a"], (0, 0))
        write_files(prefix, staged, writer)

    monkeypatch.setattr(store, "_write_files", write_late)
    with pytest.raises(StoreError, match="changed"):
        publish(store, files)
    assert medium.names() == []


def test_a_writer_elsewhere_is_left_to_work_until_its_mark_is_an_hour_old(in_folder: Medium, write: Write):
    store = in_folder.open()
    published = publish(store, write({"a": "1"}))
    version = "20261121T010203000000-0123456789ab"
    root = in_folder.folder / "store" / KEY.path
    mark = root / "writers" / f"{version}@another00000.7.11.abcd"
    remains = root / "versions" / version / "files" / "a"
    for path in (mark, remains):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    publish(store, write({"a": "2"}))
    assert remains.exists()
    an_hour_ago = time.time() - 3700
    os.utime(mark, (an_hour_ago, an_hour_ago))
    publish(store, write({"a": "3"}))
    assert not remains.exists()
    assert not mark.exists()
    assert store.manifest(KEY, published.version) == published


def test_bytes_that_rotted_in_a_folder_are_told_and_healed_by_publishing_again(in_folder: Medium, write: Write):
    files = write({"a": "content"})
    first = publish(in_folder.open(), files)
    path = in_folder.open().fetch(first, "a")
    path.chmod(0o644)
    path.write_text("CONTENT")
    with pytest.raises(StoreError, match="damaged"):
        in_folder.open().fetch(first, "a")
    healed = publish(in_folder.open(), files)
    assert read(in_folder.open(), healed) == {"a": "content"}


def test_a_version_that_another_writer_prunes_in_the_same_moment_is_no_error(
    in_folder: Medium, write: Write, monkeypatch: pytest.MonkeyPatch
):
    versions = [publish(in_folder.open(), write({"a": str(number)})).version for number in range(3)]
    touched: list[Path] = []
    really_touch = Path.touch

    def touch(path: Path) -> None:
        if path.name == "pruned" and not touched:
            shutil.rmtree(path.parent)
            touched.append(path)
        really_touch(path)

    monkeypatch.setattr(Path, "touch", touch)
    last = publish(in_folder.open(keep=1), write({"a": "last"}))

    assert touched
    assert read(in_folder.open(), last) == {"a": "last"}
    assert not any(path.exists() for path in (touched[0].parent.parent / version for version in versions))


def test_published_files_in_a_folder_are_read_only(in_folder: Medium, write: Write):
    store = in_folder.open()
    path = store.fetch(publish(store, write({"a": "1"})), "a")
    assert path.stat().st_mode & 0o222 == 0


def test_downloads_are_kept_verified_and_the_least_used_go_first(in_s3: Medium, write: Write):
    store = in_s3.open(cache_bytes=2_500)
    manifest = publish(store, write({name: name * 1000 for name in "abc"}))
    first = store.fetch(manifest, "a")
    assert store.fetch(manifest, "a") == first
    first.chmod(0o644)
    first.write_text("spoilt by somebody" * 50)
    assert in_s3.open(cache_bytes=2_500).fetch(manifest, "a").read_text() == "a" * 1000
    store.fetch(manifest, "b")
    for name in "ab":
        os.utime(first.with_name(name), (0, 0) if name == "a" else (1, 1))
    store.fetch(manifest, "c")
    assert sorted(path.name for path in first.parent.iterdir()) == ["b", "c"]


def test_many_readers_of_one_download_all_get_it_whole(in_s3: Medium, write: Write):
    manifest = publish(in_s3.open(), write({"film.mp4": os.urandom(300_000)}))
    stores = [in_s3.open() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        hashes = set(pool.map(lambda store: sha256(store.fetch(manifest, "film.mp4").read_bytes()).hexdigest(), stores))
    assert hashes == {manifest.file("film.mp4").sha256}


def test_an_s3_object_that_was_tampered_with_is_told(in_s3: Medium, write: Write):
    store = in_s3.open()
    manifest = publish(store, write({"a": "content"}))
    store._backend.put_bytes(store.address(manifest, "a"), b"CONTENT", "")
    with pytest.raises(StoreError, match="damaged"):
        store.fetch(manifest, "a")
