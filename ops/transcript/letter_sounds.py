"""How an English word may sound that no dictionary has: numbers by their names, other words letter by letter.

Good for finding where a known word lies in the sound, which needs about the right number of about the right sounds;
not for speaking it. Sounds are ARPABET's, as the CMU Pronouncing Dictionary writes them.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["number_words", "sounds_of"]

_RULES = (
    ("tion", "SH AH N"), ("sion", "ZH AH N"), ("ough", "AO"), ("augh", "AO"), ("eigh", "EY"), ("igh", "AY"),
    ("tch", "CH"), ("sch", "SH"), ("dge", "JH"), ("sh", "SH"), ("ch", "CH"), ("th", "TH"), ("ph", "F"), ("wh", "W"),
    ("ck", "K"), ("ng", "NG"), ("qu", "K W"), ("kn", "N"), ("wr", "R"), ("gh", "G"), ("ee", "IY"), ("ea", "IY"),
    ("oo", "UW"), ("ou", "AW"), ("ow", "OW"), ("oi", "OY"), ("oy", "OY"), ("ai", "EY"), ("ay", "EY"), ("ei", "EY"),
    ("ey", "IY"), ("ie", "IY"), ("au", "AO"), ("aw", "AO"), ("ew", "UW"), ("oa", "OW"), ("ar", "AA R"), ("er", "ER"),
    ("ir", "ER"), ("ur", "ER"), ("or", "AO R"), ("ll", "L"), ("ss", "S"), ("tt", "T"), ("nn", "N"), ("mm", "M"),
    ("pp", "P"), ("rr", "R"), ("ff", "F"), ("dd", "D"), ("bb", "B"), ("gg", "G"), ("cc", "K"), ("zz", "Z"),
    ("ce", "S EH"), ("ci", "S IH"), ("cy", "S IY"), ("ge", "JH EH"), ("gi", "JH IH"),
    ("a", "AE"), ("b", "B"), ("c", "K"), ("d", "D"), ("e", "EH"), ("f", "F"), ("g", "G"), ("h", "HH"), ("i", "IH"),
    ("j", "JH"), ("k", "K"), ("l", "L"), ("m", "M"), ("n", "N"), ("o", "AA"), ("p", "P"), ("q", "K"), ("r", "R"),
    ("s", "S"), ("t", "T"), ("u", "AH"), ("v", "V"), ("w", "W"), ("x", "K S"), ("y", "IY"), ("z", "Z"),
)  # fmt: skip
"""Spelling to sounds, the longest first."""

_VOWEL_Y = re.compile(r"^y(?=[aeiou])")
_SILENT_E = re.compile(r"(?<=[a-z]{2})e(?=s?$)")

_UNITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
          "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")  # fmt: skip
_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")


def sounds_of(word: str) -> str | None:
    """The sounds of a word, by spaces; None where it has no Latin letter."""
    plain = unicodedata.normalize("NFKD", word.lower())
    left = re.sub(r"[^a-z]", "", plain)
    if not left:
        return None
    sounds: list[str] = []
    if _VOWEL_Y.match(left):
        sounds.append("Y")
        left = left[1:]
    left = _SILENT_E.sub("", left)
    while left:
        spelling, said = next(rule for rule in _RULES if left.startswith(rule[0]))
        sounds.append(said)
        left = left[len(spelling) :]
    return " ".join(sounds)


def number_words(digits: str) -> list[str]:
    """A whole number as it is said, of up to six digits; digit by digit beyond. A year as two numbers of two digits."""
    value = int(digits)
    if len(digits) == 4 and digits[0] != "0" and 1100 <= value <= 1999 and value % 100:
        return [*_below_hundred(value // 100), *_below_hundred(value % 100)]
    if len(digits) > 6 or (len(digits) > 1 and digits[0] == "0"):
        return [_UNITS[int(digit)] for digit in digits]
    if value < 1000:
        return _below_thousand(value)
    rest = value % 1000
    return [*_below_thousand(value // 1000), "thousand", *(_below_thousand(rest) if rest else [])]


def _below_thousand(value: int) -> list[str]:
    if value < 100:
        return _below_hundred(value)
    rest = value % 100
    return [_UNITS[value // 100], "hundred", *(_below_hundred(rest) if rest else [])]


def _below_hundred(value: int) -> list[str]:
    if value < 20:
        return [_UNITS[value]]
    return [_TENS[value // 10], *([_UNITS[value % 10]] if value % 10 else [])]
