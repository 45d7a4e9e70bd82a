"""Fragmented MP4, box by box (ISO/IEC 14496-12 and -15): headers, and fragments that begin at an exact time.

Written here and not by a muxer: a fragment is made alone, hours into a film, by whichever process is free, and must
say to the tick where it belongs.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["PICTURES", "SOUND", "PictureTrack", "Sample", "SoundTrack", "fragment", "header", "rebased"]

PICTURES, SOUND = 1, 2
"""Numbers of the tracks: the same whether they are delivered apart or in one file."""

_UNITY = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_SYNC, _FOLLOWS = 0x02000000, 0x01010000
"""Flags of samples: depends on no other; depends on others and is no place to begin."""

_MOVIE_SCALE = 90_000


@dataclass(frozen=True)
class PictureTrack:
    """What a decoder must know of H.264 pictures.

    Attributes:
        timescale: Ticks a second.
        width: In pixels, which are square.
        height: The same.
        configuration: The AVCDecoderConfigurationRecord.
    """

    timescale: int
    width: int
    height: int
    configuration: bytes


@dataclass(frozen=True)
class SoundTrack:
    """What a decoder must know of AAC sound.

    Attributes:
        timescale: Ticks a second: its sample rate.
        channels: How many.
        configuration: The AudioSpecificConfig.
        lead_in: Ticks at the beginning that are decoded and not heard.
    """

    timescale: int
    channels: int
    configuration: bytes
    lead_in: int = 0


@dataclass(frozen=True)
class Sample:
    """A coded picture or block of sound.

    Attributes:
        content: Its bytes; a picture's NAL units each with its length before it.
        duration: In ticks.
        key: Whether it needs no other.
    """

    content: bytes
    duration: int
    key: bool = True


def header(*tracks: PictureTrack | SoundTrack, duration: int = 0) -> bytes:
    """What a player needs before any fragment.

    Args:
        tracks: Pictures, sound, or both.
        duration: Of the film, in units of 1/90000 s; 0 leaves it open.
    """
    movie = _box("mvhd", struct.pack(">IIIII", 0, 0, 0, _MOVIE_SCALE, 0), b"\0\1\0\0\1\0" + bytes(10), _UNITY,
                 bytes(24), struct.pack(">I", SOUND + 1))  # fmt: skip
    extends = [_box("mehd", struct.pack(">II", 0, duration))] if duration else []
    extends += [_box("trex", struct.pack(">6I", 0, _number(track), 1, 0, 0, 0)) for track in tracks]
    brands = b"iso6" + struct.pack(">I", 0) + b"iso6cmfcmp41"
    return _box("ftyp", brands) + _box("moov", movie, *(_track(each) for each in tracks), _box("mvex", *extends))


def fragment(track: int, sequence: int, start: int, samples: Sequence[Sample]) -> bytes:
    """One fragment: `moof` and `mdat`.

    Args:
        track: PICTURES or SOUND.
        sequence: Its number, from 1.
        start: Decode time of its first sample, in the track's ticks from the film's beginning.
        samples: Its samples, in decoding order, which is also that of showing.
    """
    entries = b"".join(
        struct.pack(">III", each.duration, len(each.content), _SYNC if each.key else _FOLLOWS) for each in samples
    )
    told = _box("mfhd", struct.pack(">II", 0, sequence))
    place = _box("tfhd", struct.pack(">II", 0x020000, track)) + _box("tfdt", struct.pack(">IQ", 0x01000000, start))
    size = 8 + len(told) + 8 + len(place) + 20 + len(entries)
    run = _box("trun", struct.pack(">III", 0x000701, len(samples), size + 8), entries)
    return _box("moof", told, _box("traf", place, run)) + _box("mdat", *(each.content for each in samples))


def rebased(content: bytes, later: int) -> bytes:
    """A fragment of ours that begins so many ticks earlier: what a file that starts in a film's middle is made of."""
    at = content.index(b"tfdt") + 8
    start = struct.unpack_from(">Q", content, at)[0]
    return content[:at] + struct.pack(">Q", max(0, start - later)) + content[at + 8 :]


