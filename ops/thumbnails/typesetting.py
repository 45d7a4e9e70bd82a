"""Setting a title in lines: where it breaks, how large it is, and the ink of each line.

Every way to break up to four lines is tried: titles have few words. A stacked setting sizes each line to one width, as
posters do; the others keep one size.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations, pairwise

from PIL import Image, ImageDraw

from ops.thumbnails.typeface import Style, font, font_file, shaped, width_in_em

__all__ = ["Block", "Line", "blocks", "drawn"]

MOST_LINES = 4
_UNEVEN = 2.3
"""How much larger than the smallest the largest line of a stacked setting may be."""

_SMALL_WORDS = frozenset(
    ["a", "an", "and", "at", "by", "der", "des", "for", "in", "la", "le", "of", "on", "the", "to", "und"]
)
_RULE_GAP = 0.55
"""Between rule and letters, as a share of the capitals' height."""

_TAGLINE_LINES = 3
_TAGLINE_GAP = 0.85
"""Between a title and its tagline, as a share of the tagline's capitals."""
_ABOVE_TAGLINE = 1.5
"""How much larger a title's capitals are than its tagline's, so that nobody reads them as one sentence."""


@dataclass(frozen=True)
class Line:
    """One line of a block; `x` and `baseline` in pixels from the block's top left, `size` in pixels to the em.

    `style` is its own where it is not the block's: of a tagline.
    """

    text: str
    size: int
    x: float
    baseline: float
    width: float
    style: Style | None = None


@dataclass(frozen=True)
class Block:
    """A title, set, perhaps with its tagline under it.

    Attributes:
        lines: Top to bottom.
        width: Of the widest line, in pixels.
        height: From the first line's ink, or the rule, to the last line's.
        cap: Height of the smallest line's capitals in pixels, the tagline's among them.
        headline: The same of the title's lines alone.
        rule: Left, top, right, bottom of the accent's rule, or None.
        centred: Whether its lines are centred.
        style: How it is set.
    """

    lines: tuple[Line, ...]
    width: float
    height: float
    cap: float
    headline: float
    rule: tuple[float, float, float, float] | None
    centred: bool
    style: Style


def blocks(
    text: str,
    style: Style,
    *,
    widths: tuple[float, ...],
    tallest: float,
    largest_cap: float,
    centred: bool,
    tagline: str = "",
    tagline_style: Style | None = None,
    least_cap: float = 1.0,
) -> Iterator[Block]:
    """The best setting of a text for each width, in pixels.

    Args:
        text: The words.
        style: How they are set; `typeface.can_set` must be true of them.
        widths: Of the room, in pixels.
        tallest: Height of the room in pixels.
        largest_cap: Height of capitals beyond which type shouts.
        centred: Whether lines are centred in it.
        tagline: A line to set under it, smaller; a width that has no room for both gives no block.
        tagline_style: How that is set.
        least_cap: Height in pixels that the tagline's capitals have at least.
    """
    cased = text.upper() if style.capitals else text
    for width in widths:
        under, room = None, tallest
        if tagline and tagline_style is not None:
            under = _tagline(tagline, tagline_style, width=width, cap=least_cap)
            if under is None:
                continue
            room = tallest - under.height - _TAGLINE_GAP * least_cap
        tried = (
            _set(lines, style, width=width, tallest=room, largest_cap=largest_cap, centred=centred)
            for lines in _breaks(cased)
            if room > 0
        )
        fits = [block for block in tried if block is not None]
        best = max(fits, key=_goodness, default=None)
        if best is not None and under is not None:
            best = _with_tagline(best, under) if best.cap >= _ABOVE_TAGLINE * under.cap else None
        if best is not None:
            yield best


def drawn(block: Block, size: tuple[int, int], at: tuple[float, float]) -> tuple[Image.Image, Image.Image]:
    """The ink of the letters and of the rule, each an "L" picture of that size with the block's top left at `at`."""
    letters, rule = Image.new("L", size, 0), Image.new("L", size, 0)
    pen = ImageDraw.Draw(letters)
    for line in block.lines:
        _write(pen, line, line.style or block.style, at)
    if block.rule is not None:
        left, top, right, bottom = block.rule
        ImageDraw.Draw(rule).rectangle(
            (round(at[0] + left), round(at[1] + top), round(at[0] + right), round(at[1] + bottom)), fill=255
        )
    return letters, rule


def _write(pen: ImageDraw.ImageDraw, line: Line, style: Style, at: tuple[float, float]) -> None:
    file = font_file(line.text, style)
    face = font(file, line.size)
    x, y = at[0] + line.x, at[1] + line.baseline
    if shaped(line.text):
        pen.text((x, y), line.text, font=face, fill=255, anchor="ls")
        return
    tracking = style.tracking * line.size
    for place, letter in enumerate(line.text):
        # the advance up to and with the letter, less the letter's own: what kerning moved stays in
        before = face.getlength(line.text[: place + 1]) - face.getlength(letter)
        pen.text((x + before + place * tracking, y), letter, font=face, fill=255, anchor="ls")


@lru_cache(maxsize=64)
def _breaks(text: str) -> tuple[tuple[str, ...], ...]:
    words = text.split(" ")
    found = []
    for count in range(1, min(MOST_LINES, len(words)) + 1):
        for places in combinations(range(1, len(words)), count - 1):
            edges = (0, *places, len(words))
            found.append(tuple(" ".join(words[a:b]) for a, b in pairwise(edges)))
    return tuple(found[:400])  # a text of 24 one-letter words has 2,000; the first hundreds hold the short ones


