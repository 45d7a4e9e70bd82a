"""From viewers who leave to a new cut: trailers that are completed less often than was hoped for are ordered anew."""

from datetime import UTC, datetime, timedelta

import dagster as dg

from assets.recutting import order_recuts
from resources.studio import Studio

__all__ = ["trailers_below_target"]

_OVERLAP = timedelta(minutes=5)
"""Viewings are looked at again for so long: one may be committed after a look that it was received before."""


@dg.sensor(
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Orders a new cut of trailers that viewers leave too often; it is then tested against the old one.",
)
def trailers_below_target(context: dg.SensorEvaluationContext, studio: dg.ResourceParam[Studio]) -> dg.SensorResult:
    """Look at the trailers of which viewings came in since the last look; the cursor is its time.

    It starts no run: it writes work orders, which the sensor `work_orders` batches with all others.
    """
    now = datetime.now(UTC)
    since = datetime.fromisoformat(context.cursor) - _OVERLAP if context.cursor else None
    ordered = order_recuts(studio, since=since)
    told = "; ".join(f"{each.title}: {each.why}" for each in ordered)
    return dg.SensorResult(
        skip_reason=f"New cuts are ordered. {told}" if ordered else "No trailer is below the target.",
        cursor=now.isoformat(),
    )
