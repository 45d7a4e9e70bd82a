"""How a language writes: `locales.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ops.languages.table import language

__all__ = ["Locale", "locale_of"]

_FILE = Path(__file__).parents[1] / "locales.toml"


@dataclass(frozen=True, eq=False)
class Locale:
    """How a language writes; there is one of each, told apart by itself.

    Attributes:
        quotes: The opening and the closing one.
        decimal: The decimal separator.
        group: The thousands separator.
        grouped_from: Digits from which an integer is grouped.
        date: d and m without, D and M with a leading zero, y the whole year: "d.m.y".
        clock: 12 or 24 hours.
        clock_sign: Between hours and minutes.
        marks: What stands for ASCII marks.
        abbreviations: Words whose full stop ends no sentence.
        spaced_marks: Whether ? ! ; : are set off by a no-break space.
        inverted_marks: Whether questions and exclamations are opened.
        final_stop: Whether a cue may end in a full stop.
    """

    quotes: str
    decimal: str
    group: str
    grouped_from: int
    date: str
    clock: int
    clock_sign: str
    marks: Mapping[str, str]
    abbreviations: frozenset[str]
    spaced_marks: bool
    inverted_marks: bool
    final_stop: bool


@cache
def locale_of(code: str) -> Locale:
    """How a language of the house writes.

    Raises:
        UsageError: There is none of that code.
    """
    spoken = language(code)
    table = _table()
    row = table["language"].get(code, {})
    row = table["language"].get(row["like"], {}) if "like" in row else row
    return Locale(
        **{**table["default"], **row},
        marks={**table["marks"].get(spoken.script, {}), **table["marks"].get(code, {})},
        abbreviations=frozenset(table["abbreviations"].get(spoken.script, ())),
        spaced_marks=code in table["spaced_marks"]["languages"],
        inverted_marks=code in table["inverted_marks"]["languages"],
        final_stop=code not in table["no_final_stop"]["languages"],
    )


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
