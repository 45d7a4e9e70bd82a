"""Pieces that were made before, by the hash of what decides them: a folder with a bound on its size.

A piece appears under its name whole or not at all. Whoever takes one gets a link of their own, so that it stays for
them when another trailer's pieces push it out. What was used longest ago goes first.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.errors import StoreError

__all__ = ["DEFAULT_MOST_BYTES", "PieceCache"]

DEFAULT_MOST_BYTES = 4 << 30
"""Some hundreds of trailers of 30 s at 1080p."""

_STALE_S = 24 * 3600
"""A work folder this old was left behind by a run that was killed."""


class PieceCache:
    """A folder of pieces.

    Args:
        folder: Where; made if need be.
        most_bytes: How much it may hold.

    Raises:
        StoreError: The folder cannot be made.
    """

    def __init__(self, folder: Path, most_bytes: int = DEFAULT_MOST_BYTES) -> None:
        self.folder, self._most_bytes = folder, most_bytes
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"the folder for pieces cannot be made ({error.strerror})", where=folder) from error

    @contextmanager
    def work_folder(self) -> Iterator[Path]:
        """A folder on the same disk for what is not finished; gone afterwards, however it ends."""
        self._sweep()
        with tempfile.TemporaryDirectory(prefix="work-", dir=self.folder) as name:
            yield Path(name)

    def take(self, key: str, into: Path) -> bool:
        """Put the piece of that name at `into`; whether there is one."""
        held = self._path(key)
        try:
            _link(held, into)
            os.utime(held)  # used now
        except FileNotFoundError:
            return into.exists()
        return True

    def keep(self, key: str, made: Path) -> None:
        """Keep a finished piece under its name. `made` stays where it is."""
        arriving = made.with_name(f"{made.name}.arriving")
        _link(made, arriving)
        arriving.replace(self._path(key))

    def shrink(self) -> int:
        """Drop what was used longest ago until the rest fits; return how many pieces went."""
        held = []
        for path in self.folder.glob("*.mp4"):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            held.append((status.st_mtime_ns, status.st_size, path))
        total, dropped = sum(size for _, size, _ in held), 0
        for _, size, path in sorted(held):
            if total <= self._most_bytes:
                break
            path.unlink(missing_ok=True)
            total, dropped = total - size, dropped + 1
        return dropped

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.mp4"

    def _sweep(self) -> None:
        for folder in self.folder.glob("work-*"):
            try:
                stale = time.time() - folder.stat().st_mtime > _STALE_S
            except FileNotFoundError:
                continue
            if stale:
                shutil.rmtree(folder, ignore_errors=True)


def _link(source: Path, target: Path) -> None:
    """A second name for a file; a copy where the disk has no such thing."""
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copyfile(source, target)