def _set(
    texts: tuple[str, ...], style: Style, *, width: float, tallest: float, largest_cap: float, centred: bool
) -> Block | None:
    """The lines at the largest size that fits, or None where they would be too uneven for their style."""
    file = font_file(" ".join(texts), style)
    across = [width_in_em(file, text, style.tracking) for text in texts]
    if min(across) <= 0:
        return None
    stacked = style.stacked and max(across) / min(across) <= _UNEVEN
    if style.stacked and not stacked and len(texts) > 1:
        return None
    sizes = [width / each for each in across] if stacked else [width / max(across)] * len(texts)
    inks = [_ink(file, text) for text in texts]
    cap = _cap(file)
    fit = min(1.0, largest_cap / (cap * max(sizes)), tallest / _height(sizes, inks, cap, style))
    whole = [max(1, int(size * fit)) for size in sizes]
    return _placed(texts, whole, style, cap=cap, centred=centred)


def _height(sizes: list[float], inks: list[tuple[float, float]], cap: float, style: Style) -> float:
    lines = sum(size * (up + down) for size, (up, down) in zip(sizes, inks, strict=True))
    smallest = cap * min(sizes)
    gaps = style.leading * smallest * (len(sizes) - 1)
    return lines + gaps + ((_RULE_GAP + style.thickness) * smallest if style.rule else 0.0)


def _placed(texts: tuple[str, ...], whole: list[int], style: Style, *, cap: float, centred: bool) -> Block:
    """The lines at their sizes, one under the other, with the rule."""
    file = font_file(" ".join(texts), style)
    inks = [_ink(file, text) for text in texts]
    widths = [size * width_in_em(file, text, style.tracking) for text, size in zip(texts, whole, strict=True)]
    smallest, widest = cap * min(whole), max(widths)
    y, rule = 0.0, None
    if style.rule == "above":
        rule = _rule(0.0, style, smallest, widest, centred)
        y = rule[3] + _RULE_GAP * smallest
    lines = []
    for text, size, wide, (up, down) in zip(texts, whole, widths, inks, strict=True):
        x = (widest - wide) / 2 if centred else (widest - wide if _right_to_left(text) else 0.0)
        lines.append(Line(text, size, x, y + up * size, wide))
        y += (up + down) * size + style.leading * smallest
    y -= style.leading * smallest
    if style.rule == "below":
        rule = _rule(y + _RULE_GAP * smallest, style, smallest, widest, centred, whole_width=True)
        y = rule[3]
    return Block(tuple(lines), widest, y, smallest, smallest, rule, centred, style)


def _tagline(text: str, style: Style, *, width: float, cap: float) -> Block | None:
    """A tagline in the fewest lines that fit the width, as even as can be; None where even three are too wide."""
    file = font_file(text, style)
    size = math.ceil(cap / _cap(file))
    for count in range(1, _TAGLINE_LINES + 1):
        breaks = [texts for texts in _breaks(text) if len(texts) == count]
        wide = {texts: max(size * width_in_em(file, each, style.tracking) for each in texts) for texts in breaks}
        best = min(breaks, key=lambda texts: wide[texts], default=None)
        if best is not None and wide[best] <= width:
            return _placed(best, [size] * count, style, cap=_cap(file), centred=False)
    return None


def _with_tagline(block: Block, under: Block) -> Block:
    """The title with the tagline under it, on its left edge or its middle."""
    width = max(block.width, under.width)
    top = block.height + _TAGLINE_GAP * under.cap

    def across(wide: float, x: float) -> float:
        return x + (width - wide) / 2 if block.centred else x

    title = [replace(line, x=across(block.width, line.x)) for line in block.lines]
    lines = [
        replace(
            line,
            x=(width - line.width) / 2 if block.centred else line.x,
            baseline=top + line.baseline,
            style=under.style,
        )
        for line in under.lines
    ]
    rule = block.rule
    if rule is not None:
        rule = (across(block.width, rule[0]), rule[1], across(block.width, rule[2]), rule[3])
    return replace(
        block, lines=(*title, *lines), width=width, height=top + under.height, cap=min(block.cap, under.cap), rule=rule
    )


def _rule(
    top: float, style: Style, cap: float, widest: float, centred: bool, *, whole_width: bool = False
) -> tuple[float, float, float, float]:
    length = widest if whole_width else min(widest, 1.5 * cap)
    left = (widest - length) / 2 if centred else 0.0
    return left, top, left + length, top + max(1.0, style.thickness * cap)


def _goodness(block: Block) -> float:
    """Large first, then even: no line of small words only, no line much shorter than the others."""
    lonely = sum(all(word.lower() in _SMALL_WORDS for word in line.text.split(" ")) for line in block.lines)
    shortest = min(line.width for line in block.lines) / block.width
    return block.cap * (1.0 - 0.22 * (1.0 - shortest)) * 0.80**lonely * 0.97 ** (len(block.lines) - 1)


def _right_to_left(text: str) -> bool:
    import unicodedata

    return any(unicodedata.bidirectional(each) in ("R", "AL") for each in text)


@lru_cache(maxsize=1024)
def _ink(file: object, text: str) -> tuple[float, float]:
    """How far a line's ink goes above and below its baseline, in em; capitals at least."""
    box = font(file, 200).getbbox(text, anchor="ls")  # type: ignore[arg-type]
    return max(-box[1] / 200, _cap(file)), max(box[3] / 200, 0.0)


@lru_cache(maxsize=16)
def _cap(file: object) -> float:
    """Height of the capitals in em."""
    return -font(file, 200).getbbox("H", anchor="ls")[1] / 200  # type: ignore[arg-type]
