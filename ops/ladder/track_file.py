"""Track files read back: where their segments lie, when each is shown, what a player must know to decode them.

Read by the box structure (ISO/IEC 14496-12) for what an address needs, and by FFmpeg's demuxer for what is in it; the
two must agree, else a playlist would promise what the file does not hold.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
from av.error import FFmpegError

from ops.errors import MediaError

__all__ = ["Segment", "TrackFile", "average_rate", "peak_rate", "read_track_file"]

_AGAIN = "Make the ladder again; if it stays, this is a defect of ours."


@dataclass(frozen=True)
class Segment:
    """A piece of a track file that can be fetched and decoded alone.

    Attributes:
        offset: First byte.
        size: Bytes.
        start: Seconds, exact, of its first picture or sample.
        duration: Seconds, exact.
        frames: Pictures, or blocks of sound.
        starts_with_key: Whether its first picture needs no other, and is the first shown.
    """

    offset: int
    size: int
    start: Fraction
    duration: Fraction
    frames: int
    starts_with_key: bool

    @property
    def bits(self) -> int:
        """Its size in bits."""
        return 8 * self.size


@dataclass(frozen=True)
class TrackFile:
    """A track file: its header, its index, its segments.

    Attributes:
        path: Where it is.
        codec: As RFC 6381 names it: "avc1.64001F", "mp4a.40.2".
        header_bytes: What a player needs before any segment: from 0 to here.
        index: First byte and size of the index (`sidx`).
        segments: In order.
        key_frames: Times of all key frames, seconds, exact.
        width: Of a picture; 0 for sound.
        height: Of a picture; 0 for sound.
        sample_rate: Of sound; 0 for pictures.
        channels: Of sound; 0 for pictures.
    """

    path: Path
    codec: str
    header_bytes: int
    index: tuple[int, int]
    segments: tuple[Segment, ...]
    key_frames: tuple[Fraction, ...]
    width: int = 0
    height: int = 0
    sample_rate: int = 0
    channels: int = 0

    @property
    def duration(self) -> Fraction:
        """Seconds, exact."""
        return sum((each.duration for each in self.segments), Fraction(0))

    @property
    def start(self) -> Fraction:
        """When its first segment begins: 0, or the encoder's lead-in before it."""
        return self.segments[0].start


