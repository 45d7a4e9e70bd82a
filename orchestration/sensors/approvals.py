"""From a person's approval to publication: serving writes the verdict, this asks for the run that acts on it."""

import hashlib
import time

import dagster as dg

from orchestration.releasing import RELEASE_JOB, release_held
from resources.studio import Studio

__all__ = ["approvals", "release_requests"]

TRY_AGAIN_S = 600
"""What is still unpublished after so long is asked for again: its run failed, or waited for a making under way."""


def release_requests(reviews: list[int], *, now_s: float, batch: int) -> list[dg.RunRequest]:
    """A few runs that publish all that was approved; the same ones within `TRY_AGAIN_S`, however often it is asked."""
    requests = []
    for start in range(0, len(reviews), batch):
        part = reviews[start : start + batch]
        told = f"{int(now_s // TRY_AGAIN_S)} {part}"
        requests.append(
            dg.RunRequest(
                run_key=hashlib.sha256(told.encode()).hexdigest()[:32],
                job_name=RELEASE_JOB,
                run_config={"reviews": part},
                tags={"showrunner/reviews": str(len(part))},
            )
        )
    return requests


@dg.sensor(
    job=release_held,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Publishes what a gate held and a person approved in the review queue.",
)
def approvals(studio: dg.ResourceParam[Studio]) -> dg.SensorResult | dg.SkipReason:
    """Ask for the publication of what was approved."""
    waiting = [review.id for review in studio.reviews.to_release()]
    if not waiting:
        return dg.SkipReason("No approval waits.")
    requests = release_requests(waiting, now_s=time.time(), batch=studio.settings.batch_titles)
    return dg.SensorResult(run_requests=requests)
