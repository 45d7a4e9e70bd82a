"""Taglines and pictures' descriptions from a table: the embedded writer, which needs no model.

`taglines.toml` holds what can be said of any film of a genre without knowing it. What a description shows comes from
the brief alone, that is from what was measured in the title's own frames.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ops.errors import SettingsError
from ops.taglines import why_no_prompt, why_no_tagline
from ops.thumbnails.looks import ANY_GENRE
from ops.writing import Brief, NothingUsable

__all__ = ["MOODS", "Phrases", "TemplateWriter", "read_phrases"]

MOODS: Mapping[str, str] = {
    "dark": "low light",
    "bright": "bright light",
    "warm": "warm colours",
    "cold": "cold colours",
    "grey": "black and white",
}
"""The moods of a brief, and how an image model is told of them."""

_TABLE = Path(__file__).with_name("taglines.toml")


@dataclass(frozen=True)
class Phrases:
    """What the table holds: by genre its lines and scenes, by mood lines for any genre."""

    lines: Mapping[str, tuple[str, ...]]
    scenes: Mapping[str, tuple[str, ...]]
    moods: Mapping[str, tuple[str, ...]]


class TemplateWriter:
    """The embedded writer; see `ops.writing.Writer`."""

    name = "embedded/templates"

    def taglines(self, brief: Brief, *, count: int, seed: int) -> list[str]:
        """See Writer; a genre's own lines come before those of its light, and both before anybody's."""
        phrases = _phrases()
        genre = brief.genre if brief.genre in phrases.lines else ANY_GENRE
        draw = _drawing(brief, seed, "taglines")
        light = [line for mood in brief.moods for line in phrases.moods.get(mood, ())]
        pools = [list(phrases.lines[genre]), light, list(phrases.lines[ANY_GENRE])]
        for pool in pools:
            draw.shuffle(pool)
        ordered = dict.fromkeys(line for pool in pools for line in pool)
        fit = [line for line in ordered if not why_no_tagline(line, title=brief.title)]
        if not fit:
            raise NothingUsable("every line of the table repeats the title", where=brief.title)
        return fit[:count]

    def picture_prompts(self, brief: Brief, *, count: int, seed: int) -> list[str]:
        """See Writer: what is seen, how it is seen, and its light."""
        phrases = _phrases()
        scenes = list(phrases.scenes.get(brief.genre, phrases.scenes[ANY_GENRE]))
        _drawing(brief, seed, "scenes").shuffle(scenes)
        what = " and ".join(brief.seen[:2]) or "the main subject"
        light = [MOODS[mood] for mood in brief.moods if mood in MOODS]
        return [", ".join([f"{what} {scene}", *light]) for scene in scenes[:count]]


def read_phrases(text: str, *, where: str) -> Phrases:
    """Read a table of phrases, and hold every line to what a model's lines are held to.

    Args:
        text: TOML; one table a genre with `lines` and `scenes`, and in [any] one list a mood.
        where: Its name, for messages.

    Raises:
        SettingsError: It is no TOML, or a line in it could not be shown; says which and why.
    """
    try:
        rows: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"is not TOML: {error}", where=where, fix="Mend the line that it names.") from error
    for genre, row in rows.items():
        wanted = {"lines", "scenes"} | (set(MOODS) if genre == ANY_GENRE else set())
        if set(row) != wanted or not all(row.values()):
            raise SettingsError(
                f"must hold {', '.join(sorted(wanted))}, none of them empty", where=f"{where} [{genre}]"
            )
        for key, lines in row.items():
            why_not = why_no_prompt if key == "scenes" else why_no_tagline
            for line in lines:
                if why := why_not(line):
                    raise SettingsError(f"{line!r} {why}", where=f"{where} [{genre}]", fix="Write another line.")
    if ANY_GENRE not in rows:
        raise SettingsError(f"has no [{ANY_GENRE}]", where=where, fix="Add it: it serves titles without a genre.")
    return Phrases(
        lines={genre: tuple(row["lines"]) for genre, row in rows.items()},
        scenes={genre: tuple(row["scenes"]) for genre, row in rows.items()},
        moods={mood: tuple(rows[ANY_GENRE][mood]) for mood in MOODS},
    )


@cache
def _phrases() -> Phrases:
    return read_phrases(_TABLE.read_text(encoding="utf-8"), where=_TABLE.name)


def _drawing(brief: Brief, seed: int, what: str) -> random.Random:
    """The same for the same title and seed, in every process."""
    return random.Random(f"{what}/{seed}/{brief.title}/{brief.genre}")  # noqa: S311  (nothing secret)
