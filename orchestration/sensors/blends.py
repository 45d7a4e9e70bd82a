"""From published recipes to pictures: each is a partition with a run of its own, and made again when it went stale."""

from datetime import UTC, datetime

import dagster as dg

from assets.blended_image import blend_fingerprint, blended_image
from assets.partitions import blends
from resources.blends import Blends
from resources.studio import Studio

__all__ = ["blends_published"]

_MOST = 20
"""Blends that one tick starts."""

_LOOK_BACK_S = 300
"""How often blends that were made are held against today's pictures, code and engine."""


@dg.sensor(
    target=[blended_image],
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Makes every published blend a partition and renders it; again when its pictures or the engine change.",
)
def blends_published(context: dg.SensorEvaluationContext, studio: dg.ResourceParam[Studio]) -> dg.SensorResult:
    """Take open blends, settle those whose run died, and every few minutes look for stale ones.

    Asking twice starts nothing twice: a run's key is the blend's id and how often it was opened.
    """
    kept = Blends(studio.database)
    for blend in kept.running():
        if _died(blend.run_key, context.instance):
            kept.fail(blend, "its run was killed", final=False)
    for blend in kept.open(_MOST):  # Dagster starts no run twice by one key
        if _died(blend.run_key, context.instance):
            kept.fail(blend, "its run ended before it began", final=False)
    now = datetime.now(UTC).timestamp()
    looked_at = float(context.cursor or 0)
    if now - looked_at >= _LOOK_BACK_S:
        looked_at = now
        for blend in kept.made():
            if blend.made_from != blend_fingerprint(blend, studio):
                kept.reopen(blend.id, "its pictures, the code or the engine have changed")
    opened = kept.open(_MOST)
    requests = [
        dg.RunRequest(run_key=blend.run_key, partition_key=blend.id, tags={"showrunner/blend": blend.id})
        for blend in opened
    ]
    return dg.SensorResult(
        run_requests=requests,
        dynamic_partitions_requests=[blends.build_add_request([blend.id for blend in opened])] if opened else [],
        skip_reason=None if requests else "No open blends.",
        cursor=str(looked_at),
    )


def _died(run_key: str, instance: dg.DagsterInstance) -> bool:
    """Whether a blend's run is over, and the blend does not know."""
    runs = instance.get_runs(dg.RunsFilter(tags={"dagster/run_key": run_key}), limit=1)
    return bool(runs) and runs[0].is_finished
