"""A film's words as they are cut into cues: in frames, with what is known of each."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["SpokenWord"]


@dataclass(frozen=True)
class SpokenWord:
    """A word as the cutting sees it.

    Attributes:
        text: As it is written, not blank.
        start: The frame at which it begins.
        end: One past the frame at which it ends.
        spaced: Whether a space comes before it.
        speaker: Who says it, or empty.
        ends: Whether a sentence ends with it.
        tied: Whether it must stand in one cue with the word before it.
    """

    text: str
    start: int
    end: int
    spaced: bool = True
    speaker: str = ""
    ends: bool = False
    tied: bool = False
