"""How well a line or a cue may end between two words, by the words' classes.

Netflix's general requirements, section 5: break after punctuation, before conjunctions and prepositions; never between
article and noun, auxiliary and verb, negation and verb, first and last name. The closed classes stand in
`grammar.toml`; a language without a table is broken by punctuation, numbers and balance alone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from pathlib import Path

import regex

from ops.errors import SettingsError
from ops.languages.abbreviations import abbreviations_of
from ops.languages.table import language

__all__ = ["FORBIDDEN", "break_penalty", "ends_clause", "ends_sentence", "hyphen_penalty", "opens_phrase"]

FORBIDDEN = 1000.0
"""A penalty that only a text without any other place to break takes."""

_SENTENCE, _CLAUSE, _OPENS, _PLAIN = 0.0, 1.0, 5.0, 14.0
_WAITS, _LEANS, _NAMES, _TRAILS = 24.0, 28.0, 40.0, 40.0
"""After a conjunction or preposition, which waits for what it opens, after an article, within a name, before a
particle: in characters of imbalance that one would accept to be spared the break. Of a line of 42 a good third parts a
plain break from one after an article."""

_MAY_END = 13.0
"""After an abbreviation before a capital: "Bros. / Pictures" as well as "at 5 p.m. / Miller left"."""

_AT_HYPHEN = 35.0
"""Netflix's guides do not break a word; worse than after an article, better than within a name."""

_ENDS_SENTENCE = regex.compile(r"[.!?…。！？｡؟۔।॥։።᙮။༎៕⁇⁈⁉][\p{Pf}\p{Pe}\"'”’»）」』]*$")
_FULL_STOP = regex.compile(r"(?<![.])\.$")
_LETTERS_AND_STOPS = regex.compile(r"(?:\p{L}\p{M}*\.)+(?:\p{L}\.)?")
_ORDINAL = regex.compile(r"\p{Nd}{1,2}\.")
_ENDS_CLAUSE = regex.compile(r"(?:[,;:،؛、，；：—–།༔၊፣፤፥՝·]|--|-$)[\p{Pf}\p{Pe}\"'”’»）」』]*$")
_NUMBER_END = regex.compile(r"\p{Nd}[.,:]?$|[€$£¥#№§]$")
_NUMBER_START = regex.compile(r"^[\p{Nd}%‰°€$£¥]")
_UNIT = regex.compile(
    r"^(?:km|m|cm|mm|kg|g|mg|l|ml|s|ms|h|min|hz|khz|kmh|km/h|mph|°c|°f|%|am|pm|a\.m\.?|p\.m\.?|uhr|o'clock|€|eur|usd"
    r"|million|millions|billion|millionen|milliarden|million[s]?|milliard[s]?|тысяч[аи]?|лет|год[а]?)[.,!?…]*$",
    regex.IGNORECASE,
)
_CLOSES = regex.compile(r"[\p{Pf}\p{Pe}\"'”’»）」』]+$")
_OPENS_WORD = regex.compile(r"^[\p{Ps}\p{Pi}\"'¿¡„]+")
_ADDRESS = regex.compile(r"[@/\\_\d]|\p{L}\.\p{L}")
_BEFORE_HYPHEN, _AFTER_HYPHEN = regex.compile(r"[\p{L}\p{M}]{2}[-‐]$"), regex.compile(r"\p{L}{2}")
_DASH = regex.compile(r"[-‐−]")
_CAPITAL = regex.compile(r"^\p{Lu}\p{Ll}")
_BARE = regex.compile(r"^[\p{P}\p{S}]+|[\p{P}\p{S}]+$")
_CLOSING = regex.compile(r"^[\p{Pe}\p{Pf}!?:;.,…%。、，！？：；»]+$")
_OPENING = regex.compile(r"[\p{Ps}\p{Pi}«¿¡„]$")


_PARTICLES = frozenset(["van", "von", "da", "de", "di", "del", "della", "dos", "du", "bin", "ibn", "ben"])
"""Within a name, before a capital: "Leonardo da Vinci"."""

_MANY_CAPITALS = ("deu_Latn", "ltz_Latn")
"""Languages that capitalise nouns: a capital tells no name."""


@dataclass(frozen=True)
class _Classes:
    opens: frozenset[str] = frozenset()
    leans: frozenset[str] = frozenset()
    trails: frozenset[str] = frozenset()
    denies: frozenset[str] = frozenset()
    numerals: frozenset[str] = frozenset()

    @property
    def starts(self) -> frozenset[str]:
        """With a capital they begin a sentence."""
        return self.opens | self.leans


def ends_sentence(word: str, language_code: str, after: str = "") -> bool:
    """Whether a sentence ends with a word; not with "Dr." nor with the "No." of "No. 5".

    Args:
        word: Punctuation included.
        language_code: A code of `ops.languages`: whose abbreviations.
        after: The word after it; without one, it is the last.
    """
    if not _ENDS_SENTENCE.search(word):
        return False
    stop = _at_stop(word, after, language_code)
    return stop in (_SENTENCE, _MAY_END)


def ends_clause(word: str) -> bool:
    """Whether a comma, a dash or the like ends it."""
    return bool(_ENDS_CLAUSE.search(word))


def opens_phrase(word: str, language_code: str) -> bool:
    """Whether it is a conjunction or preposition."""
    return _folded(word) in _classes_of(language_code).opens


@lru_cache(maxsize=1 << 16)
def break_penalty(before: str, after: str, language_code: str, beyond: str = "") -> float:
    """How bad a break between two words is, in characters of imbalance; from `FORBIDDEN` on it is none at all.

    Args:
        before: The last word before the break, punctuation included.
        after: The first after it.
        language_code: A code of `ops.languages`.
        beyond: The second after it, which tells whether "da" begins the rest of a name.
    """
    if _is_one_thing(before, after):
        return FORBIDDEN
    if _ENDS_SENTENCE.search(before):
        stop = _at_stop(before, after, language_code)
        return _by_class(before, after, language_code, beyond) if stop is None else stop
    return _CLAUSE if ends_clause(before) else _by_class(before, after, language_code, beyond)


