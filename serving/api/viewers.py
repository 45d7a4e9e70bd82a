"""DELETE /v1/viewers/{viewer}: forget somebody, in one call."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field

from resources.api_keys import Scope
from resources.tastes import Tastes
from serving.api.parameters import TheEdge
from serving.auth import may
from serving.problems import problems

__all__ = ["router"]

router = APIRouter(tags=["viewers"])


class ErasedOut(BaseModel):
    """What was forgotten."""

    erased: int = Field(description="Events, assignments and tastes that are gone.", examples=[17])


@router.delete(
    "/v1/viewers/{viewer}",
    summary="Forget a viewer",
    dependencies=[Depends(may(Scope.VIEWERS_ERASE))],
    responses=problems(401, 403, 422, 429, 503),
)
async def erase(
    edge: TheEdge,
    viewer: Annotated[str, Path(min_length=1, max_length=200, description="What you call them.", examples=["u-1042"])],
) -> ErasedOut:
    """Deletes all events, assignments and tastes of a viewer; what was counted of them is no longer. Safe to repeat.

    Stop reporting the viewer's events first: what is on its way would be stored after.
    """
    pseudonym = edge.pseudonyms.of(viewer)
    edge.book.forget(pseudonym)
    erased = await asyncio.to_thread(edge.events.erase, pseudonym)
    erased += await asyncio.to_thread(Tastes(edge.database).erase, pseudonym)
    edge.book.forget(pseudonym)
    return ErasedOut(erased=erased)
