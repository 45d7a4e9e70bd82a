"""The type of cards: which words can be set, in which face, how large, and where on the card each line stands.

Everything keeps within the title-safe area, the middle 80 % of width and height (the older and stricter of the two
practices that EBU R 95 and SMPTE ST 2046-1 describe), and is centred.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ops.thumbnails.looks import look_for
from ops.thumbnails.typeface import STYLES, Style, can_set, font_file, shaped, width_in_em
from ops.thumbnails.typesetting import Block, Line, blocks, drawn
from ops.trailer.events import Card, CardKind

__all__ = ["TITLE_SAFE", "SetCard", "SetLine", "drawn_line", "genre_style", "set_card", "settable"]

TITLE_SAFE = 0.8

_TRACKING = {"poster": 0.075, "classic": 0.13, "modern": 0.10}
"""Between the capitals of a title, in em: what makes a word on a card a title and not a caption."""

_SMALL_TRACKING = 0.22
_GAP, _RULE_GAP = 1.15, 0.95
"""Under the title, to the rule and from it to the next line, as shares of the small lines' capitals."""


@dataclass(frozen=True)
class SetLine:
    """One line of a card.

    Attributes:
        text: As it is drawn.
        style: How, with its final tracking.
        size: Pixels to the em.
        centre: Its middle, in pixels from the left.
        baseline: In pixels from the top.
        width: At its final tracking.
        rank: 0 for the title's own lines, 1 for those under it.
    """

    text: str
    style: Style
    size: int
    centre: float
    baseline: float
    width: float
    rank: int


@dataclass(frozen=True)
class SetCard:
    """A card's type.

    Attributes:
        lines: Top to bottom.
        rule: Left, top, right and bottom of the rule between title and small lines, pixels; None without any.
        box: Left, top, right and bottom of all of it.
    """

    lines: tuple[SetLine, ...]
    rule: tuple[float, float, float, float] | None
    box: tuple[float, float, float, float]


def genre_style(genre: str) -> tuple[str, Style]:
    """Name and style of the lettering that suits a genre."""
    name = look_for(genre).letterings[0]
    return name, STYLES[name]


def settable(text: str, genre: str) -> bool:
    """Whether the house has a typeface for the words, in capitals as on a card or as they are written."""
    style = replace(genre_style(genre)[1], capitals=False)
    return bool(text.strip()) and can_set(text, style) and can_set(text.upper(), style)


def set_card(card: Card, size: tuple[int, int], genre: str) -> SetCard | None:
    """Set a card's lines; those that no typeface can set are left out, None where none is left.

    Args:
        card: Its words.
        size: Width and height of the picture.
        genre: Whose lettering is used.
    """
    texts = [" ".join(line.split()) for line in card.lines if settable(line, genre)]
    if not texts:
        return None
    width, height = size
    room = (TITLE_SAFE * width, TITLE_SAFE * height)
    narrow = width < height
    heading = _heading(texts[0], card.kind, size, genre, room, alone=len(texts) == 1)
    lines = [_centred(line, heading.style, size, 0) for line in heading.lines]
    bottom, rule = heading.height, None
    small_cap = max(0.030 * min(width, height), min(0.30 * heading.headline, 0.042 * min(width, height)))
    for place, text in enumerate(texts[1:]):
        block = _small(text, small_cap, room[0], genre)
        if place == 0:
            top = bottom + _GAP * small_cap
            length, thick = (0.22 if narrow else 0.09) * width, max(2.0, round(0.0035 * min(width, height)))
            rule = ((width - length) / 2, top, (width + length) / 2, top + thick)
            bottom = top + thick
        top = bottom + (_RULE_GAP if place == 0 else 0.8) * small_cap
        if top + block.height > room[1]:
            break  # more lines than a card holds
        lines += [replace(_centred(line, block.style, size, 1), baseline=top + line.baseline) for line in block.lines]
        bottom = top + block.height
    shift = (height - bottom) / 2
    lines = [replace(line, baseline=line.baseline + shift) for line in lines]
    if rule is not None:
        rule = (rule[0], rule[1] + shift, rule[2], rule[3] + shift)
    widest = max([line.width for line in lines])
    return SetCard(tuple(lines), rule, ((width - widest) / 2, shift, (width + widest) / 2, shift + bottom))


def drawn_line(
    text: str, style: Style, size: int, *, canvas: tuple[int, int], at: tuple[float, float], tracking: float
) -> np.ndarray:
    """The ink of a line with its left end and baseline at a place between pixels.

    Args:
        text: The line.
        style: Its face.
        size: Pixels to the em.
        canvas: Width and height of what is drawn.
        at: Left end and baseline.
        tracking: Between letters, in em.

    Returns:
        (H, W) float32, 0 to 1.
    """
    wide = size * width_in_em(font_file(text, style), text, tracking)
    block = Block(
        (Line(text, size, *at, wide),), wide, size, size, size, None, False, replace(style, tracking=tracking)
    )
    letters, _ = drawn(block, canvas, (0.0, 0.0))  # letters are placed between pixels by FreeType
    return np.asarray(letters, np.float32) / 255.0


def _heading(
    text: str, kind: CardKind, size: tuple[int, int], genre: str, room: tuple[float, float], *, alone: bool
) -> Block:
    name, style = genre_style(genre)
    short = min(size)
    if kind is CardKind.TAGLINE:
        style = replace(style, capitals=False, tracking=max(0.012, style.tracking), rule="", stacked=False, leading=0.8)
        largest = 0.062 * short
    else:
        style = replace(style, capitals=True, tracking=_TRACKING[name], rule="", stacked=False, leading=0.5)
        largest = 0.125 * short
    tallest = room[1] * (1.0 if alone else 0.62)
    for width in (room[0] * 0.98, room[0]):
        found = list(blocks(text, style, widths=(width,), tallest=tallest, largest_cap=largest, centred=True))
        if found:
            return found[0]
    raise AssertionError("words that can be set were not")  # one line at any size always fits


def _small(text: str, cap: float, width: float, genre: str) -> Block:
    _, style = genre_style(genre)
    if style.file.startswith("Playfair"):
        style = replace(style, file=STYLES["poster"].file)  # a hairline serif this small flickers
    style = replace(style, capitals=True, tracking=_SMALL_TRACKING, rule="", stacked=False, leading=0.7)
    return next(iter(blocks(text, style, widths=(width,), tallest=8 * cap, largest_cap=cap, centred=True)))


def _centred(line: Line, style: Style, size: tuple[int, int], rank: int) -> SetLine:
    own = line.style or style
    wide = line.size * width_in_em(font_file(line.text, own), line.text, 0.0 if shaped(line.text) else own.tracking)
    return SetLine(line.text, own, line.size, size[0] / 2, line.baseline, wide, rank)
