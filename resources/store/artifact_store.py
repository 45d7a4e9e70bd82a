"""The artifact store: publish, read, roll back.

    <title>/<asset>/manifest.json                          what readers see now
    <title>/<asset>/versions/<version>/files/<name>        a version's files, never changed once written
    <title>/<asset>/versions/<version>/manifest.json       what that version is; written after its files
    <title>/<asset>/held/<version>/why.json, files/<name>  kept for a person, never published
    <title>/<asset>/writers/…                              who is at work (writers.py)

A version's name holds the hash of its payload, so a file's address changes whenever its bytes may have.
Versions share no file: removing one can never harm another, which is what makes it safe without a lock, in S3
too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ops.errors import StoreError
from resources.store.backend import Backend, Staged
from resources.store.cache import VerifiedFiles
from resources.store.model import (
    ArtifactKey,
    MadeBy,
    Manifest,
    StoredFile,
    check_held,
    check_name,
    check_version,
    new_version,
    payload_hash,
)
from resources.store.staging import Seal, Sealing, described, sealed, sha256_of, stage
from resources.store.upkeep import PRUNED, InUse, Upkeep, Waiting, nothing
from resources.store.writers import Writer

__all__ = ["ArtifactStore", "NotReleasable", "Overtaken"]


class Overtaken(StoreError):
    """Nothing was published: its caller said at the last moment that something newer is under way or there."""


class NotReleasable(StoreError):
    """What was held cannot be published: it made room for newer ones, or was kept only to be looked at."""


class ArtifactStore:
    """Artifacts by key, whole or not at all; safe to share between threads and processes.

    Args:
        backend: Where the bytes lie.
        keep_versions: How many versions of an artifact stay.
        cache: Folder for copies of what does not lie on this machine.
        cache_bytes: What that folder may hold.
        in_use: Tells which versions of an artifact are shown somewhere, and stay beyond the last ones.
        waiting: Tells which held places reviews still need, and stay beyond the last ones.
    """

    def __init__(
        self, backend: Backend, *, keep_versions: int, cache: Path, cache_bytes: int, in_use: InUse = nothing,
        waiting: Waiting = nothing,
    ) -> None:  # fmt: skip
        self._backend = backend
        self._upkeep = Upkeep(backend, self._current_if_sound, keep_versions, in_use, waiting)
        self._files = VerifiedFiles(backend, cache, cache_bytes)

    @property
    def where(self) -> str:
        """The store's root, for people."""
        return self._backend.where

    # -- writing
    # -------------------------------------------------------------------------------------------------

    def publish(
        self,
        key: ArtifactKey,
        files: Mapping[str, Path],
        *,
        made_by: MadeBy,
        inputs: Mapping[str, str],
        quality: Mapping[str, Any] | None = None,
        cost_s: float = 0.0,
        gpu_s: float = 0.0,
        review: str = "auto",
        reviewed: Mapping[str, str] | None = None,
        withheld: Mapping[str, str] | None = None,
        seal: Seal | None = None,
        still: Callable[[], bool] | None = None,
    ) -> Manifest:
        """Makes files the current version of an artifact; readers see the old one until the very end.

        The same payload as the current version's gives the same version again, its files as they were sealed then, with
        what is new about it (who made it, from what) in its manifest.

        Args:
            key: Which artifact.
            files: Names within the artifact ("0001.jpg", "720p/film.mp4") to finished files, which are copied.
            made_by: What made them.
            inputs: Each upstream's asset name and data version.
            quality: Scores, JSON values.
            cost_s: Seconds it took.
            gpu_s: Seconds of a GPU it took.
            review: "auto" where the gates decided, else a person's verdict.
            reviewed: By whom, why, and what the gates had said, where a person decided.
            withheld: Files that nobody may be shown before a person approved them: name to recipe.
            seal: What is added to the files as they are published; the data version is taken before.
            still: Asked last, with all files written: whether they are still to become current.

        Raises:
            Overtaken: They are not.
            StoreError: A file is missing or changes meanwhile, a name is unusable, or the store is out of
                reach.
        """
        staged = stage(key, files)
        stored = described(staged)
        manifest = Manifest(
            key=key,
            version="",
            data_version=payload_hash(stored),
            files=stored,
            made_by=made_by,
            inputs=dict(inputs),
            created_at=datetime.now(UTC),
            cost={"seconds": round(cost_s, 3), "gpu_seconds": round(gpu_s, 3)},
            quality=dict(quality or {}),
            review=review,
            reviewed=dict(reviewed or {}),
            withheld=dict(withheld or {}),
        )
        current = self._current_if_sound(key)
        if current is not None and current.data_version == manifest.data_version:
            with Writer(self._backend, key.path, current.version) as writer:
                if self._is_intact(current):
                    return self._make_current(
                        replace(manifest, version=current.version, files=current.files), writer, still
                    )
        version = new_version(manifest.data_version, after=current.version if current else None)
        with Writer(self._backend, key.path, version) as writer, sealed(key, staged, seal) as published:
            self._upkeep.clear_remains(key)
            try:
                self._write_files(f"{key.path}/versions/{version}/", published, writer)
                return self._make_current(replace(manifest, version=version, files=described(published)), writer, still)
            except BaseException:
                self._backend.delete_tree(f"{key.path}/versions/{version}/")
                raise

    def approved_before(self, key: ArtifactKey, files: Mapping[str, Path]) -> Manifest | None:
        """The current manifest, where a person approved exactly these files for it; else None."""
        current = self._current_if_sound(key)
        if current is None or current.review != "approved":
            return None
        return current if payload_hash(described(stage(key, files))) == current.data_version else None

    def hold(
        self,
        key: ArtifactKey,
        files: Mapping[str, Path],
        *,
        why: str,
        made_by: MadeBy | None = None,
        inputs: Mapping[str, str] | None = None,
        quality: Mapping[str, Any] | None = None,
        cost_s: float = 0.0,
        withheld: Mapping[str, str] | None = None,
    ) -> str:
        """Keeps what failed a gate for a person to look at; readers never see it.

        With what made it, it can be published later by `release`; without (a single picture that viewers flagged) it
        is there to be looked at.

        Returns:
            The place, relative to the store's root, that holds `files/` and `why.json`.
        """
        staged = stage(key, files)
        stored = described(staged)
        version = new_version(payload_hash(stored), after=None)
        place = f"{key.path}/held/{version}"
        with Writer(self._backend, key.path, version) as writer:
            self._upkeep.clear_remains(key)
            self._write_files(f"{place}/", staged, writer)
            told: dict[str, Any] = {"why": why, "files": [vars(each) for each in stored]}
            told["at"] = datetime.now(UTC).isoformat()
            if made_by is not None:
                told["publish"] = {
                    "made_by": {**vars(made_by), "parameters": dict(made_by.parameters)},
                    "inputs": dict(inputs or {}),
                    "quality": dict(quality or {}),
                    "cost_s": cost_s,
                    "withheld": dict(withheld or {}),
                }
            self._backend.put_bytes(f"{place}/why.json", json.dumps(told, indent=1).encode(), writer.scratch)
            self._upkeep.prune_held(key)
        return place

    def release(
        self, key: ArtifactKey, version: str, *, who: str, note: str, sealing: Sealing | None = None,
        still: Callable[[], bool] | None = None,
    ) -> Manifest:  # fmt: skip
        """Publishes what was held, as it is, on a person's word; their name and reason stand in the manifest.

        The same as `publish` of the held files: readers see the old version until the very end, a killed release
        leaves it in place, and releasing twice gives the same version.

        Args:
            key: Which artifact.
            version: The held version: the last part of the place that `hold` gave.
            who: The reviewer.
            note: Why they approved it; may be empty.
            sealing: Gives the seal of `publish` by what the artifact was made of.
            still: As of `publish`: whether what was held is still the newest that was made.

        Raises:
            Overtaken: It is not.
            NotReleasable: It is not kept any more, or was kept only to be looked at.
            StoreError: It is damaged, or the store is out of reach.
        """
        place = f"{key.path}/held/{check_version(version)}"
        text = self._backend.read(f"{place}/why.json")
        if text is None:
            raise NotReleasable("is not held any more", where=place, fix="It made room for newer ones: make it again.")
        told = json.loads(text)
        if "publish" not in told:
            raise NotReleasable("was kept to be looked at, not to be published", where=place, fix="Make it again.")
        how = told["publish"]
        made_by = MadeBy(**how["made_by"])
        return self.publish(
            key,
            {file.name: self.fetch_held(place, file) for file in self.held(place)},
            made_by=made_by,
            inputs=how["inputs"],
            quality=how["quality"],
            cost_s=how["cost_s"],
            withheld=how["withheld"],
            review="approved",
            reviewed={"by": who, "note": note, "held_for": told["why"]},
            seal=sealing(key, made_by, how["inputs"]) if sealing is not None else None,
            still=still,
        )

    def rollback(self, key: ArtifactKey, version: str) -> Manifest:
        """Makes an older (or newer) kept version current again.

        Raises:
            StoreError: There is no such version, or it is damaged.
        """
        check_version(version)
        with Writer(self._backend, key.path, version) as writer:
            manifest = self.manifest(key, version)
            if manifest is None or not self._is_intact(manifest):
                kept = ", ".join(self.versions(key)) or "none"
                raise StoreError(f"has no sound version {version}", where=key, fix=f"Kept versions: {kept}.")
            self._backend.put_bytes(f"{key.path}/manifest.json", manifest.to_json(), writer.scratch)
            return manifest

    # -- reading
    # -------------------------------------------------------------------------------------------------

    def manifest(self, key: ArtifactKey, version: str | None = None) -> Manifest | None:
        """The manifest of the current version, or of a kept one by name; None where there is none.

        Raises:
            StoreError: The manifest is damaged, or the store is out of reach.
        """
        folder = key.path if version is None else f"{key.path}/versions/{check_version(version)}"
        text = self._backend.read(f"{folder}/manifest.json")
        return None if text is None else Manifest.from_json(text, where=f"{self.where}/{folder}/manifest.json")

    def versions(self, key: ArtifactKey) -> list[str]:
        """The kept versions, newest first."""
        return self._upkeep.complete(key, "versions")

    def fetch(self, manifest: Manifest, name: str) -> Path:
        """A published file on this machine, verified; read it, never write to it.

        Raises:
            StoreError: There is no such file, its version was pruned, or its bytes are damaged.
        """
        stored = manifest.file(name)
        return self._files.get(f"{self._folder(manifest)}/files/{name}", stored)

    def fetch_all(self, manifest: Manifest) -> Path:
        """A folder with all files of a version under their names, verified; read it, never write to it."""
        for stored in manifest.files:
            self.fetch(manifest, stored.name)
        return self._files.place(f"{self._folder(manifest)}/files")

    def held(self, place: str) -> tuple[StoredFile, ...]:
        """The files that `hold` keeps at a place; none where they have made room for newer ones."""
        text = self._backend.read(f"{check_held(place)}/why.json")
        return () if text is None else tuple(StoredFile(**each) for each in json.loads(text)["files"])

    def fetch_held(self, place: str, file: StoredFile) -> Path:
        """A file that `held` told of, on this machine, verified."""
        return self._files.get(f"{check_held(place)}/files/{check_name(file.name)}", file)

    def address(self, manifest: Manifest, name: str) -> str:
        """Where a file lies below the store's root; changes whenever the bytes do."""
        return f"{self._folder(manifest)}/files/{manifest.file(name).name}"

    # -- how it is kept
    # ------------------------------------------------------------------------------------------

    @staticmethod
    def _folder(manifest: Manifest) -> str:
        return f"{manifest.key.path}/versions/{manifest.version}"

    def _write_files(self, prefix: str, staged: Mapping[str, Staged], writer: Writer) -> None:
        self._backend.put_files(
            {f"{prefix}files/{name}": each for name, each in staged.items()}, writer.scratch, writer.alive
        )
        sizes = {entry.name: entry.size_bytes for entry in self._backend.entries(prefix)}
        for name, each in staged.items():
            if sizes.get(f"{prefix}files/{name}") != each.size_bytes:
                raise StoreError("was lost while it was published", where=f"{prefix}files/{name}", fix="Retry.")

    def _make_current(self, manifest: Manifest, writer: Writer, still: Callable[[], bool] | None) -> Manifest:
        if still is not None and not still():
            raise Overtaken("something newer stands in its place", where=manifest.key, fix="Look at that.")
        text = manifest.to_json()
        self._backend.put_bytes(f"{self._folder(manifest)}/manifest.json", text, writer.scratch)
        self._backend.put_bytes(f"{manifest.key.path}/manifest.json", text, writer.scratch)
        self._upkeep.prune(manifest.key)
        return manifest

    def _current_if_sound(self, key: ArtifactKey) -> Manifest | None:
        try:
            return self.manifest(key)
        except StoreError:
            return None  # publishing is the cure of a damaged manifest

    def _is_intact(self, manifest: Manifest) -> bool:
        """All files there, of their size (and hash, where reading them is cheap), and not on the way out.

        Called with a writer's mark on the version: whoever prunes looks for marks after setting its own, so
        that one of the two always sees the other.
        """
        folder = self._folder(manifest)
        entries = {entry.name: entry.size_bytes for entry in self._backend.entries(f"{folder}/")}
        if f"{folder}/{PRUNED}" in entries or f"{folder}/manifest.json" not in entries:
            return False
        for each in manifest.files:
            name = f"{folder}/files/{each.name}"
            if entries.get(name) != each.size_bytes:
                return False
            path = self._backend.local(name)
            if path is not None and sha256_of(path) != each.sha256:
                return False
        return True
