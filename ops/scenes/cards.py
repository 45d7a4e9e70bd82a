"""Cards: titles and credits, which are read and not watched."""

from __future__ import annotations

import cv2
import numpy as np

from ops.lettering import lettering

__all__ = ["CARD_WIDTH", "looks_like_card"]

CARD_WIDTH = 480
"""Pixels of width at which pictures are judged: credits of a fortieth of the picture's height are still letters."""

_WORDS = 0.012
"""Share of the picture from which lines of letters are a title, as for keyframes."""

_GROUND, _MARK = 4, 80
"""Steps of luma: what is within the first of the median is ground, what is beyond the second is a mark on it. A face in
the dark has most of its picture within 12 of black, and a card within 1."""

_PLAIN = 0.75
_MARKS = (0.0005, 0.2)
"""Shares of the picture. "COMING SOON" at the end of a trailer covers 0.0009 of it."""

_GLYPHS, _GLYPH_AREA, _GLYPH_HEIGHT = 4, 6, 4
"""Fewest marks, and the pixels each has at least: stars are smaller, a moon is one."""


def looks_like_card(rgb: np.ndarray) -> bool:
    """Whether an (H, W, 3) uint8 RGB picture, 480 wide, is a title or credit card."""
    return float(lettering(rgb).mean()) >= _WORDS or _marks_on_plain_ground(rgb)


def _marks_on_plain_ground(rgb: np.ndarray) -> bool:
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    off = cv2.absdiff(grey, np.full_like(grey, int(np.median(grey))))
    marks = off > _MARK
    if (off <= _GROUND).mean() < _PLAIN or not _MARKS[0] <= marks.mean() <= _MARKS[1]:
        return False
    _, _, found, _ = cv2.connectedComponentsWithStats(marks.astype(np.uint8), connectivity=8)
    glyphs = (found[1:, cv2.CC_STAT_AREA] >= _GLYPH_AREA) & (found[1:, cv2.CC_STAT_HEIGHT] >= _GLYPH_HEIGHT)
    return int(glyphs.sum()) >= _GLYPHS
