"""What stands for a title outside any test: the promotion, the last approved artifact, or the stand-in picture.

Kept in memory for a few seconds a picture, and refreshed behind the answer: a stored manifest or a promotion is never
waited for twice.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ops.errors import ShowrunnerError
from ops.thumbnails.aspect import Aspect
from resources.catalogue import Catalogue
from resources.experiments import Experiments
from resources.store.artifact_store import ArtifactStore
from resources.store.model import ArtifactKey, Manifest, StoredFile
from serving.fallback import fallback

__all__ = ["Picture", "Source", "Standings", "first_choice"]

_FRESH_S = 5.0
_MOST = 100_000
_log = logging.getLogger(__name__)


class Source(StrEnum):
    """Where a decided thumbnail came from."""

    EXPERIMENT = "experiment"
    HOLDOUT = "holdout"
    PROMOTION = "promotion"
    AUDIENCE = "audience"
    ARTIFACT = "artifact"
    FALLBACK = "fallback"


@dataclass(frozen=True)
class Picture:
    """A file to show, and what some segments of viewers see instead. `version` is empty for the stand-in."""

    title: str
    aspect: str
    source: Source
    version: str
    file: str
    sha256: str
    arm: str = ""
    own: Mapping[str, Picture] = field(default_factory=dict)

    @property
    def key(self) -> ArtifactKey:
        """The artifact that holds it."""
        return ArtifactKey(self.title, "thumbnails", self.aspect)


class Standings:
    """Pictures outside tests. Used from one event loop alone."""

    def __init__(self, catalogue: Catalogue, experiments: Experiments, store: ArtifactStore) -> None:
        self._catalogue = catalogue
        self._experiments = experiments
        self._store = store
        self._known: OrderedDict[tuple[str, str], tuple[float, Picture | None]] = OrderedDict()
        self._loading: dict[tuple[str, str], asyncio.Task[Picture | None]] = {}

    async def of(self, title: str, aspect: Aspect, segment: str = "") -> Picture | None:
        """The picture that stands for a title, for a segment of viewers; None where there is no such title."""
        standing = await self._standing(title, aspect)
        return None if standing is None else standing.own.get(segment, standing)

    async def _standing(self, title: str, aspect: Aspect) -> Picture | None:
        place = (title, str(aspect))
        known = self._known.get(place)
        if known is not None:
            if time.monotonic() - known[0] > _FRESH_S:
                self._load(title, aspect)
            return known[1]
        return await asyncio.shield(self._load(title, aspect))

    def _load(self, title: str, aspect: Aspect) -> asyncio.Task[Picture | None]:
        place = (title, str(aspect))
        if place not in self._loading:
            task = asyncio.create_task(self._find(title, aspect))
            self._loading[place] = task
            task.add_done_callback(lambda done: self._loaded(place, done))
        return self._loading[place]

    def _loaded(self, place: tuple[str, str], task: asyncio.Task[Picture | None]) -> None:
        del self._loading[place]
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:  # what was known goes on being shown
            _log.warning("what stands for %s in %s: %s", *place, error)
            return
        self._known.pop(place, None)
        self._known[place] = (time.monotonic(), task.result())
        if len(self._known) > _MOST:
            self._known.popitem(last=False)

    async def _find(self, title: str, aspect: Aspect) -> Picture | None:
        return await asyncio.to_thread(self._read, title, aspect)

    def _read(self, title: str, aspect: Aspect) -> Picture | None:
        if self._catalogue.find(title) is None:
            return None
        key = ArtifactKey(title, "thumbnails", aspect)
        promoted = self._experiments.current(title, aspect)
        if promoted is not None:
            own = {
                segment: Picture(title, aspect, Source.AUDIENCE, each.version, each.file, each.sha256, each.arm)
                for segment, each in promoted.audience.items()
                if self._is_there(key, each.version, each.sha256)
            }
            if self._is_there(key, promoted.version, promoted.sha256):
                return Picture(
                    title, aspect, Source.PROMOTION, promoted.version, promoted.file, promoted.sha256, promoted.arm, own
                )
            _log.warning("the promoted picture of %s is gone from the store; its first choice is shown", key)
        manifest = self._manifest(key, None)
        chosen = None if manifest is None else first_choice(manifest)
        if manifest is not None and chosen is not None:
            return Picture(title, aspect, Source.ARTIFACT, manifest.version, chosen.name, chosen.sha256)
        return Picture(title, aspect, Source.FALLBACK, "", f"fallback.{aspect}.jpg", fallback(aspect).sha256)

    def _is_there(self, key: ArtifactKey, version: str, sha256: str) -> bool:
        manifest = self._manifest(key, version)
        return manifest is not None and any(file.sha256 == sha256 for file in manifest.files)

    def _manifest(self, key: ArtifactKey, version: str | None) -> Manifest | None:
        try:
            return self._store.manifest(key, version)
        except ShowrunnerError as error:
            _log.warning("%s cannot be read: %s", key, error)
            return None


def first_choice(manifest: Manifest) -> StoredFile | None:
    """The artifact's own choice: the picture that is named after its shape, `16x9.jpg`."""
    return next((file for file in manifest.files if file.name == f"{manifest.key.variant}.jpg"), None)
