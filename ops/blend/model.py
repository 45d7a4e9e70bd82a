"""A blend as data: which pictures give how much of their style and of their content, where, and how it is worked out.

    {"target": "4f1c…", "size": 1024,
     "sources": [{"picture": "4f1c…", "content": 1}, {"picture": "9ab0…", "style": 0.7}]}

Pictures and masks go by the SHA-256 of their bytes, so a recipe is the same blend wherever it is sent.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeVar

from ops.errors import UsageError

__all__ = ["MOST_SOURCES", "BlendRecipe", "Colour", "ContentMode", "Optimiser", "Source", "Start", "recipe_from_json"]

MOST_SOURCES = 8
"""Pictures in one blend: each keeps its statistics of every scale, and nobody tells nine apart."""

_DIGITS = 4
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_LONGEST_NAME = 200
_HUGE = 1e12
_LAYER = re.compile(r"[A-Za-z0-9_.]{1,40}")

_Choice = TypeVar("_Choice", bound=StrEnum)


class Optimiser(StrEnum):
    """What walks down the loss."""

    LBFGS = "lbfgs"
    """Measured at 160 pixels on one core, a tenth of Adam's time to the same loss."""
    ADAM = "adam"
    """Steady where the loss is noisy or the weights are extreme."""


class Colour(StrEnum):
    """Where the colours come from."""

    KEEP = "keep"
    """From the content: only lightness is painted."""
    MKL = "mkl"
    """From the styles, by the linear optimal transport of the content's colours to theirs."""
    FREE = "free"
    """From the loss: all three channels are painted."""


class Start(StrEnum):
    """What the first picture is."""

    TARGET = "target"
    NOISE = "noise"
    LAST = "last"
    """The picture of the blend before, where there is one: a moved slider needs few steps from there."""


class ContentMode(StrEnum):
    """What several contents make of one picture."""

    REGION = "region"
    """Each place takes its detail from one of them; light and broad forms melt over. Ghosts no one."""
    FEATURES = "features"
    """The weighted sum of their features, as the papers have it."""


@dataclass(frozen=True)
class Source:
    """One picture and what it gives.

    Attributes:
        picture: SHA-256 of its bytes, 64 hexadecimal digits; or any name that the caller's pictures go by.
        style: How much of its style, 0 to 1.
        content: How much of its content, 0 to 1.
        style_mask: The mask picture that shows where in the blend its style goes; None is everywhere.
        content_mask: The same of its content.
        name: What people call it.
    """

    picture: str
    style: float = 0.0
    content: float = 0.0
    style_mask: str | None = None
    content_mask: str | None = None
    name: str = ""


@dataclass(frozen=True)
class BlendRecipe:
    """A blend.

    Attributes:
        target: The picture whose frame the blend has, and whose content where no source gives any.
        sources: One to eight pictures.
        style_layers: Weights of the layers whose Gram matrices are matched; empty for the network's own choice.
        content_layers: Weights of the layers whose features are matched; empty likewise.
        size: Longer side of the finished picture, pixels.
        iterations: Most steps over all scales together.
        learning_rate: Adam's step in units of lightness (0 to 1).
        optimiser: What walks down the loss.
        total_variation: Smoothness: weight of differences between neighbours.
        colour: Where the colours come from.
        content_mode: What several contents make of one picture.
        start: What the first picture is.
        seed: Of noise, and of the random network where that is used.
    """

    target: str
    sources: tuple[Source, ...]
    style_layers: Mapping[str, float] = field(default_factory=dict)
    content_layers: Mapping[str, float] = field(default_factory=dict)
    size: int = 1024
    iterations: int = 300
    learning_rate: float = 0.03
    optimiser: Optimiser = Optimiser.LBFGS
    total_variation: float = 0.2
    colour: Colour = Colour.MKL
    content_mode: ContentMode = ContentMode.REGION
    start: Start = Start.TARGET
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.target:
            raise UsageError("is missing", where="target", fix="Name the picture whose frame the blend has.")
        if not 1 <= len(self.sources) <= MOST_SOURCES:
            raise UsageError(f"{len(self.sources)} of them", where="sources", fix=f"Blend 1 to {MOST_SOURCES}.")
        for place, source in enumerate(self.sources):
            _within(f"sources[{place}].style", source.style, 0, 1)
            _within(f"sources[{place}].content", source.content, 0, 1)
        if not any(source.style or source.content for source in self.sources):
            raise UsageError("no source gives style or content", where="sources", fix="Raise one of the weights.")
        for name, weights in (("style_layers", self.style_layers), ("content_layers", self.content_layers)):
            for layer, weight in weights.items():
                _within(f"{name}.{layer}", weight, 0, 100)
            if weights and not any(weights.values()):
                raise UsageError("all weigh nothing", where=name, fix="Raise one, or leave them to the network.")
        for name, low, high in _RANGES:
            _within(name, getattr(self, name), low, high)

    @property
    def key(self) -> str:
        """16 hexadecimal digits that are equal for equal blends, whatever people call their pictures."""
        nameless = replace(self, sources=tuple(replace(source, name="") for source in self.sources))
        return hashlib.sha256(json.dumps(nameless.to_json(), sort_keys=True).encode()).hexdigest()[:16]

    @property
    def pictures(self) -> tuple[str, ...]:
        """All pictures that it is made from, each once, the target first."""
        return tuple(dict.fromkeys([self.target, *(source.picture for source in self.sources)]))

    @property
    def masks(self) -> tuple[str, ...]:
        """All masks, each once."""
        named = [mask for source in self.sources for mask in (source.style_mask, source.content_mask) if mask]
        return tuple(dict.fromkeys(named))

    def to_json(self) -> dict[str, Any]:
        """The recipe as JSON keeps it; `recipe_from_json` reads it back."""
        told = asdict(self)
        told["sources"] = [
            {**asdict(source), "style": _told(source.style), "content": _told(source.content)}
            for source in self.sources
        ]
        for layers in ("style_layers", "content_layers"):
            told[layers] = {name: _told(weight) for name, weight in sorted(told[layers].items())}
        for number in ("learning_rate", "total_variation"):
            told[number] = _told(told[number])
        return {name: str(value) if isinstance(value, StrEnum) else value for name, value in told.items()}


