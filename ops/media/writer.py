"""Writing a film: pictures and sound into an H.264 and AAC MP4 that plays everywhere.

Tagged as what it is (BT.709, limited range), at an exact rational rate, with its index in front. The file
appears under its name when it is whole, not before.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import av
import numpy as np
from av.error import FFmpegError
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter

from ops.errors import MediaError, UsageError

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from av.video.stream import VideoStream

__all__ = ["Sound", "VideoWriter"]

_CRF = 18
"""x264's constant quality at which a viewer sees no loss."""

_AUDIO_BIT_RATE_PER_CHANNEL = 96_000
"""Where FFmpeg's AAC is transparent for music; the encoder spends less where there is less to code."""

_AUDIO_BLOCK = 1024
"""Samples of a block of AAC."""

_LAYOUTS = {1: "mono", 2: "stereo", 6: "5.1"}


@dataclass(frozen=True)
class Sound:
    """Sound to go with a film, from its first frame on.

    Attributes:
        samples: (N, channels) float32, full scale ±1, with 1, 2 or 6 channels.
        sample_rate: Hz.
    """

    samples: np.ndarray
    sample_rate: int


class VideoWriter:
    """Writes frames to an MP4, one at a time.

        with VideoWriter(path, size=(1280, 720), rate=Fraction(24000, 1001)) as writer:
            for rgb in frames:
                writer.write(rgb)

    Args:
        path: The file to be; an existing one is replaced when the new one is whole.
        size: (width, height) in pixels, both even: 4:2:0 halves them.
        rate: Frames a second, exact.
        sound: What is heard, as long as it may be; None is a silent film.
        preset: x264's trade of time for size.
        crf: x264's constant quality, 0 (lossless) to 51.

    Raises:
        UsageError: The size is odd or not positive, the rate not positive, the sound of no known shape.
    """

    def __init__(
        self,
        path: Path,
        *,
        size: tuple[int, int],
        rate: Fraction,
        sound: Sound | None = None,
        preset: str = "veryfast",
        crf: int = _CRF,
    ) -> None:
        _check_size(size, path)
        if rate <= 0:
            raise UsageError(f"a rate of {rate} frames a second cannot be written", where=path)
        if sound is not None:
            _check_sound(sound, path)
        self._path, self._size, self._rate, self._sound = path, size, rate, sound
        self._options = {"preset": preset, "crf": str(crf)}
        self._unfinished = path.with_name(f".{path.name}.unfinished")
        self._reformatter = VideoReformatter()
        self._container: OutputContainer | None = None
        self._video: VideoStream | None = None
        self._audio: AudioStream | None = None
        self._heard = 0
        self.frames = 0

    def __enter__(self) -> Self:
        self._container = av.open(
            f"file:{self._unfinished.absolute()}",
            "w",
            format="mp4",
            container_options={"movflags": "+faststart", "fflags": "+bitexact"},
        )
        self._video = self._add_video(self._container)
        if self._sound is not None:
            self._audio = self._add_audio(self._container, self._sound)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._container is not None
        try:
            try:
                if kind is None:
                    self._finish()
            finally:
                self._container.close()
            if kind is None:
                self._unfinished.replace(self._path)
        except FFmpegError as failure:
            raise self._failure(failure) from failure
        finally:
            self._unfinished.unlink(missing_ok=True)

    def write(self, rgb: np.ndarray) -> None:
        """Write the next frame.

        Args:
            rgb: (H, W, 3) uint8, RGB, full range, of the size that was announced.

        Raises:
            MediaError: It cannot be encoded or written (a full disk).
            UsageError: It is of another shape or type.
        """
        width, height = self._size
        if rgb.shape != (height, width, 3) or rgb.dtype != np.uint8:
            raise UsageError(
                f"frame {self.frames} is {rgb.shape} {rgb.dtype}, not ({height}, {width}, 3) uint8", where=self._path
            )
        assert self._video is not None
        picture = self._reformatter.reformat(
            av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24"),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
        )
        picture.pts, picture.time_base = self.frames, 1 / self._rate
        try:
            self._mux(self._video, picture)
            self.frames += 1
            self._write_sound(until=self.frames / self._rate)
        except FFmpegError as failure:
            raise self._failure(failure) from failure

    def _finish(self) -> None:
        if not self.frames:
            raise UsageError("no frame was written", where=self._path, fix="Write at least one.")
        assert self._video is not None
        self._write_sound(until=None)
        self._mux(self._video, None)
        if self._audio is not None:
            self._mux(self._audio, None)

    def _write_sound(self, *, until: Fraction | None) -> None:
        """Write what is heard up to a time in seconds, in whole blocks; to its end where `until` is None."""
        if self._sound is None or self._audio is None:
            return
        samples, rate = self._sound.samples, self._sound.sample_rate
        end = len(samples) if until is None else min(len(samples), int(until * rate))
        while self._heard < end and (until is None or end - self._heard >= _AUDIO_BLOCK):
            block = samples[self._heard : min(end, self._heard + _AUDIO_BLOCK)]
            planes = np.ascontiguousarray(block.T, dtype=np.float32)
            frame = av.AudioFrame.from_ndarray(planes, format="fltp", layout=_LAYOUTS[samples.shape[1]])
            frame.sample_rate, frame.pts, frame.time_base = rate, self._heard, Fraction(1, rate)
            self._mux(self._audio, frame)
            self._heard += len(block)

    def _mux(self, stream: VideoStream | AudioStream, frame: av.VideoFrame | av.AudioFrame | None) -> None:
        assert self._container is not None
        self._container.mux(stream.encode(frame))  # pyright: ignore[reportArgumentType]  each its own frames

    def _add_video(self, container: OutputContainer) -> VideoStream:
        stream = container.add_stream("libx264", rate=self._rate, options=self._options)
        stream.width, stream.height = self._size
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.time_base = 1 / self._rate
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
        return stream

    def _add_audio(self, container: OutputContainer, sound: Sound) -> AudioStream:
        layout = _LAYOUTS[sound.samples.shape[1]]
        stream = container.add_stream("aac", rate=sound.sample_rate, layout=layout)
        stream.bit_rate = _AUDIO_BIT_RATE_PER_CHANNEL * sound.samples.shape[1]
        return stream

    def _failure(self, failure: FFmpegError) -> MediaError:
        reason = failure.strerror or str(failure)
        return MediaError(f"the film cannot be written ({reason})", where=self._path, fix="Check the disk's space.")


def _check_size(size: tuple[int, int], path: Path) -> None:
    width, height = size
    if width < 2 or height < 2 or width % 2 or height % 2:
        even = f"{max(2, width - width % 2)}x{max(2, height - height % 2)}"
        raise UsageError(
            f"{width}x{height} cannot be written: H.264 at 4:2:0 needs an even width and height",
            where=path,
            fix=f"Crop or scale the frames to {even}.",
        )


def _check_sound(sound: Sound, path: Path) -> None:
    samples = sound.samples
    if samples.ndim != 2 or samples.shape[1] not in _LAYOUTS or samples.dtype != np.float32:
        raise UsageError(
            f"sound of shape {samples.shape} {samples.dtype} cannot be written",
            where=path,
            fix="Give (N, channels) float32 with 1, 2 or 6 channels.",
        )
