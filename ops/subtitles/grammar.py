"""How well a line or a cue may end between two words, by the words' classes.

Netflix's general requirements, section 5: break after punctuation, before conjunctions and prepositions; never between
article and noun, auxiliary and verb, negation and verb, first and last name. The closed classes stand in
`grammar.toml`; a language without a table is broken by punctuation, numbers and balance alone.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import regex

from ops.errors import SettingsError
from ops.languages.table import language

__all__ = ["FORBIDDEN", "break_penalty", "ends_clause", "ends_sentence"]

FORBIDDEN = 1000.0
"""A penalty that only a text without any other place to break takes."""

_SENTENCE, _CLAUSE, _OPENS, _PLAIN = 0.0, 1.0, 5.0, 14.0
_WAITS, _LEANS, _NAMES, _TRAILS = 24.0, 28.0, 40.0, 40.0
"""After a conjunction or preposition, which waits for what it opens, after an article, within a name, before a
particle: in characters of imbalance that one would accept to be spared the break. Of a line of 42 a good third parts a
plain break from one after an article."""

_ENDS_SENTENCE = regex.compile(r"[.!?…。！？｡؟۔।॥։።᙮။༎៕⁇⁈⁉][\p{Pf}\p{Pe}\"'”’»）」』]*$")
_ENDS_CLAUSE = regex.compile(r"(?:[,;:،؛、，；：—–།༔၊፣፤፥՝·]|--|-$)[\p{Pf}\p{Pe}\"'”’»）」』]*$")
_SHORTENED = regex.compile(
    r"^(?:\p{Lu}\.|(?:mr|mrs|ms|dr|st|prof|jr|sr|vs|no|nr|bzw|etc|z\.b|m|mme)\.)$", regex.IGNORECASE
)
_NUMBER_END = regex.compile(r"\p{Nd}[.,:]?$|[€$£¥#№§]$")
_NUMBER_START = regex.compile(r"^[\p{Nd}%‰°€$£¥]")
_UNIT = regex.compile(
    r"^(?:km|m|cm|mm|kg|g|mg|l|ml|s|ms|h|min|hz|khz|kmh|km/h|mph|°c|°f|%|am|pm|a\.m\.?|p\.m\.?|uhr|o'clock|€|eur|usd"
    r"|million|millions|billion|millionen|milliarden|million[s]?|milliard[s]?|тысяч[аи]?|лет|год[а]?)[.,!?…]*$",
    regex.IGNORECASE,
)
_CAPITAL = regex.compile(r"^\p{Lu}\p{Ll}")
_BARE = regex.compile(r"^[\p{P}\p{S}]+|[\p{P}\p{S}]+$")
_CLOSING = regex.compile(r"^[\p{Pe}\p{Pf}!?:;.,…%。、，！？：；»]+$")
_OPENING = regex.compile(r"[\p{Ps}\p{Pi}«¿¡„]$")


@dataclass(frozen=True)
class _Classes:
    opens: frozenset[str] = frozenset()
    leans: frozenset[str] = frozenset()
    trails: frozenset[str] = frozenset()


def ends_sentence(word: str) -> bool:
    """Whether a sentence ends with a word; not with "Dr." and "J."."""
    return bool(_ENDS_SENTENCE.search(word)) and not _SHORTENED.match(word)


def ends_clause(word: str) -> bool:
    """Whether a comma, a dash or the like ends it."""
    return bool(_ENDS_CLAUSE.search(word))


@lru_cache(maxsize=1 << 16)
def break_penalty(before: str, after: str, language_code: str) -> float:
    """How bad a break between two words is, in characters of imbalance; from `FORBIDDEN` on it is none at all.

    Args:
        before: The last word before the break, punctuation included.
        after: The first after it.
        language_code: A code of `ops.languages`.
    """
    if _is_one_thing(before, after):
        return FORBIDDEN
    if _ENDS_SENTENCE.search(before):
        return FORBIDDEN if _SHORTENED.match(before) and _CAPITAL.match(after) else _SENTENCE
    return _CLAUSE if ends_clause(before) else _by_class(before, after, language_code)


def _is_one_thing(before: str, after: str) -> bool:
    """A number and its unit, or a mark that stands apart: French "?" after a space."""
    if _NUMBER_END.search(before) and (_NUMBER_START.match(after) or _UNIT.match(after)):
        return True
    return bool(_CLOSING.match(after) or _OPENING.search(before))


def _by_class(before: str, after: str, language_code: str) -> float:
    classes = _classes().get(language(language_code).iso639_3, _Classes())
    last, first = _folded(before), _folded(after)
    penalties = (
        (_TRAILS, first in classes.trails or after.lower() in classes.trails),
        (_LEANS, last in classes.leans or before[-1:].isdigit()),  # a number leans on what it counts
        (_NAMES, _is_name(before, after, language_code)),
        (_WAITS, last in classes.opens),
        (_OPENS, first in classes.opens),
    )
    return next((penalty for penalty, holds in penalties if holds), _PLAIN)


def _is_name(before: str, after: str, language_code: str) -> bool:
    """Two capitalised words: first and last name. German capitalises nouns, and says nothing by it."""
    return language_code not in ("deu_Latn", "ltz_Latn") and bool(_CAPITAL.match(before) and _CAPITAL.match(after))


def _folded(word: str) -> str:
    return _BARE.sub("", word.lower().replace("’", "'")) or word


@cache
def _classes() -> Mapping[str, _Classes]:
    path = Path(__file__).with_name("grammar.toml")
    known = {"opens", "leans", "trails"}
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    for code, row in table.items():
        if not set(row) <= known or any(not isinstance(word, str) for words in row.values() for word in words):
            raise SettingsError(f"tells other than {', '.join(sorted(known))}", where=f"{path}, {code}")
    return {code: _Classes(**{kind: frozenset(words) for kind, words in row.items()}) for code, row in table.items()}
