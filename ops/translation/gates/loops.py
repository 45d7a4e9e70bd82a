"""Whether a translation goes round in circles that its source does not."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache

import regex

from ops.languages.scripts import UNSPACED
from ops.languages.table import language
from ops.translation.gates.length import letters
from ops.translation.translator import Pair

__all__ = ["compression", "looped"]

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}'’]+")
_LONGEST_WORDS, _LONGEST_LETTERS = 8, 14
_SINGLE, _SEVERAL = 4, 3
"""How often one word, or several in their order, come after one another from which on it is a loop: people say things
three times ("no, no, no"), and a source that does so itself excuses as many."""
_LETTERS = 4
"""The same for letters in scripts without spaces, from two letters on."""
_SHORTEST_PACKED = 60
_PACKED = 2.4
"""Length over compressed length; OpenAI's Whisper takes it for a loop from there on."""
_TWICE_AS_LONG = 1.6
"""A whole sentence said twice, against its source's length."""


@lru_cache(maxsize=1 << 15)
def looped(pair: Pair, source: str, target: str) -> bool:
    """Whether a stretch of a translation is repeated, more often than any of its source."""
    theirs, ours = _units(pair.target, target), _units(pair.source, source)
    longest = _LONGEST_LETTERS if language(target).script in UNSPACED else _LONGEST_WORDS
    allowed = max((_most_in_a_row(ours, size) for size in range(1, _LONGEST_WORDS + 1)), default=1)
    for size in range(1, longest + 1):
        times = _most_in_a_row(theirs, size)
        if times > allowed and times >= _fewest(size, language(target).script in UNSPACED):
            return True
    half = len(theirs) // 2
    doubled = half >= 3 and theirs[:half] == theirs[half : 2 * half]
    return (doubled and allowed < 2 and letters(pair.target) > _TWICE_AS_LONG * letters(pair.source)) or _packs(pair)


@lru_cache(maxsize=1 << 15)
def compression(text: str) -> float:
    """Length over compressed length: 1 to 2 for text, more the more of it is said again.

    Of letters, not of bytes: a script of three bytes a letter would compress better for nothing.
    """
    letters_as_bytes = bytes(ord(each) % 251 for each in text)
    return len(letters_as_bytes) / len(zlib.compress(letters_as_bytes)) if text else 0.0


def _packs(pair: Pair) -> bool:
    return len(pair.target) >= _SHORTEST_PACKED and compression(pair.target) > max(
        _PACKED, 1.4 * compression(pair.source)
    )


def _fewest(size: int, unspaced: bool) -> int:
    if unspaced:
        return 2 * _LETTERS if size == 1 else _LETTERS if size < _LETTERS else _SEVERAL
    return _SINGLE if size == 1 else _SEVERAL


def _units(text: str, code: str) -> Sequence[str]:
    words = [word.casefold() for word in _WORD.findall(text)]
    return "".join(words) if language(code).script in UNSPACED else words


def _most_in_a_row(units: Sequence[str], size: int) -> int:
    """How often a stretch of some size comes after itself, at most; 1 for no repeat."""
    most = 1
    for start in range(min(size, max(0, len(units) - 2 * size + 1))):
        times = 1
        for at in range(start + size, len(units) - size + 1, size):
            times = times + 1 if units[at : at + size] == units[at - size : at] else 1
            most = max(most, times)
    return most
