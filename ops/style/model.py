"""What a style is, what somebody makes of it, and a mix of several: all of it data.

A style names its stages; a recipe is a style with values for its parameters; a look is one recipe or a weighted mix. A
look is what renditions are ordered by, streams are cached by, and viewers' profiles arrive at.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any

from ops.errors import UsageError

__all__ = [
    "DIGITS",
    "Cost",
    "Family",
    "Look",
    "Parameter",
    "Part",
    "Recipe",
    "Stage",
    "Style",
    "look_from_json",
    "look_of",
]

_SEEDS = 2**31
_MOST_PARTS = 4
"""Styles in one mix: more of them is mud, and each costs its share of every frame."""

DIGITS = 4
"""Decimals that count in weights and values: a key must not change with a slider's float noise."""


class Family(StrEnum):
    """What kind of work a style is; workers are deployed, and renditions placed, by it."""

    GRADE = "grade"
    FILTER = "filter"
    NEURAL = "neural"
    OVERLAY = "overlay"
    CAMERA = "camera"


class Cost(StrEnum):
    """What a frame of 1920x1080 costs on two cores, encoder not counted."""

    LIGHT = "light"
    """Real time at 24 frames a second."""
    MODERATE = "moderate"
    """Real time at 720p."""
    HEAVY = "heavy"
    """Slower than that without a GPU; live streams lower their working size."""


@dataclass(frozen=True)
class Parameter:
    """What a person may turn.

    Attributes:
        name: In recipes and URLs: "grain".
        label: On pages: "Film grain".
        low: The least value.
        high: The greatest.
        default: Where it stands when nobody says.
        about: What turning it does, in a sentence.
    """

    name: str
    label: str
    low: float
    high: float
    default: float
    about: str = ""

    def checked(self, value: float) -> float:
        """The value, if it may be set.

        Raises:
            UsageError: It is no number, or outside the range.
        """
        if not math.isfinite(value) or not self.low <= value <= self.high:
            raise UsageError(
                f"cannot be {value:g}", where=self.name, fix=f"It goes from {self.low:g} to {self.high:g}."
            )
        return round(float(value), DIGITS)


@dataclass(frozen=True)
class Stage:
    """One step of a style: an operation of `ops.style.stages`, and its settings.

    Attributes:
        op: The operation's name.
        settings: Numbers and words; a word that begins with "$" stands for the parameter of that name.
    """

    op: str
    settings: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Style:
    """A look that has a name.

    Attributes:
        id: In recipes, assets (`rendition/<id>`) and URLs: lower case, digits and underscores.
        name: For people.
        about: What it does to a picture, in a sentence or two.
        family: What kind of work it is.
        cost: What a frame costs.
        container: The container image that its workers run in, without registry and tag: "showrunner-styles-cpu".
        gpu: Whether it needs a GPU to keep up with a film at full size.
        parameters: What may be turned.
        stages: What is done to a frame.
        folder: Where the files that stages name lie.
        picture: A picture of the style at work, a file of the folder.
    """

    id: str
    name: str
    about: str
    family: Family
    cost: Cost
    container: str
    gpu: bool
    parameters: tuple[Parameter, ...]
    stages: tuple[Stage, ...]
    folder: Path
    picture: str

    def resolved(self, values: Mapping[str, float]) -> tuple[Stage, ...]:
        """The stages with every parameter in its place.

        Raises:
            UsageError: A value names no parameter of this style, or is out of range.
        """
        numbers = {**{each.name: each.default for each in self.parameters}, **self.checked(values)}
        return tuple(
            Stage(stage.op, {name: _put(setting, numbers) for name, setting in stage.settings.items()})
            for stage in self.stages
        )

    def checked(self, values: Mapping[str, float]) -> dict[str, float]:
        """The values, if the style's parameters take them.

        Raises:
            UsageError: A value names no parameter of this style, or is out of range.
        """
        known = {each.name: each for each in self.parameters}
        for name in values:
            if name not in known:
                fix = f"It has {', '.join(known)}." if known else "It has none."
                raise UsageError(f"is no parameter of the style {self.id}", where=name, fix=fix)
        return {name: known[name].checked(value) for name, value in sorted(values.items())}


def _put(setting: float | str, numbers: Mapping[str, float]) -> float | str:
    return numbers[setting[1:]] if isinstance(setting, str) and setting.startswith("$") else setting


@dataclass(frozen=True)
class Recipe:
    """A style as somebody wants it.

    Attributes:
        style: Its id.
        values: Parameters that are not at their default.
        strength: 0 leaves the film as it is, 1 is the whole style.
        seed: Of grain, weave and whatever else is drawn by chance.
    """

    style: str
    values: Mapping[str, float] = field(default_factory=dict)
    strength: float = 1.0
    seed: int = 0


