"""Writing FLAC: the same samples give the same bytes, and a half-written file is never seen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.codec.context import Flags
from av.error import FFmpegError

from ops.audio.samples import sound_frame
from ops.errors import MediaError

__all__ = ["MAX_CHANNELS", "FlacFormat", "FlacWriter"]

MAX_CHANNELS = 8
"""RFC 9639, section 9.1.3."""

_RFC_LAYOUTS = ("mono", "stereo", "3.0", "quad", "5.0", "5.1", "6.1", "7.1")
"""What RFC 9639, section 9.1.3, takes 1 to 8 channels for where nothing names them."""

_MAX_RATE = 655_350
"""Hz; RFC 9639 has 20 bits for it, FFmpeg's encoder takes what fits in 16 bits of tens."""

_BLOCK = 1 << 16
"""Samples of silence written at a time."""


@dataclass(frozen=True)
class FlacFormat:
    """Sampling of a track: rate in Hz, FFmpeg's name of the layout, channels, 16 or 24 bits."""

    rate: int
    layout: str
    channels: int
    bit_depth: int


class FlacWriter:
    """A FLAC file being written; it takes its name in `finish`, and is gone where that was not reached."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.format: FlacFormat | None = None
        self.samples = 0
        self._part = path.with_name(f"{path.name}.part")
        # "bitexact": no writer's version and no date in the file, so that equal sound has an equal hash
        self._container = av.open(str(self._part), "w", format="flac", container_options={"fflags": "+bitexact"})
        self._stream: AudioStream | None = None

    def begin(self, like: AudioFrame, *, bit_depth: int) -> None:
        """Fix the format; before the first sample.

        Args:
            like: A frame with the track's rate and layout.
            bit_depth: 16 or 24.

        Raises:
            MediaError: FLAC cannot hold it.
        """
        rate, channels = like.sample_rate, len(like.layout.channels)
        unnamed = like.layout.name == f"{channels} channels"
        layout = _RFC_LAYOUTS[channels - 1] if unnamed else like.layout.name
        self.format = FlacFormat(rate, layout, channels, bit_depth)
        kind = "s16" if bit_depth == 16 else "s32"
        try:
            if not 0 < rate <= _MAX_RATE:
                raise ValueError(f"a rate of {rate} Hz")
            stream = self._container.add_stream("flac", rate=rate, layout=layout, format=kind)
            assert isinstance(stream, AudioStream)
            stream.codec_context.flags |= Flags.bitexact
            stream.codec_context.open()
        except (FFmpegError, ValueError) as error:
            raise MediaError(
                f"FLAC cannot hold its sound ({layout} at {rate} Hz)",
                where=self.path,
                fix="Convert the sound to 48 kHz and at most eight channels.",
            ) from error
        self._stream = stream

    def write(self, values: np.ndarray) -> None:
        """Append (N, C) int16, or int32 with 24 bits in its upper bytes (a 16-bit track takes two)."""
        assert self.format is not None and self._stream is not None, "begin() comes first"
        if len(values) == 0:
            return
        if self.format.bit_depth == 16 and values.dtype == np.int32:
            values = (values >> 16).astype(np.int16)
        elif self.format.bit_depth == 24 and values.dtype == np.int16:
            values = values.astype(np.int32) << 16
        frame = sound_frame(values, rate=self.format.rate, layout=self.format.layout, start=self.samples)
        self._container.mux(self._stream.encode(frame))
        self.samples += len(values)

    def write_silence(self, count: int) -> None:
        """Append `count` samples of digital silence."""
        assert self.format is not None, "begin() comes first"
        kind = np.int16 if self.format.bit_depth == 16 else np.int32
        while count > 0:
            now = min(count, _BLOCK)
            self.write(np.zeros((now, self.format.channels), kind))
            count -= now

    def finish(self) -> None:
        """Write what the encoder still holds and give the file its name."""
        if self._stream is not None:
            self._container.mux(self._stream.encode(None))
        self._container.close()
        self._part.replace(self.path)

    def __enter__(self) -> FlacWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._container.close()
        self._part.unlink(missing_ok=True)
