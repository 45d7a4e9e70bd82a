"""The cut of a trailer that stands outside tests: the promoted one, else the first choice that nobody rejected.

What serving decides for viewers (`serving.standing`) from memory, asked of database and store at once, for whoever
makes something of that very film.
"""

from __future__ import annotations

from dataclasses import dataclass

from resources.experiments import Experiments, Promotion
from resources.published_variants import TRAILER_FILE, VARIANTS_FILE, exhibit_key, variants_of
from resources.reviews import Reviews
from resources.store.artifact_store import ArtifactStore
from resources.store.model import DamagedManifest, Manifest, StoredFile

__all__ = ["StandingCut", "standing_cut"]


@dataclass(frozen=True)
class StandingCut:
    """A cut that stands.

    Attributes:
        manifest: The version that holds it: the published one, or an older one that was promoted.
        file: Its film there.
        arm: The variant's id; empty where the version tells of no variants.
    """

    manifest: Manifest
    file: StoredFile
    arm: str


def standing_cut(
    title: str, cut: str, *, experiments: Experiments, store: ArtifactStore, reviews: Reviews
) -> StandingCut | None:
    """What viewers of a cut are shown outside tests; None where it is not made, or may be shown to nobody.

    Raises:
        StoreError: The store is out of reach.
    """
    promoted = experiments.current(title, cut)
    found = None if promoted is None else _promoted(promoted, store)
    return found or _first_choice(title, cut, store, reviews)


def _promoted(promoted: Promotion, store: ArtifactStore) -> StandingCut | None:
    """What was promoted, where the store still keeps it."""
    key = exhibit_key(promoted.title, promoted.aspect)
    if promoted.version not in store.versions(key):
        return None
    try:
        manifest = store.manifest(key, promoted.version)
    except DamagedManifest:
        return None
    files = () if manifest is None else manifest.files
    film = next((file for file in files if file.sha256 == promoted.sha256), None)
    return None if manifest is None or film is None else StandingCut(manifest, film, promoted.arm)


def _first_choice(title: str, cut: str, store: ArtifactStore, reviews: Reviews) -> StandingCut | None:
    manifest = store.manifest(exhibit_key(title, cut))
    if manifest is None:
        return None
    names = {file.name for file in manifest.files}
    variants = variants_of(manifest, store) if VARIANTS_FILE in names else [{"id": "", "file": TRAILER_FILE}]
    barred = reviews.barred(title)
    allowed = [each for each in variants if each["id"] not in barred and each["file"] not in manifest.withheld]
    return StandingCut(manifest, manifest.file(allowed[0]["file"]), allowed[0]["id"]) if allowed else None
