"""The inbox: which films lie in the folder or under the S3 prefix where new masters arrive."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ops.errors import StoreError
from resources.settings import S3Location, Settings
from resources.store.opening import open_bucket

__all__ = ["Arrival", "list_inbox"]

FILMS = frozenset(
    {
        ".3gp",
        ".avi",
        ".flv",
        ".gif",
        ".m2ts",
        ".m4v",
        ".mkv",
        ".mov",
        ".mp4",
        ".mpeg",
        ".mpg",
        ".mts",
        ".mxf",
        ".ogv",
        ".ts",
    }
    | {".vob", ".webm", ".wmv"}
)
"""Endings of film files; anything else in an inbox (sidecars, notes, partial downloads) is not a delivery."""


@dataclass(frozen=True)
class Arrival:
    """A file in the inbox.

    Attributes:
        address: Its path, or its s3:// address.
        stamp: Changes whenever the file does.
        modified: When it last changed, seconds since 1970.
    """

    address: str
    stamp: str
    modified: float


def list_inbox(settings: Settings) -> list[Arrival]:
    """The film files of the inbox, by address; none where no inbox is set.

    Raises:
        StoreError: If the inbox cannot be listed.
    """
    match settings.inbox_place:
        case None:
            return []
        case S3Location() as place:
            found = _in_bucket(place, settings)
        case Path() as folder:
            found = _in_folder(folder)
    return sorted(found, key=lambda arrival: arrival.address)


def _in_folder(folder: Path) -> Iterator[Arrival]:
    if not folder.is_dir():
        raise StoreError("the inbox is no folder", where=folder, fix="Create it, or change SHOWRUNNER_INBOX.")
    for path in folder.rglob("*"):
        if path.suffix.lower() in FILMS and not path.name.startswith(".") and path.is_file():
            facts = path.stat()
            yield Arrival(str(path), f"{facts.st_size}-{facts.st_mtime_ns}", facts.st_mtime)


def _in_bucket(place: S3Location, settings: Settings) -> Iterator[Arrival]:
    bucket = open_bucket(settings, place)
    for entry in bucket.entries(""):
        if Path(entry.name).suffix.lower() in FILMS:
            address = f"{str(place).rstrip('/')}/{entry.name}"
            yield Arrival(address, f"{entry.size_bytes}-{entry.modified_s}", entry.modified_s)
