"""Draws the picture of every style: one portrait, in each look.

    python -m ops.style.pictures                          # all of the house's styles, beside their data
    python -m ops.style.pictures --styles noir,rain
    python -m ops.style.pictures --sheet docs/pictures/styles.jpg

The portrait is NASA's of the astronaut Eileen Collins (1993), a work of the United States government in the public
domain: skin, hair, cloth, metal and a plain wall, which is where looks go wrong.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image, ImageDraw, ImageFont

from ops.errors import ShowrunnerError, UsageError
from ops.style.catalogue import house_styles
from ops.style.model import Family, Recipe, Style, look_of
from ops.style.runtime import Styler
from ops.style.stages import Canvas, Tick

__all__ = ["main", "portrait", "rendered", "write_picture", "write_sheet"]

_SIZE = (480, 270)
_WORKED_AT = (960, 540)
_MOST_BYTES = 40_000
_LIBRARY = Path(__file__).parent / "library"
_TILE = (288, 162)
_COLUMNS = 5


def portrait(size: tuple[int, int] = _WORKED_AT) -> np.ndarray:
    """The portrait that all pictures are drawn from: (H, W, 3) uint8 RGB."""
    picture = np.asarray(Image.open(_LIBRARY / "portrait.jpg").convert("RGB"))
    return cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC)


def rendered(style: Style, picture: np.ndarray) -> np.ndarray:
    """A picture in a style at its defaults: (H, W, 3) uint8 RGB, of the same size.

    What moves is caught in the middle of its move: the picture is held like a film's, for a few seconds.
    """
    height, width = picture.shape[:2]
    moves = style.family is Family.CAMERA
    canvas = Canvas(width, height, Fraction(2 if moves else 24))
    first, frames = (0, 14) if moves else (150, 3)
    look = look_of([(Recipe(style.id), 1.0)], {style.id: style})
    with Styler(look, {style.id: style}, canvas) as styler:
        for number in range(first, first + frames - 1):
            styler(_frame(picture), Tick(number, cut=number == first))
        shown = styler(_frame(picture), Tick(first + frames - 1))
    return shown.reformat(
        format="rgb24", src_colorspace=Colorspace.ITU709, src_color_range=ColorRange.MPEG
    ).to_ndarray()


def write_picture(style: Style, folder: Path) -> Path:
    """The style's picture, 480x270, as the JPEG file that the style names.

    Raises:
        UsageError: The style names no picture.
    """
    if not style.picture:
        raise UsageError("names no picture", where=f"style {style.id}", fix=f'Set picture = "{style.id}.jpg".')
    small = cv2.resize(rendered(style, portrait()), _SIZE, interpolation=cv2.INTER_AREA)
    path = folder / style.picture
    for quality in (80, 70, 60, 50):
        _, coded = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
        if len(coded) <= _MOST_BYTES:
            break
    path.write_bytes(coded.tobytes())
    return path


def write_sheet(styles: Sequence[Style], path: Path) -> None:
    """All styles' pictures on one sheet, under the portrait as it was."""
    tiles = [("The film", Image.fromarray(portrait(_TILE)))]
    for style in styles:
        tiles.append((style.name, Image.open(style.folder / style.picture).resize(_TILE, Image.Resampling.LANCZOS)))
    rows = -(-len(tiles) // _COLUMNS)
    sheet = Image.new("RGB", (_COLUMNS * (_TILE[0] + 8) + 8, rows * (_TILE[1] + 30) + 8), (24, 24, 26))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=15)
    for number, (name, tile) in enumerate(tiles):
        x, y = 8 + number % _COLUMNS * (_TILE[0] + 8), 8 + number // _COLUMNS * (_TILE[1] + 30)
        sheet.paste(tile, (x, y))
        draw.text((x + 2, y + _TILE[1] + 4), name, fill=(220, 220, 220), font=font)
    path.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(path, quality=80)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0, or 1 with a sentence on what was wrong."""
    parser = argparse.ArgumentParser(prog="python -m ops.style.pictures", description="Draws the pictures of styles.")
    parser.add_argument("--styles", default="", help="ids, with commas between; without it, all")
    parser.add_argument("--folder", type=Path, default=_LIBRARY, help="where pictures go: beside the styles' data")
    parser.add_argument("--sheet", type=Path, help="instead, put all pictures that are there on this sheet")
    given = parser.parse_args(arguments)
    library = house_styles()
    try:
        if given.sheet:
            write_sheet([style for style in library.values() if (style.folder / style.picture).is_file()], given.sheet)
            return 0
        for name in filter(None, given.styles.split(",")) if given.styles else library:
            if name not in library:
                raise UsageError(
                    f"there is no style {name!r}", where="--styles", fix=f"There are {', '.join(library)}."
                )
            sys.stdout.write(f"{write_picture(library[name], given.folder)}\n")
    except ShowrunnerError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _frame(picture: np.ndarray) -> VideoFrame:
    return VideoFrame.from_ndarray(picture, format="rgb24").reformat(
        format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
    )


if __name__ == "__main__":
    sys.exit(main())
