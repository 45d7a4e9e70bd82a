"""What words mean to a colourist: `words.toml`, looked up by whoever describes a style.

A prompt becomes weights over the lexicon's terms, which is its place among looks. Words that are no terms are placed by
a table of what they lie near, and else by their spelling (shared runs of three letters, which finds "nostalgia" and
"moonlite"); what is near nothing is told of and left out.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

__all__ = ["Heard", "Term", "heard", "terms"]

_FILE = Path(__file__).with_name("words.toml")
_LONGEST_PHRASE = 4
_LEAST_LIKENESS = 0.62
"""Of spellings. Of the 1200 commonest words of this house's documentation, MEASURED are taken for a look that they do
not mean; without the first letter they must share, at 0.5, it was 197."""

_INTENSITY = {
    "slightly": 0.5, "subtly": 0.5, "subtle": 0.5, "somewhat": 0.6, "hint": 0.4, "touch": 0.4, "little": 0.5,
    "bit": 0.5, "lightly": 0.5, "mildly": 0.5, "mild": 0.6, "faintly": 0.35, "faint": 0.35, "barely": 0.25,
    "fairly": 0.8, "quite": 0.9, "more": 1.2, "very": 1.45, "really": 1.4, "strongly": 1.45, "strong": 1.4,
    "heavily": 1.5, "heavy": 1.45, "deeply": 1.4, "super": 1.5, "ultra": 1.6, "extremely": 1.7, "extreme": 1.7,
    "intensely": 1.6, "hyper": 1.7, "too": 1.4, "highly": 1.45,
}  # fmt: skip
_NEGATION = frozenset({"not", "no", "without", "never", "non", "less", "minus", "isn't", "lacking", "nothing"})
_NEGATED = -0.6
"""Of a term's strength: "not warm" asks for less warmth, and rarely for its whole opposite."""

_IDLE = frozenset(
    """
    a an the and or of in on at by to for with from into like as is are it its this that these those look looks looking
    style styled feel feeling vibe vibes mood film films movie movies picture pictures image colour color colours colors
    tone tones tint tinted grade graded effect make made please want some kind sort type era age day days time scene
    shot through under over much just but yet still almost all my me i you your
    """.split()  # noqa: SIM905  (a list of as many literals is no easier to read)
)
_JOINS = frozenset({"and", "but", "yet"})
_WORD = re.compile(r"[a-z0-9][a-z0-9']*")


@dataclass(frozen=True)
class Term:
    """A word of the lexicon.

    Attributes:
        name: The word.
        says: What it does, for people.
        grade: Settings of a grade, at full strength.
        texture: Amounts by operation: grain, halation, vignette, gate_weave, vhs.
        overlay: Amounts by kind: rain, snow, dust, light_leaks.
        paint: Strengths by operation: cartoon, oil_paint, watercolour, pencil.
    """

    name: str
    says: str
    grade: Mapping[str, float] = field(default_factory=dict)
    texture: Mapping[str, float] = field(default_factory=dict)
    overlay: Mapping[str, float] = field(default_factory=dict)
    paint: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Heard:
    """A term that a prompt calls for.

    Attributes:
        term: Which.
        weight: How strongly; below 0 where it is negated.
        said: The words that called for it, as they stood.
        near: How near those words are to the term; 1 where they are its own.
    """

    term: Term
    weight: float
    said: str
    near: float


@lru_cache(maxsize=1)
def terms() -> Mapping[str, Term]:
    """The lexicon's terms, by name."""
    document = tomllib.loads(_FILE.read_text(encoding="utf-8"))["terms"]
    return MappingProxyType(
        {
            name: Term(
                name,
                told["says"],
                *(MappingProxyType(told.get(part, {})) for part in ("grade", "texture", "overlay", "paint")),
            )
            for name, told in document.items()
        }
    )


