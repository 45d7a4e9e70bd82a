"""Finished segments on disk: whole or not at all, the least used go first."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path

__all__ = ["SegmentCache"]


class SegmentCache:
    """A folder that holds so many bytes. Safe to share between threads; several processes may share the folder.

    Args:
        folder: Where.
        most_bytes: What it may hold.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder, self._most = folder, most_bytes
        self._guard = threading.Lock()
        self._sizes: OrderedDict[str, int] = OrderedDict()
        self._total = 0
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = [(path.stat(), path) for path in folder.glob("*/*") if path.is_file()]
        for status, path in sorted(found, key=lambda each: each[0].st_mtime):
            self._note(str(path.relative_to(folder)), status.st_size)

    def get(self, name: str) -> bytes | None:
        """What is kept under a name ("<film>/<look>-720p-12-0"); None where nothing is."""
        try:
            content = (self._folder / name).read_bytes()
        except OSError:
            return None
        with self._guard:
            self._note(name, len(content))
        return content

    def put(self, name: str, content: bytes) -> None:
        """Keep it. A disk that is full keeps nothing, and nobody waits for it."""
        path = self._folder / name
        part = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            path.parent.mkdir(exist_ok=True)
            part.write_bytes(content)
            part.replace(path)
        except OSError:
            with suppress(OSError):
                part.unlink()
            return
        with self._guard:
            self._note(name, len(content))
            self._make_room()

    def _note(self, name: str, size: int) -> None:
        self._total += size - self._sizes.pop(name, 0)
        self._sizes[name] = size

    def _make_room(self) -> None:
        while self._total > self._most and len(self._sizes) > 1:
            name, size = self._sizes.popitem(last=False)
            self._total -= size
            with suppress(OSError):
                (self._folder / name).unlink()
