"""Finished files on their way into the store: named, hashed, typed."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping
from hashlib import file_digest
from pathlib import Path

from ops.errors import StoreError
from resources.store.backend import Staged
from resources.store.model import ArtifactKey, StoredFile, check_name

__all__ = ["described", "sha256_of", "stage"]


def stage(key: ArtifactKey, files: Mapping[str, Path]) -> dict[str, Staged]:
    """Takes each file's hash and size as they are now, by name.

    Raises:
        StoreError: There are none, one is missing, or a name is unusable.
    """
    if not files:
        raise StoreError("has no files to publish", where=key, fix="Give at least one file.")
    staged = {}
    for name, path in sorted(files.items()):
        check_name(name)
        if not path.is_file():
            raise StoreError("the file to publish is missing", where=path, fix="Finish writing it before publishing.")
        told = path.stat()
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        staged[name] = Staged(path, sha256_of(path), told.st_size, told.st_mtime_ns, media_type)
    return staged


def described(staged: Mapping[str, Staged]) -> tuple[StoredFile, ...]:
    """The files as a manifest lists them."""
    return tuple(StoredFile(name, each.sha256, each.size_bytes, each.media_type) for name, each in staged.items())


def sha256_of(path: Path) -> str:
    """A file's SHA-256, hex; read in pieces."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
