"""The cards of the renditions: each plays beside moments of the film as it was, and as this style shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from serving.gallery.film import copied_beside
from serving.gallery.model import GalleryPage
from serving.gallery.pictures import inline_photo

__all__ = ["renditions"]

_STRIP_WIDTH = 1600


def renditions(page: GalleryPage, folder: Path) -> Sequence[Mapping[str, object]]:
    """One card a rendition; its film lies beside the page.

    Raises:
        OSError: The film cannot be copied.
    """
    return [
        {
            "style": one.style,
            "name": one.name,
            "film": copied_beside(one.film, folder, name=f"rendition_{one.style}{one.film.suffix}"),
            "strip": inline_photo(one.strip, width=_STRIP_WIDTH, height=_STRIP_WIDTH),
            "upright": one.height > one.width,
            "width": one.width,
            "height": one.height,
            "told": one.told,
        }
        for one in page.renditions
    ]
