"""From a file's bytes to text: which encoding it is in, and whether it is text at all."""

from __future__ import annotations

import codecs

from ops.errors import MediaError
from ops.subtitles.files.code_pages import code_page

__all__ = ["MAX_BYTES", "decoded"]

MAX_BYTES = 8 << 20
"""A film of three hours in SRT has 150 kB; the largest that are met, ASS with drawn signs, have 5 MB without fonts."""

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
"""Byte order marks; UTF-32's begins as UTF-16's does and comes first."""

_SNIFFED_BYTES = 4096
_LEAST_NULS, _MOST_NULS = 0.2, 0.02
"""Of every second byte in UTF-16: times and markup are ASCII in any language, and ASCII's upper bytes are 0."""

_TEXT_CONTROLS = frozenset("\t\n\r\f\x1a")


def decoded(data: bytes, *, language: str | None = None, utf8_only: bool = False) -> tuple[str, list[str]]:
    """Text without its byte order mark, line ends as "\\n"; and what had to be guessed or replaced, as sentences.

    A byte order mark decides; else every second byte being 0, which is UTF-16; else it is UTF-8, unless most of what is
    not ASCII is not UTF-8: then it is the code page of the language that fits best (`code_pages`).

    Args:
        data: The file.
        language: A code of `ops.languages`, if the language is known (by the file's name).
        utf8_only: Whether the format allows for nothing but UTF-8 (WebVTT): what is broken is replaced.

    Raises:
        MediaError: Too large, or no text.
    """
    if len(data) > MAX_BYTES:
        raise MediaError(
            f"is {len(data):,} bytes long, more than the {MAX_BYTES:,} that subtitles may have",
            fix="Deliver the subtitles alone, without fonts and pictures.",
        )
    text, notes = _text(data, language, utf8_only=utf8_only)
    controls = sum(text.count(chr(each)) for each in range(32) if chr(each) not in _TEXT_CONTROLS)
    if controls * 50 > len(text):  # random bytes hold 10 %, a damaged text a few
        raise MediaError("is not text", fix="Deliver subtitles as SRT, WebVTT, ASS or TTML.")
    return text.replace("\r\n", "\n").replace("\r", "\n"), notes


def _text(data: bytes, language: str | None, *, utf8_only: bool) -> tuple[str, list[str]]:
    for mark, encoding in _MARKS:
        if data.startswith(mark) and not (utf8_only and encoding != "utf-8"):
            return _replaced(data[len(mark) :], encoding)
    if not utf8_only and (encoding := _sniffed(data[:_SNIFFED_BYTES])):
        text, notes = _replaced(data, encoding)
        return text, [f"The text has no byte order mark; by its zero bytes it is read as {encoding}.", *notes]
    text, notes = _replaced(data, "utf-8")
    broken = text.count("\ufffd")
    if not broken or utf8_only or broken * 4 < sum(not each.isascii() for each in text) - broken:
        return text, notes
    page = code_page(data, language)
    text, notes = _replaced(data, page)
    return text, [f"The text is not UTF-8; it is read as {page}.", *notes]


def _replaced(data: bytes, encoding: str) -> tuple[str, list[str]]:
    text = data.decode(encoding, errors="replace")
    missing = text.count("\ufffd") - data.decode(encoding, errors="ignore").count("\ufffd")
    return text, [f"{missing} broken characters are replaced."] if missing else []


def _sniffed(head: bytes) -> str:
    """UTF-16 of either order, by where its zero bytes are; empty for anything else."""
    pairs = max(1, len(head) // 2)
    high, low = head[::2].count(0) / pairs, head[1::2].count(0) / pairs
    if low >= _LEAST_NULS and high <= _MOST_NULS:
        return "utf-16-le"
    return "utf-16-be" if high >= _LEAST_NULS and low <= _MOST_NULS else ""
