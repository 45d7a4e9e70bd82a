"""Type for lockups: the typefaces that come with the house, what each can set, and the styles they are set in.

Oswald, Playfair Display and Manrope (SIL Open Font License 1.1, `type/`) set Latin and Cyrillic, two of them more;
DejaVu Sans, which comes with matplotlib, adds Greek, Hebrew, Arabic, Armenian and Georgian. A text with a letter that
none of them has is not set at all: boxes on a picture are worse than a picture without words.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageFont, features

__all__ = ["STYLES", "TAGLINES", "Style", "can_set", "font", "font_file", "shaped", "width_in_em"]

_OWN = Path(__file__).with_name("type")
_MEASURED_AT = 200
"""Pixels to the em at which widths are measured; hinting is off, so they scale."""


@dataclass(frozen=True)
class Style:
    """How a title is set.

    Attributes:
        file: The typeface's file in `type/`.
        capitals: Whether it is set in capitals.
        tracking: Space between letters, in em.
        leading: Space between lines, as a share of the capitals' height.
        stacked: Whether the lines are sized to one width, as on posters.
        rule: Where the accent's rule stands: "above", "below" or "" for none.
        thickness: Of the rule, as a share of the capitals' height.
    """

    file: str
    capitals: bool
    tracking: float
    leading: float
    stacked: bool
    rule: str
    thickness: float


STYLES: dict[str, Style] = {
    "poster": Style("Oswald-Bold.ttf", True, 0.012, 0.24, True, "below", 0.09),
    "classic": Style("PlayfairDisplay-ExtraBold.ttf", False, 0.004, 0.46, False, "", 0.0),
    "modern": Style("Manrope-ExtraBold.ttf", False, -0.022, 0.42, False, "above", 0.12),
}
"""By name, as recipes and `looks.toml` give them."""

TAGLINES: dict[str, Style] = {
    "poster": Style("Oswald-Bold.ttf", False, 0.010, 0.50, False, "", 0.0),
    "classic": Style("Oswald-Bold.ttf", False, 0.010, 0.50, False, "", 0.0),
    "modern": Style("Manrope-ExtraBold.ttf", False, -0.015, 0.50, False, "", 0.0),
}
"""How a line under a title of each style is set: in the width that Oswald saves, or in the title's own face."""


def can_set(text: str, style: Style) -> bool:
    """Whether the house has a typeface with every letter of the text, and can shape its script."""
    return _file_for(_cased(text, style), style.file) is not None and (not shaped(text) or bool(features.check("raqm")))


def font_file(text: str, style: Style) -> Path:
    """The typeface that sets the text: the style's own, or the one that has its letters.

    Raises:
        LookupError: None has; ask `can_set` first.
    """
    found = _file_for(text, style.file)
    if found is None:
        raise LookupError(f"no typeface has every letter of {text!r}")
    return found


@lru_cache(maxsize=256)
def font(file: Path, size: int) -> ImageFont.FreeTypeFont:
    """A typeface at a size in pixels to the em."""
    return ImageFont.truetype(str(file), size)


@lru_cache(maxsize=4096)
def width_in_em(file: Path, text: str, tracking: float) -> float:
    """The advance width of a line in em, kerned and tracked."""
    tracked = 0.0 if shaped(text) else tracking * max(0, len(text) - 1)
    return font(file, _MEASURED_AT).getlength(text) / _MEASURED_AT + tracked


def shaped(text: str) -> bool:
    """Whether its letters join or change order, so that a line is drawn as a whole and never tracked."""
    return any(unicodedata.bidirectional(each) in ("R", "AL") or unicodedata.category(each)[0] == "M" for each in text)


def _cased(text: str, style: Style) -> str:
    return text.upper() if style.capitals else text


@lru_cache(maxsize=512)
def _file_for(text: str, wanted: str) -> Path | None:
    needed = {ord(each) for each in text if not each.isspace()}
    return next((file for file in (_OWN / wanted, _dejavu()) if needed <= _letters(file)), None)


@cache
def _dejavu() -> Path:
    import matplotlib as mpl

    return Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans-Bold.ttf"


@cache
def _letters(file: Path) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(file, lazy=True) as opened:
        return frozenset(opened.getBestCmap() or ())
