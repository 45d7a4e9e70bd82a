"""What a variant is worth: the composition of what it shows, its light and colour as treated, and its letters."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ops.thumbnails.composition import AESTHETICS, WEIGHTS, appearance, weights_of
from ops.thumbnails.framing import EXTENDED_WORTH, Layout
from ops.thumbnails.legibility import LEAST_CAP, LEAST_CONTRAST
from ops.thumbnails.render import Rendering

__all__ = ["TEXT_WEIGHTS", "variant_terms", "variant_total", "variant_weights"]

TEXT_WEIGHTS: Mapping[str, float] = {"legibility": 0.10, "text_size": 0.06, "text_area": 0.04}
"""Terms that only a picture with a title has; the others then share what is left."""

_TEXT_AREA = (0.01, 0.05, 0.26, 0.45)
"""Share of the picture that a title covers: too little, enough, up to here, too much."""


def variant_terms(rendering: Rendering) -> dict[str, float]:
    """The terms of a rendering, each 0 to 1: composition over its crops, light and colour as they came out."""
    areas = np.array([each.crop.area for each in rendering.framed])
    share = areas / areas.sum()
    terms = {
        name: float(sum(part * each.terms[name] for part, each in zip(share, rendering.framed, strict=True)))
        for name in (*WEIGHTS, *AESTHETICS)
        if all(name in each.terms for each in rendering.framed)
    }
    terms |= appearance(np.asarray(rendering.picture.resize(_quarter(rendering.picture.size))))
    if rendering.text is not None and rendering.legibility is not None:
        reads = rendering.legibility
        terms["legibility"] = float(np.interp(reads.contrast, (LEAST_CONTRAST - 1.5, 9.0), (0.0, 1.0)))
        terms["text_size"] = float(np.interp(reads.headline, (LEAST_CAP, 12.0), (0.2, 1.0)))
        terms["text_area"] = float(np.interp(rendering.text.area, _TEXT_AREA, (0.0, 1.0, 1.0, 0.0)))
    if any(each.layout is Layout.EXTENDED for each in rendering.framed):
        terms["extended"] = EXTENDED_WORTH
    return terms


def variant_weights(terms: Mapping[str, float]) -> dict[str, float]:
    """The weight of each term that is there; they add up to one."""
    text = {name: weight for name, weight in TEXT_WEIGHTS.items() if name in terms}
    left = 1.0 - sum(text.values())
    return {name: weight * left for name, weight in weights_of(terms).items()} | text


def variant_total(terms: Mapping[str, float]) -> float:
    """The weighted score, 0 to 1."""
    score = sum(weight * terms[name] for name, weight in variant_weights(terms).items())
    return score * terms.get("extended", 1.0)


def _quarter(size: tuple[int, int]) -> tuple[int, int]:
    width = min(320, size[0])
    return width, max(1, round(width * size[1] / size[0]))
