"""Files that nobody may be shown: pictures that a person rejected, and generated ones that wait for a person.

The manifest names those that wait; any other file than a variant's picture costs no query.
"""

from __future__ import annotations

import re

from resources.reviews import Question, Reviews, Verdict
from resources.store.model import Manifest

__all__ = ["may_be_shown"]

_VARIANT = re.compile(r"variant-(?P<recipe>[A-Za-z0-9_-]+)\.[a-z]+")


def may_be_shown(manifest: Manifest, file: str, reviews: Reviews, *, recipe: str = "") -> bool:
    """Whether a published file may be shown: nobody rejected its recipe, and where it was withheld, a person approved.

    Args:
        manifest: The version that holds it.
        file: Its name there.
        reviews: What persons said.
        recipe: Its recipe, where the caller knows it; else by the manifest and the file's name.
    """
    title, named, withheld = manifest.key.title, _VARIANT.fullmatch(file), manifest.withheld.get(file)
    recipes = {each for each in (recipe, withheld, named and named["recipe"]) if each}
    if recipes & (reviews.barred(title) if recipes else set()):
        return False
    return withheld is None or reviews.verdicts(title, Question.GENERATED).get(withheld) is Verdict.APPROVED
