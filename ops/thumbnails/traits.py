"""What a variant is like, in words that other titles' pictures share: what past tests can teach about.

Frames and the title's own words are no traits: no other title has them. Colour bands are those of Hasler and Süsstrunk
(2003), below "moderately colourful" and above "quite colourful"; light is the mean of luma.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ops.thumbnails.composition import colourfulness
from ops.thumbnails.recipe import Recipe
from ops.thumbnails.render import Rendering

__all__ = ["Lean", "lean_on", "traits_of"]

Lean = Mapping[str, Mapping[str, float]]
"""What each value of each trait is worth, 1 is neutral: trait → value → factor."""

_MUTED, _VIVID = 33.0, 59.0
_DARK, _BRIGHT = 0.30, 0.50
_CLOSE = 0.08
"""Share of the picture from which a face is a close one."""
_MOST = 1.5
"""Lessons are of other titles: together they move a score by no more than this factor."""


def traits_of(recipe: Recipe, rendering: Rendering) -> dict[str, str]:
    """The traits of a recipe's picture in one shape."""
    width, height = rendering.picture.size
    small = np.asarray(rendering.picture.resize((160, max(1, round(160 * height / width)))))
    colour, light = colourfulness(small), float(small.mean()) / 255
    largest = max((face.area for face in rendering.faces), default=0.0)
    traits = {
        "treatment": str(recipe.treatment),
        "framing": str(recipe.framing),
        "grade": recipe.grade,
        "words": "title and tagline" if recipe.tagline else "title" if recipe.text else "none",
        "faces": "none" if not rendering.faces else "close" if largest >= _CLOSE else "small",
        "colour": "muted" if colour < _MUTED else "vivid" if colour > _VIVID else "natural",
        "light": "dark" if light < _DARK else "bright" if light > _BRIGHT else "middling",
    }
    return traits | ({"lettering": recipe.lettering} if recipe.lettering else {})


def lean_on(traits: Mapping[str, str], lean: Lean) -> float:
    """What a picture's traits are worth together; what nobody learned of is worth 1."""
    worth = 1.0
    for trait, value in traits.items():
        worth *= lean.get(trait, {}).get(value, 1.0)
    return min(max(worth, 1 / _MOST), _MOST)
