"""The variants of a published exhibit (`thumbnails/<aspect>`, `trailer/<cut>`), and the arms that tests make of them.

Whoever drafts a test reads them here, so that every arm bears its recipe: lessons are drawn from it, and what a person
rejects is found by it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ops.errors import UsageError
from ops.experiments.exhibit import Shows, artifact_of
from resources.experiment_model import Arm, Role
from resources.store.artifact_store import ArtifactStore
from resources.store.model import ArtifactKey, Manifest, StoredFile

__all__ = [
    "LADDER_ARM",
    "LADDER_FILM",
    "TRAILER_FILE",
    "VARIANTS_FILE",
    "arm_of",
    "exhibit_key",
    "first_choice",
    "variants_of",
]

VARIANTS_FILE = "variants.json"
TRAILER_FILE = "trailer.mp4"

LADDER_FILM, LADDER_ARM = "film", "arm"
"""Parameters in the manifest of a trailer's ladder: the hash of the film that it was made of, and its variant."""


def exhibit_key(title: str, exhibit: str) -> ArtifactKey:
    """Where the store keeps an exhibit: `exhibit_key("sintel", "trailer_30")` is `sintel/trailer/trailer_30`."""
    return ArtifactKey(title, artifact_of(exhibit), str(exhibit))


def first_choice(manifest: Manifest) -> StoredFile | None:
    """The artifact's own choice: the picture that is named after its shape, `16x9.jpg`; the cut, `trailer.mp4`."""
    name = TRAILER_FILE if manifest.key.artifact == Shows.TRAILER else f"{manifest.key.variant}.jpg"
    return next((file for file in manifest.files if file.name == name), None)


def variants_of(manifest: Manifest, store: ArtifactStore) -> list[dict[str, Any]]:
    """The variants that a published version tells of, its own first choice first.

    Raises:
        UsageError: It tells of none.
        StoreError: It is damaged, or the store is out of reach.
    """
    if all(file.name != VARIANTS_FILE for file in manifest.files):
        raise UsageError("has no variants to compare", where=manifest.key, fix="Make it again.")
    return json.loads(store.fetch(manifest, VARIANTS_FILE).read_text(encoding="utf-8"))["variants"]


def arm_of(manifest: Manifest, variant: Mapping[str, Any], role: Role = Role.CHALLENGER) -> Arm:
    """A variant as an arm: its picture, and of its recipe and traits what lessons are about.

    Raises:
        StoreError: The version has no such picture.
    """
    file = manifest.file(variant["file"])
    recipe = {**variant.get("recipe", {}), "traits": variant.get("traits", {})}
    return Arm(variant["id"], manifest.version, file.name, file.sha256, role, recipe)
