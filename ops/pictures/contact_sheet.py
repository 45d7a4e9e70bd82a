"""A contact sheet: a film's keyframes in order, each with its time and shot."""

from __future__ import annotations

import io
from pathlib import Path

from ops.keyframes.model import KeyframeSet

__all__ = ["draw_contact_sheet"]

_WIDTH = 1200
_COLUMNS = 5
_GAP = 10
_LABEL = 22
_GROUND, _INK = (20, 22, 29), (232, 234, 240)
_MOST = 100
"""Pictures on a sheet; of a longer film they are taken evenly from beginning to end."""


def draw_contact_sheet(keyframes: KeyframeSet, folder: Path) -> bytes:
    """Draw the sheet.

    Args:
        keyframes: The film's keyframes, in order.
        folder: Where their pictures lie.

    Returns:
        A JPEG, 1200 pixels wide; the same keyframes give the same bytes.
    """
    from PIL import Image, ImageDraw, ImageFont

    every = max(1, -(-len(keyframes.keyframes) // _MOST))
    shown = keyframes.keyframes[::every]
    cell = (_WIDTH - _GAP * (_COLUMNS + 1)) // _COLUMNS
    pictures = []
    for keyframe in shown:
        with Image.open(folder / keyframe.file) as opened:
            opened.draft("RGB", (2 * cell, 2 * cell))
            picture = opened.convert("RGB")
        picture.thumbnail((cell, round(cell * 16 / 9)))
        pictures.append(picture)
    row_height = max((picture.height for picture in pictures), default=cell * 9 // 16) + _LABEL + _GAP
    rows = max(1, -(-len(pictures) // _COLUMNS))
    sheet = Image.new("RGB", (_WIDTH, rows * row_height + _GAP), _GROUND)
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=13)
    if not pictures:
        draw.text((_GAP, _GAP), "no keyframes: the film shows no picture", fill=_INK, font=font)
    for place, (keyframe, picture) in enumerate(zip(shown, pictures, strict=True)):
        left = _GAP + place % _COLUMNS * (cell + _GAP) + (cell - picture.width) // 2
        top = _GAP + place // _COLUMNS * row_height
        sheet.paste(picture, (left, top))
        minutes, seconds = divmod(keyframe.time_s, 60)
        label = f"{int(minutes):02d}:{seconds:06.3f}   shot {keyframe.shot}"
        draw.text((left, top + picture.height + 4), label, fill=_INK, font=font)
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=88, optimize=True)
    return out.getvalue()
