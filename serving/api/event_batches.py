"""What batches of events have in common, whatever the events tell: how many, their ids and times, and what is answered.

At least once from clients, once in the table: a client sends a batch again until it is answered.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

__all__ = ["MOST_EVENTS", "EventBatchOut", "EventId", "EventTime", "RefusedEvent", "untimely"]

MOST_EVENTS = 500
"""In one batch."""

_AHEAD = timedelta(minutes=5)  # clocks of phones
_BEHIND = timedelta(days=7)  # phones that were offline

EventId = Annotated[
    str,
    Field(
        min_length=8,
        max_length=64,
        pattern="^[A-Za-z0-9_.:-]+$",
        description="Idempotency key: send the same again, and it counts once.",
        examples=["5f0c2b1e-7a64-4a0e-9d52-0a6b1f6c2d11"],
    ),
]
EventTime = Annotated[
    AwareDatetime | None,
    Field(description="When, with its zone; unset means now.", examples=["2026-11-21T12:00:00Z"]),
]


class RefusedEvent(BaseModel):
    """An event that was not stored, and never will be: do not send it again."""

    id: str = Field(examples=["5f0c2b1e-7a64-4a0e-9d52-0a6b1f6c2d11"])
    why: str = Field(examples=["sintel-9 is not in the catalogue"])


class EventBatchOut(BaseModel):
    """What became of a batch; all of it is durable when you read this."""

    stored: int = Field(description="New events.", examples=[2])
    duplicates: int = Field(description="Events that had been stored before.", examples=[0])
    refused: list[RefusedEvent] = Field(description="Events that cannot be stored.")


def untimely(at: datetime | None, now: datetime) -> str:
    """Why an event of that time can never be stored; empty where it can. None is now."""
    if at is not None and not now - _BEHIND <= at <= now + _AHEAD:
        return "at is over 5 minutes ahead, or over 7 days ago"
    return ""
