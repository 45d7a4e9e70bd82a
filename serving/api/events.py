"""POST /v1/events: what viewers did. At least once from clients, exactly once in the table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from ops.experiments.exhibit import length_s
from ops.trailer.viewers.retention import Stop
from resources.api_keys import Scope
from resources.viewer_events import CONTENT_DIGITS, EventKind, ViewerEvent, event_id
from serving.api.event_batches import MOST_EVENTS, EventBatchOut, EventId, EventTime, RefusedEvent, untimely
from serving.api.parameters import EXHIBIT_PATTERN, TheEdge, title_pattern
from serving.attribution import Told
from serving.auth import Caller, may
from serving.edge import Edge
from serving.problems import problems

__all__ = ["router"]

_OF_A_PICTURE = frozenset({EventKind.IMPRESSION, EventKind.CLICK, EventKind.WATCH, EventKind.FLAG})
_MOST_STRETCHES = 64  # of one viewing: a jump every half second of a trailer
_LEAST_S, _OVER_S = 0.05, 1.0  # a stretch is as long at least; and players tell an end a little late
_Second = Annotated[float, Field(ge=0, le=600)]
_LABEL = "^[A-Za-z0-9_.:-]*$"

router = APIRouter(tags=["events"])


class EventIn(BaseModel):
    """One thing a viewer did."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    id: EventId
    kind: EventKind = Field(description="What happened.", examples=["click"])
    viewer: str = Field(min_length=1, max_length=200, description="What you call the viewer.", examples=["u-1042"])
    title: str = Field(pattern=title_pattern, max_length=63, description="The title's id.", examples=["big-buck-bunny"])
    aspect: str | None = Field(
        None,
        pattern=EXHIBIT_PATTERN,
        description="The shape of the thumbnail that was shown; may be left out where one alone is under test, or one"
        " alone promoted. Of a trailer, its cut.",
        examples=["16x9", "trailer_30"],
    )
    at: EventTime = None
    watched_s: float | None = Field(None, ge=0, le=604_800, description="Of a watch: seconds.", examples=[42.5])
    watched_fraction: float | None = Field(None, ge=0, le=1, description="Of a watch: how much.", examples=[0.3])
    played: list[tuple[_Second, _Second]] = Field(
        default_factory=list, max_length=_MOST_STRETCHES,
        description="Of a watch of a trailer: from and to, in its seconds, of each stretch that was played, in order of"
        " playing. What was skipped, and what was seen again, follows from it. Without it a watch is of the title.",
        examples=[[[0, 12.5], [20, 30]]],
    )  # fmt: skip
    stopped: Stop = Field(
        Stop.LEFT,
        description="How that viewing stopped: left (closed, scrolled on, or ran out), for the film, or cut_off by the"
        " network or the system.",
        examples=["left"],
    )
    content: str = Field(
        "", pattern=f"^([0-9a-f]{{{CONTENT_DIGITS}}})?$",
        description="Of that viewing: which file was played, as `/media/<content>/…` and the trailer's answer tell it;"
        " left out, the one that the viewer is shown now.",
        examples=["0f343b0931126a20f133d67c2b018a3b"],
    )  # fmt: skip
    position: int | None = Field(None, ge=0, le=10_000, description="Place in the row, from 0.", examples=[2])
    surface: str = Field("", max_length=32, pattern=_LABEL, description="Where: a row or page.", examples=["home"])
    segment: str = Field("", max_length=32, pattern=_LABEL, description="Coarse audience.", examples=["family"])


class EventsIn(BaseModel):
    """A batch."""

    model_config = ConfigDict(extra="forbid")

    events: list[EventIn] = Field(min_length=1, max_length=MOST_EVENTS)


class EventsOut(EventBatchOut):
    """What became of a batch; all of it is durable when you read this."""

    unattributed: int = Field(
        description="Of the stored: impressions, clicks, watches and flags that told no aspect, and viewings of a"
        " trailer that told no content, where it could not be found out. They count for none; tell it.",
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
    faults = [_fault(event, now) for event in batch.events]
    refused = [RefusedEvent(id=event.id, why=fault) for event, fault in zip(batch.events, faults, strict=True) if fault]
    usable = [event for event, fault in zip(batch.events, faults, strict=True) if not fault]
    events = await _attributed(edge, caller, usable, now)
    recorded = await edge.committer.submit(events)
    refused += [
        RefusedEvent(id=told.id, why=f"{told.title} is not in the catalogue")
        for told in usable
        if told.title in recorded.unknown_titles
    ]
    stored = len(recorded.stored)
    duplicates = len(batch.events) - stored - len(refused)
    lost = {e.id for e in events if (e.kind in _OF_A_PICTURE and not e.aspect) or (e.played and not e.content)}
    unattributed = len(lost & recorded.stored)
    for outcome, count in (("stored", stored), ("duplicate", duplicates), ("refused", len(refused))):
        edge.metrics.events.labels(outcome).inc(count)
    edge.metrics.unattributed.inc(unattributed)
    return EventsOut(stored=stored, duplicates=duplicates, refused=refused, unattributed=unattributed)


def _fault(event: EventIn, now: datetime) -> str:
    """Why an event can never be stored; empty where it can."""
    if fault := untimely(event.at, now):
        return fault
    if not event.played:
        told = event.content or event.stopped is not Stop.LEFT
        return "content and stopped are told of a viewing of a trailer, with what was played" if told else ""
    length = length_s(event.aspect or "")
    if event.kind is not EventKind.WATCH or length is None:
        return "what was played is told of a watch, with the trailer's cut as its aspect"
    for start, end in event.played:
        if end - start < _LEAST_S or end > length + _OVER_S:
            return (
                f"{start:g} to {end:g} is no stretch of {event.aspect}: it ends {_LEAST_S:g} s or more after it begins,"
                f" and within {length:g} s"
            )
    return ""


async def _attributed(edge: Edge, caller: Caller, told: Sequence[EventIn], now: datetime) -> list[ViewerEvent]:
    """The events with the arms that their viewers were shown."""
    viewers = [edge.pseudonyms.of(event.viewer) for event in told]
    asked = [
        Told(event.title, event.aspect or "", viewer, event.at, viewing=bool(event.played), content=event.content)
        for event, viewer in zip(told, viewers, strict=True)
    ]
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
            content=credit.content,
            played=tuple((round(start, 3), round(end, 3)) for start, end in event.played),
            stopped=event.stopped if event.played else None,
        )
        for event, known, credit in zip(told, asked, credited, strict=True)
    ]


def _rounded(value: float | None) -> float | None:
    """To a thousandth: PostgreSQL's `real` refuses what is too small for it, and nobody watches for 10⁻⁵⁰ s."""
    return None if value is None else round(value, 3)
