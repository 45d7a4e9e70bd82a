"""Several variants on one sheet, to look at them side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

__all__ = ["variant_sheet"]

_GAP = 10
_PAPER = (20, 21, 24)


def variant_sheet(pictures: Sequence[Path], *, width: int = 900, across: int = 3) -> Image.Image:
    """Pictures of one shape in rows.

    Args:
        pictures: Their files; one at least.
        width: Of the sheet, in pixels.
        across: How many in a row.
    """
    opened = []
    each = (width - _GAP * (across + 1)) // across
    for path in pictures:
        with Image.open(path) as file:
            file.draft("RGB", (each, each * 2))
            opened.append(file.convert("RGB").resize((each, round(each * file.height / file.width))))
    tallest = max(picture.height for picture in opened)
    rows = -(-len(opened) // across)
    sheet = Image.new("RGB", (width, rows * (tallest + _GAP) + _GAP), _PAPER)
    for nth, picture in enumerate(opened):
        row, column = divmod(nth, across)
        sheet.paste(picture, (_GAP + column * (each + _GAP), _GAP + row * (tallest + _GAP)))
    return sheet