@dataclass(frozen=True)
class Part:
    """One recipe of a mix, with its share."""

    recipe: Recipe
    weight: float


@dataclass(frozen=True)
class Look:
    """A mix of one to four recipes, whose weights sum to 1."""

    parts: tuple[Part, ...]

    @property
    def styles(self) -> tuple[str, ...]:
        """The ids of its styles, the weightiest first."""
        return tuple(part.recipe.style for part in sorted(self.parts, key=lambda part: -part.weight))

    @property
    def key(self) -> str:
        """16 hexadecimal digits that are equal for equal looks: what caches go by."""
        return hashlib.sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()[:16]

    def to_json(self) -> dict[str, Any]:
        """The look as JSON keeps it; `look_from_json` reads it back."""
        parts = [
            {
                "style": part.recipe.style,
                "values": {name: round(float(value), DIGITS) for name, value in sorted(part.recipe.values.items())},
                "strength": round(float(part.recipe.strength), DIGITS),
                "seed": part.recipe.seed,
                "weight": round(float(part.weight), DIGITS),
            }
            for part in self.parts
        ]
        return {"parts": sorted(parts, key=lambda part: (part["style"], -part["weight"], json.dumps(part)))}


def look_of(recipes: Sequence[tuple[Recipe, float]], library: Mapping[str, Style]) -> Look:
    """A look of recipes and weights, which are scaled to sum to 1; what weighs nothing is left out.

    Weights are rounded here and nowhere after, so that a look that was written down and read back is the same look.

    Raises:
        UsageError: An unknown style, a value out of range, a negative weight, or none or too many with weight.
    """
    for recipe, weight in recipes:
        _check(recipe, weight, library)
    weighing = [(recipe, Fraction(float(weight))) for recipe, weight in recipes if weight > 0]
    if not 0 < len(weighing) <= _MOST_PARTS:
        raise UsageError(f"a mix of {len(weighing)} styles", where="style", fix=f"Mix one to {_MOST_PARTS}.")
    return Look(tuple(Part(recipe, units / 10**DIGITS) for recipe, units in _apportioned(weighing)))


def _apportioned(weighing: Sequence[tuple[Recipe, Fraction]]) -> list[tuple[Recipe, int]]:
    """Ten thousandths by weight, which sum to 10,000, by the largest remainder; what would get none is left out first.

    Weights that are ten thousandths already stay as they are, floats' noise or not.
    """
    total = sum(weight for _, weight in weighing)
    quotas = [10**DIGITS * weight / total for _, weight in weighing]
    units = [int(quota) for quota in quotas]
    # among equal remainders it is for the recipe to decide: the order that parts are told in is no part of a look
    by_remainder = sorted(range(len(quotas)), key=lambda n: (units[n] - quotas[n], _told(weighing[n][0])))
    for number in by_remainder[: 10**DIGITS - sum(units)]:
        units[number] += 1
    if not all(units):
        return _apportioned([part for part, unit in zip(weighing, units, strict=True) if unit])
    return [(recipe, unit) for (recipe, _), unit in zip(weighing, units, strict=True)]


def _told(recipe: Recipe) -> tuple[object, ...]:
    return recipe.style, sorted(recipe.values.items()), recipe.strength, recipe.seed


def _check(recipe: Recipe, weight: float, library: Mapping[str, Style]) -> None:
    if recipe.style not in library:
        raise UsageError(f"there is no style {recipe.style!r}", where="style", fix=f"There are {', '.join(library)}.")
    library[recipe.style].checked(recipe.values)
    if not 0 <= recipe.strength <= 1:
        raise UsageError(f"cannot be {recipe.strength:g}", where="strength", fix="It goes from 0 to 1.")
    if not 0 <= recipe.seed < _SEEDS:
        raise UsageError(f"cannot be {recipe.seed}", where="seed", fix=f"It goes from 0 to {_SEEDS - 1}.")
    if not math.isfinite(weight) or weight < 0:
        raise UsageError(f"cannot be {weight:g}", where="weight", fix="Weights are 0 or more.")


def look_from_json(document: Mapping[str, Any], library: Mapping[str, Style]) -> Look:
    """The look that `Look.to_json` wrote, checked again: it may come from anybody.

    Raises:
        UsageError: It is no look, or one that the library's styles do not allow.
    """
    try:
        recipes = [
            (
                Recipe(
                    str(part["style"]),
                    {str(name): float(value) for name, value in dict(part.get("values", {})).items()},
                    float(part.get("strength", 1.0)),
                    int(part.get("seed", 0)),
                ),
                float(part.get("weight", 1.0)),
            )
            for part in document["parts"]
        ]
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise UsageError("is no look", where="look", fix='It reads {"parts": [{"style": …, "weight": …}]}.') from error
    return look_of(recipes, library)
