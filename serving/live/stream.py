"""A stream: one film in one look, and all that is known of both."""

from __future__ import annotations

from dataclasses import dataclass

from ops.style.model import Look
from resources.titles import Master
from serving.live.analysis import UNKNOWN, Analysis
from serving.live.film import Film

__all__ = ["Stream"]


@dataclass(frozen=True)
class Stream:
    """One film in one look.

    Attributes:
        master: The film's file.
        film: What is known of it.
        look: None is the film as it is.
        analysis: Where its shots begin, and what is inside its bars.
        sound_of: The film whose sound is heard; None for its own.
        edition: Tells apart what styles that people made up were, each time that they were published.
    """

    master: Master
    film: Film
    look: Look | None
    analysis: Analysis = UNKNOWN
    sound_of: Master | None = None
    edition: str = ""

    @property
    def key(self) -> str:
        """What its segments are kept under."""
        return "plain" if self.look is None else f"{self.look.key}{self.edition}"
