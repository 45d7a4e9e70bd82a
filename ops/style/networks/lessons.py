"""What style networks are taught: how a craftsman would work a picture on the grounds that the network is given.

A Gram matrix tells a network what a medium's texture is and nothing of how it meets a picture: small networks learn
one leathery bump from it for every medium. So each of the house's media is shown instead: rules that know the whole
picture (means of panes, washes of few tones, drawn contours) work it, and the network learns to come to the same in one
pass, where any two of them can be mixed. Everything but the picture is in the ground, so there is nothing to guess.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np

from ops.demo.paint import Mask, smooth
from ops.style.networks.content import crops
from ops.style.networks.ground import GROUNDS, TILE, ground_of
from ops.style.networks.paintings.ground import relief

__all__ = ["LESSONS", "Exercises", "Lesson", "exercises", "worked"]

_AROUND = 40
"""Pixels around an exercise that its lesson sees too."""

_Ground = Mapping[str, Mask]


@dataclass(frozen=True)
class Lesson:
    """How a picture is worked in a medium.

    Attributes:
        work: (H, W) luma of 0 to 1 and the grounds by name, (H, W) each, to about 0 to 1.
        grounds: The names of those that it takes.
    """

    work: Callable[[Mask, _Ground], Mask]
    grounds: tuple[str, ...]


@dataclass(frozen=True)
class Exercises:
    """Pictures and what was made of them.

    Attributes:
        given: (N, side, side) uint8 luma.
        made: The same, worked.
        places: (N, 2): how far down and across in the endless ground each lies.
    """

    given: np.ndarray
    made: np.ndarray
    places: np.ndarray


def worked(name: str, luma: Mask, *, down: int = 0, across: int = 0) -> Mask:
    """A picture worked in a medium.

    Args:
        name: Of `LESSONS`.
        luma: (H, W) float32, 0 to 1.
        down: Where in the endless ground the picture's corner is.
        across: The same.

    Returns:
        (H, W) float32, 0 to 1.
    """
    layers = ground_of(*luma.shape, down=down, across=across)[0].numpy()
    return np.clip(LESSONS[name].work(luma, dict(zip(GROUNDS, layers, strict=True))), 0.0, 1.0).astype(np.float32)


def exercises(
    name: str, contents: Sequence[Mask], count: int, *, side: int = 256, random: np.random.Generator
) -> Exercises:
    """Pieces of pictures, worked in a medium.

    Args:
        name: Of `LESSONS`.
        contents: (H, W) float32 luma, 0 to 1.
        count: How many.
        side: Pixels of a piece.
        random: Draws pieces, their light, and where on the ground they lie.
    """
    given = np.empty((count, side, side), np.uint8)
    made, places = np.empty_like(given), random.integers(0, TILE, (count, 2))
    inner = slice(_AROUND, _AROUND + side)
    for place in range(count):
        (piece,) = crops(contents, 1, side + 2 * _AROUND, random=random)[:, 0]
        down, across = (int(each) - _AROUND for each in places[place])
        given[place] = piece[inner, inner] * 255 + 0.5
        made[place] = worked(name, piece, down=down, across=across)[inner, inner] * 255 + 0.5
    return Exercises(given, made, places)


def _impasto(luma: Mask, ground: _Ground) -> Mask:
    """Thick swirling strokes, each a little lighter or darker; their ridges, and those of forms, catch the light."""
    base = _flat(luma)
    detail = smooth(0.015, 0.09, _blur(np.abs(base - _blur(base, 4)), 4))
    bristles = ground["brush"] * (1 - 0.6 * detail)  # a small brush where there is much to tell
    strokes = _blur(bristles, 3)
    forms = np.clip(4.5 * (_blur(base, 1.2) - _blur(base, 4)), -1, 1)
    paint = base * (1 + 0.34 * strokes + 0.10 * bristles) + 0.05 * strokes
    return paint * (0.28 + 0.72 * relief(_blur(bristles, 0.7) + forms, depth=0.36))


def _pointillism(luma: Mask, ground: _Ground) -> Mask:
    """Dots, each of one tone a little off its place's own, on a ground that shines through between."""
    within = _blur(_flat(luma), 2.2)
    inside = smooth(-0.62, 0.02, ground["dots"])
    tone = 0.5 + (within - 0.5) * 1.12 + (0.035 + 0.13 * within) * ground["dot_tones"] * 1.5
    between = 0.30 + 0.66 * within
    return between + (tone - between) * inside * (0.94 + 0.05 * ground["tooth"])


