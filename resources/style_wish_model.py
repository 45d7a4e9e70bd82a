"""What a wish for a style is: what it is made from, whose it is, how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["Kind", "State", "StyleWish"]


class Kind(StrEnum):
    """What a style is made from."""

    PROMPT = "prompt"
    IMAGE = "image"
    DOCUMENT = "document"


class State(StrEnum):
    """How far it is."""

    ASKED = "asked"
    MAKING = "making"
    READY = "ready"
    REFUSED = "refused"
    """A gate said no, or nothing could be made of it."""
    FAILED = "failed"


@dataclass(frozen=True)
class StyleWish:
    """A wish for a style.

    Attributes:
        id: The style's: "custom_" and twelve hexadecimal digits.
        kind: What it is made from.
        name: For people.
        sha256: Of what it is made from.
        network: Whether a network is trained on the picture too.
        owner: Whoever asked first.
        state: How far it is.
        attempts: Runs that were started for it.
        why: Why it was refused, or failed; or what went wrong with the last run.
        told: What was made of the wish, in sentences.
        version: The published version; None before the first.
        asked_at: When; anew each time it is to be made anew.
    """

    id: str
    kind: Kind
    name: str
    sha256: str
    network: bool
    owner: str
    state: State
    attempts: int
    why: str
    told: tuple[str, ...]
    version: str | None
    asked_at: datetime

    @property
    def run_key(self) -> str:
        """The key of its run: each opening and each lost run has one of its own, and a repeated tick starts one run."""
        return f"{self.id}:{self.asked_at.isoformat()}:{self.attempts}"
