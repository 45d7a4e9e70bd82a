"""What the first bytes of a file say it is: told before any demuxer sees it.

A file's name proves nothing. A playlist named .mp4 would make FFmpeg open what it lists; a picture or a text
named .mp4 deserves its own message.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

__all__ = ["Family", "Signature", "signature_of"]

_HEAD = 4096
"""Bytes looked at."""

_BLANK = 16
"""So many zero bytes begin no container; the longest run at a real one's start is 7 (a 64-bit box size)."""


class Family(StrEnum):
    """What a file is, as far as a film house cares."""

    MEDIA = "media"
    PLAYLIST = "playlist"
    PICTURE = "picture"
    TEXT = "text"
    RAW = "raw"
    BLANK = "blank"
    OTHER = "other"


@dataclass(frozen=True)
class Signature:
    """What a file is, with its article ("an MP4 or QuickTime file")."""

    name: str
    family: Family

    @property
    def complaint(self) -> str:
        """Why it cannot be a film, for every family but `MEDIA`."""
        if self.family is Family.BLANK:
            return f"its header is lost: {self.name}"
        return f"it is {self.name}, not a film"

    @property
    def fix(self) -> str:
        """What to do about a file that should have been a film."""
        if self.family is Family.PLAYLIST:
            return "Deliver the video file itself; what a playlist names is never followed."
        if self.family is Family.RAW:
            return "Put it into a container that has times: ffmpeg -framerate RATE -i FILE -c copy out.mp4"
        if self.family is Family.BLANK:
            return "Copy or upload the file again."
        return "Deliver a video file."


_MAGIC: tuple[tuple[int, bytes, str, Family], ...] = (
    (0, b"\x1a\x45\xdf\xa3", "a Matroska or WebM file", Family.MEDIA),
    (8, b"AVI ", "an AVI file", Family.MEDIA),
    (8, b"WAVE", "a WAVE file", Family.MEDIA),
    (8, b"WEBP", "a WebP picture", Family.PICTURE),
    (0, b"OggS", "an Ogg file", Family.MEDIA),
    (0, b"fLaC", "a FLAC file", Family.MEDIA),
    (0, b"FLV\x01", "an FLV file", Family.MEDIA),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a WMV or ASF file", Family.MEDIA),
    (0, b"\x06\x0e\x2b\x34\x02\x05\x01\x01", "an MXF file", Family.MEDIA),
    (0, b"\x00\x00\x01\xba", "an MPEG program stream", Family.MEDIA),
    (0, b"GIF8", "a GIF", Family.MEDIA),
    (0, b"ID3", "an MP3 file", Family.MEDIA),
    (0, b".RMF", "a RealMedia file", Family.MEDIA),
    (0, b"YUV4MPEG2 ", "a YUV4MPEG file", Family.MEDIA),
    (0, b"\x89PNG\r\n\x1a\n", "a PNG picture", Family.PICTURE),
    (0, b"\xff\xd8\xff", "a JPEG picture", Family.PICTURE),
    (0, b"\xff\x4f\xff\x51", "a JPEG 2000 picture", Family.PICTURE),
    (0, b"\xff\x0a", "a JPEG XL picture", Family.PICTURE),
    (4, b"JXL \r\n\x87\n", "a JPEG XL picture", Family.PICTURE),
    (0, b"II*\x00", "a TIFF picture", Family.PICTURE),
    (0, b"MM\x00*", "a TIFF picture", Family.PICTURE),
    (0, b"8BPS", "a Photoshop picture", Family.PICTURE),
    (0, b"\x76\x2f\x31\x01", "an OpenEXR picture", Family.PICTURE),
    (0, b"SDPX", "a DPX picture", Family.PICTURE),
    (0, b"XPDS", "a DPX picture", Family.PICTURE),
    (0, b"%PDF-", "a PDF document", Family.OTHER),
    (0, b"PK\x03\x04", "a ZIP archive", Family.OTHER),
    (0, b"\x1f\x8b", "a gzip archive", Family.OTHER),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", Family.OTHER),
    (0, b"Rar!\x1a\x07", "a RAR archive", Family.OTHER),
    (0, b"\x7fELF", "a program", Family.OTHER),
)

_STILL_BRANDS = {
    b"avif": "an AVIF picture",
    b"avis": "an AVIF picture",
    b"heic": "a HEIC picture",
    b"heix": "a HEIC picture",
    b"hevc": "a HEIC picture",
    b"mif1": "a HEIF picture",
    b"msf1": "a HEIF picture",
    b"jp2 ": "a JPEG 2000 picture",
}
_ISO_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"moof", b"styp", b"sidx"})

_WIDE_TEXT = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
"""Byte order marks of texts that are full of zero bytes; the longer ones first."""

