"""What suits a genre, as data: `looks.toml`, read once and held to what the craft knows."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ops.errors import SettingsError, UsageError
from ops.thumbnails.grade import GRADES
from ops.thumbnails.recipe import Treatment
from ops.thumbnails.typeface import STYLES

__all__ = ["ANY_GENRE", "Look", "look_for", "look_of", "read_looks"]

ANY_GENRE = "any"
_ALSO = {
    "adventure": "action",
    "animation": "family",
    "children": "family",
    "comedies": "comedy",
    "docu": "documentary",
    "doc": "documentary",
    "dramas": "drama",
    "kids": "family",
    "nature": "documentary",
    "romance": "drama",
    "scary": "horror",
}
"""Words that sidecars use, by the genre of the house whose look suits them."""
_TABLE = Path(__file__).with_name("looks.toml")


@dataclass(frozen=True)
class Look:
    """What suits one genre.

    Attributes:
        genre: Its name.
        treatments: What each treatment's score is worth, 1 is neutral.
        grades: Names of grades, best first.
        letterings: Names of letterings, best first.
        prompt: For an image model; holds "{title}".
        negative_prompt: What such a model is to leave out.
    """

    genre: str
    treatments: Mapping[Treatment, float]
    grades: tuple[str, ...]
    letterings: tuple[str, ...]
    prompt: str
    negative_prompt: str

    def prompt_for(self, title: str) -> str:
        """The prompt with the title's name in it; its braces and quotes cannot change the template."""
        return self.prompt.replace("{title}", " ".join(title.replace('"', "").split()))


def look_of(genre: str) -> Look:
    """The look of a genre.

    Raises:
        UsageError: There is none of that name.
    """
    looks = _looks()
    if genre not in looks:
        raise UsageError("is no genre of the house", where=genre, fix=f"Use one of: {', '.join(sorted(looks))}.")
    return looks[genre]


def look_for(genre: str | None) -> Look:
    """The look of a genre in anybody's words; that of `ANY_GENRE` where the house has none of that name.

    "Drama", "drama / romance" and "Action, Adventure" are known by the first of their words that is a genre.
    """
    looks = _looks()
    words: list[str] = re.findall(r"[a-z]+", (genre or "").casefold())
    known = (_ALSO.get(word, word) for word in words)
    return looks[next((word for word in known if word in looks), ANY_GENRE)]


@cache
def _looks() -> Mapping[str, Look]:
    return read_looks(_TABLE.read_text(encoding="utf-8"), where=_TABLE.name)


def read_looks(text: str, *, where: str) -> dict[str, Look]:
    """Read a table of looks.

    Args:
        text: TOML, one table a genre.
        where: Its name, for messages.

    Raises:
        SettingsError: It is no TOML, or a look in it could not be made; says which and why.
    """
    try:
        rows = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"is not TOML: {error}", where=where, fix="Mend the line that it names.") from error
    if ANY_GENRE not in rows:
        raise SettingsError(f"has no [{ANY_GENRE}]", where=where, fix="Add it: it serves titles without a genre.")
    return {genre: _look(genre, row, where) for genre, row in rows.items()}


def _look(genre: str, row: Any, where: str) -> Look:
    def wrong(what: str) -> SettingsError:
        return SettingsError(what, where=f"{where} [{genre}]", fix="Compare it with [any].")

    names = {"treatments", "grades", "letterings", "prompt", "negative_prompt"}
    if not isinstance(row, dict) or set(row) != names:
        raise wrong(f"must hold exactly {', '.join(sorted(names))}")
    if set(row["treatments"]) != {str(each) for each in Treatment}:
        raise wrong(f"treatments must weigh exactly {', '.join(Treatment)}")
    for known, what in ((GRADES, "grades"), (STYLES, "letterings")):
        if not row[what] or not set(row[what]) <= set(known):
            raise wrong(f"{what} must be some of {', '.join(known)}")
    if not all(0.1 <= weight <= 3.0 for weight in row["treatments"].values()):
        raise wrong("a treatment's weight lies in 0.1 to 3")
    if row["prompt"].count("{title}") != 1 or not row["negative_prompt"].strip():
        raise wrong("a prompt holds {title} once, and there is a negative prompt")
    return Look(
        genre,
        {Treatment(name): float(weight) for name, weight in row["treatments"].items()},
        tuple(row["grades"]),
        tuple(row["letterings"]),
        row["prompt"],
        row["negative_prompt"],
    )
