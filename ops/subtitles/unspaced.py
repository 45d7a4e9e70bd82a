"""Where lines may end in scripts that are written without spaces, from the characters alone.

Japanese and Chinese: kinsoku (JIS X 4051; W3C, Requirements for Japanese Text Layout) and the change of character
class, which parts most phrases. Thai, Lao, Khmer, Burmese and Tibetan: the marks of the script that tell where a
syllable begins or ends. No dictionary is at work: a break never parts what is written as one, but in Thai, Lao and
Khmer it may fall between two syllables of one word. Spaces and zero-width spaces in the text are always the better
place.
"""

from __future__ import annotations

import unicodedata

import regex

from ops.subtitles.grammar import FORBIDDEN

__all__ = ["UNSPACED", "unspaced_penalty"]

UNSPACED = frozenset({"Jpan", "Hans", "Hant", "Thai", "Laoo", "Khmr", "Mymr", "Tibt"})
"""Scripts of ISO 15924."""

_NEVER_FIRST = frozenset(
    "、。，．,.・：；:;？！?!゛゜ヽヾゝゞ々〻ー’”）〕］｝〉》」』】〙〗)]}»°′″℃％%‰…‥〜～–—"
    "ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ"
)
_NEVER_LAST = frozenset("‘“（〔［｛〈《「『【〘〖([{«￥¥＄$￡£＃#")
_AFTER_MARK = {
    **dict.fromkeys("。！？!?．", 0.0),
    **dict.fromkeys("、，：；,:;…‥—", 2.0),
    **dict.fromkeys("」』）】》〉”", 4.0),
}
_COUNTERS = frozenset("年月日時时分秒人個个円元歳岁点度回本枚号階階层層名台匹万億亿千百")

_PARTICLES = frozenset("はがをにでともへのやばてら")
_HAN = regex.compile(r"\p{Han}")
_TRAILING_HAN = frozenset("的了吗嗎吧呢着著过過们們么麼地得啊呀嘛")
_LEANING_HAN = frozenset("不没沒很太最更我你他她它这這那一每把被在从從对對和与與或跟向往")
_OPENING_HAN = frozenset("和与與或但因所如在从從对對把被跟而并並就却卻")

_LEADING_VOWELS = frozenset("เแโใไເແໂໃໄ")
_FOLLOWING = frozenset("ะาำๅๆฯະາຳຽໆຯ")
_ASAT, _BURMESE_VIRAMA, _COENG, _TSHEG = "\u103a", "\u1039", "\u17d2", "\u0f0b"
_SILENT = frozenset("\u0e4c\u0e4e\u0ecc")

_GOOD, _FAIR, _PLAIN, _POOR, _WORSE, _WORST, _BAD = 6.0, 10.0, 14.0, 26.0, 32.0, 45.0, 50.0
"""In characters of imbalance, as in `ops.subtitles.grammar`: before a particle is worse than after one, within a word
of Chinese characters worse still, within a word of katakana or before an ending worst."""


def unspaced_penalty(before: str, after: str, script: str) -> float:
    """How bad a break between two clusters is; from `FORBIDDEN` on it is none.

    Args:
        before: The text up to the break, or its last cluster.
        after: The text from the break on, beginning with a whole cluster.
        script: One of `UNSPACED`.
    """
    last, first = before[-1], after[0]
    if _parts_one_thing(last, first):
        return FORBIDDEN
    if (marked := _AFTER_MARK.get(last)) is not None:
        return marked
    if script == "Jpan":
        return _japanese(last, first)
    return _chinese(last, first) if script in ("Hans", "Hant") else _by_syllable(last, after, script)


def _parts_one_thing(last: str, first: str) -> bool:
    if first in _NEVER_FIRST or last in _NEVER_LAST or unicodedata.category(first).startswith("M"):
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


def _by_syllable(last: str, after: str, script: str) -> float:
    cluster = regex.match(r"\X", after)
    first = cluster.group() if cluster else after[0]
    if script == "Tibt":
        return _FAIR if last == _TSHEG else 2.0 if last in "།༔" else FORBIDDEN
    if script == "Mymr":
        # a consonant with asat or a stacked one ends the syllable before it
        ends = _ASAT in first or _BURMESE_VIRAMA in first or last == _BURMESE_VIRAMA
        return FORBIDDEN if ends else _PLAIN
    if script == "Khmr":
        return FORBIDDEN if last == _COENG else _POOR
    if last in _LEADING_VOWELS or first[0] in _FOLLOWING or _SILENT & set(first):
        return FORBIDDEN
    if first[0] in _LEADING_VOWELS or last in "ๆໆະะ":
        return _PLAIN
    return _POOR if len(first) > 1 else _BAD
