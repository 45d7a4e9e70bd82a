"""The cards of the trailers: each plays on the page, above its cut sheet and the list of its decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from serving.gallery.film import copied_beside
from serving.gallery.model import GalleryPage
from serving.gallery.pictures import inline_drawing, inline_photo

__all__ = ["trailers"]

Words = Mapping[str, object]

_SHEET_WIDTH = 1600
_POSTER = 960


def trailers(page: GalleryPage, folder: Path) -> Sequence[Words]:
    """One card a trailer; its film lies beside the page.

    Raises:
        OSError: The film cannot be copied.
    """
    return [
        {
            "cut": one.cut,
            "film": copied_beside(one.film, folder, name=f"{one.cut}.mp4"),
            "poster": None if one.poster is None else inline_photo(one.poster, width=_POSTER, height=_POSTER),
            "sheet": inline_drawing(one.sheet, width=_SHEET_WIDTH),
            "upright": one.height > one.width,
            "width": one.width,
            "height": one.height,
            "told": one.told,
            "decisions": list(one.decisions.items()),
            "events": [_row(event) for event in one.events],
        }
        for one in page.trailers
    ]


def _row(event: Mapping[str, object]) -> dict[str, str]:
    return {name: f"{value}" for name, value in event.items()}
