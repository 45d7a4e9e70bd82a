"""Files that nobody may be shown yet: generated pictures that wait for a person.

The manifest names them, so that a picture that needs no person costs no query.
"""

from __future__ import annotations

from resources.reviews import Question, Reviews, Verdict
from resources.store.model import Manifest

__all__ = ["may_be_shown"]


def may_be_shown(manifest: Manifest, file: str, reviews: Reviews) -> bool:
    """Whether a published file may be shown: it was never withheld, or a person approved it and none took that back."""
    recipe = manifest.withheld.get(file)
    if recipe is None:
        return True
    title = manifest.key.title
    approved = reviews.verdicts(title, Question.GENERATED).get(recipe) is Verdict.APPROVED
    return approved and recipe not in reviews.barred(title)
