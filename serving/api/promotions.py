"""What stands for a title outside tests: promote an arm, take the newest promotion back."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Body, Query
from pydantic import BaseModel, Field

from serving.api.experiments import STRICT, Why, Writer, known
from serving.api.parameters import EXHIBIT_PATTERN, TheEdge, TitlePath
from serving.problems import ProblemError, problems

__all__ = ["router"]

router = APIRouter(tags=["experiments"])


class PromotionIn(BaseModel):
    """An arm to show to everybody from now on."""

    model_config = STRICT

    experiment: str = Field(pattern="^[0-9a-f]{12}$", examples=["1f2e3d4c5b6a"])
    arm: str = Field(pattern="^[A-Za-z0-9_-]{1,64}$", examples=["0a1b2c3d"])
    why: Why


class RollbackIn(BaseModel):
    """Why the newest promotion is taken back."""

    model_config = STRICT

    why: Why


class StandingOut(BaseModel):
    """What stands for a title outside tests."""

    arm: str | None = Field(
        description="The promoted arm; null: the artifact's own first choice.", examples=["0a1b2c3d"]
    )
    experiment: str | None = Field(examples=["1f2e3d4c5b6a"])


class RolledBackOut(StandingOut):
    """What stands again, and what ended with the promotion."""

    retired: list[str] = Field(
        description="Running experiments that went on showing the picture, as their incumbent: they are retired.",
        examples=[["1f2e3d4c5b6a"]],
    )


@router.post(
    "/v1/titles/{title}/promotions",
    summary="Promote an arm",
    responses=problems(401, 403, 404, 409, 413, 422, 429, 503),
)
async def promote(edge: TheEdge, caller: Writer, title: TitlePath, wish: PromotionIn) -> StandingOut:
    """Makes an experiment's arm the title's picture or trailer, and decides the experiment, in one transaction."""

    def write() -> None:
        found = known(edge.experiments.get, wish.experiment)
        if found.title != title:
            raise ProblemError(404, f"{wish.experiment}: is no experiment of {title}.")
        arm = known(found.arm, wish.arm)
        edge.experiments.promote(title, found.aspect, arm.id, arm.version, found.id, caller.name, wish.why)

    await asyncio.to_thread(write)
    await edge.snapshot.refresh()
    return StandingOut(arm=wish.arm, experiment=wish.experiment)


@router.post(
    "/v1/titles/{title}/rollback",
    summary="Take the newest promotion back",
    responses=problems(401, 403, 404, 409, 413, 422, 429, 503),
)
async def rollback(
    edge: TheEdge,
    caller: Writer,
    title: TitlePath,
    aspect: Annotated[
        str,
        Query(pattern=EXHIBIT_PATTERN, description="A thumbnail's shape, or a trailer's cut.", examples=["16x9"]),
    ],
    wish: Annotated[RollbackIn, Body()],
) -> RolledBackOut:
    """What stood before it stands again. A running experiment whose incumbent is the picture is retired with it."""
    if await asyncio.to_thread(edge.catalogue.find, title) is None:
        raise ProblemError(404, f"{title}: is not in the catalogue.")
    done = await asyncio.to_thread(edge.experiments.take_back, title, aspect, caller.name, wish.why)
    await edge.snapshot.refresh()
    standing = done.standing
    return RolledBackOut(
        arm=standing.arm if standing else None,
        experiment=standing.experiment if standing else None,
        retired=list(done.retired),
    )
