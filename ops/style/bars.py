"""What is inside a film's black bars, told from a few of its pictures."""

from __future__ import annotations

from pathlib import Path

from ops.box import WHOLE, Box
from ops.keyframes.bars import picture_areas, read_edges
from ops.media.film_reader import open_film
from ops.media.frames import read_frames

__all__ = ["picture_inside"]

_LOOKS = 12
"""Pictures, spread over the film: a bar is black in all of them, and some are bright enough to show where it ends."""

_WIDTH = 640


def picture_inside(film: Path) -> Box:
    """What is inside the bars that a film has throughout, upright as it is shown; the whole where it has none.

    Raises:
        MediaError: The film cannot be opened or is damaged where it is looked at.
    """
    with open_film(film) as reader:
        duration_s = reader.duration_s
    if duration_s is None:
        return WHOLE
    times_s = [duration_s * (look + 0.5) / _LOOKS for look in range(_LOOKS)]
    found = [next(read_frames(film, width=_WIDTH, start_s=time_s), None) for time_s in times_s]
    pictures = [each.rgb for each in found if each is not None]
    return picture_areas([read_edges(pictures)])[0] if pictures else WHOLE
