"""A grade as numbers: what the "grade" stage of a style may set.

Every number stands at "changes nothing" until it is set. They act in this order:

| setting | range | at rest | what it does |
|---|---|---|---|
| `exposure` | −3…3 | 0 | stops of light; brighter rolls off into white instead of clipping |
| `warmth` | −90…90 | 0 | a filter before the lens, in mireds: 18 an 81A (warm), −18 an 82A (cold) |
| `tint` | −1…1 | 0 | green to magenta |
| `mono` | 0…1 | 0 | how much of the colour becomes black and white |
| `mono_red`, `mono_green`, `mono_blue` | −1…2 | 0.30, 0.59, 0.11 | what the film sees of each (scaled to sum 1) |
| `bleach` | 0…1 | 0 | silver left in the print: contrast up, colour down |
| `contrast` | −1…2 | 0 | above 0 an S curve about `pivot` that keeps hues; below 0 flattens towards it |
| `pivot` | 0.1…0.9 | 0.42 | the code value that contrast leaves alone |
| `shadows` | −1…1 | 0 | lifts or sinks the darker half |
| `highlights` | −1…1 | 0 | lifts or sinks the lighter half |
| `saturation` | 0…3 | 1 | colourfulness (OKLab chroma) |
| `vibrance` | −1…1 | 0 | the same, of pale colours before rich ones |
| `hue` | −180…180 | 0 | turns all hues, degrees |
| `pull`, `pull_hue` | 0…1; 0…360 | 0; 55 | draws hues to one and its complement (55: skin's orange and teal) |
| `<hue>_hue` | −45…45 | 0 | turns one hue's neighbourhood: red, orange, yellow, green, aqua, blue, purple, magenta |
| `<hue>_saturation` | 0…2 | 1 | its colourfulness |
| `<hue>_lightness` | −0.15…0.15 | 0 | how light it is |
| `shadow_tint`, `shadow_hue` | 0…1; 0…360 | 0; 220 | colours the shadows (0.3 is plain to see); black stays black |
| `mid_tint`, `mid_hue` | 0…1; 0…360 | 0; 60 | the middle |
| `highlight_tint`, `highlight_hue` | 0…1; 0…360 | 0; 70 | the highlights; white itself stays white |
| `skin` | 0…1 | 0 | holds skin's hues and chroma against the colour settings above, from `saturation` on |
| `lift_red`, `lift_green`, `lift_blue` | −0.2…0.2 | 0 | moves black, and less what is lighter |
| `gamma_red`, … | 0.5…2 | 1 | above 1 lightens the middle of a channel |
| `gain_red`, … | 0.5…1 | 1 | lowers a channel's white |
| `black` | 0…0.3 | 0 | where black is lifted to (a faded print) |
| `white` | 0.5…1 | 1 | where white is lowered to |

Hues are OKLab's: red 29, orange 58, yellow 110, green 142, aqua 195, blue 264, purple 303, magenta 335 degrees.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

from ops.errors import UsageError

__all__ = ["HUES", "RANGES", "Grade", "Sector", "grade_of"]

HUES: Mapping[str, float] = MappingProxyType(
    {
        "red": 29.0,
        "orange": 58.0,
        "yellow": 110.0,
        "green": 142.0,
        "aqua": 195.0,
        "blue": 264.0,
        "purple": 303.0,
        "magenta": 335.0,
    }
)
"""OKLab's hue, in degrees, of what each word names: the primaries and secondaries of the screen, skin for orange."""

