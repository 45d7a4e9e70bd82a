"""What of a title is put to the test: its thumbnail in one shape, or its trailer of one cut. Either is an exhibit.

An exhibit has one name in the house ("16x9", "trailer_30"), by which experiments, promotions and viewers' events know
it; the database calls that column `aspect`. The name tells which artifact holds it, and by what its test is decided.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ops.thumbnails.aspect import Aspect
from ops.trailer.cuts import CUTS

__all__ = ["CLICKS", "COMPLETIONS", "EXHIBITS", "Reward", "Shows", "artifact_of", "length_s", "reward_of"]

_CUT = re.compile(r"[a-z]+_[0-9]+")
"""The same rule as `artifact_of_exhibit` of migration 0008, where a query needs it."""

EXHIBITS = (*(str(aspect) for aspect in Aspect), *CUTS)
"""Every exhibit that a title can have."""


class Shows(StrEnum):
    """The artifacts that have exhibits."""

    THUMBNAILS = "thumbnails"
    TRAILER = "trailer"


@dataclass(frozen=True)
class Reward:
    """What counts as a success of an impression, and how a winner is kept from cheating for it.

    Attributes:
        name: The successes, as people say it.
        gained: "clicked": what happens to an arm that has them.
        of_impressions: Whether the guardrail compares qualified views an impression; else those a success.
        more_watched: How likely a gain in qualified views an impression must be to let an arm win.
    """

    name: str
    gained: str
    of_impressions: bool
    more_watched: float


CLICKS = Reward("clicks", "clicked", of_impressions=False, more_watched=0.9)
"""Of a picture: a click that the film disappoints is clickbait, so clicks must lead on as often as the incumbent's."""

COMPLETIONS = Reward("completions", "completed", of_impressions=True, more_watched=0.5)
"""Of a trailer: seen to its end card, or left for the film itself. Viewers whom a better cut holds for longer are less
keen than those who stayed anyway, so that views of the film a completion fall by themselves: the film must be watched
as often an impression, and more likely more often than less."""


def artifact_of(exhibit: str) -> str:
    """The artifact that holds an exhibit, whose variant it is: "thumbnails" of "16x9", "trailer" of "trailer_30"."""
    return str(Shows.TRAILER if _CUT.fullmatch(exhibit) else Shows.THUMBNAILS)


def reward_of(exhibit: str) -> Reward:
    """By what a test of an exhibit is decided."""
    return COMPLETIONS if artifact_of(exhibit) == Shows.TRAILER else CLICKS


def length_s(exhibit: str) -> float | None:
    """How long a cut is; None of a picture. A published trailer is as long to a quarter of a second."""
    return float(CUTS[exhibit].seconds) if exhibit in CUTS else None
