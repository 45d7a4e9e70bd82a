"""From a promotion, or a trailer made anew, to the CDN: copies of what has changed are dropped."""

import dagster as dg

from resources.cdn import Watched, changed_aliases, changes_until_now, invalidate_aliases
from resources.studio import Studio

__all__ = ["aliases_changed"]


@dg.sensor(
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Has CloudFront drop its copies of aliases when a picture or a trailer is promoted, rolled back, or a"
    " trailer or its ladder is replaced.",
)
def aliases_changed(context: dg.SensorEvaluationContext, studio: dg.ResourceParam[Studio]) -> dg.SkipReason:
    """Invalidate what changed since the last tick; a tick that fails moves no cursor and is repeated."""
    if studio.settings.cloudfront_distribution is None:
        return dg.SkipReason("SHOWRUNNER_CLOUDFRONT_DISTRIBUTION is not set.")
    if context.cursor is None:  # copies live for a minute: nothing older can be out of date
        context.update_cursor(str(changes_until_now(studio.database)))
        return dg.SkipReason("Changes are watched from now on.")
    changes = changed_aliases(studio.database, Watched.from_text(context.cursor))
    if not changes.aliases:
        context.update_cursor(str(changes.watched))
        return dg.SkipReason("No picture and no trailer changed.")
    # Named after the very events: a tick that died before its cursor moved asks for the same again, which is free.
    reference = " ".join(map(str, changes.events))
    made = invalidate_aliases(studio.settings, changes.aliases, reference)
    context.update_cursor(str(changes.watched))
    return dg.SkipReason(f"Invalidation {made}: {len(changes.aliases)} addresses.")