RANGES: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "exposure": (-3.0, 3.0),
        "warmth": (-90.0, 90.0),
        "tint": (-1.0, 1.0),
        "mono": (0.0, 1.0),
        **{f"mono_{channel}": (-1.0, 2.0) for channel in ("red", "green", "blue")},
        "bleach": (0.0, 1.0),
        "contrast": (-1.0, 2.0),
        "pivot": (0.1, 0.9),
        "shadows": (-1.0, 1.0),
        "highlights": (-1.0, 1.0),
        "saturation": (0.0, 3.0),
        "vibrance": (-1.0, 1.0),
        "hue": (-180.0, 180.0),
        "pull": (0.0, 1.0),
        "pull_hue": (0.0, 360.0),
        **{f"{hue}_hue": (-45.0, 45.0) for hue in HUES},
        **{f"{hue}_saturation": (0.0, 2.0) for hue in HUES},
        **{f"{hue}_lightness": (-0.15, 0.15) for hue in HUES},
        **{f"{tones}_tint": (0.0, 1.0) for tones in ("shadow", "mid", "highlight")},
        **{f"{tones}_hue": (0.0, 360.0) for tones in ("shadow", "mid", "highlight")},
        "skin": (0.0, 1.0),
        **{f"lift_{channel}": (-0.2, 0.2) for channel in ("red", "green", "blue")},
        **{f"gamma_{channel}": (0.5, 2.0) for channel in ("red", "green", "blue")},
        **{f"gain_{channel}": (0.5, 1.0) for channel in ("red", "green", "blue")},
        "black": (0.0, 0.3),
        "white": (0.5, 1.0),
    }
)
"""What each setting may be."""


@dataclass(frozen=True)
class Sector:
    """What is done to the colours about one hue."""

    hue: float = 0.0
    saturation: float = 1.0
    lightness: float = 0.0


@dataclass(frozen=True)
class Grade:
    """One grade; the module's table tells what each number does."""

    exposure: float = 0.0
    warmth: float = 0.0
    tint: float = 0.0
    mono: float = 0.0
    mixer: tuple[float, float, float] = (0.30, 0.59, 0.11)
    bleach: float = 0.0
    contrast: float = 0.0
    pivot: float = 0.42
    shadows: float = 0.0
    highlights: float = 0.0
    saturation: float = 1.0
    vibrance: float = 0.0
    hue: float = 0.0
    pull: float = 0.0
    pull_hue: float = 55.0
    sectors: tuple[Sector, ...] = (Sector(),) * len(HUES)
    tints: tuple[float, float, float] = (0.0, 0.0, 0.0)
    tint_hues: tuple[float, float, float] = (220.0, 60.0, 70.0)
    skin: float = 0.0
    lift: tuple[float, float, float] = (0.0, 0.0, 0.0)
    gamma: tuple[float, float, float] = (1.0, 1.0, 1.0)
    gain: tuple[float, float, float] = (1.0, 1.0, 1.0)
    black: float = 0.0
    white: float = 1.0


def grade_of(settings: Mapping[str, float | str]) -> Grade:
    """The grade of a stage's settings.

    Raises:
        UsageError: A setting that grades have not, or a value out of its range.
    """
    numbers = {name: _checked(name, value) for name, value in settings.items()}
    rest = Grade()

    def three(kind: str, names: tuple[str, ...], defaults: tuple[float, ...]) -> tuple[float, float, float]:
        first, second, third = (
            numbers.get(kind.format(name), at_rest) for name, at_rest in zip(names, defaults, strict=True)
        )
        return first, second, third

    channels, tones = ("red", "green", "blue"), ("shadow", "mid", "highlight")
    plain = {each.name for each in fields(Grade)} & numbers.keys()
    grade = Grade(
        **{name: numbers[name] for name in plain},
        mixer=three("mono_{}", channels, rest.mixer),
        sectors=tuple(
            Sector(
                numbers.get(f"{hue}_hue", 0.0),
                numbers.get(f"{hue}_saturation", 1.0),
                numbers.get(f"{hue}_lightness", 0.0),
            )
            for hue in HUES
        ),
        tints=three("{}_tint", tones, rest.tints),
        tint_hues=three("{}_hue", tones, rest.tint_hues),
        lift=three("lift_{}", channels, rest.lift),
        gamma=three("gamma_{}", channels, rest.gamma),
        gain=three("gain_{}", channels, rest.gain),
    )
    if sum(grade.mixer) < 0.1:
        raise UsageError("sees next to no light", where="mono_red, mono_green, mono_blue", fix="Let them sum to 1.")
    return grade


def _checked(name: str, value: float | str) -> float:
    if name not in RANGES:
        raise UsageError(f"grades have no setting {name!r}", where="grade", fix="docs/styles.md has their table.")
    low, high = RANGES[name]
    if isinstance(value, str) or not math.isfinite(value) or not low <= value <= high:
        raise UsageError(f"cannot be {value!r}", where=f"grade, {name}", fix=f"It goes from {low:g} to {high:g}.")
    return float(value)
