"""/healthz, /readyz, /metrics: for those who run it."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Depends
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, Field
from starlette.responses import Response

from ops.errors import ShowrunnerError
from resources.api_keys import Scope
from serving.api.parameters import TheEdge
from serving.auth import may
from serving.problems import ProblemError, problems

__all__ = ["router"]

_OLD_S = 60.0  # experiments in memory that are older: this process should get no traffic
_WAIT_S = 3.0

router = APIRouter(tags=["operation"])


class HealthOut(BaseModel):
    """All is well."""

    status: str = Field(examples=["ok"])


@router.get("/healthz", summary="Is the process alive?")
async def alive() -> HealthOut:
    """Answers while the process does; restart it where it does not."""
    return HealthOut(status="ok")


@router.get("/readyz", summary="Can it serve?", responses=problems(503))
async def ready(edge: TheEdge) -> HealthOut:
    """Answers once database and experiments are at hand; send no traffic where it does not."""
    if edge.snapshot.age_s > _OLD_S:
        raise ProblemError(503, f"The experiments in memory are {edge.snapshot.age_s:.0f} s old.")
    try:
        await asyncio.wait_for(asyncio.to_thread(edge.experiments.fingerprint), _WAIT_S)
    except (ShowrunnerError, TimeoutError):
        raise ProblemError(503, "The database does not answer.") from None
    return HealthOut(status="ok")


@router.get(
    "/metrics",
    summary="Counters, for Prometheus",
    dependencies=[Depends(may(Scope.METRICS))],
    response_class=Response,
    responses={
        200: {"description": "Prometheus' text format.", "content": {"text/plain": {"schema": {"type": "string"}}}},
        **problems(401, 403, 429),
    },
)
async def metrics(edge: TheEdge) -> Response:
    """Requests, decisions, events, commits, and how old what is in memory is."""
    return Response(generate_latest(edge.metrics.registry), media_type=CONTENT_TYPE_LATEST)
