"""The cards of the variants: one a recipe, its pictures in every aspect side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from serving.gallery.cards import score_terms
from serving.gallery.links import link_to
from serving.gallery.model import GalleryPage, GalleryVariant
from serving.gallery.pictures import inline_photo

__all__ = ["variants"]

Words = Mapping[str, object]

_BROAD = 560
"""The room for a card's main picture in CSS pixels; inlined at one and a half times that."""

_STRIP = 132
"""The height of the other aspects under it."""


def variants(page: GalleryPage, folder: Path) -> list[Words]:
    """One card a recipe, in the order in which they come; the shapes' first choices, of whatever frames, are one."""
    recipes: dict[str, list[GalleryVariant]] = {}
    for one in page.variants:
        recipes.setdefault("first" if one.first else one.recipe, []).append(one)
    return [_card(pictures, folder) for pictures in recipes.values()]


def _card(pictures: Sequence[GalleryVariant], folder: Path) -> Words:
    broadest = max(pictures, key=lambda one: one.width / one.height)
    others = [one for one in pictures if one is not broadest]
    return {
        "recipe": broadest.recipe,
        "label": broadest.label,
        "first": broadest.first,
        "score": f"{broadest.score:.2f}",
        "aspect": broadest.aspect,
        "terms": list(score_terms(broadest.terms)),
        "note": broadest.note,
        "main": _shown(broadest, _BROAD, _BROAD, folder),
        "strip": [_shown(one, 2 * _STRIP, _STRIP, folder) for one in others],
    }


def _shown(one: GalleryVariant, width: int, height: int, folder: Path) -> Words:
    picture = inline_photo(one.picture, width=round(1.5 * width), height=round(1.5 * height), quality=78)
    scale = min(width / one.width, height / one.height)
    return {
        "aspect": one.aspect,
        "picture": picture,
        "width": round(one.width * scale),
        "height": round(one.height * scale),
        "link": link_to(one.picture, folder) if picture else "",
    }
