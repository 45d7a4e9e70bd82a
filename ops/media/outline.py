"""The outline of a container: whether the file holds all the bytes that its own structure announces.

Cheap (a few reads, nothing decoded), and exact where a container says how long its parts are. Sources: ISO/IEC
14496-12 (boxes), GIF89a, RFC 3533 (Ogg pages), RFC 9559 (Matroska), the ASF specification 3.2 (file properties).
"""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from pathlib import Path

__all__ = ["IsoOutline", "breaks_off", "iso_outline", "lost_index"]

_ISO_KNOWN = frozenset({
    b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot", b"uuid", b"meta", b"moof", b"mfra", b"styp",
    b"sidx", b"ssix", b"prft", b"emsg", b"udta", b"pdin", b"jP  ",
})  # fmt: skip


_BOX_HEADER = 8
"""Bytes of length and type before a box's content."""

_HEAD = 1 << 20
"""Bytes in which a container has said how long it is."""

_TWO_OGG_PAGES = 2 * (27 + 255 + 255 * 255)
"""In so many last bytes there is the start of a page, if it is Ogg to the end."""


_SLOPPY_RIFF_BYTES = 4096
"""Some writers count padding that they do not write."""


@dataclass(frozen=True)
class IsoOutline:
    """The top level of an MP4 or QuickTime file.

    Attributes:
        boxes: Types of the boxes, in order, as far as they make sense.
        missing_bytes: How far the last of them reaches beyond the end of the file.
        stray_bytes: How much follows the last of them that is no box.
    """

    boxes: tuple[str, ...]
    missing_bytes: int
    stray_bytes: int

    @property
    def fragmented(self) -> bool:
        """Whether samples are told of piece by piece (fMP4) rather than in one index."""
        return "moof" in self.boxes

    @property
    def films(self) -> int:
        """How many whole films stand one after the other; players show only the first."""
        return self.boxes.count("moov") if not self.fragmented else min(1, self.boxes.count("moov"))


def iso_outline(path: Path) -> IsoOutline | None:
    """Walk the top-level boxes of an MP4 or QuickTime file; None where the file is not one."""
    size_of_file = path.stat().st_size
    boxes: list[str] = []
    at = 0
    with path.open("rb") as file:
        while at + _BOX_HEADER <= size_of_file:
            file.seek(at)
            head = file.read(16)
            size, kind, header = int.from_bytes(head[:4]), head[4:8], _BOX_HEADER
            if kind not in _ISO_KNOWN:
                break
            if size == 1 and len(head) == 16:  # the length is a 64-bit number behind the type
                size, header = int.from_bytes(head[8:]), 16
            elif size == 0:  # to the end of the file
                size = size_of_file - at
            if size < header:
                break
            boxes.append(kind.decode("latin-1"))
            at += size
    beyond = at - size_of_file
    return IsoOutline(tuple(boxes), max(0, beyond), max(0, -beyond)) if boxes else None


def lost_index(path: Path) -> str | None:
    """Say that an MP4 cannot be played because its index is not there, and how much else is; None otherwise."""
    outline = iso_outline(path)
    if outline is None or "moov" in outline.boxes:
        return None
    if not outline.missing_bytes:
        return "the index (moov) of the MP4 is missing: it was never finished, or this is only a piece of it"
    size = path.stat().st_size
    share = size / (size + outline.missing_bytes)
    return (
        f"the file breaks off before the index (moov) of the MP4: it ends {outline.missing_bytes:,} bytes "
        f"before its sound and pictures do ({share:.0%} are there)"
    )


def breaks_off(path: Path) -> str | None:
    """Say how a file breaks off in the middle of something that it has begun; None where it is whole.

    Knows containers that promise no length in seconds (GIF, Ogg, fragmented MP4), that promise it less exactly than
    in bytes (Matroska, WebM), or whose promise FFmpeg overlooks where it is not kept (ASF, AVI).
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if head.startswith(b"GIF8"):
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                return _gif_breaks_off(data)
        if head.startswith(b"OggS"):
            file.seek(max(0, size - _TWO_OGG_PAGES))
            return _ogg_breaks_off(file.read())
    for start, offset, judge in _SIZED:
        if head[offset : offset + len(start)] == start:
            return judge(head, size)
    return _fragments_break_off(path)


def _gif_breaks_off(data: mmap.mmap) -> str | None:
    """Walk a GIF's blocks. A missing trailer alone is forgiven, as browsers do."""
    pictures, at = 0, 13 + _colour_table(data, 10)
    while at < len(data):
        introducer = data[at]
        if introducer == 0x3B:
            return None
        if introducer == 0x21:
            at = _after_sub_blocks(data, at + 2)
        elif introducer == 0x2C:
            table = _colour_table(data, at + 9)
            at = _after_sub_blocks(data, at + 11 + table)
            pictures += at <= len(data)
        elif introducer == 0:  # padding, which some writers leave between blocks
            at += 1
        else:
            return f"the GIF turns into something else after {pictures} pictures"
    return f"the GIF ends inside a picture, after {pictures} whole ones" if at > len(data) else None


