"""The picture that a player shows before the film begins: a good frame, not black, no title card where there is one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from ops.lettering import lettering
from ops.media.frames import read_frames
from ops.still_quality import still_quality

__all__ = ["choose_poster", "write_poster"]

_CARD = 0.6
"""Share of one plain tone from which a frame is a card: Sintel's have 0.9, its snow fields 0.5."""

_QUALITY = 88


def choose_poster(pictures: Sequence[np.ndarray]) -> int:
    """The best of some (H, W, 3) uint8 RGB frames of a film, by its place.

    Sharpness, exposure, contrast and colour speak for a frame; words on it and a plain ground against.
    """
    return int(np.argmax([_worth(picture) for picture in pictures]))


def write_poster(film: Path, time_s: float, path: Path) -> None:
    """Write the film's frame at or just after a time, in its full size.

    Raises:
        MediaError: The film cannot be read there.
    """
    frame = next(iter(read_frames(film, start_s=time_s)))
    Image.fromarray(frame.rgb).save(path, "JPEG", quality=_QUALITY, optimize=True, progressive=True)


def _worth(picture: np.ndarray) -> float:
    area = _without_bars(picture)
    if min(area.shape[:2]) < 16:
        return -3.0
    quality = still_quality(area)
    worth = quality.focus + quality.exposure + 2 * quality.contrast + min(quality.colourfulness, 60) / 120
    words = float(lettering(area).mean())
    if quality.plainness > _CARD or words > 0.02:
        worth -= 2.0
    return worth - 10 * words


def _without_bars(picture: np.ndarray) -> np.ndarray:
    """The picture inside the black bars that were put around it."""
    bright = picture.max(axis=-1) > 24
    rows, columns = np.flatnonzero(bright.any(axis=1)), np.flatnonzero(bright.any(axis=0))
    if not len(rows) or not len(columns):
        return picture[:0]
    return picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
