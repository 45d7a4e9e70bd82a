"""The frame reader: a film's pictures as arrays, one at a time, each with its exact presentation time.

Decoding and scaling are FFmpeg's, through PyAV, in its own threads; a picture is made small before it
becomes an array, so that a film costs the memory of a few frames whatever its length. What comes out is what
a viewer would see: the container's pixel aspect, rotation and mirroring are applied, the range is full.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from ops.errors import MediaError
from ops.media.film_reader import FilmReader, open_film

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

__all__ = ["Frame", "read_frames", "read_frames_at", "yuv_matrix"]

_SEEK_MARGIN_S = 2.0
"""Nearer than this ahead, decoding on is cheaper than a seek, which goes back to the last key frame."""


_CLOCK_SLACK_S = Fraction(1, 2_000_000)
"""A time that went through a float still means the picture it was read from."""


@dataclass(frozen=True)
class Frame:
    """One picture of a film.

    Attributes:
        index: Its place in this reading, from 0; the place in the film where the reading began at its start.
        pts: Presentation time in the stream's time base, as the container has it.
        time_s: The same in seconds.
        rgb: (H, W, 3) uint8, RGB, full range, as displayed.
    """

    index: int
    pts: int
    time_s: float
    rgb: np.ndarray


def read_frames(
    path: Path,
    *,
    size: tuple[int, int] | None = None,
    width: int | None = None,
    start_s: float = 0.0,
    end_s: float | None = None,
) -> Iterator[Frame]:
    """Read a film from `start_s` (inclusive) to `end_s` (exclusive), by presentation time.

    Args:
        path: The film.
        size: Exact (width, height) of the pictures; may change their proportions.
        width: Width of the pictures, height in proportion; never enlarged. Neither: the display size.
        start_s: Where to begin, by seeking.
        end_s: Where to stop; None is the end.

    Raises:
        MediaError: The film cannot be opened, or is damaged on the way.
    """
    with open_film(path) as reader:
        scale = _Scaler(reader, reader.fit(width, size))
        start = ceil((Fraction(start_s) - _CLOCK_SLACK_S) / reader.time_base)
        pictures = reader.pictures_from(start)
        for index, (pts, picture) in enumerate(pictures):
            time = pts * reader.time_base
            if end_s is not None and time >= end_s - _CLOCK_SLACK_S:
                return
            yield Frame(index=index, pts=pts, time_s=float(time), rgb=scale(picture))


def read_frames_at(path: Path, pts: Sequence[int], *, width: int | None = None) -> Iterator[Frame]:
    """Read exactly the pictures shown at these presentation times (ascending, in the stream's time base).

    `Frame.index` counts the pictures asked for. Far ones are reached by seeking.

    Raises:
        MediaError: The film cannot be opened, is damaged on the way, or has no picture at one of the times.
        ValueError: The times do not ascend.
    """
    if any(b <= a for a, b in pairwise(pts)):
        raise ValueError("the presentation times must ascend")
    with open_film(path) as reader:
        scale = _Scaler(reader, reader.fit(width))
        margin = round(_SEEK_MARGIN_S / reader.time_base)
        pictures, here = reader.pictures(), reader.first_pts
        for index, wanted in enumerate(pts):
            if wanted > here + margin:
                pictures = reader.pictures_from(wanted)
            found = next((each for each in pictures if each[0] >= wanted), None)
            if found is None or found[0] != wanted:
                raise MediaError(
                    f"no picture is shown at {float(wanted * reader.time_base):.6f} s (pts {wanted})",
                    where=path,
                    fix="Ask for times that analysing this very file gave.",
                )
            yield Frame(index=index, pts=wanted, time_s=float(wanted * reader.time_base), rgb=scale(found[1]))
            here = wanted


class _Scaler:
    """Stored pictures to displayed RGB of one size; keeps swscale's tables between frames."""

    def __init__(self, reader: FilmReader, size: tuple[int, int]) -> None:
        self._orientation = reader.orientation
        self._stored = reader.orientation.size(*size)
        self._reformatter = VideoReformatter()

    def __call__(self, picture: VideoFrame) -> np.ndarray:
        width, height = self._stored
        small = self._reformatter.reformat(
            picture,
            width=width,
            height=height,
            format="rgb24",
            src_colorspace=yuv_matrix(picture),
            dst_color_range=ColorRange.JPEG,
            interpolation=Interpolation.BICUBIC,
            threads=1,  # decoding already keeps the cores busy
        )
        return np.ascontiguousarray(self._orientation.turn(small.to_ndarray()))


def yuv_matrix(picture: VideoFrame) -> Colorspace | None:
    """The YUV matrix where the stream names none: BT.709 for HD, BT.601 below, as players do."""
    unspecified = 2  # ISO/IEC 23091-2, MatrixCoefficients
    if picture.colorspace != unspecified or picture.format.is_rgb:
        return None
    return Colorspace.ITU709 if picture.width >= 1280 or picture.height > 576 else Colorspace.ITU601
