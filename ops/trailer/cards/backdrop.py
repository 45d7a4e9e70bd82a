"""What lies behind the words of a card: a picture of the film, out of focus and darkened, or the dark alone."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np

from ops.errors import MediaError
from ops.media.ffmpeg import run_ffmpeg
from ops.thumbnails.palette import palette_of, rgb_of
from ops.trailer.events import CropKnot
from ops.trailer.picture.framing import frame_picture, window_size
from ops.trailer.picture.source import FilmSource

__all__ = ["Backdrop", "Ground", "dark_ground", "film_ground"]

_STILL_S = 120.0
_WORKING = 640
"""Longest side, in pixels, at which a picture is put out of focus: nothing finer is left of it."""

_MEAN, _BRIGHTEST = 31.0, 78.0
"""Luma that a backdrop has on average and at its brightest 1 %: letters stand out by 7:1, and it is still a picture."""

_BLACK, _MOSTLY = 20, 0.55
_BRASS = "#d9b45f"


@dataclass(frozen=True)
class Backdrop:
    """Which picture of the film lies behind a card.

    Attributes:
        frame: Its number in the film.
        film: The film's hash.
        picture: What is inside the film's bars.
        knot: Where a narrow shape is cut out; None for its middle.
    """

    frame: int
    film: str
    picture: tuple[float, float, float, float]
    knot: tuple[float, float] | None = None


@dataclass(frozen=True)
class Ground:
    """A backdrop ready to be moved.

    Attributes:
        light: (h, w, 3) float32, RGB 0 to 255, of the card's proportions.
        accent: Colour of the rule.
    """

    light: np.ndarray
    accent: tuple[int, int, int]


def film_ground(backdrop: Backdrop, source: FilmSource, size: tuple[int, int], rate: Fraction) -> Ground:
    """The film's picture, out of focus, darkened, its corners falling off; the dark alone where it is mostly black.

    Raises:
        MediaError: The film cannot be decoded there.
    """
    small = _reduced(size)
    still = _still(backdrop, source, small, rate)
    if float((still.max(axis=2) < _BLACK).mean()) > _MOSTLY:  # letters on black, out of focus, look like smoke
        return dark_ground(size)
    blurred = cv2.GaussianBlur(still.astype(np.float32), (0, 0), 0.022 * max(small), borderType=cv2.BORDER_REFLECT)
    grey = blurred @ np.array([0.2126, 0.7152, 0.0722], np.float32)
    blurred = 0.8 * blurred + 0.2 * grey[..., None]
    gain = min(_MEAN / max(1.0, float(grey.mean())), _BRIGHTEST / max(1.0, float(np.percentile(grey, 99))), 1.1)
    return Ground(blurred * gain * _falling(small)[..., None], rgb_of(palette_of(still)[1]))


def dark_ground(size: tuple[int, int]) -> Ground:
    """Near black with a breath of light in the middle: pure black looks like a fault."""
    small = _reduced(size)
    tone = np.array([17.0, 18.5, 21.0], np.float32)
    return Ground(_falling(small)[..., None] ** 2 * tone, rgb_of(_BRASS))


def _reduced(size: tuple[int, int]) -> tuple[int, int]:
    scale = min(1.0, _WORKING / max(size))
    return max(2, 2 * round(size[0] * scale / 2)), max(2, 2 * round(size[1] * scale / 2))


def _falling(size: tuple[int, int]) -> np.ndarray:
    """(h, w) float32: 1 in the middle, falling to the corners."""
    y = np.linspace(-1, 1, size[1], dtype=np.float32)[:, None]
    x = np.linspace(-1, 1, size[0], dtype=np.float32)[None, :]
    return 1.0 - 0.55 * np.clip((x * x + y * y) / 2.0, 0.0, 1.0)


def _still(backdrop: Backdrop, source: FilmSource, size: tuple[int, int], rate: Fraction) -> np.ndarray:
    """(h, w, 3) uint8: a frame of the film in the card's proportions, without bars, in the film's own colours."""
    knot = backdrop.knot
    if knot is None:
        left, top, right, bottom = backdrop.picture
        wide, high = window_size(source.size, backdrop.picture, size[0] / size[1])
        knot = ((left + right - wide) / 2, (top + bottom - high) / 2)
    framing = frame_picture(source.stored, source.size, backdrop.picture, size, knots=[CropKnot(0, *knot)])
    frame = backdrop.frame
    graph = ",".join(
        [
            *source.frame_filters(frame, frame + 1, rate, to_the_end=False),
            *source.colour_filters(framing.crop_filter, framing.size, resized=True),
            "scale=in_color_matrix=bt709:in_range=tv:out_range=pc,format=rgb24",
        ]
    )
    raw = b""
    for attempt in range(source.attempts()):
        done = run_ffmpeg(
            [*source.input_args(frame, rate, attempt), "-filter_complex", f"[0:v]{graph}[still]", "-map", "[still]",
             "-frames:v", "1", "-f", "rawvideo", "-"],
            timeout_s=_STILL_S,
        )  # fmt: skip
        raw = done.stdout
        if len(raw) == size[0] * size[1] * 3:
            break
    else:
        raise MediaError(
            f"frame {frame} cannot be decoded", where=source.path, fix="Analyse the film again: it may be shorter."
        )
    return np.frombuffer(raw, np.uint8).reshape(size[1], size[0], 3)