def _ink_wash(luma: Mask, ground: _Ground) -> Mask:
    """Washes laid over each other, their rims darker, a dry brush for contours, and much left to the paper."""
    tone = _blur(_flat(luma), 1.2)
    tone = np.clip((tone - 0.03) * 1.15, 0, 1)
    edge = tone + 0.035 * ground["clouds"]
    ink = np.zeros_like(tone)
    for level, amount in ((0.66, 0.16), (0.46, 0.24), (0.29, 0.34), (0.14, 0.5)):
        wash = smooth(level + 0.035, level - 0.035, edge)
        rim = np.clip(wash - _blur(wash, 5), 0, 1)
        ink += amount * (wash * (0.82 + 0.10 * ground["clouds"] + 0.10 * ground["tooth"]) + 0.9 * rim)
    dry = smooth(-0.55, 0.1, ground["hatching"] + 0.7)
    ink += 1.1 * _contours(luma, 1.5, 0.012) * (0.55 + 0.45 * dry)
    return (0.965 - 0.02 * ground["tooth"]) * np.exp(-1.45 * ink)


def _charcoal(luma: Mask, ground: _Ground) -> Mask:
    """The stick's side blackens the hills of the paper, the darker the deeper; contours are pressed on."""
    dark = 1 - np.clip((_flat(luma) - 0.02) * 1.08, 0, 1)
    paper = 0.65 * ground["tooth"] + 0.75 * ground["hatching"]
    laid = smooth(-0.20, 0.20, dark - 0.60 + 0.24 * paper)
    smudged = 0.42 * _blur(smooth(0.15, 0.95, dark), 3)
    pressed = _contours(luma, 1.3, 0.010) * (0.85 + 0.25 * ground["tooth"])
    return 0.95 - 0.85 * np.clip(np.maximum(np.maximum(0.86 * laid, smudged), pressed), 0, 1)


def _engraving(luma: Mask, ground: _Ground) -> Mask:
    """Lines that swell with the dark and bend with the form, crossed where it is darkest."""
    tone = _blur(np.clip(luma + 0.7 * (luma - _blur(luma, 6)), 0, 1), 0.8)
    dark = np.clip(1.02 - tone, 0, 1) ** 1.15
    bend = 2.5 * _blur(luma, 8)  # more of it, and lines swim with every change of light
    straight, between = np.sqrt(2) * ground["rows"], np.sqrt(2) * ground["rows_between"]
    ink = _line(straight * np.cos(bend) - between * np.sin(bend), 0.05 + 0.82 * dark)
    ink = np.maximum(ink, _line(np.sqrt(2) * ground["cross_rows"], 1.5 * (dark - 0.52)))
    ink = np.maximum(ink, 0.9 * _contours(luma, 1.1, 0.016))
    return 0.95 - 0.87 * ink * (0.97 + 0.05 * ground["tooth"])


def _stained_glass(luma: Mask, ground: _Ground) -> Mask:
    """Panes of one light each, whatever else is in them drawn on in lead; black cames between."""
    even = _flat(luma)
    pane = _means(even, ground["pane_tones"])
    like = np.exp(-(((even - pane) / 0.26) ** 2))
    glass = even + (pane - even) * like
    glass = 0.09 + 0.93 * smooth(-0.06, 1.04, glass)
    glass = glass * (1.06 + 0.22 * ground["pane_tones"] + 0.07 * ground["brush"] + 0.04 * ground["clouds"])
    cames = smooth(-0.80, -1.10, ground["panes"])
    lead = np.maximum(cames, 0.92 * _contours(luma, 1.6, 0.018))
    glow = 0.05 * _blur(np.clip(glass, 0, 1), 6)
    return np.clip(glass + glow, 0.05, 1) * (1 - lead) + 0.045 * lead


