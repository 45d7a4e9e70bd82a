"""Where phrases and words end in Japanese, Chinese and Thai, which write them without spaces.

BudouX (Google, Apache-2.0) tells it: a classifier of each place by the three characters before and after, its models
within its package. For Japanese it knows phrases (bunsetsu: a word with its particles and endings) and words, for
Chinese and Thai words alone, which are made phrases here: a particle stays with what it follows, a negation with what
it denies.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import accumulate
from pathlib import Path

import regex
from budoux.parser import MODEL_DIR, Parser

__all__ = ["Ends", "ends_in"]

_MODELS = {
    "Jpan": "ja_word",
    "Hans": "zh-hans",
    "Hant": "zh-hant",
    "Thai": "th",
}
_LONGEST = 512
"""Characters classified at once. No stretch without a space or a stop is as long; hostile ones are read in parts."""

_LONE_THAI = regex.compile(r"[กขคฆงจฉชซฌญฎฏฐฑฒดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ]")
"""A consonant without any vowel ends the syllable before it; ณ alone is a word."""

_AFTER_NOUN = frozenset(
    {
        *"はがをにでともへのやかだな",
        "から",
        "まで",
        "より",
        "です",
        "だっ",
        "でし",
        "なら",
        "って",
        "など",
        "だけ",
        "しか",
        "さえ",
    }
)
"""Japanese particles and copulas; other kana behind a Chinese character are the ending of its word."""

_KANJI_THEN_KANA = regex.compile(r"(?<=\p{Han})\p{Hiragana}")
_DEMONSTRATIVE = regex.compile(r"[こそあど]の")
_KATAKANA = regex.compile(r"[\u30a1-\u30fa\u30fc-\u30fe]{2,}")
_SHORT_KATAKANA = 3
_HAN_END = regex.compile(r"\p{Han}$")
_MARKS = regex.compile(r"[\p{P}\p{S}]+$")
_FOLLOWING = {
    "Han": frozenset(
        [
            *"的了吗嗎吧呢着著过過们們么麼地得啊呀嘛点點些里裡裏上下中",
            *["不掉", "不了", "不到", "不起", "不住", "不見", "不见"],
        ]
    ),
    "Thai": frozenset(
        {"ครับ", "ค่ะ", "คะ", "นะ", "ไหม", "มั้ย", "หรอก", "สิ", "ล่ะ", "จ้ะ", "จ๊ะ", "เลย"}
        | {"นี้", "นั้น", "กัน", "หา", "สาว", "ชาย"}
    ),
}
"""What is said with the word before it: particles, complements, localisers."""

_SUFFIXES = frozenset("家者员員学學性化师師")
_BEGINS_WORD = regex.compile(
    "家[人里裡庭乡鄉具长長伙务務园園族属屬门門中教]|[员員]工|[学學][校习習生会會院者期费費历歷位术術问問到过過了]"
    "|性[格别別感命质質情]|化[学學妆妝验驗石]|[师師][傅父生]"
)
"""Chinese endings that the model takes for the beginning of the next word (科学|家爱因斯坦), and what words do begin
with them."""

_LEADING = {
    "Han": frozenset("不没沒很太最更把被每从從在对對跟向往一两兩三几幾这這那"),
    "Thai": frozenset(["พวก", "ไม่", "การ", "ความ", "จะ", "กำลัง", "น่า", "ของ", "ที่", "คุณ"]),
}
"""What is said with the word after it: negations, prepositions, numerals, demonstratives."""


@dataclass(frozen=True)
class Ends:
    """What ends within a text.

    Attributes:
        phrases: Code points of the text before each place where a phrase ends; not its own end.
        words: The same of words; every phrase ends with one.
    """

    phrases: frozenset[int]
    words: frozenset[int]


@lru_cache(maxsize=1 << 13)
def ends_in(text: str, script: str) -> Ends | None:
    """The ends of phrases and words within a text.

    Args:
        text: Without spaces.
        script: ISO 15924.

    Returns:
        None for a script of which nothing is known.
    """
    if script not in _MODELS:
        return None
    words = _parted(text, _MODELS[script])
    if script == "Jpan":
        phrases = _ends(_parted(text, "ja"))
        phrases = frozenset(end for end in phrases if not _DEMONSTRATIVE.search(text, max(0, end - 2), end))
        within = _within_katakana(text)
        return Ends(phrases - within, (_ends(_with_endings(words)) | phrases) - within)
    words = _mended(words if script == "Thai" else _with_suffixes(words))
    return Ends(_ends(_phrases(words, "Thai" if script == "Thai" else "Han")), _ends(words))


def _parted(text: str, model: str) -> list[str]:
    parser = _parser(model)
    return [chunk for at in range(0, len(text), _LONGEST) for chunk in parser.parse(text[at : at + _LONGEST])]


def _ends(chunks: Sequence[str]) -> frozenset[int]:
    ends = list(accumulate(len(chunk) for chunk in chunks))
    return frozenset(ends[:-1])


def _mended(chunks: Sequence[str]) -> list[str]:
    """Words of which none is a Thai consonant alone, or half of a Chinese one said twice (媽媽)."""
    found: list[str] = []
    for chunk in chunks:
        if found and (_LONE_THAI.fullmatch(chunk) or (chunk == found[-1] and len(chunk) == 1)):
            found[-1] += chunk
        else:
            found.append(chunk)
    return found


def _with_endings(chunks: Sequence[str]) -> list[str]:
    """Japanese words of which none is parted from its ending in kana (話そう)."""
    found: list[str] = []
    for chunk in chunks:
        if found and _KANJI_THEN_KANA.match(found[-1] + chunk, len(found[-1])) and chunk not in _AFTER_NOUN:
            found[-1] += chunk
        else:
            found.append(chunk)
    return found


def _within_katakana(text: str) -> frozenset[int]:
    """Places between two katakana with one or two of them on a side; the model parts names there."""
    found: set[int] = set()
    for run in _KATAKANA.finditer(text):
        start, end = run.span()
        found.update(at for at in range(start + 1, end) if min(at - start, end - at) < _SHORT_KATAKANA)
    return frozenset(found)


def _with_suffixes(chunks: Sequence[str]) -> list[str]:
    """Chinese words of which none begins with the ending of the one before it."""
    found: list[str] = []
    for chunk, after in zip(chunks, [*chunks, ""][1:], strict=True):
        word = chunk
        ends = found and len(found[-1]) > 1 and _HAN_END.search(found[-1]) and found[-1][-1] not in _FOLLOWING["Han"]
        if ends and word[0] in _SUFFIXES and not _BEGINS_WORD.match(word + after):
            found[-1] += word[0]
            word = word[1:]
        if word:
            found.append(word)
    return found


def _phrases(words: Sequence[str], kind: str) -> list[str]:
    found: list[str] = []
    leads = False
    for word in words:
        bare = _MARKS.sub("", word)
        if found and (leads or bare in _FOLLOWING[kind]):
            found[-1] += word
        else:
            found.append(word)
        leads = word in _LEADING[kind]
    return found


@cache
def _parser(model: str) -> Parser:
    return Parser(json.loads((Path(MODEL_DIR) / f"{model}.json").read_text(encoding="utf-8")))
