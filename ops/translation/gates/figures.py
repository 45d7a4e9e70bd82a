"""Whether the numbers of a source are in its translation.

Compared by their digits in whatever numerals, without separators: those of Arabic, Hindi or Burmese, and Chinese ones.
A number may have become another by right: in words (small ones), in another unit, on another clock, by a larger scale
("1,000,000" as "1 Million" or "100万").
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import regex

from ops.translation.adapting.units import measures
from ops.translation.translator import Pair

__all__ = ["kept_numbers", "numbers_in", "wrong_numbers"]

_NUMBER = regex.compile(r"\p{Nd}+(?:[.,'’٬٫\u00a0\u202f]\p{Nd}+)*")
_SEPARATOR = regex.compile(r"[^\p{Nd}]")
_HAN_NUMBER = regex.compile(r"[〇零一二三四五六七八九十百千万萬億亿两兩]+")
_HAN_DIGITS = {each: value for value, each in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_HAN_TENS = {"十": 10, "百": 100, "千": 1000}
_HAN_MYRIADS = {"万": 10**4, "萬": 10**4, "億": 10**8, "亿": 10**8}
_HALVES = regex.compile(r"\p{Nd}[ \u00a0]?[AaPp]\.?[ ]?[Mm]\b")
_IN_WORDS = 12
"""Numbers up to here are often put in words."""
_SCALES = (3, 4, 5, 6, 7, 8, 9)
"""Powers of ten that have a name: thousand, 万, lakh, million, crore, 億, milliard."""


@lru_cache(maxsize=1 << 15)
def kept_numbers(pair: Pair, source: str) -> float:
    """The share of a source's numbers that its translation has, 0 to 1; 1 where the source has none."""
    ours = numbers_in(pair.source)
    missing, _ = _compared(pair, source)
    return 1.0 - len(missing) / len(ours) if ours else 1.0


@lru_cache(maxsize=1 << 15)
def wrong_numbers(pair: Pair, source: str) -> bool:
    """Whether a number is another one, or one too large to be put in words is missing."""
    missing, extra = _compared(pair, source)
    return any(extra or not _small(number) for number in missing)


def _compared(pair: Pair, source: str) -> tuple[list[str], list[str]]:
    """The source's numbers that are missing, and the translation's that stand for none of the source's."""
    theirs = Counter(numbers_in(pair.target))
    in_han = Counter(_han_value(each) for each in _HAN_NUMBER.findall(pair.target))
    halves = _HALVES.search(pair.source) is not None
    metric = [(_plain(each.number), _plain(each.metric)) for each in measures(pair.source, source)]
    missing = []
    for number in sorted(numbers_in(pair.source), key=len, reverse=True):
        for way in _ways(number, halves, metric):
            if theirs[way] or in_han[way]:
                (theirs if theirs[way] else in_han)[way] -= 1
                break
        else:
            missing.append(number)
    return missing, list(theirs.elements())


def _ways(number: str, halves: bool, metric: Sequence[tuple[str, str]]) -> list[str]:
    """A number, and what it may have become, where its text has hours by halves of the day and measures."""
    ways = [number]
    if halves and _small(number):
        ways += [str((int(number) % 12) + 12), str(int(number) % 12)]
    ways += [theirs for ours, theirs in metric if ours == number]
    ways += [number[:-scale] for scale in _SCALES if len(number) > scale and set(number[-scale:]) == {"0"}]
    if len(number) > 3:  # "1,500,000" as "1.5 million"
        ways.append(number.rstrip("0"))
    return ways


def _small(number: str) -> bool:
    return len(number) <= 2 and int(number) <= _IN_WORDS


def numbers_in(text: str) -> list[str]:
    """A text's numbers in digits, in order, in Western digits and without separators."""
    return [_plain(each) for match in _NUMBER.findall(text) for each in _parted(match)]


def _parted(number: str) -> list[str]:
    """A date with stops ("25.12.2020") as its three numbers; what has separators is one number else."""
    parts = _SEPARATOR.split(number)
    return parts if any(len(part) != 3 for part in parts[1:-1]) else [number]


def _plain(number: str) -> str:
    digits = "".join(str(unicodedata.digit(each)) for each in number if each.isdigit())
    return digits.lstrip("0") or "0"


def _han_value(text: str) -> str:
    """The value of a Chinese number; a row of digits ("二〇二六") is read as one."""
    if all(each in _HAN_DIGITS for each in text):
        return "".join(str(_HAN_DIGITS[each]) for each in text).lstrip("0") or "0"
    whole = part = digit = 0
    for each in text:
        if each in _HAN_DIGITS:
            digit = _HAN_DIGITS[each]
        elif each in _HAN_TENS:
            part += (digit or 1) * _HAN_TENS[each]
            digit = 0
        else:
            whole += (part + digit or 1) * _HAN_MYRIADS[each]
            part = digit = 0
    return str(whole + part + digit)
