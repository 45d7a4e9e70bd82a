"""From work orders to runs: few runs, each with many titles."""

import dagster as dg

from orchestration.refresh import REFRESH_JOB, refresh_titles
from resources.studio import Studio
from resources.work_orders import Batch

__all__ = ["run_request", "work_orders"]


def run_request(batch: Batch) -> dg.RunRequest:
    """The run that serves a batch; its run key is the batch's id, so that asking twice starts it once."""
    return dg.RunRequest(
        run_key=batch.id,
        job_name=REFRESH_JOB,
        run_config={
            "titles": list(batch.titles),
            "artifacts": list(batch.artifacts),
            # a language that one title wants is not made for fifty
            "wishes": {order.title: list(order.artifacts) for order in batch.orders} if differ(batch) else {},
            "work_order": batch.id,
        },
        tags={"dagster/priority": str(batch.priority), "showrunner/titles": str(len(batch.titles))},
    )


def differ(batch: Batch) -> bool:
    """Whether the titles of a batch want different artifacts."""
    return len({order.artifacts for order in batch.orders}) > 1


@dg.sensor(
    job=refresh_titles,
    minimum_interval_seconds=15,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Takes open work orders from the ledger and starts a few runs, each with many titles.",
)
def work_orders(studio: dg.ResourceParam[Studio]) -> dg.SensorResult | dg.SkipReason:
    """Batch the open work orders; the same batches again until their runs report back."""
    settings = studio.settings
    batches = studio.orders.batch(max_titles=settings.batch_titles, max_runs=settings.batch_runs)
    if not batches:
        return dg.SkipReason("No open work orders.")
    return dg.SensorResult(run_requests=[run_request(batch) for batch in batches])
