"""What the catalogue speaks of: titles, their masters, and what came of a delivery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["Delivery", "Master", "Outcome", "Title", "TitleState"]


class TitleState(StrEnum):
    """Hot titles are Dagster partitions; cold ones keep their artifacts and come back; quarantined ones are
    unusable.
    """

    HOT = "hot"
    COLD = "cold"
    QUARANTINED = "quarantined"


class Outcome(StrEnum):
    """What a delivery was."""

    NEW_TITLE = "new_title"
    NEW_MASTER = "new_master"
    KNOWN = "known"


@dataclass(frozen=True)
class Title:
    """One title; `master` is the SHA-256 of its current master, `reason` why it is quarantined.

    `genre` is what its sidecar calls it, in lower case; `language` the one that is spoken, a code of `ops.languages`;
    None where nobody named one.
    """

    id: str
    name: str
    state: TitleState
    reason: str
    master: str
    created_at: datetime
    delivered_at: datetime
    touched_at: datetime
    genre: str | None = None
    language: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "state", TitleState(self.state))


@dataclass(frozen=True)
class Master:
    """One delivered file of a title."""

    title: str
    sha256: str
    uri: str
    size_bytes: int
    delivered_at: datetime


@dataclass(frozen=True)
class Delivery:
    """What came of delivering a file; `title` is the title's id, `language` what its sidecar says is spoken."""

    title: str
    sha256: str
    outcome: Outcome
    state: TitleState
    language: str | None = None
