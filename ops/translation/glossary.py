"""A title's terms: what a thing is called in each language, and what keeps its name in all of them.

The model alone; `ops.translation.protect` carries terms through a translation, `ops.translation.gates` looks whether
they arrived. What a sentence depends on is only the terms that it holds, so a changed glossary re-translates no other.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import regex

from ops.errors import UsageError
from ops.languages.table import language, languages

__all__ = ["Found", "Term", "Terms", "read_terms"]

_LARGEST_BYTES = 4_000_000
_KEPT = {"yes", "keep", "true", "1", "x"}
_DROPPED = {"", "no", "false", "0"}


@dataclass(frozen=True)
class Term:
    """One term.

    Attributes:
        source: As it is written in the source language. A capital in it asks for the same case in a sentence;
            a term in small letters is found at a sentence's head too.
        targets: What it is called, by language of `ops.languages`.
        keep: Whether it stays as it is in every language that `targets` says nothing of (a brand, a person).
    """

    source: str
    targets: Mapping[str, str] = field(default_factory=dict)
    keep: bool = False

    def rendering(self, target: str) -> str | None:
        """What it must be called in a language; None where the glossary leaves it to the translator."""
        return self.targets.get(target) or (self.source if self.keep else None)


@dataclass(frozen=True)
class Found:
    """A term where a sentence holds it: code points from `start` to before `end`."""

    term: Term
    start: int
    end: int


@dataclass(frozen=True)
class Terms:
    """All terms of a title.

    Attributes:
        terms: In any order; of two that overlap in a sentence the longer one counts.
    """

    terms: tuple[Term, ...] = ()

    def found(self, text: str) -> list[Found]:
        """The terms that a sentence holds, from left to right and apart.

        A term ends where a word ends, in scripts that part words: "art" is not found in "party".
        """
        if self._pattern is None:
            return []
        return [Found(self._spelled_so(each.group()), *each.span()) for each in self._pattern.finditer(text)]

    def of(self, text: str, target: str) -> list[tuple[Term, str]]:
        """The terms of a sentence that a language must render in a certain way, each once, with that rendering."""
        held = {each.term.source: each.term for each in self.found(text)}
        return [(term, rendering) for term in held.values() if (rendering := term.rendering(target)) is not None]

    def version(self, text: str, target: str) -> str:
        """A hash of all that the terms say of one sentence in one language; empty where they say nothing."""
        asked = [f"{term.source}\x1f{rendering}" for term, rendering in self.of(text, target)]
        return hashlib.sha256("\x1e".join(asked).encode()).hexdigest()[:16] if asked else ""

    @cached_property
    def _by_spelling(self) -> dict[str, Term]:
        return {_spaced(term.source): term for term in self.terms}

    @cached_property
    def _by_small(self) -> dict[str, Term]:
        return {_spaced(term.source).casefold(): term for term in self.terms if _in_small(term.source)}

    def _spelled_so(self, text: str) -> Term:
        spelling = _spaced(text)
        return self._by_spelling.get(spelling) or self._by_small[spelling.casefold()]

    @cached_property
    def _pattern(self) -> regex.Pattern[str] | None:
        longest = sorted(filter(None, self._by_spelling), key=lambda spelling: (-len(spelling), spelling))
        if not longest:
            return None
        return regex.compile("|".join(_spelled(spelling) for spelling in longest))


def read_terms(path: Path) -> Terms:
    """Read a glossary: CSV with the columns `term`, `keep` (yes or nothing) and one for each language's code.

    Raises:
        UsageError: It is no such table, names a language that is none, or says two things of one term.
    """
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise UsageError("is too large for a glossary", where=path, fix="Keep it below 4 MB.")
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(
            f"cannot be read as a glossary ({error})", where=path, fix="Save it as CSV in UTF-8."
        ) from None
    terms: dict[str, Term] = {}
    for place, row in enumerate(rows, start=2):
        term = _term(row, f"{path}, line {place}")
        if term.source in terms:
            raise UsageError(f"has the term {term.source!r} twice", where=f"{path}, line {place}", fix="Keep one.")
        terms[term.source] = term
    return Terms(tuple(terms.values()))


def _term(row: Mapping[str | None, str | None], where: str) -> Term:
    cells = {key.strip(): (value or "").strip() for key, value in row.items() if isinstance(key, str)}
    if None in row or not cells.get("term"):
        raise UsageError(
            "is no line of a glossary",
            where=where,
            fix="The columns are term, keep and languages' codes, such as term,keep,fra_Latn; term is never empty.",
        )
    keep = cells.get("keep", "").lower()
    if keep not in _KEPT | _DROPPED:
        raise UsageError(f"says {keep!r} for keep", where=where, fix="Write yes or leave it empty.")
    targets = {code: text for code, text in cells.items() if code not in ("term", "keep", "note")}
    for code in targets:
        if code not in languages():
            language(code)  # tells which code may be meant
    return Term(cells["term"], {code: text for code, text in targets.items() if text}, keep in _KEPT)


def _spaced(text: str) -> str:
    return " ".join(text.split())


def _in_small(spelling: str) -> bool:
    return spelling == spelling.lower()


def _spelled(spelling: str) -> str:
    """A term as a pattern: any white space for its own, no letters of its script on either side."""
    body = r"\s+".join(regex.escape(part) for part in spelling.split())
    if _in_small(spelling):
        body = f"(?i:{body})"
    parts_words = r"[\p{L}\p{M}\p{N}_--[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]]"
    before = f"(?<!{parts_words})" if regex.match(parts_words, spelling, regex.V1) else ""
    after = f"(?!{parts_words})" if regex.match(parts_words, spelling[-1], regex.V1) else ""
    return f"(?V1){before}{body}{after}"