_RANGES = (
    ("size", 64, 4096),
    ("iterations", 1, 5000),
    ("learning_rate", 0.001, 0.5),
    ("total_variation", 0.0, 10.0),
    ("seed", 0, 2**31 - 1),
)


def recipe_from_json(document: Any) -> BlendRecipe:
    """The recipe that `BlendRecipe.to_json` wrote, checked again: it may come from anybody.

    Raises:
        UsageError: It is no recipe; says which part of it.
    """
    if not isinstance(document, Mapping):
        raise UsageError("is no recipe", where="recipe", fix='It reads {"target": …, "sources": [{"picture": …}]}.')
    known = set(BlendRecipe.__dataclass_fields__)
    if strangers := sorted(str(name) for name in set(document) - known):
        raise UsageError(
            "is nothing of a recipe", where=repr(strangers[0]), fix=f"There are {', '.join(sorted(known))}."
        )
    sources = document.get("sources")
    if not isinstance(sources, list):
        raise UsageError("is no list", where="sources", fix='It reads [{"picture": …, "style": 0.7, "content": 0}].')
    numbers = {
        name: _number(name, document[name], whole=name in {"size", "iterations", "seed"})
        for name, _, _ in _RANGES
        if name in document
    }
    return BlendRecipe(
        target=_text("target", document.get("target")) or "",
        sources=tuple(_source(place, each) for place, each in enumerate(sources)),
        style_layers=_layers("style_layers", document.get("style_layers", {})),
        content_layers=_layers("content_layers", document.get("content_layers", {})),
        optimiser=_choice("optimiser", Optimiser, document.get("optimiser", Optimiser.LBFGS)),
        colour=_choice("colour", Colour, document.get("colour", Colour.MKL)),
        content_mode=_choice("content_mode", ContentMode, document.get("content_mode", ContentMode.REGION)),
        start=_choice("start", Start, document.get("start", Start.TARGET)),
        **numbers,
    )


def _source(place: int, told: Any) -> Source:
    where = f"sources[{place}]"
    known = set(Source.__dataclass_fields__)
    if not isinstance(told, Mapping) or set(told) - known or not told.get("picture"):
        raise UsageError("is no source", where=where, fix=f"It needs a picture, and has {', '.join(sorted(known))}.")
    return Source(
        picture=_text(f"{where}.picture", told["picture"]) or "",
        style=_number(f"{where}.style", told.get("style", 0.0)),
        content=_number(f"{where}.content", told.get("content", 0.0)),
        style_mask=_text(f"{where}.style_mask", told.get("style_mask")),
        content_mask=_text(f"{where}.content_mask", told.get("content_mask")),
        name=_text(f"{where}.name", told.get("name")) or "",
    )


def _layers(where: str, told: Any) -> dict[str, float]:
    if not isinstance(told, Mapping) or len(told) > 32:
        raise UsageError("is no table of layers", where=where, fix='It reads {"relu1_1": 1, "relu2_1": 0.5}.')
    return {_layer(where, name): _number(f"{where}.{name}", weight) for name, weight in told.items()}


def _layer(where: str, name: Any) -> str:
    if not isinstance(name, str) or not _LAYER.fullmatch(name):
        raise UsageError("is no layer's name", where=where, fix="Names are like relu3_1 or layer2.0.")
    return name


def _text(where: str, told: Any) -> str | None:
    if told is None or told == "":
        return None
    if not isinstance(told, str) or len(told) > _LONGEST_NAME or _CONTROL.search(told):
        raise UsageError("is no name", where=where, fix=f"Write it in at most {_LONGEST_NAME} letters.")
    return told


def _number(where: str, told: Any, *, whole: bool = False) -> Any:
    is_number = isinstance(told, int | float) and not isinstance(told, bool) and abs(told) < _HUGE  # no NaN, no inf
    if not is_number or (whole and told != int(told)):
        raise UsageError("is no whole number" if whole else "is no number", where=where, fix="Write a number.")
    return int(told) if whole else float(told)


def _choice(where: str, kind: type[_Choice], told: Any) -> _Choice:
    try:
        return kind(told)
    except ValueError:
        raise UsageError(f"cannot be {told!r}", where=where, fix=f"There are {', '.join(kind)}.") from None


def _within(where: str, value: float, low: float, high: float) -> None:
    if not math.isfinite(value) or not low <= value <= high:
        raise UsageError(f"cannot be {value:g}", where=where, fix=f"It goes from {low:g} to {high:g}.")


def _told(number: float) -> float:
    """A number without a slider's float noise, and 1 as 1.0: neither may change a key."""
    return round(float(number), _DIGITS)
