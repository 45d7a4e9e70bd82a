"""The trailers that a title gets, as data: how long, in what shape, how loud for where they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

__all__ = ["CUTS", "LEAST_SOURCE", "Cut", "Destination", "picture_size"]

LEAST_SOURCE = 3
"""A film must be at least so many times as long as the trailer: less is the film, not a trailer."""

_TALLEST, _WIDEST = 1080, 1920
"""No trailer is rendered larger; its ladder begins here."""


class Destination(StrEnum):
    """Where a trailer is shown, by what that place asks of its loudness."""

    WEB = "web"
    """YouTube, Spotify and most of the web play at -14 LUFS."""
    MOBILE = "mobile"
    """Apple Podcasts and AES TD1008 for phones: -16 LUFS."""
    BROADCAST = "broadcast"
    """EBU R128: -23 LUFS."""

    @property
    def target_lufs(self) -> float:
        """Programme loudness."""
        return {"web": -14.0, "mobile": -16.0, "broadcast": -23.0}[self.value]

    @property
    def peak_dbtp(self) -> float:
        """Highest true peak that is taken."""
        return -1.0


@dataclass(frozen=True)
class Cut:
    """One of the trailers of a title.

    Attributes:
        name: Its name in the store: "trailer_30".
        seconds: Its length.
        shape: Width over height; None for the film's own.
        structure: The structure, in `structures.toml`, that it is told by.
    """

    name: str
    seconds: int
    shape: Fraction | None
    structure: str

    def source_too_short(self, film_s: float) -> str:
        """Why no such trailer is cut from a film of this length, in words; empty where one is."""
        least = LEAST_SOURCE * self.seconds
        if film_s >= least:
            return ""
        return (
            f"the film is {film_s:.0f} s long; a trailer of {self.seconds} s is cut from {least} s or more, "
            f"{LEAST_SOURCE} times its length"
        )


CUTS: Mapping[str, Cut] = MappingProxyType({
    cut.name: cut
    for cut in (
        Cut("teaser_15", 15, None, "teaser"),
        Cut("trailer_30", 30, None, "trailer"),
        Cut("trailer_60", 60, None, "long"),
        Cut("vertical_30", 30, Fraction(9, 16), "feed"),
        Cut("square_30", 30, Fraction(1), "feed"),
    )
})  # fmt: skip
"""Every cut by its name."""


def picture_size(
    cut: Cut, film: tuple[int, int], picture: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
) -> tuple[int, int]:
    """Width and height of a cut's picture in pixels: even, at most 1920×1080 (1080×1920 upright), never above the film.

    The film's own shape keeps its bars, as its masters have them. Another shape is taken out of what is inside them.

    Args:
        cut: Which.
        film: The film's width and height as displayed.
        picture: Left, top, right and bottom of what is inside the bars, as shares.
    """
    width, height = film
    if cut.shape is None:
        longest, shortest = (_WIDEST, _TALLEST) if width >= height else (_TALLEST, _WIDEST)
        scale = min(1.0, longest / width, shortest / height)
        return _even(width * scale), _even(height * scale)
    left, top, right, bottom = picture
    inside_w, inside_h = width * (right - left), height * (bottom - top)
    tall = min(inside_h, inside_w / float(cut.shape), float(_WIDEST if cut.shape < 1 else _TALLEST))
    return _even(tall * float(cut.shape)), _even(tall)


def _even(pixels: float) -> int:
    return max(2, 2 * int(pixels / 2 + 1e-6))
