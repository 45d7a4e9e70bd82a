"""Whether the names of a source are in its translation, where that can be decided.

A name is a word with a capital within a sentence that stands nowhere in the run without one. It is looked for in
languages of the Latin script, as it is or bent ("Ishtars"), and in Cyrillic and Greek by its consonants. A name that a
language has another word for (Germany, Deutschland) is lost in every sentence of a run: then it was translated.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import regex

from ops.languages.table import language
from ops.translation.translator import Pair

__all__ = ["Names"]

_WORD = regex.compile(r"[\p{L}\p{M}'’]+")
_NAME = regex.compile(r"(?<=[\p{L}\p{N},;:]['’”\"]?\s+)\p{Lu}[\p{Ll}\p{M}]{2,}(?:-\p{Lu}\p{Ll}+)?")
"""Within a sentence, of three letters or more: "I", "OK" and "Mr" are none."""

_EVERY_NOUN_A_CAPITAL = ("deu_Latn", "ltz_Latn")
_SKELETON = dict(zip("бвгґджзйклмнпрстфхцчшщѕђјљњћџ", "bvggdjzjklmnprstfhccsszjjlncj", strict=True)) | dict(
    zip("βγδζθκλμνξπρσςτφχψ", "vgdztklmnxprsstfhp", strict=True)
)
"""Cyrillic and Greek consonants by the Latin letters that they most often stand for."""
_ALIKE = str.maketrans({"q": "k", "c": "k", "w": "v", "y": "", "h": "", "j": "", "z": "s", "x": "k"})
_LOST_AT_LEAST = 2
"""How often a name must be lost, and never kept, to be taken for one that the language has its own word for."""


class Names:
    """A run's names.

    Args:
        pairs: The run.
        source: The source's code.
        target: The target's.
    """

    def __init__(self, pairs: Sequence[Pair], source: str, target: str) -> None:
        self._target_script = language(target).script
        self._decided = (
            language(source).script == "Latn"
            and source not in _EVERY_NOUN_A_CAPITAL
            and self._target_script in ("Latn", "Cyrl", "Grek")
        )
        self._common = {word for pair in pairs for word in _WORD.findall(pair.source) if word == word.lower()}
        kept, lost = Counter[str](), Counter[str]()
        for pair in pairs:
            for name in self._names(pair.source):
                (kept if self._stands(name, pair.target) else lost)[name] += 1
        self._translated = {name for name, times in lost.items() if times >= _LOST_AT_LEAST and not kept[name]}
        self._tried = {name for name, times in lost.items() if kept[name] or times >= _LOST_AT_LEAST}

    def kept(self, pair: Pair) -> float:
        """The share of a source's names that its translation has, 0 to 1; 1 where there are none to be told."""
        names = self._names(pair.source)
        return sum(self._stands(name, pair.target) for name in names) / len(names) if names else 1.0

    def lost(self, pair: Pair) -> bool:
        """Whether a name is missing that the run's other sentences keep."""
        return any(
            not self._stands(name, pair.target) and name in self._tried and name not in self._translated
            for name in self._names(pair.source)
        )

    def _names(self, text: str) -> list[str]:
        if not self._decided:
            return []
        return [name for name in _NAME.findall(text) if name.lower() not in self._common]

    def _stands(self, name: str, text: str) -> bool:
        words = [word for word in _WORD.findall(text) if word != word.lower()]
        if self._target_script == "Latn":
            stem = _bare(name)[: max(3, len(name) - 2)]
            return any(_bare(word).startswith(stem) for word in words)
        skeleton = _skeleton(name)
        stem = skeleton[: max(2, len(skeleton) - 1)]
        return any(_skeleton(word).startswith(stem) for word in words)


@lru_cache(maxsize=1 << 13)
def _bare(word: str) -> str:
    """Without case and accents."""
    return "".join(each for each in unicodedata.normalize("NFD", word.casefold()) if not unicodedata.combining(each))


@lru_cache(maxsize=1 << 13)
def _skeleton(word: str) -> str:
    """A word's consonants in Latin letters, those that transliterations swap as one."""
    latin = "".join(_SKELETON.get(each, each) for each in _bare(word))
    return regex.sub(
        r"(.)\1+", r"\1", "".join(each for each in latin if each in "bcdfgjklmnpqrstvwxz").translate(_ALIKE)
    )