@lru_cache(maxsize=1 << 14)
def hyphen_penalty(before: str, after: str, language_code: str) -> float:
    """How bad a break after a hyphen within a word is; `FORBIDDEN` in addresses, numbers and names.

    Args:
        before: The word up to the hyphen and with it.
        after: The rest of it.
        language_code: A code of `ops.languages`.
    """
    word = before + after
    if _ADDRESS.search(word) or not (_BEFORE_HYPHEN.search(before) and _AFTER_HYPHEN.match(after)):
        return FORBIDDEN
    parts = [part for part in regex.split(r"[-‐]", _BARE.sub("", word)) if part]
    classes = _classes_of(language_code)
    if any(part.lower() in classes.numerals for part in parts):
        return FORBIDDEN
    named = language_code not in _MANY_CAPITALS and any(part[0].isupper() for part in parts[1:])
    return FORBIDDEN if named else _AT_HYPHEN


def _at_stop(before: str, after: str, language_code: str) -> float | None:
    """The penalty after a word with a sentence's mark, as `ops.languages.abbreviations` tells it; None where it is an
    abbreviation that says nothing of the break."""
    text = _CLOSES.sub("", before)
    if not _FULL_STOP.search(text) or not after:
        return _SENTENCE
    spoken = language(language_code)
    short = abbreviations_of(spoken.iso639_3)
    text = _OPENS_WORD.sub("", text)
    stem, following = text[:-1].casefold(), _OPENS_WORD.sub("", after)
    if stem in short.names:
        return FORBIDDEN
    classes = _classes_of(language_code)
    starts = following[:1].isupper() and _folded(following) in classes.starts
    if stem in short.last:
        return _after_last(following, starts, language_code, before_numbers=stem in short.numbers)
    if _LETTERS_AND_STOPS.fullmatch(text):
        return _after_initials(stem, following, starts, spoken.iso639_3, classes)
    return _NAMES if short.ordinals and _ORDINAL.fullmatch(text) and not starts else _SENTENCE


def _after_last(following: str, starts: bool, language_code: str, *, before_numbers: bool) -> float | None:
    """After an abbreviation that may end a sentence."""
    number = following[:1].isdigit()
    if before_numbers:
        return FORBIDDEN if number else _SENTENCE
    if starts:
        return _SENTENCE
    if following[:1].isupper():
        return None if language_code in _MANY_CAPITALS else _MAY_END
    return _LEANS if number else None


def _after_initials(stem: str, following: str, starts: bool, tongue: str, classes: _Classes) -> float | None:
    alone = len(stem) == 1
    if (stem == "i" and tongue == "eng") or (starts and not alone):
        return _SENTENCE
    if following[:1].isdigit() or (alone and following[:1].isupper()):
        return FORBIDDEN
    if following[:1].isupper():
        return _NAMES
    return None if _folded(following) in classes.opens else _LEANS


def _is_one_thing(before: str, after: str) -> bool:
    """A number and its unit, or a mark that stands apart: French "?" after a space."""
    if _NUMBER_END.search(before) and (_NUMBER_START.match(after) or _UNIT.match(after)):
        return True
    if (before[-1:].isdigit() and _DASH.fullmatch(after)) or (_DASH.fullmatch(before) and after[:1].isdigit()):
        return True  # "by 21 - 17"
    return bool(_CLOSING.match(after) or _OPENING.search(before))


def _by_class(before: str, after: str, language_code: str, beyond: str) -> float:
    classes = _classes_of(language_code)
    last, first = _folded(before), _folded(after)
    joined = language(language_code).script == "Arab" and first[:1] == "و" and first[1:] in classes.starts
    if language(language_code).script == "Arab" and last[:1] in ("و", "ف") and last not in classes.starts:
        last = last[1:]  # "and" and "so" are written with the word after them
    penalties = (
        (_TRAILS, first in classes.trails or after.lower() in classes.trails),
        (_NAMES, last in classes.denies),
        (_NAMES, _is_name(before, after, language_code, beyond)),
        (_LEANS, last in classes.leans or before[-1:].isdigit()),  # a number leans on what it counts
        (_WAITS, last in classes.opens),
        (_OPENS, first in classes.opens or joined),
    )
    return next((penalty for penalty, holds in penalties if holds), _PLAIN)


def _is_name(before: str, after: str, language_code: str, beyond: str) -> bool:
    """Two capitalised words, first and last name, or one and "da" before another."""
    if language_code in _MANY_CAPITALS:
        return False
    if before.lower() in _PARTICLES:
        return bool(_CAPITAL.match(after))
    last = beyond if after in _PARTICLES else after
    return bool(_CAPITAL.match(before) and _CAPITAL.match(last))


def _folded(word: str) -> str:
    return _BARE.sub("", word.lower().replace("’", "'")) or word


def _classes_of(language_code: str) -> _Classes:
    return _classes().get(language(language_code).iso639_3, _Classes())


@cache
def _classes() -> Mapping[str, _Classes]:
    path = Path(__file__).with_name("grammar.toml")
    known = {each.name for each in fields(_Classes)}
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    for code, row in table.items():
        if not set(row) <= known or any(not isinstance(word, str) for words in row.values() for word in words):
            raise SettingsError(f"tells other than {', '.join(sorted(known))}", where=f"{path}, {code}")
    return {code: _Classes(**{kind: frozenset(words) for kind, words in row.items()}) for code, row in table.items()}