@lru_cache(maxsize=1)
def _spellings() -> Mapping[str, Mapping[str, float]]:
    """Every phrase that the lexicon knows: which terms it calls for, and how strongly."""
    document = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    known: dict[str, Mapping[str, float]] = {name.replace("_", " "): near for name, near in document["near"].items()}
    for name, told in document["terms"].items():
        for spelling in (name, *told.get("also", ())):
            known[spelling] = {name: 1.0}
    return MappingProxyType(known)


def heard(prompt: str) -> tuple[list[Heard], list[str]]:
    """The terms that a prompt calls for, in its order, and the words in it that mean nothing to a colourist.

    Intensity ("slightly", "very") and negation ("not", "without") go to the next term: across "and" or "but" they do
    not reach, but "not dark or gloomy" negates both.
    """
    words = _WORD.findall(_plain(prompt))
    found: list[Heard] = []
    unknown: list[str] = []
    place, strength, sign = 0, 1.0, 1.0
    while place < len(words):
        word = words[place]
        phrase, calls = _longest(words, place)
        if phrase:
            place += len(phrase.split())
        else:
            place += 1
            if word in _NEGATION:
                sign = _NEGATED
            elif word in _INTENSITY:
                strength = _INTENSITY[word]
            elif word in _JOINS or word in _IDLE:
                sign = 1.0 if word in _JOINS else sign
            elif calls := _by_likeness(word):
                phrase = word
            else:
                unknown.append(word)
                strength = 1.0
            if not phrase:
                continue
        found += [Heard(terms()[name], sign * strength * near, phrase, near) for name, near in calls.items()]
        strength = 1.0
        sign = sign if place < len(words) and words[place] == "or" else 1.0
    return found, unknown


def _plain(text: str) -> str:
    """Lower case, no accents, no hyphens: "Teal-&-orange" is "teal and orange"."""
    folded = unicodedata.normalize("NFKD", text.casefold()).replace("&", " and ").replace("’", "'")
    return "".join(each for each in folded if not unicodedata.combining(each))


def _longest(words: Sequence[str], place: int) -> tuple[str, Mapping[str, float]]:
    """The longest phrase from a place on that the lexicon knows; empty where it knows none."""
    for length in range(min(_LONGEST_PHRASE, len(words) - place), 0, -1):
        phrase = " ".join(words[place : place + length])
        for spelling in (phrase, *(_stems(phrase) if length == 1 and phrase not in _INTENSITY else ())):
            if spelling in _spellings():
                return phrase, _spellings()[spelling]
    return "", {}


def _stems(word: str) -> Iterator[str]:
    for ending, instead in (
        ("s", ""), ("es", ""), ("ness", ""), ("ish", ""), ("ly", ""), ("y", ""), ("ed", ""), ("ing", ""), ("er", ""),
        ("est", ""), ("ing", "e"), ("ed", "e"), ("ier", "y"), ("iest", "y"), ("iness", "y"), ("ily", "y"), ("like", ""),
    ):  # fmt: skip
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            yield word[: -len(ending)] + instead


@lru_cache(maxsize=1)
def _runs() -> Mapping[str, Counter[str]]:
    return {spelling: _trigrams(spelling) for spelling in _spellings() if " " not in spelling}


def _trigrams(word: str) -> Counter[str]:
    padded = f"^{word}$"
    return Counter(padded[start : start + 3] for start in range(len(padded) - 2))


def _by_likeness(word: str) -> Mapping[str, float]:
    """The terms of the spelling that a word shares most runs of letters with; empty where none is like it."""
    own = _trigrams(word)
    size = sum(count * count for count in own.values()) ** 0.5
    best, likeness = "", _LEAST_LIKENESS
    for spelling, runs in _runs().items():
        if spelling[0] != word[0]:
            continue
        shared = sum(count * runs[run] for run, count in own.items())
        alike = shared / (size * sum(count * count for count in runs.values()) ** 0.5)
        if alike > likeness or (alike == likeness and len(spelling) > len(best)):
            best, likeness = spelling, alike
    if not best or len(word) < 5:
        return {}
    return {name: round(near * likeness, 2) for name, near in _spellings()[best].items()}
