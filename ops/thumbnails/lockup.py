"""A title on a picture: where it stands, what is put behind it, and how well it can be read.

The letters keep clear of faces, of the corner where lists draw the duration, and of the progress bar. A scrim in the
frame's own deep tone grows from the edge that the title stands at, exactly as strong as the contrast needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from ops.box import Box
from ops.faces import Face
from ops.thumbnails.composition import BADGE, PROGRESS_BAR
from ops.thumbnails.legibility import LEAST_CAP, LIST_WIDTH, Legibility, read_at_list_size
from ops.thumbnails.palette import INK, luminance, rgb_of
from ops.thumbnails.typeface import STYLES, TAGLINES, can_set
from ops.thumbnails.typesetting import Block, blocks, drawn

__all__ = ["Lockup", "place", "with_lockup"]

_MARGIN = 0.055
"""Of the shorter side, kept clear at the edges."""

_WANTED_CONTRAST = 7.0
"""Of letters against what is behind them, after the scrim; WCAG asks 4.5, and compression takes some."""

_FACE_AIR = 0.10
"""Kept between a face and the letters, as a share of the face."""

_CHIN = 0.35
"""The same below it: a detector's box ends at the mouth as often as at the chin."""

_TAGLINE_HIDES = 0.15
"""Share of what is salient that a title with a tagline may cover: a line that is only nice to have must hide little."""

_LEAST_SCRIM, _MOST_SCRIM = 0.45, 0.96


@dataclass(frozen=True)
class Lockup:
    """A set title and its place.

    Attributes:
        block: The set title, in pixels.
        x: Left edge in pixels.
        y: Top edge in pixels.
        size: The picture's width and height in pixels.
        score: 0 to 1, how good the place is.
    """

    block: Block
    x: float
    y: float
    size: tuple[int, int]
    score: float

    @property
    def box(self) -> Box:
        """What it covers, in fractions of the picture."""
        width, height = self.size
        return Box(self.x / width, self.y / height, self.block.width / width, self.block.height / height)


