"""How long a text is to a reader, and how fast it must be read.

A reader's character is a grapheme cluster (UAX #29): a vowel sign or a tone mark is no character of its own, and
neither is a line break, a control or a mark of direction. In scripts of full-width characters (UAX #11, W and F) those
count 1 and all others a half, as Netflix's guides for Japanese and Korean have it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache

import regex

__all__ = ["clusters", "is_blank", "length", "reading_speed", "unmarked", "words_a_minute", "words_in"]

_CLUSTER = regex.compile(r"\X")
_WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{M}\p{N}'’\-.,:]*")
_MARKUP = regex.compile(r"</?[ibu]>|\{\\[^{}]*\}", regex.IGNORECASE)
_UNSEEN = regex.compile(r"[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]")
_READ = regex.compile(r"[\p{L}\p{N}]")
_PREFIXED_NUMBERS = set("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u08e2")
"""Format characters that are seen: Arabic and Syriac signs around numbers."""


def unmarked(text: str) -> str:
    """The text without `<i>`, `<b>`, `<u>` and ASS overrides; a "<" or "{" that opens neither stays."""
    return _MARKUP.sub("", text) if "<" in text or "{" in text else text


def clusters(text: str) -> list[str]:
    """The characters as a reader sees them; those not seen belong to none and are left out."""
    found = _CLUSTER.findall(text)
    if not _UNSEEN.search(text):
        return found
    return [cluster for cluster in found if any(_is_seen(each) for each in cluster)]


def is_blank(text: str) -> bool:
    """Whether there is nothing to read: no character at all, only spaces, or only what is not seen."""
    text = unmarked(text)
    return not _READ.search(text) and not any(cluster.strip() for cluster in clusters(text))


def length(text: str, *, wide: bool = False) -> Fraction:
    """Characters of a text.

    Args:
        text: Any; markup, line breaks and what is not seen do not count, spaces and punctuation do.
        wide: Whether full-width characters count 1 and all others a half.
    """
    return Fraction(_halves(text, wide=wide), 2)


def reading_speed(lines: Iterable[str], frames: int, rate: Fraction, *, wide: bool = False) -> Fraction:
    """Characters a second of a cue; a line break is no character.

    Args:
        lines: Its lines.
        frames: How long it stands, at least 1.
        rate: Frames a second.
        wide: As for `length`.
    """
    return sum(_halves(line, wide=wide) for line in lines) * rate / (2 * frames)


def words_in(lines: Iterable[str]) -> int:
    """Words of a cue, in a script that parts them by spaces; marks alone are none."""
    return sum(len(_WORD.findall(unmarked(line))) for line in lines)


def words_a_minute(lines: Iterable[str], frames: int, rate: Fraction) -> Fraction:
    """Words a minute of a cue."""
    return words_in(lines) * 60 * rate / frames


@lru_cache(maxsize=1 << 14)
def _halves(text: str, *, wide: bool) -> int:
    """Twice the length: whole numbers are quick."""
    text = unmarked(text)
    if text.isascii() and text.isprintable():
        return len(text) if wide else 2 * len(text)
    seen = clusters(text)
    return sum(2 if _is_full(each) else 1 for each in seen) if wide else 2 * len(seen)


@lru_cache(maxsize=1 << 14)
def _is_seen(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cf", "Zl", "Zp") or character in _PREFIXED_NUMBERS


@lru_cache(maxsize=1 << 14)
def _is_full(cluster: str) -> bool:
    return any(unicodedata.east_asian_width(each) in ("W", "F") for each in cluster)
