"""How a film's picture is framed in the trailer's: its bars cut off, fitted with even bars or cropped by a window.

Everything is worked out once in whole pixels, so that each piece of a trailer has its picture at the same place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor

from ops.errors import MediaError
from ops.trailer.events import CropKnot

__all__ = ["Framing", "frame_picture", "window_size"]

_NEARLY = 0.02
"""Bars narrower than this share of a side together look like a fault: the picture is cropped that little instead."""

_NO_RESAMPLING = 0.01
"""A change of size below this is not worth the sharpness that resampling takes: whole pixels are kept."""


@dataclass(frozen=True)
class Framing:
    """What is cut out of the stored picture, how large it becomes, and where it moves and lands.

    Attributes:
        crop: Left, top, width and height in stored pixels; None for the whole picture.
        size: Width and height after scaling.
        resized: Whether scaling changes anything.
        moving: Filters behind the scaling: the window that follows the knots, then the bars.
    """

    crop: tuple[int, int, int, int] | None
    size: tuple[int, int]
    resized: bool
    moving: tuple[str, ...]

    @property
    def crop_filter(self) -> str:
        """The crop ahead of the scaling."""
        if self.crop is None:
            return ""
        left, top, width, height = self.crop
        return f"crop={width}:{height}:{left}:{top}:exact=1"


def window_size(
    display: tuple[int, int], picture: tuple[float, float, float, float], aspect: float
) -> tuple[float, float]:
    """Width and height of the largest window of an aspect inside the picture, as shares of the whole film frame."""
    left, top, right, bottom = picture
    width, height = (right - left) * display[0], (bottom - top) * display[1]
    across = min(width, height * aspect)
    return across / display[0], min(height, across / aspect) / display[1]


def frame_picture(
    stored: tuple[int, int],
    display: tuple[int, int],
    picture: tuple[float, float, float, float],
    target: tuple[int, int],
    *,
    knots: Sequence[CropKnot] = (),
    first_frame: int = 0,
) -> Framing:
    """Frame a film's picture.

    Args:
        stored: Width and height of its stored frames, after rotation.
        display: Width and height at which they are shown.
        picture: What is inside the bars: left, top, right, bottom as shares.
        target: Width and height of the trailer's picture.
        knots: Where a window of the trailer's aspect stands in the film's frame; none fits the whole picture.
        first_frame: Frame of the clip, as knots count, at which this stretch begins.

    Raises:
        MediaError: The bars leave no picture.
    """
    if knots:
        return _windowed(stored, display, picture, target, knots=knots, first_frame=first_frame)
    box = _pixels(stored, picture)
    squash = (display[0] / stored[0], display[1] / stored[1])
    across, down = (box[2] * squash[0], box[3] * squash[1])
    scale = min(target[0] / across, target[1] / down)
    fill = max(target[0] / across, target[1] / down)
    if scale / fill >= 1 - _NEARLY:  # a hair's breadth of bar: fill, and lose that much of the long side
        keep = (target[0] / fill / squash[0], target[1] / fill / squash[1])
        box = _middle(box, keep)
        size = target
    else:
        size = tuple(_even(side * scale) for side in (across, down))
        size = (min(size[0], target[0]), min(size[1], target[1]))
    if abs(squash[0] - squash[1]) < 0.01 and all(
        abs(made - has) <= _NO_RESAMPLING * has for made, has in zip(size, box[2:], strict=True)
    ):
        size = (min(box[2], target[0]), min(box[3], target[1]))
        box = _middle(box, size)
    whole = box == (0, 0, *stored)
    return Framing(None if whole else box, size, size != box[2:], _bars(size, target))


def _windowed(
    stored: tuple[int, int],
    display: tuple[int, int],
    picture: tuple[float, float, float, float],
    target: tuple[int, int],
    *,
    knots: Sequence[CropKnot],
    first_frame: int,
) -> Framing:
    """The strip that the window passes over is cut out and scaled, then the window moves over it pixel by pixel.

    Moving after scaling makes the steps those of the trailer's pixels, not the film's, so that slow moves stay smooth.
    """
    wide, high = window_size(display, picture, target[0] / target[1])
    left, top, right, bottom = picture
    places = [(min(max(knot.left, left), right - wide), min(max(knot.top, top), bottom - high)) for knot in knots]
    lefts, tops = [place[0] for place in places], [place[1] for place in places]
    moves = (max(lefts) > min(lefts), max(tops) > min(tops))
    strip = (min(lefts), min(tops), max(lefts) + wide, max(tops) + high)
    box = _pixels(stored, strip, inward=False, within=picture)
    zoom = (target[0] / (wide * stored[0]), target[1] / (high * stored[1]))
    size = (
        max(target[0], _even(box[2] * zoom[0])) if moves[0] else target[0],
        max(target[1], _even(box[3] * zoom[1])) if moves[1] else target[1],
    )
    filters: tuple[str, ...] = ()
    if any(moves):
        x, y = (
            _path(
                [
                    (knot.frame - first_frame, (place[axis] * stored[axis] - box[axis]) * zoom[axis])
                    for knot, place in zip(knots, places, strict=True)
                ]
            )
            for axis in (0, 1)
        )
        filters = (f"crop={target[0]}:{target[1]}:x='{x}':y='{y}':exact=1",)
    return Framing(box, size, size != box[2:], filters)


def _path(points: Sequence[tuple[int, float]]) -> str:
    """Straight lines through points of (frame, pixels), as an expression in the frame `n`: a sum of ramps."""
    terms = [f"{points[0][1]:.3f}"]
    for (a, x), (b, y) in pairwise(points):
        if abs(y - x) > 1e-3 and b > a:
            terms.append(f"({y - x:.3f})*clip((n-({a}))/{b - a},0,1)")
    return "+".join(terms)


def _pixels(
    stored: tuple[int, int],
    shares: tuple[float, float, float, float],
    *,
    inward: bool = True,
    within: tuple[float, float, float, float] | None = None,
) -> tuple[int, int, int, int]:
    """Left, top, width and height in even pixels where there is something to cut; never a line of a bar."""
    spans = []
    for side, low, high, least, most in zip(
        stored, shares[:2], shares[2:], (within or shares)[:2], (within or shares)[2:], strict=True
    ):
        first = 2 * (ceil if inward else floor)(round(low * side, 3) / 2)
        last = side if high * side > side - 1 else 2 * (floor if inward else ceil)(round(high * side, 3) / 2)
        first = max(first, 2 * ceil(round(least * side, 3) / 2))
        last = min(last, side if most * side > side - 1 else 2 * floor(round(most * side, 3) / 2))
        spans.append((first, last - first))
    (x, width), (y, height) = spans
    if width < 2 or height < 2:
        raise MediaError("no picture is left inside its bars", where=shares, fix="Analyse the film's bars again.")
    return x, y, width, height


def _middle(box: tuple[int, int, int, int], keep: tuple[float, float]) -> tuple[int, int, int, int]:
    """The middle of a box, so large as to be kept, in even pixels."""
    x, y, width, height = box
    wide = width if keep[0] >= width - 1 else min(width, _even(keep[0]))
    high = height if keep[1] >= height - 1 else min(height, _even(keep[1]))
    return x + 2 * ((width - wide) // 4), y + 2 * ((height - high) // 4), wide, high


def _bars(size: tuple[int, int], target: tuple[int, int]) -> tuple[str, ...]:
    if size == target:
        return ()
    x, y = (2 * round((whole - side) / 4) for whole, side in zip(target, size, strict=True))
    return (f"pad={target[0]}:{target[1]}:{x}:{y}:black",)


def _even(value: float) -> int:
    return max(2, 2 * round(value / 2))
