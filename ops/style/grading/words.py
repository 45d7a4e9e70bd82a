"""A style from a description in words, with no model: terms of the lexicon, blended into one recipe, and explained."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ops.errors import UsageError
from ops.style.grading.grade import RANGES
from ops.style.grading.lexicon import Heard, heard, terms

__all__ = ["LONGEST_PROMPT", "WordedStyle", "style_from_words"]

LONGEST_PROMPT = 300

_CPU_IMAGE = "showrunner-styles-cpu"
_TASTE: Mapping[str, tuple[float, float]] = {
    **RANGES,
    "exposure": (-1.7, 1.1),
    "contrast": (-0.5, 0.95),
    "saturation": (0.0, 1.6),
    "vibrance": (-0.6, 0.6),
    "warmth": (-65.0, 70.0),
    "tint": (-0.6, 0.5),
    "black": (0.0, 0.16),
    "white": (0.9, 1.0),
    "shadow_tint": (0.0, 0.75),
    "mid_tint": (0.0, 0.6),
    "highlight_tint": (0.0, 0.45),
}
"""How far words may go: narrower than what a grade may be, so that "very, very" is not a ruin."""

_TINTED = ("shadow", "mid", "highlight")
_REST = {"pivot": 0.42, "mono_red": 0.30, "mono_green": 0.59, "mono_blue": 0.11, "white": 1.0, "pull_hue": 55.0}
_MEANT_AS_IS = ("pivot", "mono_red", "mono_green", "mono_blue", "pull_hue")
"""Settings whose number is a place and not an amount: of several, the mean."""


@dataclass(frozen=True)
class WordedStyle:
    """What was made of a description.

    Attributes:
        document: The style as `ops.style.catalogue.style_of` reads it, without `id` and `picture`.
        told: What was understood, a sentence a term, and what was not.
    """

    document: dict[str, Any]
    told: tuple[str, ...]


def style_from_words(prompt: str, name: str) -> WordedStyle:
    """The style that a description asks for.

    Raises:
        UsageError: The description is too long, or nothing in it means a look.
    """
    if len(prompt) > LONGEST_PROMPT:
        raise UsageError(f"has {len(prompt)} characters", where="prompt", fix=f"Use at most {LONGEST_PROMPT}.")
    found, unknown = heard(prompt)
    found = _once(found)
    if not any(each.weight for each in found):
        known = ", ".join(list(terms())[::9])
        raise UsageError("says nothing of a look", where="prompt", fix=f"Try words such as {known}.")
    grade = _grade(found)
    finish = {
        "texture": _amounts(found, lambda each: each.term.texture, most=0.9),
        "overlay": _amounts(found, lambda each: each.term.overlay, most=0.9),
        "paint": _amounts(found, lambda each: each.term.paint, most=1.0),
    }
    parameters, stages = _written(grade, finish)
    if not stages:
        raise UsageError("takes away and adds nothing", where="prompt", fix="Say what the picture should be like.")
    family = "filter" if finish["paint"] else "overlay" if finish["overlay"] else "grade"
    document = {
        "name": name,
        "about": f"From the words “{' '.join(prompt.split())}”.",
        "family": family,
        "cost": "heavy" if finish["paint"] else "moderate" if finish["overlay"] else "light",
        "container": _CPU_IMAGE,
        "parameters": parameters,
        "stages": stages,
    }
    return WordedStyle(document, (*map(_told, found), *_untold(unknown)))


def _once(found: Sequence[Heard]) -> list[Heard]:
    """Each term once, as strongly as it was called for at most: "neon Blade Runner" is not twice as much."""
    strongest: dict[str, Heard] = {}
    for each in found:
        known = strongest.get(each.term.name)
        if known is None or abs(each.weight) > abs(known.weight):
            strongest[each.term.name] = each
    return list(strongest.values())


def _told(each: Heard) -> str:
    strength = abs(each.weight / each.near) if each.near else 0.0
    how = "" if 0.95 < strength < 1.05 or each.weight < 0 else f", at {strength:.1f} of its strength"
    what = f"less of “{each.term.says}”" if each.weight < 0 else each.term.says
    if each.near >= 1.0:
        return f"“{each.said}”: {what}{how}"
    return f"“{each.said}” is near “{each.term.name}” ({each.near:.1f}): {what}{how}"


def _untold(unknown: Sequence[str]) -> list[str]:
    return [f"“{word}” means nothing to a colourist here, and was left out" for word in dict.fromkeys(unknown)]


def _grade(found: Sequence[Heard]) -> dict[str, float]:
    """One grade of several: amounts add up (as the root of their number, so that five words are not five times as
    much), factors multiply, tints are added as colours, and places are averaged."""
    names = sorted({setting for each in found for setting in each.term.grade})
    tints = {f"{tones}_{part}" for tones in _TINTED for part in ("tint", "hue")}
    grade = {name: _blended(name, found) for name in names if name not in tints}
    for tones in _TINTED:
        grade |= _tint(tones, found)
    return {
        name: round(min(max(value, _TASTE[name][0]), _TASTE[name][1]), 3)
        for name, value in grade.items()
        if abs(value - _rest(name)) > 1e-3
    }


def _rest(name: str) -> float:
    return 1.0 if name.endswith("saturation") else _REST.get(name, 0.0)


def _blended(name: str, found: Sequence[Heard]) -> float:
    touching = [(each.weight, each.term.grade[name]) for each in found if name in each.term.grade]
    if name in _MEANT_AS_IS:
        total = sum(max(weight, 0.0) for weight, _ in touching)
        return sum(max(weight, 0.0) * value for weight, value in touching) / total if total else _rest(name)
    if name == "skin":
        return max(max(weight, 0.0) * value for weight, value in touching)
    calm = max(1.0, math.sqrt(sum(abs(weight) for weight, _ in touching)))
    if name.endswith("saturation"):
        return math.exp(sum(weight * math.log(max(value, 0.05)) for weight, value in touching) / calm)
    rest = _rest(name)
    return rest + sum(weight * (value - rest) for weight, value in touching) / calm


def _tint(tones: str, found: Sequence[Heard]) -> dict[str, float]:
    touching = [
        (each.weight * each.term.grade[f"{tones}_tint"], math.radians(each.term.grade[f"{tones}_hue"]), each.weight)
        for each in found
        if f"{tones}_tint" in each.term.grade
    ]
    calm = max(1.0, math.sqrt(sum(abs(weight) for _, _, weight in touching)))
    a = sum(amount * math.cos(hue) for amount, hue, _ in touching) / calm
    b = sum(amount * math.sin(hue) for amount, hue, _ in touching) / calm
    if math.hypot(a, b) < 0.01:
        return {}
    return {f"{tones}_tint": math.hypot(a, b), f"{tones}_hue": math.degrees(math.atan2(b, a)) % 360.0}


def _amounts(found: Sequence[Heard], of: Callable[[Heard], Mapping[str, float]], *, most: float) -> dict[str, float]:
    """The strongest of what is asked for; what is negated, or asked to be none, is none."""
    amounts: dict[str, float] = {}
    for each in found:
        for name, amount in of(each).items():
            if each.weight > 0 and amount > 0:
                amounts[name] = max(amounts.get(name, 0.0), round(min(each.weight * amount, most), 3))
    for each in found:
        for name, amount in of(each).items():
            if (each.weight < 0) == (amount > 0):
                amounts.pop(name, None)
    return amounts


_TURNED: Mapping[str, tuple[str, float, float, str]] = {
    "exposure": ("Exposure", -2.0, 1.5, "Stops of light."),
    "warmth": ("Warmth", -70.0, 80.0, "Mireds of a filter before the lens; above 0 is warmer."),
    "contrast": ("Contrast", -0.6, 1.2, "How steep the curve of tones is."),
    "saturation": ("Colour", 0.0, 1.8, "How colourful it is."),
    "black": ("Faded blacks", 0.0, 0.2, "Where black is lifted to."),
}
"""Settings of a grade that people may turn, where words set them: label, range, and what it does."""


def _written(
    grade: Mapping[str, float], finish: Mapping[str, Mapping[str, float]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The parameters and stages of a document."""
    parameters: list[dict[str, Any]] = []
    stages: list[dict[str, Any]] = []

    def turned(name: str, default: float) -> str:
        label, low, high, about = _TURNED.get(name, (name.replace("_", " ").capitalize(), 0.0, 1.0, "How much of it."))
        ranged = {"label": label, "low": low, "high": high, "default": default, "about": about}
        parameters.append({"name": name, **ranged})
        return f"${name}"

    if grade:
        settings: dict[str, Any] = {"op": "grade", **grade}
        for name in [name for name in _TURNED if name in grade]:
            settings[name] = turned(name, grade[name])
        stages.append(settings)
    stages += [{"op": name} for name in finish["paint"]]
    stages += [{"op": name, "amount": turned(name, amount)} for name, amount in finish["texture"].items()]
    stages += [
        {"op": "overlay", "kind": name, "amount": turned(name, amount)} for name, amount in finish["overlay"].items()
    ]
    return parameters, stages
