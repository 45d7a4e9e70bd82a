"""The encoder of live pictures: H.264 whose every segment stands alone and joins any other of its rung.

One setting a rung, whatever the look and whatever the load: decoders are set up once and never notice a change.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, cast

import av
from av.error import FFmpegError
from av.video.reformatter import ColorRange, Colorspace

from ops.errors import MediaError
from ops.ladder.rungs import Rung
from serving.live.film import Film
from serving.live.fragments import Sample

if TYPE_CHECKING:
    from av.video.codeccontext import VideoCodecContext
    from av.video.frame import VideoFrame

__all__ = ["PictureEncoder", "max_rate", "picture_header", "samples_of"]

_THREADS = 2
_BITS_A_PIXEL = 0.13
"""Of the peak rate at 24 frames a second: 1080p gets 6.5 Mb/s, 360p 0.7."""


def max_rate(rung: Rung, rate: Fraction) -> int:
    """Bits a second that a rung may take at most over a segment; twice the frames take half as much again."""
    return round(_BITS_A_PIXEL * rung.width * rung.height * 24 * float(rate / 24) ** 0.585)


class PictureEncoder:
    """Frames to samples, in order.

    Args:
        rung: The size of the frames.
        film: Gives the clock.

    Raises:
        MediaError: The encoder cannot be opened.
    """

    def __init__(self, rung: Rung, film: Film) -> None:
        context = cast("VideoCodecContext", av.CodecContext.create("libx264", "w"))
        context.width, context.height, context.pix_fmt = rung.width, rung.height, "yuv420p"
        context.time_base, context.framerate = Fraction(1, film.timescale), film.rate
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
        context.color_primaries, context.color_trc = 1, 1
        context.sample_aspect_ratio = Fraction(1)
        context.thread_count = _THREADS
        context.gop_size = 10 * max(1, round(film.rate))  # a segment begins with its encoder; nothing else does
        rate = max_rate(rung, film.rate)
        context.options = {
            "preset": "superfast", "crf": "22", "profile": "high", "bf": "0", "sc_threshold": "0",
            "maxrate": str(rate), "bufsize": str(2 * rate),
            "x264-params": "stitchable=1:rc-lookahead=0:sync-lookahead=0:mbtree=0:force-cfr=1",
        }  # fmt: skip
        context.flags |= 0x400000  # AV_CODEC_FLAG_GLOBAL_HEADER: parameter sets stand in the header alone
        try:
            context.open()
        except FFmpegError as error:
            raise MediaError(f"libx264 cannot be opened ({error.strerror})", where=rung.name) from error
        self._context = context

    @property
    def configuration(self) -> bytes:
        """The AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1)."""
        units = list(_units(bytes(self._context.extradata or b"")))
        sequence = [each for each in units if each[0] & 31 == 7]
        picture = [each for each in units if each[0] & 31 == 8]
        body = b"\x01" + sequence[0][1:4] + b"\xff" + bytes([0xE0 | len(sequence)])
        body += b"".join(len(each).to_bytes(2) + each for each in sequence)
        body += bytes([len(picture)]) + b"".join(len(each).to_bytes(2) + each for each in picture)
        return body + b"\xfd\xf8\xf8\x00"  # 4:2:0, 8 bit

    def __call__(self, frame: VideoFrame | None) -> Iterator[tuple[int, bytes, bool]]:
        """What a frame brings out: times, bytes, whether a key frame. None is the end."""
        for packet in self._context.encode(frame):
            units = [each for each in _units(bytes(packet)) if each[0] & 31 in (1, 5)]
            content = b"".join(len(each).to_bytes(4) + each for each in units)
            yield packet.pts or 0, content, bool(packet.is_keyframe)


def picture_header(rung: Rung, film: Film) -> bytes:
    """The decoder's configuration of a rung."""
    return PictureEncoder(rung, film).configuration


def samples_of(packets: list[tuple[int, bytes, bool]], end: int) -> list[Sample]:
    """Packets as samples, the last one shown until `end`."""
    times = [each[0] for each in packets] + [end]
    return [
        Sample(content, after - before, key)
        for (before, content, key), after in zip(packets, times[1:], strict=True)
    ]  # fmt: skip


def _units(stream: bytes) -> Iterator[bytes]:
    """The NAL units of a byte stream (ITU-T H.264, annex B)."""
    at = stream.find(b"\0\0\1")
    while at >= 0:
        begins = at + 3
        at = stream.find(b"\0\0\1", begins)
        unit = stream[begins : at if at >= 0 else len(stream)]
        unit = unit.rstrip(b"\0") if at >= 0 else unit
        if unit:
            yield unit
