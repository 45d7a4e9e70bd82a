"""Words laid over or instead of a picture: titles, credits, captions. A thumbnail should show the film, not its text.

Letters are strokes of one colour and width, of like height, side by side on one line: thin bright or dark parts are
found by a top-hat, joined into glyphs, and glyphs into lines; what makes no line of glyphs is texture. (Epshtein, Ofek
and Wexler, "Detecting text in natural scenes with stroke width transform", CVPR 2010, gave the tests; here without its
edge pairing, whose rays cost a hundred times more.)
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

__all__ = ["MASK_SIZE", "lettering"]

MASK_SIZE = (160, 90)
"""(width, height) of the map of where text is."""

_WIDTHS = (480, 200)
"""Working widths, for captions and for large titles."""
_LEAST_CONTRAST = 55
"""Luma by which letters stand out; titles are made to be read."""
_GLYPHS = 4
"""Fewest glyphs in a line."""


_Rectangle = tuple[int, int, int, int]


@dataclass(frozen=True)
class _Glyph:
    left: int
    top: int
    right: int
    bottom: int
    luma: float

    @property
    def height(self) -> int:
        return self.bottom - self.top


def lettering(rgb: np.ndarray) -> np.ndarray:
    """Where lines of text cover an (H, W, 3) uint8 RGB picture: (90, 160) bool, the whole picture scaled to it."""
    height, width = rgb.shape[:2]
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    covered = np.zeros((90, 160), bool)
    for across in _WIDTHS:
        scale = across / width
        down = max(16, round(height * scale))
        small = cv2.resize(grey, (across, down), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
        for left, top, right, bottom in _lines(small) + _logos(small):
            rows = slice(top * 90 // down, -(-bottom * 90 // down))
            covered[rows, left * 160 // across : -(-right * 160 // across)] = True
    return covered


def _lines(grey: np.ndarray) -> list[_Rectangle]:
    """Left, top, right, bottom of every line of glyphs."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (17, 17))
    lines: list[list[_Glyph]] = []
    for operation in (cv2.MORPH_TOPHAT, cv2.MORPH_BLACKHAT):
        strokes = cv2.morphologyEx(grey, operation, kernel) > _LEAST_CONTRAST
        lines += [line for line in _joined(_glyphs(strokes.astype(np.uint8), grey)) if _reads(line)]
    return [
        (min(g.left for g in ln), min(g.top for g in ln), max(g.right for g in ln), max(g.bottom for g in ln))
        for ln in lines
    ]


def _logos(grey: np.ndarray) -> list[_Rectangle]:
    """White shapes with hard edges and a long outline for their size: letters that touch each other."""
    height, width = grey.shape
    white = (grey >= 236).astype(np.uint8)
    edge = cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((5, 5), np.uint8))
    contours, _ = cv2.findContours(white, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(white, connectivity=8)
    if count > 400:  # sparkle, not lettering
        return []
    outlines = [np.zeros((0, 2), int)] * count
    for contour in contours:
        points = contour[:, 0, :]
        label = int(labels[points[0, 1], points[0, 0]])
        outlines[label] = np.vstack([outlines[label], points])
    found = []
    for label in range(1, count):
        x, y, w, h, area = (int(v) for v in boxes[label])
        inside_frame = x > 1 and y > 1 and x + w < width - 1 and y + h < height - 1
        if not inside_frame or not 0.002 * grey.size <= area <= 0.25 * grey.size:
            continue
        outline = outlines[label]
        hard = float((edge[outline[:, 1], outline[:, 0]] > 80).mean())
        if len(outline) / np.sqrt(area) > 7.0 and hard > 0.85:
            found.append((x, y, x + w, y + h))
    return found


def _glyphs(strokes: np.ndarray, grey: np.ndarray) -> list[_Glyph]:
    """Parts of one colour and one stroke width, of a letter's size and proportions."""
    height, width = grey.shape
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    inside = cv2.distanceTransform(strokes, cv2.DIST_L2, 3)
    found = []
    for label in range(1, min(count, 3000)):
        x, y, w, h, area = (int(v) for v in boxes[label])
        if not (5 <= h <= 0.3 * height and 1 <= w <= 2.2 * h and w < 0.25 * width):
            continue
        if x == 0 or y == 0 or x + w == width or y + h == height or not 0.2 <= area / (w * h) <= 0.98:
            continue
        part = labels[y : y + h, x : x + w] == label
        luma = grey[y : y + h, x : x + w][part]
        thickness = inside[y : y + h, x : x + w][part]
        core = luma[thickness >= np.median(thickness)]
        if float(core.std()) < 22 and float(thickness.max()) <= 0.32 * h + 1:
            found.append(_Glyph(x, y, x + w, y + h, float(core.mean())))
    return found


def _joined(glyphs: list[_Glyph]) -> list[list[_Glyph]]:
    """Glyphs that follow each other on one base line, alike in height and colour."""
    lines: list[list[_Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: (g.left, g.top)):
        for line in lines:
            last = line[-1]
            tall = max(last.height, glyph.height)
            if (
                -0.2 * tall <= glyph.left - last.right <= 1.3 * tall
                and abs(glyph.bottom - last.bottom) <= 0.25 * tall
                and min(last.height, glyph.height) >= 0.5 * tall
                and abs(glyph.luma - last.luma) < 24
            ):
                line.append(glyph)
                break
        else:
            lines.append([glyph])
    return lines


def _reads(line: list[_Glyph]) -> bool:
    """Enough glyphs, base and height in common: railings and windows fail on one of the three."""
    if len(line) < _GLYPHS:
        return False
    heights = np.array([g.height for g in line], float)
    bottoms = np.array([g.bottom for g in line], float)
    slope, offset = np.polyfit([g.left for g in line], bottoms, 1)
    off_base = np.abs(bottoms - (offset + slope * np.array([g.left for g in line])))
    lumas = np.array([g.luma for g in line])
    return bool(
        abs(slope) < 0.08
        and np.median(off_base) <= max(1.0, 0.08 * np.median(heights))
        and lumas.std() < 16
        and heights.std() < 0.35 * heights.mean()
    )
