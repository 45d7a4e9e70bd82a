"""A text in the units that a break may part: words where a script has spaces, syllables or signs where it has none."""

from __future__ import annotations

import unicodedata

import regex

from ops.languages.table import language as language_of

__all__ = ["is_unspaced", "units_of"]

_UNSPACED = frozenset({"Hans", "Hant", "Jpan", "Thai", "Laoo", "Khmr", "Mymr", "Tibt"})
"""Scripts that write no spaces between words (Korean does)."""

_OPENING = frozenset("([{<（［｛「『【〈《〔“‘«")
_SPACED = r"\p{Latin}\p{Nd}\p{Cyrillic}\p{Greek}"
_RUN = regex.compile(rf"[\p{{Katakana}}ー]+|[{_SPACED}][{_SPACED}\p{{M}}'’.,:%-]*")
_LEADING_VOWELS = frozenset("เแโใไເແໂໃໄ")
_TSHEG = regex.compile(r"[^་།༎]+[་།༎]*|[་།༎]+")


def is_unspaced(language: str) -> bool:
    """Whether a language's script writes no spaces between words."""
    return language_of(language).script in _UNSPACED


def units_of(text: str, *, language: str) -> list[tuple[str, bool]]:
    """The units of one line or more, punctuation on them, each with whether a space comes before it in writing.

    In Chinese and Japanese a unit is one sign, a run of katakana, or a run of Latin letters or digits; in Thai, Lao,
    Khmer and Burmese it is a grapheme cluster with the vowel written before it, which is a syllable at most and never
    a word for certain; in Tibetan and Dzongkha a syllable by its tsheg. Closing punctuation stays on the unit before
    it, opening punctuation on the one after it.

    Args:
        text: Without markup.
        language: A code of `ops.languages`.
    """
    units: list[tuple[str, bool]] = []
    unspaced = is_unspaced(language)
    for word in text.split():
        if not unspaced:
            units.append((word, True))
            continue
        for place, unit in enumerate(_parted(word)):
            units.append((unit, place == 0 and bool(units)))
    return units


def _parted(word: str) -> list[str]:
    """What lies between two spaces, parted."""
    parts: list[str] = []
    carried = ""
    for piece in _pieces(word):
        if piece in _OPENING or piece in _LEADING_VOWELS:
            carried += piece
        elif parts and not carried and _is_mark(piece):
            parts[-1] += piece
        else:
            parts.append(carried + piece)
            carried = ""
    if carried:
        parts.append(carried)
    return parts


def _pieces(word: str) -> list[str]:
    pieces: list[str] = []
    at = 0
    while at < len(word):
        run = _RUN.match(word, at) or (_TSHEG.match(word, at) if "TIBETAN" in unicodedata.name(word[at], "") else None)
        found = run or regex.compile(r"\X").match(word, at)
        piece = found.group() if found else word[at]
        pieces.append(piece)
        at += len(piece)
    return pieces


def _is_mark(piece: str) -> bool:
    """Punctuation and symbols, and signs that only lengthen or repeat what comes before."""
    return all(unicodedata.category(sign)[0] in "PSM" for sign in piece) or piece in "ーゝ々ๆฯ"
