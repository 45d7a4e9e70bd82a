"""An approved artifact is published as the gates held it, on the reviewer's word."""

from __future__ import annotations

import dagster as dg

from assets.making import Made
from resources.ledger import LedgerState
from resources.reviews import Review
from resources.store.artifact_store import NotReleasable, Overtaken
from resources.store.model import Manifest
from resources.studio import Studio

__all__ = ["release_approved"]


def release_approved(review: Review, studio: Studio) -> Made | None:
    """Publish what an approved review is about; None where there is nothing to publish any more, or not yet.

    Something newer that was made, held or begun since stands in its place: an approval speaks of what the person saw.
    The ledger is asked again at the last moment, so that a remake meanwhile is not overwritten.
    Asking twice does nothing twice. The caller settles the review once it has told of it (`Reviews.settle`); what
    cannot be published is settled here, with the reason.

    Raises:
        StoreError: The store is out of reach; asking again may help.
    """
    row = studio.ledger.row(review.key)
    if row is None or row.state is LedgerState.MAKING:
        return None  # it may be held again, or be made: then this is told
    newest = studio.reviews.newest(review.key) == review.id
    if newest and row.state is LedgerState.READY and row.review_state == "approved":
        manifest = studio.store.manifest(review.key)  # published before, and stopped short of being told
        return None if manifest is None else _made(review, manifest)
    if not newest or row.state is not LedgerState.HELD:
        studio.reviews.settle(review.id, how="something newer stands in its place")
        return None
    version = review.held.rpartition("/")[2]
    try:
        manifest = studio.store.release(
            review.key,
            version,
            who=review.reviewer,
            note=review.note,
            sealing=studio.credentials.seal,
            still=lambda: studio.ledger.row(review.key) == row,
        )
    except Overtaken:
        return None  # a remake began meanwhile: what it comes to is told the next time
    except NotReleasable as error:
        studio.reviews.settle(review.id, how=str(error))
        return None
    studio.ledger.released(review.key, manifest)
    return _made(review, manifest)


def _made(review: Review, manifest: Manifest) -> Made:
    word = f"{review.reviewer}: {review.note}" if review.note else review.reviewer
    return Made(
        asset=review.key.asset,
        title=review.key.title,
        manifest=manifest,
        inputs=manifest.inputs,
        code_version=manifest.made_by.code_version,
        metadata={"approved by": dg.MetadataValue.text(word), "held for": dg.MetadataValue.text(review.why)},
    )
