"""Letterbox and pillarbox bars: where the picture really is.

Bars are alike in every shot of a film, so that what is left of them would make any two shots look related.
"""

from __future__ import annotations

import numpy as np

__all__ = ["PictureArea"]

_DARK = 32
"""Limited-range luma up to which a bar may reach: black (16) and the noise of compression on it."""

_EVERY = 4
"""Of how many pictures one is looked at: bars do not come and go."""

_LIT = 0.1
"""Share of a row or column that must ever have been brighter for it to hold picture, not a speck."""

_WIDEST_BAR = 0.3
"""A dark edge beyond this share of a side is a dark scene, not a bar (2.76:1 inside 4:3 has 0.26)."""

_SOFT_EDGE = 3
"""Pixels by which scaling smears a bar's edge into the picture."""


class PictureArea:
    """The rows and columns that ever held more than black, as far as the film has been seen."""

    def __init__(self, height: int, width: int) -> None:
        self._rows = np.zeros(height, bool)
        self._columns = np.zeros(width, bool)

    def look(self, luma: np.ndarray) -> tuple[slice, slice]:
        """Take in (n, H, W) uint8 pictures; return the rows and columns of the picture, in even numbers."""
        brightest = luma[::_EVERY].max(axis=0)
        self._rows |= (brightest > _DARK).mean(axis=1) > _LIT
        self._columns |= (brightest > _DARK).mean(axis=0) > _LIT
        return _span(self._rows), _span(self._columns)


def _span(lit: np.ndarray) -> slice:
    places = np.flatnonzero(lit)
    whole = slice(0, len(lit))
    if not len(places):
        return whole
    first, end = int(places[0]), int(places[-1]) + 1
    if first > _WIDEST_BAR * len(lit) or len(lit) - end > _WIDEST_BAR * len(lit):
        return whole
    if first:
        first += _SOFT_EDGE
    if end < len(lit):
        end -= _SOFT_EDGE
    first, end = first + first % 2, end - end % 2
    return slice(first, end) if end - first >= len(lit) // 4 else whole
