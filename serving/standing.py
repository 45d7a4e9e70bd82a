"""What stands for a title outside any test: the promotion, the last approved artifact, or the stand-in picture.

Kept in memory for a few seconds a picture, and refreshed behind the answer: a stored manifest or a promotion is never
waited for twice. A store that fails changes nothing: what was known goes on being shown until the store tells that it
is gone.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from ops.errors import StoreError
from ops.experiments.exhibit import Shows, artifact_of
from resources.catalogue import Catalogue
from resources.experiment_model import Own
from resources.experiments import Experiments, Promotion
from resources.published_variants import exhibit_key, first_choice, variants_of
from resources.store.artifact_store import ArtifactStore
from resources.store.model import ArtifactKey, DamagedManifest, Manifest
from resources.viewer_events import CONTENT_DIGITS
from serving.fallback import fallback
from serving.kept_version import kept_version

__all__ = ["Picture", "Source", "Standings"]

_FRESH_S = 5.0
_MOST = 100_000
_log = logging.getLogger(__name__)


class Source(StrEnum):
    """Where a decided thumbnail or trailer came from."""

    EXPERIMENT = "experiment"
    HOLDOUT = "holdout"
    PROMOTION = "promotion"
    AUDIENCE = "audience"
    ARTIFACT = "artifact"
    FALLBACK = "fallback"


@dataclass(frozen=True)
class Picture:
    """A file to show, and what some segments of viewers see instead. `version` is empty for the stand-in.

    It is a trailer's file where `aspect` is one's cut.
    """

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
        return exhibit_key(self.title, self.aspect)

    @property
    def content(self) -> str:
        """By what viewings know the file: the beginning of its hash, as it stands in its address."""
        return self.sha256[:CONTENT_DIGITS]


@dataclass(frozen=True)
class _Found:
    """What was found to stand. `sure` is false where the store failed, and its word is missing."""

    picture: Picture | None
    promoted: Promotion | None = None
    sure: bool = True


class Standings:
    """Pictures outside tests. Used from one event loop alone.

    Args:
        catalogue: Which titles there are.
        experiments: What was promoted.
        store: Where the pictures are.
        rejected: The recipes of a title that a person rejected.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        experiments: Experiments,
        store: ArtifactStore,
        rejected: Callable[[str], Collection[str]],
    ) -> None:
        self._rejected = rejected
        self._catalogue = catalogue
        self._experiments = experiments
        self._store = store
        self._known: OrderedDict[tuple[str, str], tuple[float, _Found]] = OrderedDict()
        self._loading: dict[tuple[str, str], asyncio.Task[_Found]] = {}

    async def of(self, title: str, aspect: str, segment: str = "") -> Picture | None:
        """What stands for a title, for a segment of viewers; None where there is no such title.

        Where no trailer can be shown it is None as well: a trailer has no stand-in.
        """
        standing = await self._standing(title, aspect)
        return None if standing is None else standing.own.get(segment, standing)

    async def _standing(self, title: str, aspect: str) -> Picture | None:
        place = (title, str(aspect))
        known = self._known.get(place)
        if known is not None:
            if time.monotonic() - known[0] > _FRESH_S:
                self._load(title, aspect)
            return known[1].picture
        return (await asyncio.shield(self._load(title, aspect))).picture

    def _load(self, title: str, aspect: str) -> asyncio.Task[_Found]:
        place = (title, str(aspect))
        if place not in self._loading:
            task = asyncio.create_task(asyncio.to_thread(self._read, title, aspect))
            self._loading[place] = task
            task.add_done_callback(lambda done: self._loaded(place, done))
        return self._loading[place]

    def _loaded(self, place: tuple[str, str], task: asyncio.Task[_Found]) -> None:
        del self._loading[place]
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:  # what was known goes on being shown
            _log.warning("what stands for %s in %s: %s", *place, error)
            return
        found = task.result()
        known = self._known.pop(place, None)
        if not found.sure and known is not None and known[1].promoted == found.promoted:
            found = known[1]  # what another promotion showed is not kept: it may have been taken back for a reason
        self._known[place] = (time.monotonic(), found)
        if len(self._known) > _MOST:
            self._known.popitem(last=False)

    def _read(self, title: str, aspect: str) -> _Found:
        if self._catalogue.find(title) is None:
            return _Found(None)
        promoted = self._experiments.current(title, aspect)
        try:
            return _Found(self._stored(title, aspect, promoted), promoted)
        except StoreError as error:
            _log.warning("what stands for %s in %s cannot be looked at: %s", title, aspect, error)
            return _Found(_promotion(promoted) if promoted else _stand_in(title, aspect), promoted, sure=False)

    def _stored(self, title: str, aspect: str, promoted: Promotion | None) -> Picture | None:
        """What stands, by what is in the store.

        Raises:
            StoreError: The store is out of reach.
        """
        key = exhibit_key(title, aspect)
        if promoted is not None:
            picture = _promotion(promoted)
            own = {segment: each for segment, each in picture.own.items() if self._is_there(key, each)}
            if self._is_there(key, picture):
                return replace(picture, own=own)
            _log.warning("the promoted picture of %s is gone from the store; its first choice is shown", key)
        manifest = self._current(key)
        chosen = None if manifest is None else first_choice(manifest)
        if manifest is None or chosen is None:
            return _stand_in(title, aspect)
        rejected = self._rejected(title)
        if rejected:  # until the thumbnails are made again, the first variant that nobody rejected
            allowed = [each for each in variants_of(manifest, self._store) if each["id"] not in rejected]
            shown = [each for each in allowed if each["file"] not in manifest.withheld]
            if not shown:
                return _stand_in(title, aspect)
            chosen = manifest.file(shown[0]["file"])
        return Picture(title, aspect, Source.ARTIFACT, manifest.version, chosen.name, chosen.sha256)

    def _is_there(self, key: ArtifactKey, picture: Picture) -> bool:
        manifest = kept_version(self._store, key, picture.version)
        return manifest is not None and any(file.sha256 == picture.sha256 for file in manifest.files)

    def _current(self, key: ArtifactKey) -> Manifest | None:
        """The current version; where its manifest is damaged, the newest kept one that is not."""
        try:
            return self._store.manifest(key)
        except DamagedManifest as error:
            _log.warning("%s; the newest sound version stands in", error)
        kept = (kept_version(self._store, key, version) for version in self._store.versions(key))
        return next((manifest for manifest in kept if manifest is not None), None)


def _promotion(promoted: Promotion) -> Picture:
    """What a promotion shows, and to which segments something else."""

    def picture(source: Source, of: Promotion | Own, own: Mapping[str, Picture]) -> Picture:
        return Picture(promoted.title, promoted.aspect, source, of.version, of.file, of.sha256, of.arm, own)

    own = {segment: picture(Source.AUDIENCE, each, {}) for segment, each in promoted.audience.items()}
    return picture(Source.PROMOTION, promoted, own)


def _stand_in(title: str, aspect: str) -> Picture | None:
    if artifact_of(aspect) == Shows.TRAILER:
        return None
    return Picture(title, aspect, Source.FALLBACK, "", f"fallback.{aspect}.jpg", fallback(aspect).sha256)
