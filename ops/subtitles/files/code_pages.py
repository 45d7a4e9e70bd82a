"""The code page of a text that is in none of Unicode's encodings: of those of its language the one that reads as such.

Any of them reads nearly any bytes; what tells them apart is the language's most frequent letters. In pages of Cyrillic
small and capital letters lie the other way round, which shows where a capital follows a small letter.
"""

from __future__ import annotations

from itertools import pairwise

from ops.languages.table import languages

__all__ = ["code_page"]

_DEFAULT = "cp1252"
_BY_SCRIPT = {
    "Cyrl": ("cp1251", "koi8_u", "cp866", "iso8859_5"), "Grek": ("cp1253", "cp737"), "Hebr": ("cp1255", "cp862"),
    "Arab": ("cp1256", "iso8859_6"), "Jpan": ("cp932", "euc_jp"), "Hang": ("cp949",),
    "Hans": ("gb18030", "big5hkscs"), "Hant": ("big5hkscs", "gb18030"), "Thai": ("cp874",),
}  # fmt: skip
_BY_LANGUAGE = {
    **dict.fromkeys(("pol", "ces", "slk", "hun", "slv", "hrv", "bos", "ron", "als"), ("cp1250", "iso8859_2", "cp852")),
    **dict.fromkeys(("tur", "azj"), ("cp1254",)),
    **dict.fromkeys(("est", "lit", "lvs", "ltg"), ("cp1257",)),
    "vie": ("cp1258",),
}
"""Windows' first, in which most subtitles were made before they were made in UTF-8; then Unix', DOS' and ISO's."""

_FREQUENT = {
    "Cyrl": "оеаинтсрвлії", "Grek": "αοιετσνρυπάίόέή", "Hebr": "יוהלאתמברש", "Arab": "ايلمنرتوبهعک",
    "Jpan": "のいたにはをがでとてしなかっうるすもよだ", "Hans": "的一是不了人我在有他这个们来你说好那就会",
    "Hant": "的一是不了人我在有他這個們來你說好那就會",
}  # fmt: skip
_OWN = {
    "pol": "ąćęłńóśźż", "ces": "áčďéěíňóřšťúůýž", "slk": "áäčďéíĺľňóôŕšťúýž", "hun": "áéíóöőúüű", "slv": "čšžćđ",
    "hrv": "čćđšž", "bos": "čćđšž", "ron": "âîășțşţ", "als": "ëç",
}  # fmt: skip
"""Which stand where a page reads right: of Cyrillic, Greek, Hebrew, Arabic, kana and Chinese the most frequent, of the
languages of Central Europe all that are not ASCII. Chinese of either writing may be in a file of the other's language.
"""
_SAMPLE_BYTES = 100_000


def code_page(data: bytes, language: str | None) -> str:
    """Python's name of the most probable code page; Windows-1252 where the language is unknown.

    Args:
        data: The file.
        language: A code of `ops.languages`.
    """
    known = languages().get(language or "")
    if known is None:
        return _DEFAULT
    pages = _BY_LANGUAGE.get(known.iso639_3) or _BY_SCRIPT.get(known.script, (_DEFAULT,))
    if len(pages) == 1:
        return pages[0]
    chinese = _FREQUENT["Hans"] + _FREQUENT["Hant"]
    letters = _OWN.get(known.iso639_3) or (chinese if known.script in ("Hans", "Hant") else _FREQUENT[known.script])
    frequent = frozenset(letters)
    return max(pages, key=lambda page: _likeness(data[:_SAMPLE_BYTES].decode(page, errors="replace"), frequent))


def _likeness(text: str, frequent: frozenset[str]) -> float:
    """The share of frequent letters among all that is not ASCII, less that of what stands where it cannot."""
    foreign = [each for each in text if not each.isascii()]
    if not foreign:
        return 0.0
    good = sum(each.lower() in frequent for each in foreign)
    bad = sum(each == "\ufffd" or not (each.isprintable() or each.isspace()) for each in foreign)
    turned = sum(one.islower() and other.isupper() for one, other in pairwise(text))
    return (good - bad - turned) / len(foreign)
