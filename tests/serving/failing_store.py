"""A store whose reads can be counted, held up and made to fail."""

from __future__ import annotations

import threading
from pathlib import Path

from ops.errors import StoreError
from resources.store.artifact_store import ArtifactStore
from resources.store.model import ArtifactKey, Manifest


class FailingStore(ArtifactStore):
    """Reads another store; fails while `down`, and waits until `open_` is set."""

    def __init__(self, inner: ArtifactStore) -> None:
        self.inner = inner
        self.down = False
        self.open_ = threading.Event()
        self.open_.set()
        self.reads: list[tuple[ArtifactKey, str | None]] = []

    def manifest(self, key: ArtifactKey, version: str | None = None) -> Manifest | None:
        self._answer()
        self.reads.append((key, version))
        return self.inner.manifest(key, version)

    def versions(self, key: ArtifactKey) -> list[str]:
        self._answer()
        return self.inner.versions(key)

    def fetch(self, manifest: Manifest, name: str) -> Path:
        self._answer()
        return self.inner.fetch(manifest, name)

    def _answer(self) -> None:
        assert self.open_.wait(60)
        if self.down:
            raise StoreError("is out of reach", where="store", fix="Wait.")
