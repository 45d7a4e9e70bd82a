"""Finished files on their way into the store: named, hashed, typed."""

from __future__ import annotations

import contextlib
import mimetypes
import tempfile
from collections.abc import Callable, Iterator, Mapping
from hashlib import file_digest
from pathlib import Path, PurePosixPath

from ops.errors import StoreError
from resources.store.backend import Staged
from resources.store.model import ArtifactKey, MadeBy, StoredFile, check_name

__all__ = ["Seal", "Sealing", "described", "sealed", "sha256_of", "stage"]

Seal = Callable[[Mapping[str, Path], Path], Mapping[str, Path]]
"""Given finished files by name and an empty folder: the files to publish in their place, by the same names.

What it adds (credentials) may differ each time; it is left out of the data version."""

Sealing = Callable[[ArtifactKey, MadeBy, Mapping[str, str]], Seal | None]
"""The seal of an artifact, by what made it and from which inputs; None where nothing is added."""

_TYPES = {
    ".mpd": "application/dash+xml",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4s": "video/iso.segment",
    ".vtt": "text/vtt",
    ".otio": "application/json",
    ".edl": "text/plain",
    ".fcpxml": "application/xml",
    ".npz": "application/zip",
}
"""What a machine's own table of media types may lack, or tell otherwise: a file has one type wherever it was published.
An edit has no registered one: its type is that of its notation."""


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
        staged[name] = Staged(path, sha256_of(path), told.st_size, told.st_mtime_ns, _media_type(name))
    return staged


def _media_type(name: str) -> str:
    known = _TYPES.get(PurePosixPath(name).suffix.lower())
    return known or mimetypes.guess_type(name)[0] or "application/octet-stream"


def described(staged: Mapping[str, Staged]) -> tuple[StoredFile, ...]:
    """The files as a manifest lists them."""
    return tuple(StoredFile(name, each.sha256, each.size_bytes, each.media_type) for name, each in staged.items())


@contextlib.contextmanager
def sealed(key: ArtifactKey, staged: Mapping[str, Staged], seal: Seal | None) -> Iterator[Mapping[str, Staged]]:
    """The files as they are published; a file that changed since its hash was taken is refused."""
    if seal is None:
        yield staged
        return
    with tempfile.TemporaryDirectory(prefix="seal-") as folder:
        files = {name: each.path for name, each in staged.items()}
        finished = seal(files, Path(folder))
        if finished.keys() != files.keys():
            raise StoreError("sealing lost or added files", where=key, fix="This is a defect; tell its makers.")
        for each in staged.values():
            now = each.path.stat()
            if (now.st_size, now.st_mtime_ns) != (each.size_bytes, each.modified_ns):
                raise StoreError("changed while it was published", where=each.path, fix="Publish a finished file.")
        added_to = {name: path for name, path in finished.items() if path != files[name]}
        yield {**staged, **(stage(key, added_to) if added_to else {})}


def sha256_of(path: Path) -> str:
    """A file's SHA-256, hex; read in pieces."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