def place(
    text: str,
    lettering: str,
    size: tuple[int, int],
    *,
    faces: Sequence[Face],
    saliency_map: np.ndarray,
    tagline: str = "",
    clear_of: Sequence[Box] = (),
) -> Lockup | None:
    """The best place for a title, or None where it cannot be set, or nowhere large enough and clear of faces.

    A tagline must be as legible as the title: where both have no room, neither is placed.

    Args:
        text: The words.
        lettering: A name of `STYLES`.
        size: The picture's width and height in pixels.
        faces: As fractions of the picture.
        saliency_map: (h, w) float32, 0 to 1, of the picture.
        tagline: A line under it; empty for none.
        clear_of: What else the letters may not touch, as fractions of the picture.
    """
    style = STYLES[lettering]
    if not can_set(text, style) or (tagline and not can_set(tagline, TAGLINES[lettering])):
        return None
    width, height = size
    tall = height > 1.2 * width
    kept = [*(_with_air(face) for face in faces), *clear_of, BADGE, PROGRESS_BAR]
    integral = np.pad((saliency_map.astype(np.float64) ** 2).cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    least = LEAST_CAP * width / LIST_WIDTH
    found: list[Lockup] = []
    shares = (0.5, 0.62, 0.74, 0.86) if tall or width <= height else (0.28, 0.36, 0.44, 0.54, 0.66, 0.8)
    for centred in (True,) if tall else (False, True):
        for block in blocks(
            text,
            style,
            widths=tuple(share * width for share in shares),
            tallest=(0.36 if tall else 0.56) * height,
            largest_cap=0.17 * min(width, 1.2 * height),
            centred=centred,
            tagline=tagline,
            tagline_style=TAGLINES[lettering],
            least_cap=least,
        ):
            if block.cap >= least:
                found += _places(block, size, kept, integral, most_hidden=_TAGLINE_HIDES if tagline else 1.0)
    return max(found, key=lambda each: each.score, default=None)


def with_lockup(picture: Image.Image, lockup: Lockup, palette: tuple[str, ...]) -> tuple[Image.Image, Legibility]:
    """The picture with the title on it, and how it reads at the size of a list.

    Args:
        picture: RGB, of the lockup's size.
        lockup: From `place`.
        palette: Deep tone and accent as "#rrggbb".
    """
    deep, accent = (np.array(rgb_of(colour), np.float32) for colour in palette)
    letters, rule = drawn(lockup.block, lockup.size, (lockup.x, lockup.y))
    behind = np.asarray(picture, np.float32)
    behind = _scrimmed(behind, lockup, deep)
    ink, bar = (np.asarray(mask, np.float32)[..., None] / 255.0 for mask in (letters, rule))
    shadow = cv2.GaussianBlur(np.maximum(ink, bar)[..., 0], (0, 0), max(1.0, 0.16 * lockup.block.cap))[..., None]
    behind += (0.6 * deep - behind) * (0.50 * np.clip(1.4 * shadow, 0, 1))
    made = behind + (np.array(INK, np.float32) - behind) * ink
    made += (accent - made) * bar
    out = np.clip(np.rint(made), 0, 255).astype(np.uint8)
    return Image.fromarray(out), read_at_list_size(
        out, ink[..., 0], cap=lockup.block.cap, headline=lockup.block.headline
    )


def _with_air(face: Face) -> Box:
    air = _FACE_AIR
    return Box(face.x - air * face.w, face.y - air * face.h, (1 + 2 * air) * face.w, (1 + air + _CHIN) * face.h)


def _places(
    block: Block, size: tuple[int, int], kept: Sequence[Box], integral: np.ndarray, *, most_hidden: float
) -> list[Lockup]:
    """Where the block fits, on the left, the middle or the right, low, high or half-way, each with its score."""
    width, height = size
    margin = _MARGIN * min(width, height)
    free_x, free_y = width - block.width - 2 * margin, height - block.height - 2 * margin
    if free_x < 0 or free_y < 0:
        return []
    xs = [(free_x / 2, 0.95)] if block.centred else [(0.0, 1.0), (free_x, 0.82)]
    heights = ((1.0, 1.0), (0.93, 1.0), (0.86, 0.97), (0.5, 0.5 if height > width else 0.9), (0.0, 0.86))
    ys = [(free_y * share, likes) for share, likes in heights]
    found = []
    for x, likes_x in xs:
        for y, likes_y in ys:
            box = Box((margin + x) / width, (margin + y) / height, block.width / width, block.height / height)
            if any(box.overlap(each) > 0 for each in kept):
                continue
            hidden = _share(integral, box)
            if hidden > most_hidden:
                continue
            large = float(np.interp(LIST_WIDTH * block.headline / width, (LEAST_CAP, 13.0), (0.0, 1.0)))
            score = 0.36 * large + 0.44 * (1.0 - min(1.0, 2.6 * hidden)) + 0.20 * likes_x * likes_y
            if block.centred and width > height:
                score -= 0.06  # to one side, a wide picture keeps its subject and its title apart
            found.append(Lockup(block, margin + x, margin + y, size, score))
    return found


def _share(integral: np.ndarray, box: Box) -> float:
    """The share of the picture's saliency that lies in a box."""
    left, top, right, bottom = box.pixels(integral.shape[1] - 1, integral.shape[0] - 1)
    inside = integral[bottom, right] - integral[top, right] - integral[bottom, left] + integral[top, left]
    return float(inside / max(integral[-1, -1], 1e-6))


def _scrimmed(picture: np.ndarray, lockup: Lockup, deep: np.ndarray) -> np.ndarray:
    """The picture darkened towards the deep tone from the title's edge, as far as its letters need."""
    shape = _scrim_shape(lockup)
    left, top, right, bottom = lockup.box.pixels(*lockup.size)
    part, cover = (whole[top:bottom, left:right] for whole in (picture, shape))
    part, cover = (cv2.resize(each, (64, 32), interpolation=cv2.INTER_AREA) for each in (part, cover))
    wanted = (float(luminance(np.array(INK))) + 0.05) / _WANTED_CONTRAST - 0.05
    low, high = _LEAST_SCRIM, _MOST_SCRIM
    for _ in range(12):
        middle = (low + high) / 2
        share = (middle * cover)[..., None]
        bright = float(np.percentile(luminance(part * (1 - share) + deep * share), 95))
        low, high = (low, middle) if bright <= wanted else (middle, high)
    share = (high * shape)[..., None]
    return picture * (1 - share) + deep * share


def _scrim_shape(lockup: Lockup) -> np.ndarray:
    """(H, W) float32, 1 behind the letters, falling softly to 0: from an edge, or about the block where it floats."""
    width, height = lockup.size
    box = lockup.box
    x = ((np.arange(width, dtype=np.float32) + 0.5) / width)[None, :]
    y = ((np.arange(height, dtype=np.float32) + 0.5) / height)[:, None]
    beside = box.w < 0.6 and not lockup.block.centred
    reach_x, reach_y = 0.34, 0.26
    across = _falling(np.maximum(box.x - x, x - box.right), 0.015, reach_x) if beside else np.ones_like(x)
    if beside and box.centre[0] < 0.5:
        across = _falling(x - box.right, 0.015, reach_x)
    elif beside:
        across = _falling(box.x - x, 0.015, reach_x)
    if box.bottom > 0.8:
        down = _falling(box.y - y, 0.02, reach_y)
    elif box.y < 0.2:
        down = _falling(y - box.bottom, 0.02, reach_y)
    else:
        down = _falling(np.maximum(box.y - y, y - box.bottom), 0.03, reach_y)
    if beside:  # the whole side darkens a little, so that the patch has no edge of its own
        down = 0.42 + 0.58 * down
    return (across * down).astype(np.float32)


def _falling(distance: np.ndarray, full: float, reach: float) -> np.ndarray:
    """1 up to `full` past an edge, 0 from `reach` past it, without a corner between."""
    share = 1.0 - np.clip((distance - full) / (reach - full), 0.0, 1.0)
    return share * share * share * (share * (6.0 * share - 15.0) + 10.0)
