"""The film on a page: inside it up to 12 MB, else beside it."""

from __future__ import annotations

import base64
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

__all__ = ["INLINE_LIMIT_BYTES", "MEDIA_TYPES", "PageFilm", "copied_beside", "put_on_page"]

INLINE_LIMIT_BYTES = 12_000_000
"""Largest film inside a page: 16 MB of text, which mail takes and a phone opens at once."""

MEDIA_TYPES = {".mp4": "video/mp4", ".m4v": "video/mp4", ".webm": "video/webm"}


@dataclass(frozen=True)
class PageFilm:
    """Where the page finds the film: a data URI, or the name of a file beside it."""

    uri: str
    media_type: str


def put_on_page(film: Path, folder: Path) -> PageFilm:
    """Carry a browser-playable film inside the page, or copy it beside the page where it is too big for that.

    Args:
        film: An .mp4, .m4v or .webm file.
        folder: The page's folder; the copy is `preview.mp4` or `preview.webm`, put in place atomically.

    Raises:
        OSError: The film cannot be read, or the folder not written.
    """
    media_type = MEDIA_TYPES.get(film.suffix.lower(), "video/mp4")
    if film.stat().st_size <= INLINE_LIMIT_BYTES:
        text = base64.b64encode(film.read_bytes()).decode("ascii")
        return PageFilm(f"data:{media_type};base64,{text}", media_type)
    return PageFilm(copied_beside(film, folder, name=f"preview.{media_type.removeprefix('video/')}"), media_type)


def copied_beside(film: Path, folder: Path, *, name: str) -> str:
    """Copy a film into the page's folder under a name, put in place atomically; returns the name.

    Raises:
        OSError: The film cannot be read, or the folder not written.
    """
    beside = folder / name
    if not (beside.exists() and beside.samefile(film)):
        part = beside.with_name(f".{name}.{os.getpid()}.part")
        shutil.copyfile(film, part)
        part.replace(beside)
    return name
