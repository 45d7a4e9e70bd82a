"""Abbreviations whose full stop does not end a sentence, by language: read from `abbreviations.toml`.

Whoever parts a text asks here, so that a sentence and a line never end in different places.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["Abbreviations", "abbreviations_of"]


@dataclass(frozen=True)
class Abbreviations:
    """Of one language, case-folded and without their last stop; those of every language with them.

    Attributes:
        names: Something always follows them: "Dr. Grant".
        last: They may be a sentence's last word: "... and so on, etc."
        numbers: Those of `last` that are one before a digit alone: "No. 5".
        ordinals: Whether "3." is "third".
    """

    names: frozenset[str]
    last: frozenset[str]
    numbers: frozenset[str]
    ordinals: bool


@cache
def abbreviations_of(iso639_3: str) -> Abbreviations:
    """Those of a language; of one without a list those of every language.

    Args:
        iso639_3: "eng".
    """
    table = _table()

    def listed(kind: str) -> frozenset[str]:
        words = (*table["every"].get(kind, ()), *table.get(iso639_3, {}).get(kind, ()))
        return frozenset(word.casefold() for word in words)

    numbers = listed("before_numbers")
    return Abbreviations(
        names=listed("before_names"),
        last=listed("also_last") | numbers,
        numbers=numbers,
        ordinals=iso639_3 in table["ordinals"]["languages"],
    )


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(Path(__file__).with_name("abbreviations.toml").read_text(encoding="utf-8"))
