"""What a published blend is: its pictures, its recipe, how far it is, and what people can say of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ops.blend.model import BlendRecipe

__all__ = ["WAITS", "Blend", "BlendSource", "BlendState", "Feedback"]

WAITS = "waits for a person: "
"""What a held blend's `why` begins with."""


class BlendState(StrEnum):
    """How far a blend is."""

    OPEN = "open"
    RUNNING = "running"
    DONE = "done"
    HELD = "held"
    REJECTED = "rejected"
    FAILED = "failed"


class Feedback(StrEnum):
    """What somebody said of a blend."""

    LIKE = "like"
    DISLIKE = "dislike"
    RE_EDIT = "re-edit"
    """Somebody took its recipe and published another."""


@dataclass(frozen=True)
class BlendSource:
    """A picture, or a mask.

    Attributes:
        sha256: Of its bytes: what recipes call it.
        name: What its file was called.
        content: The bytes, as they were uploaded.
        width: Pixels, upright.
        height: The same.
    """

    sha256: str
    name: str
    content: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Blend:
    """A published recipe.

    Attributes:
        id: "blend-" and the recipe's key: its partition, and its place in the store.
        name: What people call it.
        recipe: What is blended.
        owner: Who published it.
        state: How far it is.
        attempts: How often it failed in a row.
        runs: How often it was opened.
        why: Why it failed, is held, or is made again.
        made_from: What the published picture was made from and by.
        updated_at: When its state last changed.
        held: The place in the store that keeps what a check held; empty where nothing is.
        reviewer: Who approved that, where it is yet to be published; else empty.
        note: Why they did, in their words.
    """

    id: str
    name: str
    recipe: BlendRecipe
    owner: str
    state: BlendState
    attempts: int
    runs: int
    why: str
    made_from: str
    updated_at: datetime
    held: str = ""
    reviewer: str = ""
    note: str = ""

    @property
    def run_key(self) -> str:
        """The key of its run: each opening has one, so that a tick that is repeated starts one run."""
        return f"{self.id}-{self.runs}"

    @property
    def held_for(self) -> str:
        """Of a held blend: what the check said of its picture."""
        return self.why.removeprefix(WAITS)
