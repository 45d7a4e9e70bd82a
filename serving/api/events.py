"""POST /v1/events: what viewers did. At least once from clients, exactly once in the table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ops.thumbnails.aspect import Aspect
from resources.api_keys import Scope
from resources.viewer_events import EventKind, ViewerEvent, event_id
from serving.api.parameters import TheEdge, title_pattern
from serving.attribution import Told
from serving.auth import Caller, may
from serving.edge import Edge
from serving.problems import problems

__all__ = ["router"]

_MOST = 500
_AHEAD = timedelta(minutes=5)  # clocks of phones
_BEHIND = timedelta(days=7)  # phones that were offline
_OF_A_PICTURE = frozenset({EventKind.IMPRESSION, EventKind.CLICK, EventKind.WATCH, EventKind.FLAG})
_LABEL = "^[A-Za-z0-9_.:-]*$"

router = APIRouter(tags=["events"])


class EventIn(BaseModel):
    """One thing a viewer did."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    id: str = Field(
        min_length=8, max_length=64, pattern="^[A-Za-z0-9_.:-]+$",
        description="Idempotency key: send the same again, and it counts once.",
        examples=["5f0c2b1e-7a64-4a0e-9d52-0a6b1f6c2d11"],
    )  # fmt: skip
    kind: EventKind = Field(description="What happened.", examples=["click"])
    viewer: str = Field(min_length=1, max_length=200, description="What you call the viewer.", examples=["u-1042"])
    title: str = Field(pattern=title_pattern, max_length=63, description="The title's id.", examples=["big-buck-bunny"])
    aspect: Aspect | None = Field(
        None,
        description="The shape that was shown; may be left out where one alone is under test, or one alone promoted.",
        examples=["16x9"],
    )
    at: AwareDatetime | None = Field(
        None, description="When, with its zone; unset means now.", examples=["2026-11-21T12:00:00Z"]
    )
    watched_s: float | None = Field(None, ge=0, le=604_800, description="Of a watch: seconds.", examples=[42.5])
    watched_fraction: float | None = Field(None, ge=0, le=1, description="Of a watch: how much.", examples=[0.3])
    position: int | None = Field(None, ge=0, le=10_000, description="Place in the row, from 0.", examples=[2])
    surface: str = Field("", max_length=32, pattern=_LABEL, description="Where: a row or page.", examples=["home"])
    segment: str = Field("", max_length=32, pattern=_LABEL, description="Coarse audience.", examples=["family"])


class EventsIn(BaseModel):
    """A batch."""

    model_config = ConfigDict(extra="forbid")

    events: list[EventIn] = Field(min_length=1, max_length=_MOST)


class Refused(BaseModel):
    """An event that was not stored, and never will be: do not send it again."""

    id: str = Field(examples=["5f0c2b1e-7a64-4a0e-9d52-0a6b1f6c2d11"])
    why: str = Field(examples=["sintel-9 is not in the catalogue"])


class EventsOut(BaseModel):
    """What became of a batch; all of it is durable when you read this."""

    stored: int = Field(description="New events.", examples=[2])
    duplicates: int = Field(description="Events that had been stored before.", examples=[0])
    refused: list[Refused] = Field(description="Events that cannot be stored.")
    unattributed: int = Field(
        description="Of the stored: impressions, clicks, watches and flags that told no aspect, where it could not be"
        " found out. They count for no picture; tell the aspect.",
        examples=[0],
    )


@router.post(
    "/v1/events",
    summary="Report what viewers did",
    responses=problems(401, 403, 413, 422, 429, 503),
)
async def report(edge: TheEdge, caller: Annotated[Caller, Depends(may(Scope.EVENTS))], batch: EventsIn) -> EventsOut:
    """Stores a batch of events, each exactly once by its `id`, and answers once they are committed.

    No answer, or a 429 or 5xx: send the same batch again. What a viewer was shown is known here; it need not be told.
    An event that comes late counts for the test that ran when it happened.
    """
    now = datetime.now(UTC)
    timely = [event for event in batch.events if event.at is None or now - _BEHIND <= event.at <= now + _AHEAD]
    refused = [
        Refused(id=event.id, why="at is over 5 minutes ahead, or over 7 days ago")
        for event in batch.events
        if event.at is not None and not now - _BEHIND <= event.at <= now + _AHEAD
    ]
    events = await _attributed(edge, caller, timely, now)
    recorded = await edge.committer.submit(events)
    refused += [
        Refused(id=told.id, why=f"{told.title} is not in the catalogue")
        for told in timely
        if told.title in recorded.unknown_titles
    ]
    stored = len(recorded.stored)
    duplicates = len(batch.events) - stored - len(refused)
    unattributed = len({e.id for e in events if e.kind in _OF_A_PICTURE and not e.aspect} & recorded.stored)
    for outcome, count in (("stored", stored), ("duplicate", duplicates), ("refused", len(refused))):
        edge.metrics.events.labels(outcome).inc(count)
    edge.metrics.unattributed.inc(unattributed)
    return EventsOut(stored=stored, duplicates=duplicates, refused=refused, unattributed=unattributed)


async def _attributed(edge: Edge, caller: Caller, told: Sequence[EventIn], now: datetime) -> list[ViewerEvent]:
    """The events with the arms that their viewers were shown."""
    asked = [Told(event.title, event.aspect or "", edge.pseudonyms.of(event.viewer), event.at) for event in told]
    credited = await edge.attribution.of(asked, now)
    return [
        ViewerEvent(
            id=event_id(caller.id, event.id),
            kind=event.kind,
            at=min(event.at or now, now),
            viewer=known.viewer,
            title=event.title,
            aspect=credit.aspect,
            experiment=credit.dealt.experiment if credit.dealt else None,
            arm=credit.dealt.arm if credit.dealt else None,
            epoch=credit.dealt.epoch if credit.dealt else None,
            propensity=credit.dealt.propensity if credit.dealt else None,
            holdout=credit.dealt.holdout if credit.dealt else False,
            watched_s=_rounded(event.watched_s),
            watched_fraction=_rounded(event.watched_fraction),
            surface=event.surface,
            position=event.position,
            segment=event.segment,
        )
        for event, known, credit in zip(told, asked, credited, strict=True)
    ]


def _rounded(value: float | None) -> float | None:
    """To a thousandth: PostgreSQL's `real` refuses what is too small for it, and nobody watches for 10⁻⁵⁰ s."""
    return None if value is None else round(value, 3)
