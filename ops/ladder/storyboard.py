"""Pictures for scrubbing: small frames on sheets, and the WebVTT that says where each lies.

A cue's payload is a sheet's name with `#xywh=`, the spatial fragment of W3C's Media Fragments URI, as players read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

__all__ = ["LONGER_SIDE", "interval_s", "tile_size", "write_storyboard"]

LONGER_SIDE = 240
"""Pixels of a picture's longer side: as wide as what is shown above the scrubber, sharp at 120 on dense screens."""

COLUMNS, ROWS = 6, 6
"""Pictures on a sheet: 1440 x 810 pixels for a wide film, some 150 kB, fetched once for half a minute."""

_INTERVALS_S = (1.0, 2.0, 5.0, 10.0)
_MOST = 400
_QUALITY = 72


def interval_s(duration_s: float) -> float:
    """Seconds between pictures: one, or as many as keep a long film's pictures to a few sheets."""
    return next((each for each in _INTERVALS_S if duration_s / each <= _MOST), _INTERVALS_S[-1])


def tile_size(width: int, height: int) -> tuple[int, int]:
    """Width and height of one picture, even, in the film's shape."""
    scale = LONGER_SIDE / max(width, height)
    return max(2, 2 * round(width * scale / 2)), max(2, 2 * round(height * scale / 2))


def write_storyboard(
    pictures: Sequence[np.ndarray], every_s: float, duration_s: float, folder: Path
) -> dict[str, Path]:
    """Write sheets and cues; returns the files by name.

    Args:
        pictures: (H, W, 3) uint8 RGB, the n-th shown at n times `every_s`.
        every_s: Seconds between them.
        duration_s: Where the last cue ends.
        folder: Where to write.
    """
    height, width = pictures[0].shape[:2]
    files, cues = {}, ["WEBVTT", ""]
    for sheet, first in enumerate(range(0, len(pictures), COLUMNS * ROWS)):
        own = pictures[first : first + COLUMNS * ROWS]
        columns = min(COLUMNS, len(own))
        paper = Image.new("RGB", (columns * width, -(-len(own) // columns) * height))
        name = f"storyboard_{sheet}.jpg"
        for place, picture in enumerate(own):
            x, y = place % columns * width, place // columns * height
            paper.paste(Image.fromarray(picture), (x, y))
            begins = (first + place) * every_s
            ends = duration_s if first + place == len(pictures) - 1 else begins + every_s
            cues += [f"{_clock(begins)} --> {_clock(ends)}", f"{name}#xywh={x},{y},{width},{height}", ""]
        files[name] = folder / name
        paper.save(files[name], "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    files["storyboard.vtt"] = folder / "storyboard.vtt"
    files["storyboard.vtt"].write_text("\n".join(cues), encoding="utf-8")
    return files


def _clock(seconds: float) -> str:
    """HH:MM:SS.mmm, as WebVTT asks."""
    rest, milliseconds = divmod(round(seconds * 1000), 1000)
    return f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}.{milliseconds:03}"