def _mosaic(luma: Mask, ground: _Ground) -> Mask:
    """Stones of one tone each, lit from the upper left, grout between."""
    stone = _means(np.clip(luma + 0.5 * (luma - _blur(luma, 9)), 0, 1), ground["stone_tones"])
    tone = stone * (1 + 0.20 * ground["stone_tones"]) + 0.025 * ground["stone_tones"]
    laid = smooth(-1.05, -0.55, ground["stones"])
    lit = relief(_blur(np.minimum(ground["stones"], 0.1), 0.6), depth=0.22)
    grout = 0.10 + 0.30 * _blur(luma, 8) + 0.02 * ground["tooth"]
    return grout + (tone * (0.25 + 0.75 * lit) * (1 + 0.025 * ground["tooth"]) - grout) * laid


def _woodblock(luma: Mask, ground: _Ground) -> Mask:
    """Few flat inks with the wood's grain in them, carved rows in the half dark, a key block of swelling contours."""
    even = np.clip(_blur(_flat(luma), 1.5) * 1.06, 0, 1)
    printed = np.full_like(even, 0.10)
    for level, amount in ((0.16, 0.17), (0.32, 0.21), (0.50, 0.23), (0.70, 0.24)):
        printed += amount * smooth(level - 0.03, level + 0.03, even)
    wiped = 0.30 * (even - 0.5)
    grain = (0.035 + 0.03 * (1 - even)) * ground["grain"]
    half_dark = smooth(0.10, 0.20, even) * smooth(0.52, 0.40, even)
    carved = 0.20 * half_dark * smooth(0.25, 0.6, ground["waves"])
    key = _contours(luma, 2.0, 0.012)
    return (printed + wiped + grain + carved) * (1 - 0.93 * key) + 0.05 * key


LESSONS: Mapping[str, Lesson] = MappingProxyType(
    {
        "impasto": Lesson(_impasto, ("brush",)),
        "pointillism": Lesson(_pointillism, ("dots", "dot_tones", "tooth")),
        "ink_wash": Lesson(_ink_wash, ("clouds", "tooth", "hatching")),
        "charcoal": Lesson(_charcoal, ("tooth", "hatching")),
        "engraving": Lesson(_engraving, ("rows", "rows_between", "cross_rows", "tooth")),
        "stained_glass": Lesson(_stained_glass, ("panes", "pane_tones", "brush", "clouds")),
        "mosaic": Lesson(_mosaic, ("stones", "stone_tones", "tooth")),
        "woodblock": Lesson(_woodblock, ("grain", "waves")),
    }
)
"""By the name of the style that learns from it; the order is that of the rows in the shipped weights."""


def _blur(field: Mask, sigma: float) -> Mask:
    return cv2.GaussianBlur(field, (0, 0), sigma)


def _flat(luma: Mask) -> Mask:
    """Without small texture, edges kept."""
    once = cv2.bilateralFilter(luma, 0, 0.09, 3.0)
    return np.asarray(cv2.bilateralFilter(once, 0, 0.07, 3.0), np.float32)


def _contours(luma: Mask, sigma: float, least: float) -> Mask:
    """Where a draughtsman draws: 0 to 1 on the dark side of edges (differences of Gaussians, Winnemöller 2012)."""
    difference = _blur(luma, sigma * 1.6) - _blur(luma, sigma)
    return smooth(least, 3.5 * least, difference)


def _line(wave: Mask, width: Mask) -> Mask:
    """Ink of rows whose cosine is given, of a width from 0, none, to 1, all."""
    away = np.arccos(np.clip(wave, -1, 1)) / np.pi
    return smooth(0.18, -0.18, away - width) * smooth(0.0, 0.08, width)


def _means(field: Mask, tones: Mask) -> Mask:
    """The mean of a field in each cell of a ground, told by its tone: no two cells of a tile share theirs."""
    _, first, cells = np.unique(tones, return_index=True, return_inverse=True)
    down, across = np.indices(tones.shape)
    first_down, first_across = (each.ravel()[first][cells.reshape(tones.shape)] for each in (down, across))
    # the same cell comes again a tile further on
    tile_down, tile_across = np.rint((down - first_down) / TILE), np.rint((across - first_across) / TILE)
    tile = tile_down * 1000 + tile_across
    _, flat = np.unique(cells.ravel() + len(first) * (tile - tile.min()).ravel(), return_inverse=True)
    sums = np.bincount(flat, weights=field.ravel().astype(np.float64))
    return np.asarray((sums / np.bincount(flat))[flat].reshape(field.shape), np.float32)
