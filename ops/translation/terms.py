"""What a house wants said in its own way: names that stay as they are, terms with a fixed translation, units.

People write these files by hand, one a title or one for all:

    keep = ["Sintel", "Blender"]          # never translated, in no language
    units = "convert"                     # or "keep": miles stay miles

    [glossary.deu_Latn]                   # a language of the house
    dragon = "Drache"
    "guard tower" = ["Wachturm", "Wachtturm"]   # any of these will do, the first is preferred

    [glossary."*"]                        # every language
    Ishtar = "Ishtar"
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import regex

from ops.errors import SettingsError
from ops.languages.table import languages

__all__ = ["EVERY_LANGUAGE", "NO_TERMS", "Term", "Terms", "Units", "finder", "kept_terms", "read_terms", "stands_in"]

EVERY_LANGUAGE = "*"

_LONGEST_FILE = 1 << 20
_LONGEST_TERM = 200


class Units(StrEnum):
    """What becomes of miles, feet, pounds and degrees Fahrenheit."""

    CONVERT = "convert"
    """To metric ones, where the language's speakers use those; what subtitlers do unless the number itself matters."""
    KEEP = "keep"
    """They stay."""


@dataclass(frozen=True)
class Term:
    """A term with a fixed translation.

    Attributes:
        source: As it stands in the source language, in any case of letters.
        target: Its translation.
        language: The target's code, of `ops.languages`, or "*".
        also: Other translations that will do.
    """

    source: str
    target: str
    language: str = EVERY_LANGUAGE
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Terms:
    """A glossary, what is not translated, and what becomes of units.

    Attributes:
        glossary: In the file's order.
        keep: Texts that are not translated.
        units: What becomes of units.
    """

    glossary: tuple[Term, ...] = ()
    keep: tuple[str, ...] = ()
    units: Units = Units.CONVERT

    @cached_property
    def version(self) -> str:
        """12 hexadecimal digits that change with the content."""
        return self._digest(self.glossary)

    def version_for(self, language: str) -> str:
        """As `version`, of what concerns one target language: another language's term re-translates nothing here."""
        return self._digest(self.of(language))

    def of(self, language: str) -> tuple[Term, ...]:
        """The terms of a target language, its own before those of every language, each source once."""
        ranked = sorted(
            (term for term in self.glossary if term.language in (language, EVERY_LANGUAGE)),
            key=lambda term: term.language == EVERY_LANGUAGE,
        )
        first = {term.source.casefold(): term for term in reversed(ranked)}
        return tuple(first[key] for key in sorted(first, key=lambda key: (-len(key), key)))

    def asked_of(self, text: str, language: str) -> tuple[Term, ...]:
        """The terms whose source stands in a text, the longest first."""
        return tuple(term for term in self.of(language) if stands_in(term.source, text))

    def _digest(self, glossary: Iterable[Term]) -> str:
        told = [[(term.source, term.target, term.also) for term in glossary], self.keep, self.units]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()[:12]


NO_TERMS = Terms()


def stands_in(term: str, text: str) -> bool:
    """Whether a term is a text's, as words of its own, in any case of letters; anywhere in scripts without spaces."""
    return finder(term).search(text) is not None


def kept_terms(terms: Terms, source_text: str, text: str, language: str) -> bool:
    """Whether a translation has, for every term of its source, one of the translations that will do, bent or not.

    Bent words are told by their beginning: all but the last two letters, four at least.
    """
    folded = text.casefold()
    return all(
        any(all(_stem(word) in folded for word in target.split()) for target in (term.target, *term.also))
        for term in terms.asked_of(source_text, language)
    )


def _stem(word: str) -> str:
    return word.casefold()[: max(4, len(word) - 2)]


@lru_cache(maxsize=4096)
def finder(term: str) -> regex.Pattern[str]:
    """Finds a term as words of its own, in any case of letters, over any spaces."""
    words = r"\s+".join(regex.escape(word) for word in term.split())
    unspaced = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]"
    before = "" if regex.match(unspaced, term) else r"(?<![\p{L}\p{M}\p{N}])"
    after = "" if regex.search(unspaced + "$", term) else r"(?![\p{L}\p{M}\p{N}])"
    return regex.compile(f"{before}{words}{after}", regex.IGNORECASE)


def read_terms(path: Path) -> Terms:
    """Read a file of terms.

    Raises:
        SettingsError: It cannot be read, or is not of the form above; names the entry.
    """
    try:
        if path.stat().st_size > _LONGEST_FILE:
            raise SettingsError("is larger than 1 MiB, too large for terms", where=path, fix="Give a list of terms.")
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise SettingsError(
            f"the terms cannot be read ({error})", where=path, fix="Give a TOML file; see docs/translation_quality.md."
        ) from error
    unknown = content.keys() - {"keep", "glossary", "units"}
    if unknown:
        raise SettingsError(
            f"has the entries {sorted(unknown)}", where=path, fix="Entries are keep, units and [glossary.<language>]."
        )
    return Terms(
        _glossary(content.get("glossary", {}), path), _kept(content.get("keep", []), path), _units(content, path)
    )


def _kept(value: Any, path: Path) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise SettingsError("keep is no list", where=path, fix='Write keep = ["one", "two"].')
    return tuple(dict.fromkeys(_text(each, path, "keep") for each in value))


def _units(content: dict[str, Any], path: Path) -> Units:
    value = content.get("units", Units.CONVERT.value)
    if value not in list(Units):
        raise SettingsError(f"units is {value!r}", where=path, fix=f"It is one of {', '.join(Units)}.")
    return Units(value)


def _glossary(value: Any, path: Path) -> tuple[Term, ...]:
    if not isinstance(value, dict):
        raise SettingsError("glossary is no table", where=path, fix='Write [glossary.deu_Latn] and dragon = "Drache".')
    terms = []
    for code, entries in value.items():
        if code != EVERY_LANGUAGE and code not in languages():
            raise SettingsError(
                "is not a language of the house", where=f"{path}: [glossary.{code}]", fix='Write deu_Latn, or "*".'
            )
        if not isinstance(entries, dict):
            raise SettingsError(
                "is no table of terms", where=f"{path}: glossary.{code}", fix='Write dragon = "Drache" under it.'
            )
        terms += [_term(source, targets, code, path) for source, targets in entries.items()]
    return tuple(terms)


def _term(source: str, targets: Any, code: str, path: Path) -> Term:
    place = f"glossary.{code}.{source}"
    several = targets if isinstance(targets, list) else [targets]
    if not several:
        raise SettingsError("has no translation", where=f"{path}: {place}", fix="Give one or remove it.")
    first, *others = (_text(each, path, place) for each in several)
    return Term(_text(source, path, place), first, code, tuple(others))


def _text(value: Any, path: Path, place: str) -> str:
    text = " ".join(value.split()) if isinstance(value, str) else ""
    if not 0 < len(text) <= _LONGEST_TERM or not regex.search(r"[\p{L}\p{N}]", text):
        raise SettingsError(
            f"holds {value!r}, and a term is 1 to {_LONGEST_TERM} characters with a letter or a digit",
            where=f"{path}: {place}",
            fix="Mend it.",
        )
    return text
