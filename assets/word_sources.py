"""Where a film's words come from: the best of what is at hand.

A text that a person wrote is better than any that is heard: subtitles in the language that is spoken, beside the film or
within it; then a script, forced onto the sound; then a recogniser. Corrections by people are applied to all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assets.making import Work
from ops.errors import ShowrunnerError
from ops.languages.table import by_tag
from resources.settings import variable_of
from resources.subtitles.texts import HandedText, HandedTexts, TextKind

if TYPE_CHECKING:
    from ops.subtitles.files.reading import SubtitleFile

__all__ = ["Unheard", "WrittenText", "spoken_language", "written_texts"]


class Unheard(ShowrunnerError):
    """A film whose words cannot be had here, and that is no failure: nobody speaks, or no ear hears its language."""


@dataclass(frozen=True)
class WrittenText:
    """Subtitles that came with the film.

    Attributes:
        language: A code of `ops.languages`; empty where nothing tells it.
        source: Where they lie, in words: "film.en.srt", "subtitle stream 2 (eng)".
        file: Their cues, in the film's seconds.
    """

    language: str
    source: str
    file: SubtitleFile
