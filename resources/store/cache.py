"""Published files on this machine: verified once a process, and downloaded first where the store is elsewhere."""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
import time
from pathlib import Path

from ops.errors import StoreError
from resources.store.backend import Backend
from resources.store.model import StoredFile
from resources.store.staging import sha256_of

__all__ = ["VerifiedFiles"]

_IN_USE_S = 3600.0  # a file asked for within the last hour may still be open, or about to be: it stays


class VerifiedFiles:
    """Gives files whose bytes have the hash that the manifest promises.

    Args:
        backend: The store's medium.
        cache: Folder for downloads; the least recently used go when it grows beyond `cache_bytes`.
        cache_bytes: What the folder may hold.
    """

    def __init__(self, backend: Backend, cache: Path, cache_bytes: int) -> None:
        self._backend = backend
        self._cache = cache
        self._limit = cache_bytes
        self._seen: dict[Path, tuple[str, int, int, int]] = {}
        self._guard = threading.Lock()

    def place(self, name: str) -> Path:
        """Where an object of the store is, or would be, on this machine."""
        return self._backend.local(name) or self._cache / name

    def get(self, name: str, promised: StoredFile) -> Path:
        """The object as a verified local file.

        Raises:
            StoreError: It is gone or damaged.
        """
        local = self._backend.local(name)
        if local is not None:
            if not local.exists():
                raise StoreError("is gone", where=local, fix="Read the manifest again: its version was pruned.")
            if not self._is_verified(local, promised):
                raise StoreError("is damaged", where=local, fix="Make the artifact again, or roll back.")
            return local
        cached = self._cache / name
        if not (cached.exists() and self._is_verified(cached, promised)):
            self._download(name, cached, promised)
        with contextlib.suppress(FileNotFoundError):
            told = cached.stat()
            os.utime(cached, ns=(time.time_ns(), told.st_mtime_ns))  # last use, whatever the mount options
        return cached

    def _is_verified(self, path: Path, promised: StoredFile) -> bool:
        told = path.stat()
        seen = (promised.sha256, told.st_ino, told.st_size, told.st_mtime_ns)
        with self._guard:
            if self._seen.get(path) == seen:
                return True
        if told.st_size != promised.size_bytes or sha256_of(path) != promised.sha256:
            return False
        with self._guard:
            self._seen[path] = seen
        return True

    def _download(self, name: str, cached: Path, promised: StoredFile) -> None:
        cached.parent.mkdir(parents=True, exist_ok=True)
        half = cached.with_name(f".{secrets.token_hex(6)}.half")
        try:
            self._backend.download(name, half)
            if half.stat().st_size != promised.size_bytes or sha256_of(half) != promised.sha256:
                where = f"{self._backend.where}/{name}"
                raise StoreError("is damaged", where=where, fix="Make the artifact again, or roll back.")
            half.chmod(0o444)
            half.replace(cached)
        finally:
            half.unlink(missing_ok=True)
        self._evict()

    def _evict(self) -> None:
        """Removes the least recently used copies beyond the limit, and what killed downloads left."""
        now = time.time()
        held: list[tuple[float, int, Path]] = []
        for path in self._cache.rglob("*"):
            with contextlib.suppress(FileNotFoundError):
                told = path.stat()
                if path.name.endswith(".half") and now - told.st_mtime > _IN_USE_S:
                    path.unlink()
                elif path.is_file():
                    held.append((told.st_atime, told.st_size, path))
        excess = sum(size for _, size, _ in held) - self._limit
        for used, size, path in sorted(held):
            if excess <= 0 or now - used < _IN_USE_S:
                break
            path.unlink(missing_ok=True)
            excess -= size
