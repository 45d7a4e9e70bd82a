"""One film's video stream, opened: its geometry, its clock, and its decoded pictures in display order.

Belongs here: what has to be right once for every reader of pictures (which way up they are, how large, how a time
leads to one). What may be opened is told in `container.py`. Arrays are made in `frames.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import av
import numpy as np
from av.error import FFmpegError, InvalidDataError
from av.sidedata.sidedata import Type as SideDataType

from ops.errors import MediaError
from ops.media.container import film_stream, open_media
from ops.media.display import display_size, sane_pixel_aspect

if TYPE_CHECKING:
    from av.sidedata.sidedata import SideData
    from av.video.frame import VideoFrame

__all__ = ["FilmReader", "Orientation", "open_film"]


@dataclass(frozen=True)
class Orientation:
    """How a stored picture is turned for display: transposed first, then mirrored."""

    transposed: bool = False
    mirrored: bool = False
    upside_down: bool = False

    @classmethod
    def of(cls, frame: VideoFrame) -> Orientation:
        """Read the display matrix (ISO/IEC 14496-12, 8.5.2), snapped to quarter turns as players do."""
        entries = cast("Iterable[SideData]", frame.side_data)  # a Mapping that iterates over its values
        found = [entry for entry in entries if entry.type == SideDataType.DISPLAYMATRIX]
        if not found:
            return cls()
        matrix = np.frombuffer(bytes(found[0]), dtype="=i4")
        a, b, c, d = (int(matrix[place]) for place in (0, 1, 3, 4))
        if abs(b) + abs(c) > abs(a) + abs(d):
            return cls(transposed=True, mirrored=c < 0, upside_down=b < 0)
        return cls(mirrored=a < 0, upside_down=d < 0)

    def size(self, width: int, height: int) -> tuple[int, int]:
        """What a (width, height) picture measures after turning; its own inverse."""
        return (height, width) if self.transposed else (width, height)

    def turn(self, picture: np.ndarray) -> np.ndarray:
        """A (H, W, …) picture as displayed: a view of the one stored."""
        if self.transposed:
            picture = picture.swapaxes(0, 1)
        if self.mirrored:
            picture = picture[:, ::-1]
        if self.upside_down:
            picture = picture[::-1]
        return picture


class FilmReader:
    """The opened video stream of a film: its geometry, its clock, its decoded pictures in display order.

    Its first picture is always decoded before any seek, by the decoder that is kept: some streams say only
    there how they were encoded (x264 before build 151 in 4:4:4), and key frames alone come out as garbage.
    """

    def __init__(self, path: Path, *, draft: bool = False) -> None:
        self.path = path
        self._draft = draft
        self._open()
        try:
            self._measure()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        self._file = ExitStack()
        self._container = self._file.enter_context(open_media(self.path))
        stream = film_stream(self._container)
        if stream is None:
            self.close()
            raise MediaError("the file has no video stream", where=self.path, fix="Deliver a file with pictures.")
        self._stream = stream
        self._stream.thread_type = "AUTO"
        if self._draft:
            decoder = self._stream.codec_context
            decoder.options = {**decoder.options, "skip_loop_filter": "bidir"}
        self._running = self._decode()
        self._first: tuple[int, VideoFrame] | None = None

    def _measure(self) -> None:
        stream = self._stream
        if stream.time_base is None:
            raise MediaError("the video stream has no time base", where=self.path, fix="Re-mux the file.")
        self.time_base = Fraction(stream.time_base)
        rate = stream.average_rate or stream.guessed_rate or stream.base_rate
        self.average_rate = Fraction(rate) if rate else Fraction(25)
        self.frame_ticks = max(1, round(1 / (self.average_rate * self.time_base)))
        self._first = next(self._running, None)
        if self._first is None:
            raise MediaError("no picture of the video can be decoded", where=self.path, fix="Deliver it anew.")
        self.first_pts, picture = self._first
        self.orientation = Orientation.of(picture)
        aspect = sane_pixel_aspect(stream.sample_aspect_ratio)
        turned = self.orientation.transposed
        self.width, self.height = display_size(picture.width, picture.height, aspect, turned=turned)

    @property
    def duration_s(self) -> float | None:
        """Length that the container states, in seconds; None where it states none."""
        if self._stream.duration:
            return float(self._stream.duration * self.time_base)
        return self._container.duration / av.time_base if self._container.duration else None

    def fit(self, width: int | None, size: tuple[int, int] | None = None) -> tuple[int, int]:
        """The (width, height) to deliver: `size` as it is, else as wide as asked but never enlarged."""
        if size is not None:
            return size
        if width is None or width >= self.width:
            return self.width, self.height
        return width, max(1, round(self.height * width / self.width))

    def pictures(self) -> Iterator[tuple[int, VideoFrame]]:
        """Every picture from the first with its presentation time, as stored: not yet turned or scaled.

        A time that the container lacks or repeats is set one frame after the one before it.

        Raises:
            MediaError: A packet cannot be read or decoded, once pictures have begun.
        """
        if self._first is None:
            self.close()
            self._open()
            self._first = next(self._running, None)
        first, self._first = self._first, None
        if first is not None:
            yield first
            yield from self._running

    def pictures_from(self, pts: int) -> Iterator[tuple[int, VideoFrame]]:
        """Pictures shown at or after `pts`, however badly the container's index leads there."""
        if self._first is None or pts > self.first_pts:
            for back_s in (0, 10, 60):
                target = pts - round(back_s / self.time_base)
                if target <= self.first_pts:
                    break
                landed = self._land(target)
                if landed is not None and landed[0] <= pts:
                    if landed[0] == pts:
                        yield landed
                    yield from (picture for picture in self._running if picture[0] >= pts)
                    return
        yield from (picture for picture in self.pictures() if picture[0] >= pts)

    def _land(self, target: int) -> tuple[int, VideoFrame] | None:
        """Seek to the last key frame at or before a time, as well as the index knows it, and look."""
        self._first = None
        try:
            self._container.seek(target, stream=self._stream, backward=True)
            self._running = self._decode()
            return next(self._running, None)
        except (FFmpegError, MediaError):
            return None

    def _decode(self) -> Iterator[tuple[int, VideoFrame]]:
        last: int | None = None
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                pictures = packet.decode()
            except FFmpegError as error:
                if last is None and isinstance(error, InvalidDataError):
                    continue  # a recording may begin between key frames, its first packets refer to nothing
                raise self._damaged(error, last) from error
            for picture in pictures:
                pts = picture.pts if picture.pts is not None else picture.dts
                if pts is None or (last is not None and pts <= last):
                    pts = 0 if last is None else last + max(1, round(1 / (self.average_rate * self.time_base)))
                last = pts
                yield pts, picture

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _damaged(self, error: FFmpegError, last: int | None) -> MediaError:
        place = f"after {float(last * self.time_base):.3f} s" if last is not None else "at its start"
        return MediaError(
            f"the video cannot be decoded {place} ({error.strerror})", where=self.path, fix="Deliver it anew."
        )


@contextmanager
def open_film(path: Path, *, draft: bool = False) -> Iterator[FilmReader]:
    """Open a film's video stream.

    Args:
        path: The film.
        draft: Leave the blocks of B-frames unsmoothed: invisible in a small picture, a fifth of H.264's cost.

    Raises:
        MediaError: Not a film: no such file, no video, or not a picture that decodes.
    """
    reader = FilmReader(path, draft=draft)
    try:
        yield reader
    finally:
        reader.close()