def _colour_table(data: mmap.mmap, at: int) -> int:
    """Bytes of the colour table that the packed field at `at` announces."""
    packed = data[at] if at < len(data) else 0
    return 3 << (packed & 7) + 1 if packed & 0x80 else 0


def _after_sub_blocks(data: mmap.mmap, at: int) -> int:
    """Where a chain of sub-blocks ends; beyond the data where it has no end."""
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1


def _ogg_breaks_off(tail: bytes) -> str | None:
    """See that the last page is whole: header, lacing values, and as many bytes as these add up to."""
    last = tail.rfind(b"OggS\x00")  # with the version, so as not to be misled by payload that spells the rest
    if last < 0:
        return None
    lacing = tail[last + 26] if last + 26 < len(tail) else 0
    whole = last + 27 + lacing + sum(tail[last + 27 : last + 27 + lacing])
    return "it ends inside an Ogg page" if whole > len(tail) else None


def _matroska_breaks_off(head: bytes, size: int) -> str | None:
    """Compare the file's size with that of its one segment, unless it was left open (a live recording)."""
    at, length = _ebml_size(head, 4)
    at += length  # behind the EBML header
    if head[at : at + 4] != b"\x18\x53\x80\x67":
        return None
    at, length = _ebml_size(head, at + 4)
    promised = at + length
    if length < 0 or promised <= size:
        return None
    return f"its header promises {promised:,} bytes, only {size:,} are there ({size / promised:.0%})"


def _ebml_size(data: bytes, at: int) -> tuple[int, int]:
    """Where an element's content begins, and its length (RFC 8794, section 6); -1 where that is left open."""
    first = data[at] if at < len(data) else 0
    width = 9 - first.bit_length()
    value = int.from_bytes(data[at : at + width]) & ((1 << 7 * width) - 1)
    return at + width, -1 if value == (1 << 7 * width) - 1 else value


def _asf_breaks_off(head: bytes, size: int) -> str | None:
    """Compare the file's size with that in the file properties object, unless it was broadcast."""
    guid = b"\xa1\xdc\xab\x8c\x47\xa9\xcf\x11\x8e\xe4\x00\xc0\x0c\x20\x53\x65"
    at = head.find(guid)
    if at < 0 or at + 92 > len(head):
        return None
    promised = int.from_bytes(head[at + 40 : at + 48], "little")
    broadcast = head[at + 88] & 1
    if broadcast or promised <= size:
        return None
    return f"its header promises {promised:,} bytes, only {size:,} are there ({size / promised:.0%})"


def _avi_breaks_off(head: bytes, size: int) -> str | None:
    """Compare the file's size with that of its first RIFF chunk; further ones (OpenDML) only follow a whole one."""
    promised = 8 + int.from_bytes(head[4:8], "little")
    if promised - size <= _SLOPPY_RIFF_BYTES:
        return None
    return f"its header promises {promised:,} bytes, only {size:,} are there ({size / promised:.0%})"


def _fragments_break_off(path: Path) -> str | None:
    """See that the boxes of a fragmented MP4 reach to its end, and no further."""
    outline = iso_outline(path)
    if outline is None or not outline.fragmented:
        return None
    if outline.missing_bytes:
        return f"it ends {outline.missing_bytes:,} bytes before its last fragment does"
    if outline.stray_bytes >= _BOX_HEADER:
        return f"its last {outline.stray_bytes:,} bytes are no fragment of a film"
    return None


_SIZED = (
    (b"\x1a\x45\xdf\xa3", 0, _matroska_breaks_off),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", 0, _asf_breaks_off),
    (b"AVI ", 8, _avi_breaks_off),
)
"""Containers that say in their head how many bytes they are: what they begin with, where, and who reads it."""
