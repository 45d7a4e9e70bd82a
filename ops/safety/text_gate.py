"""The text gate: finds listed words however they are disguised.

What it withstands, after folding (folding.py): digits and signs for letters ("sh1t", "a$$hole"), masks ("f**k"),
repeated letters ("fuuuck"), signs between letters ("f.u.c.k"), letters spelled out ("f u c k"), a word cut in two
("fu ck", unless both halves are everyday words: "pen is", "it's hit"), and for slurs one typo.

What it asks for is a whole word: "Scunthorpe" and "Matsushita" hold listed letters and are words of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from ops.safety.folding import fold
from ops.safety.typos import one_typo_apart
from ops.safety.wordlist import Entry, Severity, WordList

__all__ = ["Hit", "TextGate", "TextVerdict"]

_SIGNS = {
    "a": "a4@^", "b": "b8", "c": "c(<", "e": "e3€", "g": "g9", "h": "h", "i": "i1!|¡", "l": "l1|", "o": "o0°",
    "s": "s5$§", "t": "t7+", "u": "uv", "z": "z2",
}  # fmt: skip
"""What stands for a letter, the letter itself first."""

_MASKS = "*#•"
_JOINT = r"[^a-z0-9\s]{0,2}"
"""Signs within a word: "f.u.c.k", "f--u--c--k"."""
_GAP = r"[^a-z0-9]{1,4}"
"""Between letters that are spelled out: "f u c k", "f . u . c . k"."""
_CUT = r"\s{1,3}"

_ENDINGS = r"(?:in|ing|er|ers|ed|e?s|z|y)?(?![a-z])"
"""After a word cut in two, also where the list allows anything: "bit chilly" is none."""

_FEWEST_LETTERS = 2
"""Of a find, that are letters and no signs: "455" and "5417" are numbers, "a55" is meant."""

_FUZZY_LENGTH = 6
"""Shorter words have too many ordinary neighbours: one letter from "kike" are bike, hike, like, mike, kite."""

_EVERYDAY = frozenset(Path(__file__).with_name("everyday.txt").read_text(encoding="utf-8").split())
"""Short words that stand beside each other by chance, in titles that mean nothing by it."""

_WORDS = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class Hit:
    """A listed word that was found; `seen` is what stood there, folded."""

    entry: Entry
    seen: str

    def __str__(self) -> str:
        return f"{self.entry.word!r} ({self.entry.severity})"


@dataclass(frozen=True)
class TextVerdict:
    """What a text holds; it is clean without hits."""

    hits: tuple[Hit, ...]

    @property
    def clean(self) -> bool:
        """Whether nothing listed was found."""
        return not self.hits

    @property
    def why(self) -> str:
        """For people; empty where it is clean."""
        return "" if self.clean else f"holds {', '.join(str(hit) for hit in self.hits)}"


class TextGate:
    """Judges texts by word lists; compiled once, safe between threads."""

    def __init__(self, words: WordList) -> None:
        self._patterns = [(entry, _pattern(entry)) for entry in words.entries]
        self._fuzzy = [
            entry
            for entry in words.entries
            if entry.severity is Severity.SEVERE and len(entry.word) >= _FUZZY_LENGTH and " " not in entry.word
        ]
        self._allowed = frozenset(word for word in words.allowed if not word.endswith("*"))
        self._allowed_starts = tuple(word.rstrip("*") for word in words.allowed if word.endswith("*"))

    def judge(self, text: str) -> TextVerdict:
        """Find listed words; each entry is told once."""
        folded = fold(text)
        hits = {hit.entry: hit for hit in (*self._typos(folded), *self._found(folded))}
        return TextVerdict(tuple(sorted(hits.values(), key=lambda hit: (hit.entry.severity, hit.entry.word))))

    def _found(self, folded: str) -> Iterator[Hit]:
        for entry, pattern in self._patterns:
            for match in pattern.finditer(folded):
                seen = match[0]
                letters = sum("a" <= each <= "z" for each in seen)
                if letters >= _FEWEST_LETTERS and not self._is_allowed(_word_around(folded, match)):
                    yield Hit(entry, seen)
                    break

    def _typos(self, folded: str) -> Iterator[Hit]:
        for word in {_unsigned(each) for each in re.findall(r"[a-z0-9@$!|+]{5,}", folded)}:
            for entry in self._fuzzy:
                near = word[0] == entry.word[0] and any(
                    one_typo_apart(form, entry.word) for form in (word, word.removesuffix("s"), _squeezed(word))
                )
                if near and not self._is_allowed(word):
                    yield Hit(entry, word)

    def _is_allowed(self, word: str) -> bool:
        singular = word.removesuffix("s")
        return word in self._allowed or singular in self._allowed or word.startswith(self._allowed_starts or ("\0",))


def _pattern(entry: Entry) -> re.Pattern[str]:
    letters = [(each, len(list(run))) for each, run in groupby(entry.word.replace(" ", "\0"))]
    before = "" if entry.inside else r"(?<![a-z])"
    after = "" if entry.inside or entry.prefix else r"(?:e?s|z)?(?![a-z])"
    joined = f"{before}{_joined(letters)}{after}"
    if " " in entry.word:
        return re.compile(joined)
    word = entry.word
    spelled = rf"(?<![a-z]){_GAP.join(_unit(each, count, spread=True) for each, count in letters)}(?![a-z])"
    cuts = [
        f"(?<![a-z]){_joined(_runs(word[:at]))}{_CUT}{_joined(_runs(word[at:]))}{_ENDINGS}"
        for at in range(1, len(word))
        if len(word) > 3 and not (word[:at] in _EVERYDAY and word[at:] in _EVERYDAY)
    ]
    return re.compile("|".join([joined, spelled, *cuts]))


def _runs(word: str) -> list[tuple[str, int]]:
    return [(each, len(list(run))) for each, run in groupby(word)]


def _joined(letters: list[tuple[str, int]]) -> str:
    parts = [
        r"[^a-z0-9]*" if each == "\0" else _unit(each, count, masked=0 < place < len(letters) - 1)
        for place, (each, count) in enumerate(letters)
    ]
    return _JOINT.join(parts)


def _unit(letter: str, count: int, *, masked: bool = False, spread: bool = False) -> str:
    """A letter that stands `count` times or more, itself or what stands for it.

    Atomic, as a sign may be the letter or stand between two: trying every way of "!!!!!!" would take for ever.
    """
    joint = r"[^a-z0-9]{0,3}" if spread else _JOINT
    shapes = [f"[{re.escape(_SIGNS.get(letter, letter))}]"]
    if letter in "il":  # capital I for l and l for I: one or the other all along, or "tilt" would be "tit"
        shapes.append("l" if letter == "i" else "i")
    repeated = [f"(?>{shape}(?:{joint}{shape}){{{count - 1},}})" for shape in shapes]
    if masked:
        repeated.append(f"[{re.escape(_MASKS)}]{{{count}}}")
    return f"(?:{'|'.join(repeated)})"


def _word_around(folded: str, match: re.Match[str]) -> str:
    """The run of letters that a find stands in, signs within the find left out."""
    start, end = match.span()
    while start > 0 and folded[start - 1].isalpha():
        start -= 1
    while end < len(folded) and folded[end].isalpha():
        end += 1
    return "".join(_WORDS.findall(folded[start:end]))


_UNSIGNED = str.maketrans({sign: letter for letter, signs in _SIGNS.items() for sign in signs[1:] if sign != "v"})


def _unsigned(word: str) -> str:
    return word.translate(_UNSIGNED)


def _squeezed(word: str) -> str:
    """Runs of three letters or more cut to two: a repeat does not count as typos."""
    return re.sub(r"(.)\1{2,}", r"\1\1", word)
