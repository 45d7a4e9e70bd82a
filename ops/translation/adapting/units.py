"""Miles, feet, pounds and degrees Fahrenheit for readers who count otherwise (`units.toml`)."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import regex

from ops.languages.table import language
from ops.translation.adapting.locale import Locale, locale_of
from ops.translation.adapting.numbers import written

__all__ = ["Measure", "converted", "measures"]

_FILE = Path(__file__).parents[1] / "units.toml"
_FEWEST_DIGITS = 2
"""Significant ones of a converted measure: "5 miles" are 8.0 km and written 8, "6 feet" are 1.8 m."""


@dataclass(frozen=True)
class Measure:
    """A measure in a text.

    Attributes:
        number: As it is written.
        value: Its number.
        unit: Of `units.toml`.
        metric: Its number in the metric unit, rounded to what the original was exact to, two digits at least.
    """

    number: str
    value: float
    unit: str
    metric: str


@lru_cache(maxsize=4096)
def measures(text: str, code: str) -> tuple[Measure, ...]:
    """The measures of a text that would be converted, by the names of its language; looked up once for all targets."""
    return tuple(_measures(text, code)) if any(each.isdigit() for each in text) else ()


def _measures(text: str, code: str) -> Iterator[Measure]:
    locale = locale_of(code)
    for unit, names in _names(code).items():
        pattern = rf"(?<![\p{{N}}.,])({_number(locale)})[ \u00a0-]*{_any_of(names)}"
        for match in regex.finditer(pattern, text, regex.IGNORECASE):
            plain = match[1].replace(locale.group, "").replace(locale.decimal, ".")
            yield Measure(match[1], float(plain), unit, _metric(plain, unit))


def converted(text: str, *, source_text: str, source: str, target: str) -> tuple[str, tuple[str, ...]]:
    """A translation with its measures in metric units.

    Returns:
        The text, and what was changed, as "5 miles → 8 km".
    """
    if target in _table()["own"]["languages"]:
        return text, ()
    notes = []
    locale = locale_of(target)
    for measure in measures(source_text, source):
        names = [*_names(target).get(measure.unit, ()), *_names("eng_Latn")[measure.unit]]
        theirs = "|".join(sorted({regex.escape(each) for each in _ways(measure, locale)}, key=len, reverse=True))
        ours = f"{written(measure.metric, locale)}\u00a0{_symbol(measure.unit, target)}"
        pattern = rf"(?<![\p{{N}}.,])(?:{theirs})[ \u00a0-]*{_any_of(names)}"
        text, times = regex.subn(pattern, ours, text, flags=regex.IGNORECASE)
        if times:
            notes.append(f"{measure.number} {measure.unit.replace('_', ' ')} → {ours}")
    return text, tuple(notes)


def _ways(measure: Measure, locale: Locale) -> Sequence[str]:
    plain = f"{measure.value:.12g}"
    return (measure.number, plain, written(plain, locale), plain.replace(".", locale.decimal))


def _metric(plain: str, unit: str) -> str:
    row = _table()["unit"][unit]
    value = (float(plain) + row.get("offset", 0)) * row["factor"]
    if unit == "fahrenheit":
        return f"{round(value)}"
    digits = max(_FEWEST_DIGITS, len(plain.replace(".", "").strip("0")))
    if value == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, places)
    return f"{rounded:.{max(0, places)}f}".rstrip("0").rstrip(".") if places > 0 else f"{rounded:.0f}"


def _number(locale: Locale) -> str:
    group, decimal = regex.escape(locale.group), regex.escape(locale.decimal)
    return rf"\d{{1,3}}(?:{group}\d{{3}}){{1,4}}(?:{decimal}\d{{1,6}})?|\d{{1,12}}(?:{decimal}\d{{1,6}})?"


def _any_of(names: Sequence[str]) -> str:
    """One of the names, the longest first, as a word of its own where its script parts words."""
    told = "|".join(regex.escape(name) for name in sorted(names, key=len, reverse=True))
    return rf"(?:{told})(?:(?<=[\p{{Han}}\p{{Katakana}}\p{{Hangul}}])|(?![\p{{L}}\p{{M}}-]))"


def _names(code: str) -> dict[str, list[str]]:
    return _table()["names"].get(code, {})


def _symbol(unit: str, target: str) -> str:
    symbol = _table()["unit"][unit]["symbol"]
    symbols = _table()["symbols"]
    script = symbols.get(language(target).script, {})
    return symbols.get(target, {}).get(symbol) or script.get(symbol, symbol)


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
