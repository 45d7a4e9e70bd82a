"""How a trailer is told: a structure's parts, and what a genre makes of them; data, held to what the craft knows."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from ops.errors import SettingsError
from ops.trailer.events import JoinKind, Part

__all__ = ["TERMS", "Genre", "PartPlan", "Structure", "genre_of", "genre_that_fits", "structure_of"]

TERMS = ("action", "faces", "loudness", "onsets", "arousal", "valence", "colour", "aesthetics")
"""What a moment is valued by."""

_FOLDER = Path(__file__).parent
_JOINS = (JoinKind.DISSOLVE, JoinKind.DIP, JoinKind.FLASH, JoinKind.WHIP)
_ALSO = {"adventure": "action", "thriller": "action", "horror": "action", "science": "action", "sci": "action",
         "scifi": "action", "war": "action", "western": "action", "sport": "action", "family": "comedy",
         "animation": "comedy", "children": "comedy", "kids": "comedy", "romance": "drama", "crime": "drama",
         "history": "drama", "doc": "documentary", "docu": "documentary", "nature": "documentary", "concert": "music",
         "musical": "music"}  # fmt: skip
"""Words that sidecars use, by the genre of the house whose trailer suits them."""


@dataclass(frozen=True)
class PartPlan:
    """A part of a trailer: its share of the time, and the mean length of its shots at its beginning and at its end."""

    part: Part
    share: float
    shot_s: tuple[float, float]


@dataclass(frozen=True)
class Structure:
    """The parts in order, and what else belongs to the telling.

    Attributes:
        parts: From hook to button; their shares add up to one.
        lines: Lines of dialogue, before the genre has its say.
        tagline: Whether a card with a tagline stands before the rise.
    """

    parts: tuple[PartPlan, ...]
    lines: int
    tagline: bool

    def paced(self, pace: float) -> Structure:
        """The structure with its shots so many times as long; the button's hold stays."""
        return replace(
            self,
            parts=tuple(
                each
                if each.part is Part.BUTTON
                else replace(each, shot_s=(each.shot_s[0] * pace, each.shot_s[1] * pace))
                for each in self.parts
            ),
        )


@dataclass(frozen=True)
class Genre:
    """What a genre asks of a trailer; the fields are explained in `genres.toml`."""

    name: str
    pace: float
    lines: float
    music: str
    grade: str
    effects_db: float
    joins: Mapping[JoinKind, float]
    values: Mapping[str, float]

    def taught(self, multipliers: Mapping[str, float], pace: float) -> Genre:
        """The genre with what viewers taught: each trait's value, and the pace, times a factor.

        Raises:
            ValueError: A trait is unknown.
        """
        unknown = set(multipliers) - set(TERMS)
        if unknown:
            raise ValueError(f"moments are not valued by {', '.join(sorted(unknown))}")
        values = {term: value * multipliers.get(term, 1.0) for term, value in self.values.items()}
        return replace(self, values=values, pace=self.pace * pace)


def structure_of(name: str) -> Structure:
    """A structure by name.

    Raises:
        SettingsError: The table does not hold it, or is broken.
    """
    known = _structures()
    if name not in known:
        raise SettingsError(f"has no {name!r}", where="structures.toml", fix=f"There are {', '.join(known)}.")
    return known[name]


def genre_of(words: str | None) -> Genre | None:
    """The genre in anybody's words ("Drama / Romance"), None where the house knows none of them."""
    import re

    known = _genres()
    spoken: list[str] = re.findall(r"[a-z]+", (words or "").casefold())
    return next((known[name] for word in spoken if (name := _ALSO.get(word, word)) in known), None)


def genre_that_fits(*, speech: float, music: float, action: float) -> tuple[Genre, str]:
    """The genre whose trailer suits what a film is made of, and why, where nobody told its genre.

    Args:
        speech: Share of the film in which somebody speaks.
        music: Share in which there is music.
        action: Median of its shots' object motion, picture diagonals a second; half a diagonal is a lot.
    """
    if music > 0.8 and speech < 0.1:
        return _genres()["music"], f"music in {music:.0%} of the film and speech in {speech:.0%}"
    if speech > 0.5:
        return _genres()["documentary"], f"speech in {speech:.0%} of the film"
    if action > 0.25:
        return _genres()["action"], f"things move by {action:.2f} diagonals a second in the middling shot"
    return _genres()["drama"], f"speech in {speech:.0%} of the film, things move by {action:.2f} diagonals a second"


@cache
def _structures() -> Mapping[str, Structure]:
    return {name: _structure(name, row) for name, row in _table("structures.toml").items()}


@cache
def _genres() -> Mapping[str, Genre]:
    return {name: _genre(name, row) for name, row in _table("genres.toml").items()}


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / name).read_text(encoding="utf-8"))


def _structure(name: str, row: Mapping[str, Any]) -> Structure:
    parts = tuple(PartPlan(Part(each["part"]), each["share"], (*each["shot_s"],)) for each in row["parts"])
    where = f"structures.toml [{name}]"
    if [each.part for each in parts] != list(Part):
        raise SettingsError("does not tell every part in its order", where=where, fix=f"Tell {', '.join(Part)}.")
    if abs(sum(each.share for each in parts) - 1) > 1e-6:
        raise SettingsError("the shares do not add up to 1", where=where, fix="Mend them.")
    if any(not 0.5 <= length <= 4.5 for each in parts for length in each.shot_s):
        raise SettingsError("a shot's mean length lies in 0.5 to 4.5 s", where=where, fix="Mend shot_s.")
    return Structure(parts, row["lines"], row["tagline"])


def _genre(name: str, row: Mapping[str, Any]) -> Genre:
    where = f"genres.toml [{name}]"
    if set(row["values"]) != set(TERMS):
        raise SettingsError("values a moment by other traits", where=where, fix=f"Use {', '.join(TERMS)}.")
    if set(row["joins"]) != {str(kind) for kind in _JOINS} or sum(row["joins"].values()) > 35:
        raise SettingsError("at most 35 of 100 joins are not hard cuts", where=where, fix="Mend joins.")
    joins = {JoinKind(kind): per_hundred / 100 for kind, per_hundred in row["joins"].items()}
    return Genre(name, row["pace"], row["lines"], row["music"], row["grade"], row["effects_db"], joins, row["values"])
