"""The few things a store asks of the medium it lies on; folder.py and s3.py are the two there are.

Names are "/"-separated and relative to the store's root. Every single write is whole or absent to a reader;
the order of writes, and so the promise about whole artifacts, is the store's business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

__all__ = ["Backend", "Entry", "Staged"]


@dataclass(frozen=True)
class Entry:
    """One stored object; `modified_s` is by the medium's own clock (seconds since 1970)."""

    name: str
    size_bytes: int
    modified_s: float


@dataclass(frozen=True)
class Staged:
    """A finished file that is to be stored, as it was when its hash was taken."""

    path: Path
    sha256: str
    size_bytes: int
    modified_ns: int
    media_type: str


class Backend(Protocol):
    """Where a store's bytes lie. Every method raises StoreError where the medium is out of reach."""

    @property
    def where(self) -> str:
        """The root, for people."""
        ...

    def put_files(self, files: Mapping[str, Staged], scratch: str, alive: Callable[[], None]) -> None:
        """Writes files under their names, durably, streaming; calls `alive` every so often.

        `scratch` is a name that half-written bytes may go by. Raises StoreError where a file is not what it was when
        it was described.
        """
        ...

    def put_bytes(self, name: str, content: bytes, scratch: str) -> None:
        """Writes or replaces one small object, durably, in one step."""
        ...

    def touch(self, name: str) -> None:
        """Makes an empty object, or renews its time."""
        ...

    def read(self, name: str) -> bytes | None:
        """A small object's bytes, or None where there is none."""
        ...

    def download(self, name: str, to: Path) -> None:
        """Copies an object into a new file. Raises StoreError where there is none."""
        ...

    def entries(self, prefix: str) -> list[Entry]:
        """Everything below a prefix that ends in "/"."""
        ...

    def delete(self, names: Sequence[str]) -> None:
        """Removes objects; those already gone are no error."""
        ...

    def delete_tree(self, prefix: str) -> None:
        """Removes all below a prefix that ends in "/", half-written uploads included."""
        ...

    def local(self, name: str) -> Path | None:
        """The object as a file on this machine, where the medium is one; else None."""
        ...
