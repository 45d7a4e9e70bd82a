"""From a promotion to the CDN: copies of the addresses whose answer has changed are dropped."""

import dagster as dg

from resources.cdn import changed_aliases, invalidate_aliases, last_change
from resources.studio import Studio

__all__ = ["aliases_changed"]


@dg.sensor(
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Has CloudFront drop its copies of thumbnail aliases when a picture is promoted or rolled back.",
)
def aliases_changed(context: dg.SensorEvaluationContext, studio: dg.ResourceParam[Studio]) -> dg.SkipReason:
    """Invalidate what changed since the last tick; a tick that fails moves no cursor and is repeated."""
    if studio.settings.cloudfront_distribution is None:
        return dg.SkipReason("SHOWRUNNER_CLOUDFRONT_DISTRIBUTION is not set.")
    if context.cursor is None:  # copies live for a minute: nothing older can be out of date
        context.update_cursor(str(last_change(studio.database)))
        return dg.SkipReason("Changes are watched from now on.")
    titles, seen = changed_aliases(studio.database, int(context.cursor))
    if not titles:
        return dg.SkipReason("No picture changed.")
    made = invalidate_aliases(studio.settings, titles, reference=f"{context.cursor}-{seen}")
    context.update_cursor(str(seen))
    return dg.SkipReason(f"Invalidation {made}: {len(titles)} titles.")
