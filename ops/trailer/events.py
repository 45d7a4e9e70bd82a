"""What is seen in a trailer: stretches of the film and cards of words, and how one gives way to the next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Card", "CardKind", "Clip", "CropKnot", "Event", "Join", "JoinKind", "Part", "Title"]


class Part(StrEnum):
    """The parts of a trailer, in their order."""

    HOOK = "hook"
    SETUP = "set-up"
    RISE = "rise"
    CLIMAX = "climax"
    BUTTON = "button"


class CardKind(StrEnum):
    """What a card is for."""

    TITLE = "title"
    """The film's name."""
    TAGLINE = "tagline"
    """A line between shots."""
    END = "end"
    """The last thing seen: the name and what to do."""


class JoinKind(StrEnum):
    """How one event gives way to the next."""

    CUT = "cut"
    DISSOLVE = "dissolve"
    """Both are mixed; needs handles of both."""
    DIP = "dip"
    """Through black, within the frames of both."""
    FLASH = "flash"
    """Through white, within the frames of both."""
    WHIP = "whip"
    """A blurred sweep sideways, within the frames of both."""


@dataclass(frozen=True)
class Title:
    """Words set over a clip: a lower third, or a line in the middle.

    Attributes:
        words: One line, as it is set.
        start: First frame of the clip on which it is seen.
        end: One past the last.
    """

    words: str
    start: int
    end: int


@dataclass(frozen=True)
class CropKnot:
    """Where the crop's left and upper edges are at one frame of a clip, as shares of the picture's width and height.

    Between knots the crop moves in a straight line; a clip whose crop stands still has one.
    """

    frame: int
    left: float
    top: float


@dataclass(frozen=True)
class Clip:
    """A stretch of the film.

    Attributes:
        start: Its first frame in the film.
        end: One past its last.
        part: Which part of the trailer it plays in.
        shot: The film's shot that it is taken from; None where a person put it in.
        reason: Why this shot, here; a sentence for people.
        title: Words over it.
        crop: Where a narrower shape is cut out of the picture; empty for the whole picture.
        traits: What its moment was valued by, each 0 to 1 within the title, by name.
    """

    start: int
    end: int
    part: Part
    shot: int | None = None
    reason: str = ""
    title: Title | None = None
    crop: tuple[CropKnot, ...] = ()
    traits: tuple[tuple[str, float], ...] = ()

    @property
    def frames(self) -> int:
        """Its length."""
        return self.end - self.start


@dataclass(frozen=True)
class Card:
    """A picture of words.

    Attributes:
        frames: How long it stands.
        kind: What it is for.
        lines: Its words, line by line, the first one the largest.
        part: Which part of the trailer it plays in.
        reason: Why it is here.
    """

    frames: int
    kind: CardKind
    lines: tuple[str, ...]
    part: Part = Part.BUTTON
    reason: str = ""


Event = Clip | Card


@dataclass(frozen=True)
class Join:
    """What happens around the cut between an event and the next.

    Attributes:
        kind: How.
        before: Frames ahead of the cut that it takes up; 0 for a hard cut.
        after: Frames behind the cut that it takes up.
        reason: Why not a hard cut.
    """

    kind: JoinKind = JoinKind.CUT
    before: int = 0
    after: int = 0
    reason: str = ""
