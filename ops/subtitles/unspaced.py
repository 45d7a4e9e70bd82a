"""Where lines may end in scripts that are written without spaces.

Japanese, Chinese and Thai: between the phrases that `ops.subtitles.phrases` finds, better or worse by the characters
on both sides; within a phrase only where it alone is longer than a line, then rather between its words. Lao, Khmer and
Burmese have no dictionary here: what a break may part is told by the letters that begin and end a syllable, so that it
never falls within one, but may fall between two syllables of one word; Tibetan ends its syllables with a mark. Spaces
and zero-width spaces in the text are always the better place.

Kinsoku (JIS X 4051; W3C, Requirements for Japanese Text Layout), and UAX #14 for every script: no line begins with
what closes or follows, none ends with what opens.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

import regex

from ops.subtitles.grammar import FORBIDDEN
from ops.subtitles.phrases import Ends, ends_in
from ops.subtitles.syllables import is_bare, syllable_penalty

__all__ = ["TORN", "UNSPACED", "foreign_space_penalty", "unspaced_breaks", "unspaced_penalty", "unspaced_units"]

UNSPACED = frozenset({"Jpan", "Hans", "Hant", "Thai", "Laoo", "Khmr", "Mymr", "Tibt"})
"""Scripts of ISO 15924."""

TORN = 100.0
"""Penalties from here on part a phrase: more than any imbalance of two lines costs, so that it is done only in need."""

_TORN_WORD, _MOST_BETWEEN = 190.0, 20.0

_NEVER_FIRST = frozenset(
    "、。，．,.・：；:;？！?!゛゜ヽヾゝゞ々〻ー’”）〕］｝〉》」』】〙〗)]}»°′″℃％%‰…‥〜～–—"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ"
)
_NEVER_LAST = frozenset("‘“（〔［｛〈《「『【〘〖([{«￥¥＄$￡£＃#")
_FOLLOWS = regex.compile(
    r"[\p{LB=BA}\p{LB=CJ}\p{LB=CL}\p{LB=CM}\p{LB=CP}\p{LB=EX}\p{LB=GL}\p{LB=IN}\p{LB=IS}\p{LB=NS}\p{LB=PO}\p{LB=SY}"
    r"\p{LB=WJ}\p{LB=ZWJ}၌၍၏ៗໆ]"
)
_OPENS = regex.compile(r"[\p{LB=BB}\p{LB=GL}\p{LB=OP}\p{LB=PR}\p{LB=WJ}\p{LB=ZWJ}]")
"""UAX #14's classes that no line begins or ends with."""

_AFTER_MARK = {
    **dict.fromkeys("。！？!?．", 0.0),
    **dict.fromkeys("、，：；,:;…‥—", 2.0),
    **dict.fromkeys("」』）】》〉”", 4.0),
}
_COUNTERS = frozenset("年月日時时分秒人個个円元歳岁点度回本枚号階阶層层名台匹万億亿千百")

_PARTICLES = frozenset("はがをにでともへのやばてら")
_HAN = regex.compile(r"\p{Han}")
_TRAILING_HAN = frozenset("的了吗嗎吧呢着著过過们們么麼地得啊呀嘛")
_LEANING_HAN = frozenset("不没沒很太最更我你他她它这這那一每把被在从從对對和与與或跟向往")
_OPENING_HAN = frozenset("和与與或但因所如在从從对對把被跟而并並就却卻")
_GOOD, _FAIR, _PLAIN, _POOR, _WORSE, _WORST, _BAD = 6.0, 10.0, 14.0, 26.0, 32.0, 45.0, 50.0
"""In characters of imbalance, as in `ops.subtitles.grammar`: before a particle is worse than after one, within a word
of Chinese characters worse still, within a word of katakana or before an ending worst."""

_COUNTED = regex.compile(r"(?:ปี|ศักราช|ที่|เวลา|อายุ|เลข|ราคา|จำนวน|ชั้น|ห้อง|ข้อ|ປີ|第)$")
"""What waits for a number: a year, a day, an age, a price."""

_STRETCH = regex.compile(r"[^\s\u200b]+")
_CLUSTER = regex.compile(r"\X")


def unspaced_penalty(before: str, after: str, script: str) -> float:
    """How bad a break between two stretches without spaces is; from `FORBIDDEN` on it is none.

    Args:
        before: What stands before the break, up to the last space.
        after: What stands after it, up to the next.
        script: One of `UNSPACED`.
    """
    return unspaced_breaks(before + after, script).get(len(before), FORBIDDEN)


