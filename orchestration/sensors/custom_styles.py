"""From wishes for styles to runs: serving writes wishes, and never calls Dagster."""

import time

import dagster as dg

from assets.custom_style import custom_style
from assets.partitions import custom_styles
from resources.custom_styles import CustomStyle, CustomStyles
from resources.studio import Studio

__all__ = ["custom_styles_wished", "wish_request"]

_TRY_AGAIN_S = 1800
"""What is still wished for so long after its run was asked for is asked for again: that run never began."""


def wish_request(wish: CustomStyle, *, now_s: float) -> dg.RunRequest:
    """The run that makes a style; asking twice within `_TRY_AGAIN_S` starts it once."""
    key = f"{wish.id}:{wish.asked_at.isoformat()}:{wish.network}:{wish.attempts}:{int(now_s / _TRY_AGAIN_S)}"
    return dg.RunRequest(run_key=key, partition_key=wish.id)


@dg.sensor(
    target=dg.AssetSelection.assets(custom_style),
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Gives every wish for a style its partition, and starts the run that makes it.",
)
def custom_styles_wished(studio: dg.ResourceParam[Studio]) -> dg.SensorResult | dg.SkipReason:
    """Look for wishes that need a run."""
    due = CustomStyles(studio.database).due()
    if not due:
        return dg.SkipReason("Nobody wishes for a style.")
    return dg.SensorResult(
        run_requests=[wish_request(wish, now_s=time.time()) for wish in due],
        dynamic_partitions_requests=[custom_styles.build_add_request([wish.id for wish in due])],
    )
