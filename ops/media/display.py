"""At which size a stored picture is to be shown: pixel aspect and quarter turns, the same for every reader."""

from __future__ import annotations

from fractions import Fraction

__all__ = ["display_size", "sane_pixel_aspect"]

_NEARLY_SQUARE = Fraction(1, 100)
"""A pixel aspect this near to 1 is what scaling to whole pixels leaves behind, not anamorphic video: to follow
it would resample a whole film to gain a column."""

_ASPECT_LIMIT = 8
"""Beyond 8:1 a pixel aspect is a damaged header; the widest in use squeeze 2.35:1 into 4:3 and the like."""


def sane_pixel_aspect(stated: Fraction | None) -> Fraction:
    """Width of a pixel over its height as a stream states it; 1 where it states none, or nonsense."""
    aspect = Fraction(stated or 1)
    return aspect if Fraction(1, _ASPECT_LIMIT) <= aspect <= _ASPECT_LIMIT else Fraction(1)


def display_size(coded_width: int, coded_height: int, pixel_aspect: Fraction, *, turned: bool) -> tuple[int, int]:
    """The (width, height) at which a stored picture is to be shown, in square pixels.

    Pixels are stretched in width, as players do; lines stay what they are. `turned`: by a quarter, either way.
    """
    aspect = pixel_aspect if abs(pixel_aspect - 1) > _NEARLY_SQUARE else Fraction(1)
    width = max(1, round(coded_width * aspect))
    return (coded_height, width) if turned else (width, coded_height)
