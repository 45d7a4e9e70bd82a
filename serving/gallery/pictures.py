"""Pictures carried inside the page, so that it can be sent to anybody as one file."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

__all__ = ["InlinePicture", "inline_drawing", "inline_photo"]

PAPER = (14, 15, 17)
"""The page's own background, under the transparent parts of a picture."""


@dataclass(frozen=True)
class InlinePicture:
    """A picture as a data URI, with its size in pixels."""

    uri: str
    width: int
    height: int


def inline_photo(path: Path, *, width: int, height: int, quality: int = 80) -> InlinePicture | None:
    """A photograph as a JPEG that fits into `width` × `height`; None where the file cannot be read."""
    picture = _opened(path, width, height)
    if picture is None:
        return None
    return _encoded(picture, "JPEG", quality=quality, optimize=True, progressive=True)


def inline_drawing(path: Path, *, width: int) -> InlinePicture | None:
    """A drawing as a PNG at most `width` wide, its lines kept clean; None where it cannot be read."""
    picture = _opened(path, width, width)
    return None if picture is None else _encoded(picture, "PNG", optimize=True)


def _opened(path: Path, width: int, height: int) -> Image.Image | None:
    try:
        with Image.open(path) as opened:
            opened.draft("RGB", (width, height))  # a JPEG decodes at a fraction of its size
            upright = ImageOps.exif_transpose(opened)
            picture = upright.convert("RGBA" if "A" in upright.getbands() or "transparency" in upright.info else "RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None  # what is missing is shown as missing; a page must not fail for one picture
    if picture.mode == "RGBA":
        paper = Image.new("RGBA", picture.size, (*PAPER, 255))
        picture = Image.alpha_composite(paper, picture).convert("RGB")
    picture.thumbnail((width, height), Image.Resampling.LANCZOS)
    return picture


def _encoded(picture: Image.Image, kind: str, **how: int | bool) -> InlinePicture:
    out = io.BytesIO()
    picture.save(out, kind, **how)
    text = base64.b64encode(out.getvalue()).decode("ascii")
    return InlinePicture(f"data:image/{kind.lower()};base64,{text}", picture.width, picture.height)
