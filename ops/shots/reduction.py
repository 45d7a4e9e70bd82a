"""The one decode: a film's pictures as small YUV planes, in batches, with exact times.

FFmpeg's scaler makes each picture small (about 256×144 pixels, its proportions kept) right after decoding, and
nothing larger is touched again: on 720p H.264 that costs less than a tenth of the decoding itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from ops.media.frames import yuv_matrix

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

    from ops.media.film_reader import FilmReader, Orientation

__all__ = ["Batch", "reduce_film"]

BATCH = 128
"""Pictures a batch: large enough that Python's share is small, small enough to keep memory at a few MiB."""

_AREA = 256 * 144

_LUMA_WEIGHTS = {  # Kr, Kb of the YUV matrices, by ISO/IEC 23091-2 code point
    1: (0.2126, 0.0722),
    9: (0.2627, 0.0593),
    10: (0.2627, 0.0593),
}
_BT601 = (0.299, 0.114)


@dataclass(frozen=True, eq=False)
class Batch:
    """Consecutive small pictures, upright; limited range (luma 16-235, chroma 16-240).

    Attributes:
        pts: Presentation times.
        luma: (n, H, W) uint8.
        cb: (n, H/2, W/2) uint8.
        cr: (n, H/2, W/2) uint8.
        weights: Kr and Kb of the matrix that made the planes.
    """

    pts: list[int]
    luma: np.ndarray
    cb: np.ndarray
    cr: np.ndarray
    weights: tuple[float, float]


def reduce_film(reader: FilmReader) -> Iterator[Batch]:
    """Decode the whole film once.

    Raises:
        MediaError: The film is damaged on the way.
    """
    width, height = _small_size(reader.width, reader.height)
    stored = reader.orientation.size(width, height)
    reformatter = VideoReformatter()
    batch = _BatchInWork(width, height)
    weights = _BT601
    for pts, picture in reader.pictures():
        small = reformatter.reformat(
            picture,
            width=stored[0],
            height=stored[1],
            format="yuv420p",
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.AREA,
            threads=1,  # decoding already keeps the cores busy
        )
        batch.add(pts, small, reader.orientation)
        weights = _weights(picture)
        if batch.count == BATCH:
            yield batch.take(weights)
            batch = _BatchInWork(width, height)
    if batch.count:
        yield batch.take(weights)


class _BatchInWork:
    def __init__(self, width: int, height: int) -> None:
        self._pts: list[int] = []
        self._planes = (
            np.empty((BATCH, height, width), np.uint8),
            np.empty((BATCH, height // 2, width // 2), np.uint8),
            np.empty((BATCH, height // 2, width // 2), np.uint8),
        )

    @property
    def count(self) -> int:
        return len(self._pts)

    def add(self, pts: int, small: VideoFrame, orientation: Orientation) -> None:
        for store, plane in zip(self._planes, small.planes, strict=True):
            rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
            store[self.count] = orientation.turn(rows[:, : plane.width])
        self._pts.append(pts)

    def take(self, weights: tuple[float, float]) -> Batch:
        luma, cb, cr = (plane[: self.count] for plane in self._planes)
        return Batch(self._pts, luma, cb, cr, weights)


def _small_size(width: int, height: int) -> tuple[int, int]:
    """About `_AREA` pixels in the film's proportions, both sides multiples of 8 and at least 32."""
    scale = (_AREA / (width * height)) ** 0.5
    return max(32, 8 * round(width * scale / 8)), max(32, 8 * round(height * scale / 8))


def _weights(picture: VideoFrame) -> tuple[float, float]:
    """Kr and Kb by which the picture's luma was made."""
    guessed = yuv_matrix(picture)
    code = picture.colorspace if guessed is None else 1 if guessed == Colorspace.ITU709 else 6
    return _LUMA_WEIGHTS.get(int(code), _BT601)
