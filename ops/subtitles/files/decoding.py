"""From a file's bytes to text: which encoding it is in, and whether it is text at all."""

from __future__ import annotations

import codecs

from ops.errors import MediaError
from ops.languages.table import languages

__all__ = ["MAX_BYTES", "decoded"]

MAX_BYTES = 8 << 20
"""A film of three hours in SRT has 150 kB; the largest that are met, ASS with drawn signs, have 5 MB without fonts."""

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"), (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
"""Byte order marks; UTF-32's begins as UTF-16's does and comes first."""

_PAGES_BY_SCRIPT = {
    "Cyrl": "cp1251", "Grek": "cp1253", "Hebr": "cp1255", "Arab": "cp1256", "Jpan": "cp932", "Hang": "cp949",
    "Hans": "gb18030", "Hant": "big5hkscs", "Thai": "cp874",
}  # fmt: skip
_PAGES_BY_LANGUAGE = {
    **dict.fromkeys(("pol", "ces", "slk", "hun", "slv", "hrv", "bos", "ron", "als"), "cp1250"),
    **dict.fromkeys(("tur", "azj"), "cp1254"),
    **dict.fromkeys(("est", "lit", "lvs", "ltg"), "cp1257"),
    "vie": "cp1258",
}
"""Windows' code pages, in which subtitles were made before they were made in UTF-8."""

_TEXT_CONTROLS = frozenset("\t\n\r\f\x1a")


def decoded(data: bytes, *, language: str | None = None, utf8_only: bool = False) -> tuple[str, list[str]]:
    """Text without its byte order mark, line ends as "\\n"; and what had to be guessed or replaced, as sentences.

    A byte order mark decides; else it is UTF-8, unless most of what is not ASCII is not UTF-8: then it is the code
    page of the language, where that is known, else Windows-1252.

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
    text, notes = _replaced(data, "utf-8")
    broken = text.count("\ufffd")
    if not broken or utf8_only or broken * 4 < sum(not each.isascii() for each in text) - broken:
        return text, notes
    page = _page(language)
    text, notes = _replaced(data, page)
    return text, [f"The text is not UTF-8; it is read as {page}.", *notes]


def _replaced(data: bytes, encoding: str) -> tuple[str, list[str]]:
    text = data.decode(encoding, errors="replace")
    missing = text.count("\ufffd") - data.decode(encoding, errors="ignore").count("\ufffd")
    return text, [f"{missing} broken characters are replaced."] if missing else []


def _page(language: str | None) -> str:
    known = languages().get(language or "")
    if known is None:
        return "cp1252"
    return _PAGES_BY_LANGUAGE.get(known.iso639_3) or _PAGES_BY_SCRIPT.get(known.script, "cp1252")
