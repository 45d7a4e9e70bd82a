"""Words around a title: what the craft asks of whoever writes them, and what a writer is told.

What writes is an engine: templates (`ops/thumbnails/templates.py`), or a language model
(`resources/models/causal_lm.py`).
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Protocol

from ops.errors import ShowrunnerError

__all__ = ["LONGEST_TITLE", "Brief", "NothingUsable", "Writer", "plain_title"]

LONGEST_TITLE = 80
"""Characters of a title that a writer is told: names are shorter, and what is longer is no name."""

_STRUCTURE = str.maketrans(dict.fromkeys('<>|{}[]`\\"“”„«»', " "))
"""What chat templates and markup are made of; a title needs none of it."""


class NothingUsable(ShowrunnerError):
    """A writer wrote nothing that may be shown, however often it was asked."""


@dataclass(frozen=True)
class Brief:
    """What a writer knows of a title: its name, and what was measured in its pictures.

    Attributes:
        title: Its name; data, whatever it says.
        genre: A genre of the house, or "any".
        seen: What its keyframes show, in plain words: "one person", "a dog".
        moods: What their light is like: some of "dark", "bright", "warm", "cold", "grey".
    """

    title: str
    genre: str = "any"
    seen: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", plain_title(self.title))


class Writer(Protocol):
    """Writes short texts about a title. The same call gives the same lines."""

    @property
    def name(self) -> str:
        """The engine and its model, as a manifest names them: "embedded/templates"."""
        ...

    def taglines(self, brief: Brief, *, count: int, seed: int) -> list[str]:
        """Up to `count` different lines to set under the title, each fit to be shown (`ops.taglines`).

        Raises:
            NothingUsable: There is none.
        """
        ...

    def picture_prompts(self, brief: Brief, *, count: int, seed: int) -> list[str]:
        """Up to `count` different descriptions of one picture each, to go behind a genre's prompt.

        Raises:
            NothingUsable: There is none.
        """
        ...


def plain_title(name: str) -> str:
    """A title's name as plain data: one line of at most 80 characters, without anything that structures a prompt.

    Control and format characters, brackets, bars, backslashes and double quotes become spaces.
    """
    text = unicodedata.normalize("NFC", name).translate(_STRUCTURE)
    printable = "".join(" " if unicodedata.category(each)[0] == "C" else each for each in text)
    return " ".join(printable.split())[:LONGEST_TITLE].rstrip()
