"""From what viewers have come to like to renditions: cohorts whose taste has shifted have films made in it."""

import dagster as dg

from resources.studio import Studio
from resources.taste_orders import folded_at, order_shifts

__all__ = ["tastes_shifted"]


@dg.sensor(
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Orders renditions in the styles that many viewers have come to like, for the kinds of films that they"
    " like them on; single viewers order nothing.",
)
def tastes_shifted(context: dg.SensorEvaluationContext, studio: dg.ResourceParam[Studio]) -> dg.SensorResult:
    """Look at the cohorts where tastes were counted since the last look; the cursor is the time of that count.

    It starts no run: it writes rendition orders, whose own sensor makes runs of them. A tick that dies has ordered
    nothing, and one that is repeated finds its orders there.
    """
    from ops.style.catalogue import house_styles

    counted = folded_at(studio.database)
    if counted is None or context.cursor == counted.isoformat():
        return dg.SensorResult(skip_reason="Nothing was counted since the last look.", cursor=context.cursor)
    ordered = order_shifts(studio.database, house_styles())
    told = "; ".join(f"{', '.join(each.titles)}: {each.shift.why}" for each in ordered)
    return dg.SensorResult(
        skip_reason=f"Renditions are ordered. {told}" if ordered else "No cohort's taste has shifted.",
        cursor=counted.isoformat(),
    )