_PLAYLISTS = (
    (b"#extm3u", "an HLS or M3U playlist"),
    (b"ffconcat", "a list of files for FFmpeg"),
    (b"file '", "a list of files for FFmpeg"),
    (b"[playlist]", "a PLS playlist"),
    (b"[reference]", "a list of streams"),
    (b"<smil", "a SMIL presentation"),
    (b"<asx", "an ASX playlist"),
    (b"v=0", "an SDP description of a network stream"),
    (b"rtsp://", "an address of a network stream"),
    (b"rtmp://", "an address of a network stream"),
    (b"http://", "an address of a network stream"),
    (b"https://", "an address of a network stream"),
)


def signature_of(path: Path) -> Signature | None:
    """Say what a file is by its first 4 KiB; None where they say nothing.

    Raises:
        OSError: The file cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return _iso_media(head) or _magic(head) or _raw_stream(head) or _playlist(head) or _text(head) or _blank(path, head)


def _iso_media(head: bytes) -> Signature | None:
    if head[4:8] == b"jP  ":  # JPEG 2000's own first box; a brand follows, as in any ISO file
        moving = head[20:24] == b"mjp2"
        name = "a Motion JPEG 2000 file" if moving else "a JPEG 2000 picture"
        return Signature(name, Family.MEDIA if moving else Family.PICTURE)
    if head[4:8] not in _ISO_BOXES:
        return None
    still = _STILL_BRANDS.get(head[8:12]) if head[4:8] == b"ftyp" else None
    return Signature(still, Family.PICTURE) if still else Signature("an MP4 or QuickTime file", Family.MEDIA)


def _magic(head: bytes) -> Signature | None:
    for offset, magic, name, family in _MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return Signature(name, family)
    if head[:2] == b"BM" and head[6:10] == b"\x00\x00\x00\x00":
        return Signature("a BMP picture", Family.PICTURE)
    for first, step in ((0, 188), (4, 192)):  # ISO/IEC 13818-1 packets; with a 4-byte clock before each: M2TS
        if len(head) > first + 2 * step and all(head[first + n * step] == 0x47 for n in range(3)):
            return Signature("an MPEG transport stream", Family.MEDIA)
    return None


def _raw_stream(head: bytes) -> Signature | None:
    """A video stream without a container: start codes of ISO/IEC 13818-2, and of 14496-10 and 23008-2, annex B."""
    start = head.lstrip(b"\x00")
    zeros = len(head) - len(start)
    if zeros not in {2, 3} or len(start) < 3 or start[0] != 1:
        return None
    unit, following = start[1], start[2]
    if unit in {0xB0, 0xB3}:
        return Signature("a raw MPEG video stream without timestamps", Family.RAW)
    if following == 1 and unit >> 1 in {32, 33, 34, 35, 39}:  # parameter sets, delimiter, SEI
        return Signature("a raw HEVC stream without timestamps", Family.RAW)
    if not unit & 0x80 and unit & 0x1F in {6, 7, 9}:  # SEI, sequence parameter set, delimiter
        return Signature("a raw H.264 stream without timestamps", Family.RAW)
    return None


def _playlist(head: bytes) -> Signature | None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for opening, name in _PLAYLISTS:
        if start.startswith(opening):
            return Signature(name, Family.PLAYLIST)
    if start.startswith(b"<") and b"<mpd" in start:
        return Signature("a DASH manifest", Family.PLAYLIST)
    if start.startswith(b"<") and b"smoothstreamingmedia" in start:
        return Signature("a Smooth Streaming manifest", Family.PLAYLIST)
    return None


def _text(head: bytes) -> Signature | None:
    for mark, encoding in _WIDE_TEXT:
        if head.startswith(mark):
            head = head[: len(head) // 4 * 4].decode(encoding, errors="replace").encode()
            break
    controls = sum(1 for byte in head if byte < 0x20 and byte not in b"\t\n\r\f\x1b")
    if controls > len(head) // 200:  # of random bytes it would be 10 %
        return None
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(b"<svg") or (start.startswith(b"<?xml") and b"<svg" in start):
        return Signature("an SVG picture", Family.PICTURE)
    web = start.startswith((b"<!doctype html", b"<html"))
    return Signature("a web page" if web else "plain text", Family.TEXT)


def _blank(path: Path, head: bytes) -> Signature | None:
    zeros = len(head) - len(head.lstrip(b"\x00"))
    if zeros < _BLANK:
        return None
    if zeros == _HEAD or zeros == path.stat().st_size:
        return Signature("it begins with nothing but zero bytes", Family.BLANK)
    return Signature(f"its first {zeros} bytes are zero", Family.BLANK)
