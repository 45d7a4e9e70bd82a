"""From wishes for styles to runs: serving writes wishes, and never calls Dagster."""

import dagster as dg

from assets.custom_style import custom_style
from assets.partitions import custom_styles
from resources.studio import Studio
from resources.style_wish_model import StyleWish
from resources.style_wishes import StyleWishes

__all__ = ["custom_styles_wished"]


@dg.sensor(
    target=dg.AssetSelection.assets(custom_style),
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Gives every wish for a style its partition, and starts the run that makes it.",
)
def custom_styles_wished(
    context: dg.SensorEvaluationContext, studio: dg.ResourceParam[Studio]
) -> dg.SensorResult | dg.SkipReason:
    """Look for wishes that need a run; asking twice starts it once, for its key is how often the wish was tried."""
    wishes = StyleWishes(studio.database)
    for wish in wishes.due():
        if _never_began(wish, context.instance):
            wishes.miss(wish, "its run ended before it began")
    due = wishes.due()
    if not due:
        return dg.SkipReason("Nobody wishes for a style.")
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=wish.run_key, partition_key=wish.id) for wish in due],
        dynamic_partitions_requests=[custom_styles.build_add_request([wish.id for wish in due])],
    )


def _never_began(wish: StyleWish, instance: dg.DagsterInstance) -> bool:
    """Whether its run is over and the wish does not know: no pod was to be had, or somebody took it off the queue."""
    runs = instance.get_runs(dg.RunsFilter(tags={"dagster/run_key": wish.run_key}), limit=1)
    return bool(runs) and runs[0].is_finished
