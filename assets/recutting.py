"""Which trailers viewers leave too often, and the orders for a new cut of them.

When to look is the sensor's (`orchestration/sensors/trailers.py`); what follows an order is the making's, and then the
experiment's between the two cuts.
"""

from __future__ import annotations

import logging
from datetime import datetime

from assets.experiment_course import incumbent_of
from ops.errors import StoreError, UsageError
from ops.trailer.viewers.shortfall import shortfall
from resources.published_variants import exhibit_key
from resources.recuts import Completions, Recut, completions, order_recut
from resources.studio import Studio
from resources.viewer_events import CONTENT_DIGITS

__all__ = ["order_recuts"]

_log = logging.getLogger(__name__)


def order_recuts(studio: Studio, *, since: datetime | None = None) -> list[Recut]:
    """Order a new cut of each trailer that is completed less often than was hoped for, as it is shown today.

    Each order is one transaction, and the trailer stale by it, so that a kill before its work order is written leaves
    it to the nightly job. Asking twice orders once. A title whose trailer cannot be read is told of, and stops none.

    Args:
        studio: The house's.
        since: Only of trailers of which viewings came in after it; None for all.
    """
    settings = studio.settings
    seen = completions(studio.database, least=settings.trailer_min_viewers, since=since)
    target = settings.trailer_completion_target
    weak = [each for each in seen if shortfall(each.completed, each.viewings, target).proven]
    ordered = []
    for each in weak:
        try:
            recut = _order(each, studio)
        except (StoreError, UsageError) as error:
            _log.warning("no new cut of %s of %s is ordered: %s", each.cut, each.title, error)
            continue
        if recut is not None:
            studio.orders.request_many({recut.title: [exhibit_key(recut.title, recut.cut).asset]}, reason=recut.why)
            ordered.append(recut)
    return ordered


def _order(seen: Completions, studio: Studio) -> Recut | None:
    """Order, where what was seen is what viewers are shown today; of an older version nothing follows."""
    shown = incumbent_of(seen.title, seen.cut, studio)
    if shown is None or shown.sha256[:CONTENT_DIGITS] != seen.content:
        return None
    target = studio.settings.trailer_completion_target
    why = (
        f"{seen.completed:,} of {seen.viewings:,} viewers completed {seen.cut} or went on to the film "
        f"({seen.completed / seen.viewings:.0%}); {target:.0%} are hoped for"
    )
    return order_recut(studio.database, seen, shown, why)
