"""POST /v1/style-events: what viewers did about the looks that they saw. Each once, however often it is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from ops.tastes.evidence import PLAIN, DeedKind
from resources.api_keys import Scope
from resources.style_events import StyleEvent
from resources.tastes import Tastes
from resources.viewer_events import event_id
from serving.api.event_batches import MOST_EVENTS, EventBatchOut, EventId, EventTime, RefusedEvent, untimely
from serving.api.parameters import VIEWER_PATTERN, TheEdge, title_pattern
from serving.auth import Caller, may
from serving.edge import Edge
from serving.problems import problems

__all__ = ["MixWeights", "router"]

_Weight = Annotated[float, Field(ge=0, le=1)]
_StyleId = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{1,39}$")]

MixWeights = Annotated[
    dict[_StyleId, _Weight],
    Field(max_length=8, json_schema_extra={"additionalProperties": False}),  # beside the names that the pattern allows
]
"""Weights by style."""

router = APIRouter(tags=["styles"])


class StyleEventIn(BaseModel):
    """One thing a viewer did about a look."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    id: EventId
    kind: DeedKind = Field(description="What happened.", examples=["like"])
    viewer: str = Field(
        min_length=1,
        max_length=200,
        pattern=VIEWER_PATTERN,
        description="What you call the viewer.",
        examples=["u-1042"],
    )
    title: str = Field(pattern=title_pattern, max_length=63, description="The title's id.", examples=["big-buck-bunny"])
    mix: MixWeights | None = Field(
        None,
        description="The look that it is about, as weights; `plain` is the film as it is. Left out, the one that the"
        " viewer was last shown the title in, within a day.",
        examples=[{"noir": 1.0}],
    )
    share: float | None = Field(None, ge=0, le=1, description="Of a watch: how much of the film.", examples=[0.8])
    place_s: float | None = Field(
        None, ge=0, le=604_800, description="Where in the film; left out, the whole.", examples=[63.5]
    )
    at: EventTime = None


class StyleEventsIn(BaseModel):
    """A batch."""

    model_config = ConfigDict(extra="forbid")

    events: list[StyleEventIn] = Field(min_length=1, max_length=MOST_EVENTS)


@router.post(
    "/v1/style-events",
    summary="Report what viewers did about looks",
    responses=problems(401, 403, 413, 422, 429, 503),
)
async def report(
    request: Request, edge: TheEdge, caller: Annotated[Caller, Depends(may(Scope.EVENTS))], batch: StyleEventsIn
) -> EventBatchOut:
    """Stores a batch of events, each exactly once by its `id`. They count in profiles within the hour.

    No answer, or a 429 or 5xx: send the same batch again.
    """
    now = datetime.now(UTC)
    styles = {*await asyncio.to_thread(lambda: request.app.state.live.looks.library), PLAIN}
    faults = {event.id: fault for event in batch.events if (fault := _fault(event, styles, now))}
    usable = [_event(event, edge, caller, now) for event in batch.events if event.id not in faults]
    recorded = await asyncio.to_thread(Tastes(edge.database).record, usable)
    lost = {event_id(caller.id, each.id): each.id for each in batch.events}
    refused = faults | {lost[each]: "tells no look, and none was shown" for each in recorded.without_look}
    stored = len(recorded.stored)
    return EventBatchOut(
        stored=stored,
        duplicates=sum(event.id not in refused for event in batch.events) - stored,
        refused=[RefusedEvent(id=name, why=why) for name, why in refused.items()],
    )


def _fault(event: StyleEventIn, styles: Collection[str], now: datetime) -> str:
    """Why an event can never be stored; empty where it can."""
    if fault := untimely(event.at, now):
        return fault
    if (event.kind is DeedKind.WATCH) != (event.share is not None):
        return "a watch tells its share, and nothing else does"
    if event.mix is not None and not sum(event.mix.values()) > 0:
        return "the mix weighs nothing"
    unknown = sorted(set(event.mix or ()) - set(styles))
    if unknown:
        return f"there is no style {unknown[0]}"
    return ""


def _event(event: StyleEventIn, edge: Edge, caller: Caller, now: datetime) -> StyleEvent:
    total = sum(event.mix.values()) if event.mix else 1.0
    return StyleEvent(
        id=event_id(caller.id, event.id),
        kind=event.kind,
        at=min(event.at or now, now),
        viewer=edge.pseudonyms.of(event.viewer),
        title=event.title,
        weights={style: weight / total for style, weight in event.mix.items() if weight > 0} if event.mix else None,
        share=None if event.share is None else round(event.share, 4),
        place_s=None if event.place_s is None else round(event.place_s, 3),
    )