def unspaced_breaks(text: str, script: str) -> Mapping[int, float]:
    """The penalty of every place between two characters of a text that no space parts.

    Args:
        text: Any, with or without spaces.
        script: One of `UNSPACED`.

    Returns:
        By the code points before it, in order; from `FORBIDDEN` on no line may end there, from `TORN` on a phrase is
        torn. Places within a grapheme cluster are left out: they are none.
    """
    found: dict[int, float] = {}
    for stretch in _STRETCH.finditer(text):
        within = _within(stretch.group(), script)
        found.update({stretch.start() + at: penalty for at, penalty in within.items()})
    return found


def foreign_space_penalty(before: str, after: str) -> float | None:
    """How bad a break is at a space that stands for the sake of digits or Latin letters, and parts no phrase; None at
    any other.

    Args:
        before: What stands before the space, not empty.
        after: What stands after it, not empty.
    """
    if after[0].isdigit() and _COUNTED.search(before):
        return FORBIDDEN
    return _MOST_BETWEEN if _is_foreign(before[-1]) or _is_foreign(after[0]) else None


def _is_foreign(character: str) -> bool:
    return character.isdigit() or (character < "\u0500" and character.isalpha())


def unspaced_units(text: str, script: str) -> list[tuple[int, int]]:
    """What a break may part at most: words of Japanese, Chinese and Thai, syllables of the others, marks with them.

    Args:
        text: Any, with or without spaces.
        script: One of `UNSPACED`.

    Returns:
        (from, to) in code points, in order; all that is no space is in one of them.
    """
    found: list[tuple[int, int]] = []
    for stretch in _STRETCH.finditer(text):
        inner = [at for at, penalty in _within(stretch.group(), script).items() if penalty < _TORN_WORD]
        edges = [stretch.start(), *(stretch.start() + at for at in inner), stretch.end()]
        found += pairwise(edges)
    return found


@lru_cache(maxsize=1 << 13)
def _within(text: str, script: str) -> Mapping[int, float]:
    ends = ends_in(text, script)
    clusters = _CLUSTER.findall(text)
    found: dict[int, float] = {}
    at = 0
    for before, after in pairwise(clusters):
        at += len(before)
        found[at] = _penalty(before, after, text[at + len(after) : at + len(after) + 1], script)
        if ends is not None and found[at] < FORBIDDEN and before[-1] not in _AFTER_MARK:
            found[at] = _by_phrase(found[at], at, ends, whole=is_bare(before) or is_bare(after))
    return MappingProxyType(found)


def _penalty(before: str, after: str, following: str, script: str) -> float:
    """Of the break between two clusters, by their characters."""
    last, first = before[-1], after[0]
    if _parts_one_thing(last, first):
        return FORBIDDEN
    if (marked := _AFTER_MARK.get(last)) is not None:
        return marked
    if script == "Jpan":
        return _japanese(last, first)
    return _chinese(last, first) if script in ("Hans", "Hant") else syllable_penalty(before, after, following, script)


def _by_phrase(by_letters: float, at: int, ends: Ends, *, whole: bool) -> float:
    """The same where phrases are known.

    Args:
        by_letters: What the characters tell.
        at: Where it is.
        ends: Of phrases and words.
        whole: Whether what is no end of a word may part a syllable.
    """
    if at in ends.phrases:
        return min(by_letters, _MOST_BETWEEN)
    if at in ends.words:
        return TORN + by_letters
    return FORBIDDEN if whole else _TORN_WORD


def _parts_one_thing(last: str, first: str) -> bool:
    if first in _NEVER_FIRST or last in _NEVER_LAST or unicodedata.category(first).startswith("M"):
        return True
    if _FOLLOWS.match(first) or _OPENS.match(last):
        return True
    if last.isdigit() and (first.isdigit() or first in _COUNTERS):
        return True
    return _is_spaced_letter(last) and _is_spaced_letter(first)


def _is_spaced_letter(character: str) -> bool:
    """Of a script that has spaces, or a digit: Latin names and numbers within the text."""
    return character < "\u0500" and (character.isalnum() or character in "'-.")


def _class(character: str) -> str:
    if "\u3041" <= character <= "\u309f":
        return "hiragana"
    if "\u30a0" <= character <= "\u30ff":
        return "katakana"
    return "han" if _HAN.match(character) else "other"


def _japanese(last: str, first: str) -> float:
    one, other = _class(last), _class(first)
    if one == "hiragana" and other != "hiragana":
        return _GOOD if last in _PARTICLES else _FAIR
    if other == "hiragana":  # a particle or an ending belongs to what it follows
        if one == "hiragana":
            return _PLAIN if last in "をはが" else _POOR
        return _WORSE if first in _PARTICLES else _BAD
    if one == other:
        return _BAD if one == "katakana" else _WORST
    return _PLAIN


def _chinese(last: str, first: str) -> float:
    if first in _TRAILING_HAN:
        return _BAD
    if last in _LEANING_HAN:
        return _POOR
    if first in _OPENING_HAN:
        return _FAIR
    return _PLAIN + 4 if _class(last) == _class(first) == "han" else _PLAIN
