"""The inbox: a folder or an S3 prefix that films are put into.

A tick lists and compares; it never opens a film. A file counts as delivered when its size and time are what the last
tick saw and it has been left alone for the settling time: one that is still being written is left for a later tick.
"""

import hashlib
import json
import time

import dagster as dg

from orchestration.ingest import INGEST_JOB, ingest
from resources.inbox import Arrival, list_inbox
from resources.studio import Studio

__all__ = ["inbox", "settled"]

FILMS_A_RUN = 20
"""Films a run takes in: enough that a season is one run, few enough that a failed run repeats little hashing."""


def settled(listing: list[Arrival], seen: dict[str, str], *, now: float, settle_s: float) -> list[str]:
    """The films that are complete: unchanged since the last tick, and untouched for the settling time."""
    return [
        film.address for film in listing if seen.get(film.address) == film.stamp and now - film.modified >= settle_s
    ]


def _run_key(films: list[str], stamps: dict[str, str]) -> str:
    """The same films in the same state are one run, however often a tick asks for it."""
    told = json.dumps([[address, stamps[address]] for address in films])
    return hashlib.sha256(told.encode()).hexdigest()


@dg.sensor(
    job=ingest,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Takes in films from the inbox folder or S3 prefix once they are completely written.",
)
def inbox(context: dg.SensorEvaluationContext, studio: dg.ResourceParam[Studio]) -> dg.SensorResult | dg.SkipReason:
    """Ask for an ingest run for the films that settled since the last tick."""
    settings = studio.settings
    if settings.inbox_place is None:
        return dg.SkipReason("No inbox: set SHOWRUNNER_INBOX to a folder or an s3:// prefix.")
    state = json.loads(context.cursor or "{}")
    seen, taken = state.get("seen", {}), state.get("taken", {})
    listing = list_inbox(settings)
    stamps = {film.address: film.stamp for film in listing}
    ready = [
        address
        for address in settled(listing, seen, now=time.time(), settle_s=settings.inbox_settle_s)
        if taken.get(address) != stamps[address]
    ]
    taken = {address: stamp for address, stamp in taken.items() if address in stamps}
    taken |= {address: stamps[address] for address in ready}
    requests = [
        dg.RunRequest(
            run_key=_run_key(films, stamps),
            job_name=INGEST_JOB,
            run_config=dg.RunConfig(ops={"take_in": {"config": {"films": films}}}),
        )
        for films in (ready[start : start + FILMS_A_RUN] for start in range(0, len(ready), FILMS_A_RUN))
    ]
    cursor = json.dumps({"seen": stamps, "taken": taken})
    return dg.SensorResult(run_requests=requests, cursor=cursor)
