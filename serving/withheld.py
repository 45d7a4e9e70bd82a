"""Files that nobody may be shown: variants that a person rejected, and generated ones that wait for a person.

The manifest names those that wait. A thumbnail's variant bears its recipe in its name, a trailer's cut has its own in
`variants.json` and what lies beside it is its own, and a ladder's files have that of the cut that it was made of; any
other file costs no query.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ops.experiments.exhibit import Shows
from resources.ladder_orders import LADDER
from resources.published_variants import LADDER_ARM, VARIANTS_FILE, variants_of
from resources.reviews import Question, Reviews, Verdict
from resources.store.artifact_store import ArtifactStore
from resources.store.model import Manifest

__all__ = ["may_be_shown"]

_VARIANT = re.compile(r"variant-(?P<recipe>[A-Za-z0-9_-]+)\.[a-z]+")


def may_be_shown(manifest: Manifest, file: str, reviews: Reviews, store: ArtifactStore, *, recipe: str = "") -> bool:
    """Whether a published file may be shown: nobody rejected its recipe, and where it was withheld, a person approved.

    Args:
        manifest: The version that holds it.
        file: Its name there.
        reviews: What persons said.
        store: Where the version is.
        recipe: Its recipe, where the caller knows it; else by the manifest, its variants and the file's name.

    Raises:
        StoreError: The store is out of reach.
    """
    title, withheld = manifest.key.title, manifest.withheld.get(file)
    recipes = {each for each in (recipe, withheld, *_recipes(manifest, file, store)) if each}
    if recipes & (reviews.barred(title) if recipes else set()):
        return False
    return withheld is None or reviews.verdicts(title, Question.GENERATED).get(withheld) is Verdict.APPROVED


def _recipes(manifest: Manifest, file: str, store: ArtifactStore) -> list[str]:
    """What a published file was made by, as far as it is a variant's."""
    match manifest.key.artifact:
        case Shows.TRAILER:
            there = any(each.name == VARIANTS_FILE for each in manifest.files)
            return _shown_by(variants_of(manifest, store), file) if there else []
        case artifact if artifact == LADDER:
            return [str(manifest.made_by.parameters.get(LADDER_ARM, ""))]
        case _:
            named = _VARIANT.fullmatch(file)
            return [named["recipe"]] if named else []


def _shown_by(variants: Sequence[Mapping[str, Any]], file: str) -> list[str]:
    """The cuts that a file of a trailer shows: its film, its edit, its sheet; what tells of all of them shows each.

    A challenger's files are named after it (`challenger_edit.otio`), the others are those of `trailer.mp4`.
    """
    if file == VARIANTS_FILE:
        return [each["id"] for each in variants]
    named = [each["id"] for each in variants if file in (each["file"], each.get("edit"))]
    challenged = file.startswith("challenger")
    return named or [each["id"] for each in variants if each["file"].startswith("challenger") is challenged]