def _box(kind: str, *parts: bytes) -> bytes:
    size = 8 + sum(map(len, parts))
    return b"".join((struct.pack(">I", size), kind.encode("ascii"), *parts))


def _number(track: PictureTrack | SoundTrack) -> int:
    return PICTURES if isinstance(track, PictureTrack) else SOUND


def _track(track: PictureTrack | SoundTrack) -> bytes:
    pictures = isinstance(track, PictureTrack)
    size = (track.width << 16, track.height << 16) if pictures else (0, 0)
    volume = 0 if pictures else 0x0100
    place = _box("tkhd", struct.pack(">6I", 7, 0, 0, _number(track), 0, 0), bytes(8),
                 struct.pack(">hhHH", 0, 0, volume, 0), _UNITY, struct.pack(">II", *size))  # fmt: skip
    clock = _box("mdhd", struct.pack(">5IHH", 0, 0, 0, track.timescale, 0, 0x55C4, 0))
    kind, name = (b"vide", b"Pictures\0") if pictures else (b"soun", b"Sound\0")
    handler = _box("hdlr", bytes(8), kind, bytes(12), name)
    media = _box("vmhd", struct.pack(">IQ", 1, 0)) if pictures else _box("smhd", bytes(8))
    data = _box("dinf", _box("dref", struct.pack(">II", 0, 1), _box("url ", struct.pack(">I", 1))))
    entry = _picture_entry(track) if pictures else _sound_entry(track)
    table = _box(
        "stbl",
        _box("stsd", struct.pack(">II", 0, 1), entry),
        *(_box(kind, bytes(8)) for kind in ("stts", "stsc")),
        _box("stsz", bytes(12)),
        _box("stco", bytes(8)),
    )
    body = _box("mdia", clock, handler, _box("minf", media, data, table))
    return _box("trak", place, *_edit(track), body)


def _edit(track: PictureTrack | SoundTrack) -> list[bytes]:
    """Leaves a sound's lead-in unheard; the edit's length stays open, as of all that is still to come."""
    if isinstance(track, PictureTrack) or not track.lead_in:
        return []
    return [_box("edts", _box("elst", struct.pack(">IIIiI", 0, 1, 0, track.lead_in, 0x10000)))]


def _picture_entry(track: PictureTrack) -> bytes:
    return _box(
        "avc1",
        bytes(6), struct.pack(">H", 1), bytes(16), struct.pack(">HH", track.width, track.height),
        struct.pack(">III", 0x480000, 0x480000, 0), struct.pack(">H", 1), bytes(32), struct.pack(">Hh", 24, -1),
        _box("avcC", track.configuration),
        _box("colr", b"nclx", struct.pack(">HHHB", 1, 1, 1, 0)),
        _box("pasp", struct.pack(">II", 1, 1)),
    )  # fmt: skip


def _sound_entry(track: SoundTrack) -> bytes:
    decoder = _descriptor(4, b"\x40\x15" + bytes(11), _descriptor(5, track.configuration))
    stream = _descriptor(3, struct.pack(">HB", SOUND, 0), decoder, _descriptor(6, b"\x02"))
    rate = track.timescale << 16 if track.timescale < 1 << 16 else 0
    return _box(
        "mp4a",
        bytes(6), struct.pack(">H", 1), bytes(8), struct.pack(">HHI", track.channels, 16, 0), struct.pack(">I", rate),
        _box("esds", bytes(4), stream),
    )  # fmt: skip


def _descriptor(tag: int, *parts: bytes) -> bytes:
    """A descriptor of ISO/IEC 14496-1 (8.3.3): all of ours are shorter than 128 bytes."""
    content = b"".join(parts)
    return struct.pack(">BB", tag, len(content)) + content