def read_track_file(path: Path) -> TrackFile:
    """Read a track file back.

    Raises:
        MediaError: It has no index, or index, boxes and packets do not agree.
    """
    with path.open("rb") as file:
        boxes = list(_boxes(file, path.stat().st_size))
        kinds = [kind for kind, _, _ in boxes]
        if kinds[:3] != ["ftyp", "moov", "sidx"] or kinds[3:] != ["moof", "mdat"] * (len(kinds[3:]) // 2):
            raise MediaError(f"is no indexed track file (its boxes: {' '.join(kinds[:8])})", where=path, fix=_AGAIN)
        _, index_at, index_size = boxes[2]
        indexed = _index(file, index_at, index_size)
    fragments = [
        (moof[1], moof[2] + mdat[2]) for moof, mdat in zip(boxes[3::2], boxes[4::2], strict=True)
    ]  # fmt: skip
    if [(offset, size) for offset, size, _ in indexed] != fragments:
        raise MediaError("its index does not lead to its fragments", where=path, fix=_AGAIN)
    try:
        with av.open(f"file:{path.absolute()}", container_options={"protocol_whitelist": "file"}) as container:
            stream = container.streams[0]
            coded = stream.codec_context
            base = Fraction(stream.time_base or 1)
            packets = [
                (packet.pos or 0, packet.pts * base, bool(packet.is_keyframe))
                for packet in container.demux(stream)
                if packet.pts is not None and packet.size
            ]
            extradata = bytes(coded.extradata or b"") if coded else b""
            pictures = stream.type == "video"
            facts = (
                {"width": coded.width, "height": coded.height}  # type: ignore[union-attr]
                if pictures
                else {"sample_rate": coded.sample_rate, "channels": coded.channels}  # type: ignore[union-attr]
            )
    except FFmpegError as error:
        raise MediaError(f"cannot be read back ({error.strerror})", where=path, fix=_AGAIN) from error
    segments = tuple(_segments(indexed, packets))
    if sum(each.frames for each in segments) != len(packets):
        raise MediaError("holds packets outside its segments", where=path, fix=_AGAIN)
    return TrackFile(
        path=path,
        codec=_avc(extradata) if pictures else _aac(extradata),
        header_bytes=index_at,
        index=(index_at, index_size),
        segments=segments,
        key_frames=tuple(sorted(pts for _, pts, key in packets if key)),
        **facts,
    )


def peak_rate(segments: Sequence[Segment], target_s: int) -> int:
    """The peak segment bit rate of RFC 8216 (4.1): of any run of segments that lasts half to one and a half targets."""
    peak = Fraction(0)
    for first in range(len(segments)):
        bits, length = 0, Fraction(0)
        for each in segments[first:]:
            bits, length = bits + each.bits, length + each.duration
            if length > Fraction(3, 2) * target_s:
                break
            if length >= Fraction(1, 2) * target_s:
                peak = max(peak, bits / length)
    return -(-peak.numerator // peak.denominator) if peak else average_rate(segments)


def average_rate(segments: Sequence[Segment]) -> int:
    """The average segment bit rate of RFC 8216: bits over seconds, rounded up."""
    rate = sum(each.bits for each in segments) / sum((each.duration for each in segments), Fraction(0))
    return -(-rate.numerator // rate.denominator)


def _segments(
    indexed: Sequence[tuple[int, int, Fraction]], packets: Sequence[tuple[int, Fraction, bool]]
) -> Iterator[Segment]:
    for offset, size, duration in indexed:
        own = [packet for packet in packets if offset <= packet[0] < offset + size]
        if not own:
            continue
        start = min(pts for _, pts, _ in own)
        yield Segment(offset, size, start, duration, len(own), own[0][2] and own[0][1] == start)


def _boxes(file: BinaryIO, end: int) -> Iterator[tuple[str, int, int]]:
    """(kind, offset, size) of the outermost boxes."""
    at = 0
    while at < end:
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return
        size, kind = struct.unpack(">I4s", head[:8])
        if size == 1 and len(head) == 16:
            size = struct.unpack(">Q", head[8:])[0]
        size = size or end - at
        yield kind.decode("latin-1"), at, size
        at += max(size, 8)


def _index(file: BinaryIO, at: int, size: int) -> list[tuple[int, int, Fraction]]:
    """(offset, size, seconds) of what an index box lists (ISO/IEC 14496-12, 8.16.3)."""
    file.seek(at + 8)
    body = file.read(size - 8)
    wide = body[0] == 1
    scale = struct.unpack_from(">I", body, 8)[0]
    first = struct.unpack_from(">Q" if wide else ">I", body, 20 if wide else 16)[0]
    place = 28 if wide else 20
    count = struct.unpack_from(">H", body, place + 2)[0]
    found, offset = [], at + size + first
    for number in range(count):
        length, duration = struct.unpack_from(">II", body, place + 4 + 12 * number)
        found.append((offset, length & 0x7FFFFFFF, Fraction(duration, scale)))
        offset += length & 0x7FFFFFFF
    return found


def _avc(extradata: bytes) -> str:
    """`avc1.PPCCLL` from the decoder's configuration (ISO/IEC 14496-15, 5.3.3)."""
    return f"avc1.{extradata[1:4].hex().upper()}"


def _aac(extradata: bytes) -> str:
    """`mp4a.40.N` from the AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1)."""
    kind = extradata[0] >> 3
    if kind == 31:
        kind = 32 + ((extradata[0] & 7) << 3 | extradata[1] >> 5)
    return f"mp4a.40.{kind}"
