"""Which script a text is in, and what its words are where it does not part them by spaces.

Letters are counted by Unicode's Script_Extensions (UAX #24), so that the Japanese length mark counts as kana and
digits, spaces and punctuation, which every script shares, count for nothing.

Simplified and Traditional Chinese are one script to Unicode. They are told by the two national sets: a character that
is in GB/T 2312-1980 and not in Big5 is simplified, the other way about traditional, and one in both says nothing. Among
the 11 058 characters that are told so, OpenCC 1.4.2 calls five the opposite. Rare characters that both write alike
(5555 of the traditional ones) pass as traditional here; in running text those that differ outnumber them.
"""

from __future__ import annotations

from functools import cache

import regex

__all__ = ["UNSPACED", "script_share", "word_spans"]

UNSPACED = frozenset({"Jpan", "Hans", "Hant", "Thai", "Laoo", "Khmr", "Mymr", "Tibt"})
"""Scripts, of those of the 202 languages, that do not put spaces between words."""

_COMPOUNDS = {
    "Jpan": ("Hira", "Kana", "Hani"),
    "Kore": ("Hang", "Hani"),
    "Hans": ("Hani",),
    "Hant": ("Hani",),
}
"""ISO 15924's codes for a writing that several of Unicode's scripts make up."""

_CODE = regex.compile(r"[A-Z][a-z]{3}")
_LETTER = regex.compile(r"[\p{L}\p{M}--[\p{sc=Zinh}]]", flags=regex.V1)
_WORD = regex.compile(r"\S+")
_CLUSTER = regex.compile(r"\X")


def script_share(text: str, script: str) -> float:
    """How much of a text's letters is of a script, 0 to 1; 1 for a text without any letter.

    Args:
        text: Of any length.
        script: ISO 15924: "Latn", "Olck", "Jpan", "Hans"; of the last two's like, Han that only the other of
            Simplified and Traditional writes does not count.

    Raises:
        ValueError: There is no such script.
    """
    ours = _of_script(script)
    letters = _LETTER.findall(text)
    if not letters:
        return 1.0
    inside = [letter for letter in letters if ours.match(letter)]
    if script in {"Hans", "Hant"}:
        foreign = "Hant" if script == "Hans" else "Hans"
        inside = [letter for letter in inside if _written_by(letter) != foreign]
    return len(inside) / len(letters)


def word_spans(text: str, script: str) -> list[tuple[int, int]]:
    """Where the words of a text begin and end: by white space, or each grapheme cluster in a script without.

    A cluster (UAX #29) is what a reader calls a character: a Thai consonant with its vowel sign and tone mark is one.
    """
    if script not in UNSPACED:
        return [found.span() for found in _WORD.finditer(text)]
    return [found.span() for found in _CLUSTER.finditer(text) if not found.group().isspace()]


@cache
def _of_script(script: str) -> regex.Pattern[str]:
    parts = _COMPOUNDS.get(script, (script,)) if _CODE.fullmatch(script) else ("",)
    try:
        return regex.compile("|".join(rf"\p{{scx={part}}}" for part in parts))
    except regex.error as error:
        raise ValueError(f"{script!r} is not a script of ISO 15924 that Unicode knows") from error


@cache
def _written_by(character: str) -> str:
    """ "Hans" or "Hant" for a character that only one of them writes, by the national sets; else empty."""
    simplified, traditional = _in_set(character, "gb2312"), _in_set(character, "big5")
    if simplified == traditional:
        return ""
    return "Hans" if simplified else "Hant"


def _in_set(character: str, codec: str) -> bool:
    try:
        character.encode(codec)
    except UnicodeEncodeError:
        return False
    return True
