"""Text as a reader sees it: lookalikes of other scripts, marks and invisible characters folded away.

What is left of each character is a lower-case Latin letter, a digit, or what else it was. Digits and signs that stand
for letters ("sh1t", "a$$") are left: which letter is meant depends on the word (text_gate.py).
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Mapping
from pathlib import Path

__all__ = ["fold"]

_TABLE = Path(__file__).with_name("lookalikes.txt")
_DROPPED = frozenset({"Mn", "Me", "Cf", "Cc", "Cs", "Co", "Cn"})
"""Marks, and what is invisible: zero-width joiners, direction marks, soft hyphens, variation selectors, tags."""

_BLANKS = "\u115f\u1160\u3164\uffa0\u2800"  # fillers and the blank braille cell: letters by category, empty to the eye

_LETTER_SIGNS = ((0x1F130, 26), (0x1F150, 26), (0x1F170, 26), (0x1F1E6, 26))
"""First code point and count of signs that are letters A to Z and have no decomposition: squared, circled, flags'."""


def fold(text: str) -> str:
    """Fold a text for comparison; the result is not for people.

    "Ｆ\u200bս\u0301ϲᴋ" and "fuck" fold to the same.
    """
    return "".join(_fold_one(each) for each in text)


@functools.lru_cache(maxsize=4096)
def _fold_one(character: str) -> str:
    if character.isspace():
        return " "
    if character in _BLANKS or (character != "\t" and unicodedata.category(character) in _DROPPED):
        return ""
    for first, count in _LETTER_SIGNS:
        if first <= ord(character) < first + count:
            return chr(ord("a") + ord(character) - first)
    known = _lookalikes().get(character)
    if known is not None:
        return known
    # By itself, after the look at the table: NFKC makes a sigma, and so an o, of the lunate sigma that reads as a c.
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", character).casefold())
    return "".join(_lookalikes().get(each, each) for each in plain if unicodedata.category(each) not in _DROPPED)


@functools.cache
def _lookalikes() -> Mapping[str, str]:
    lines = _TABLE.read_text(encoding="utf-8").splitlines()
    pairs = (line.split(" ") for line in lines if line and not line.startswith("#"))
    return {each: letter for letter, lookalikes in pairs for each in lookalikes}
