"""From a correction to new subtitles: what it touches is ordered with it, and what that missed is found here."""

from datetime import UTC, datetime, timedelta

import dagster as dg

from assets.correcting import order_corrected
from resources.studio import Studio

__all__ = ["subtitles_corrected"]

_OVERLAP = timedelta(minutes=5)
"""Corrections are looked at again for so long: one may be committed after a look that it was written before. What was
made since is fresh then, and an order for it does nothing."""


@dg.sensor(
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Orders the subtitles that people's corrections and speakers' names touch, and nothing else.",
)
def subtitles_corrected(context: dg.SensorEvaluationContext, studio: dg.ResourceParam[Studio]) -> dg.SensorResult:
    """Look at what people wrote since the last look; the cursor is its time.

    It starts no run: it writes work orders, which the sensor `work_orders` batches with all others.
    """
    now = datetime.now(UTC)
    since = datetime.fromisoformat(context.cursor) - _OVERLAP if context.cursor else None
    ordered = order_corrected(studio, since=since)
    told = "; ".join(f"{title}: {', '.join(assets)}" for title, assets in ordered.items())
    return dg.SensorResult(skip_reason=told or "Nothing was corrected.", cursor=now.isoformat())
