"""Numbers, dates and the clock as a language writes them.

Only what stands in the translation letter by letter as in the source is rewritten: what the engine adapted itself is
right already, and cannot be told from a number that merely looks alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import regex

from ops.translation.adapting.locale import Locale

__all__ = ["with_clock", "with_dates", "with_separators", "written"]

_ALONE_BEFORE = r"(?<![\p{L}\p{N}.,:/\-])"
_ALONE_AFTER = r"(?![\p{N}:/]|[.,\u00a0\-]\p{N})"
_DATE = regex.compile(rf"{_ALONE_BEFORE}(\d{{1,2}})([./-])(\d{{1,2}})\2(\d{{4}}){_ALONE_AFTER}")
_HALVES = regex.compile(
    r"(?<![\p{N}:.,])(1[0-2]|0?[1-9])(?:[:.]([0-5]\d))?[ \u00a0]?(?:([AaPp])\.[ ]?[Mm]\.|([AaPp])[Mm]\b)"
)


def written(value: str, locale: Locale) -> str:
    """A plain number ("1234.5") as the language writes it."""
    whole, _, part = value.partition(".")
    if len(whole) >= locale.grouped_from:
        whole = regex.sub(r"(?<=\d)(?=(?:\d{3})+$)", locale.group, whole)
    return whole + (locale.decimal + part if part else "")


def with_separators(text: str, source_text: str, source: Locale, target: Locale) -> str:
    """Decimal and thousands separators as the target has them."""
    found = _separated(source_text, source)
    for literal, value in found.items():
        ours = written(value, target)
        if ours != literal and ours not in found:  # two numbers that would trade places are left
            text = regex.sub(rf"{_ALONE_BEFORE}{regex.escape(literal)}{_ALONE_AFTER}", ours, text)
    return text


@lru_cache(maxsize=4096)
def _separated(text: str, locale: Locale) -> Mapping[str, str]:
    """Numbers with a separator, each with its plain value."""
    group, decimal = regex.escape(locale.group), regex.escape(locale.decimal)
    number = rf"{_ALONE_BEFORE}(?:\d{{1,3}}(?:{group}\d{{3}})+(?:{decimal}\d+)?|\d+{decimal}\d+){_ALONE_AFTER}"
    plain = {each: each.replace(locale.group, "").replace(locale.decimal, ".") for each in regex.findall(number, text)}
    return MappingProxyType(plain)


def with_dates(text: str, source_text: str, source: Locale, target: Locale) -> str:
    """Dates in digits with a whole year, in the target's order; English ones are American where they can be."""
    found = {match[0]: _day_month(match, source) for match in _DATE.finditer(source_text)}
    for literal, date in found.items():
        if date is None:
            continue
        ours = _dated(*date, target.date)
        if ours != literal and ours not in found:
            text = regex.sub(rf"{_ALONE_BEFORE}{regex.escape(literal)}{_ALONE_AFTER}", ours, text)
    return text


def _day_month(match: regex.Match[str], source: Locale) -> tuple[int, int, str] | None:
    first, second, year = int(match[1]), int(match[3]), match[4]
    month_first = source.date.lower().startswith("m")
    day, month = (second, first) if month_first else (first, second)
    if month > 12 >= day:  # an English text may be British
        day, month = month, day
    return (day, month, year) if 1 <= month <= 12 and 1 <= day <= 31 else None


def _dated(day: int, month: int, year: str, pattern: str) -> str:
    parts = {"d": str(day), "D": f"{day:02}", "m": str(month), "M": f"{month:02}", "y": year}
    return "".join(parts.get(each, each) for each in pattern)


def with_clock(text: str, locale: Locale) -> str:
    """Hours with am or pm in 24 hours, where the language counts so."""
    return _HALVES.sub(lambda match: _hour(match, locale), text) if locale.clock == 24 else text


def _hour(match: regex.Match[str], locale: Locale) -> str:
    afternoon = (match[3] or match[4]).lower() == "p"
    hour = int(match[1]) % 12 + (12 if afternoon else 0)
    stop = "." if match[3] and match.end() == len(match.string) else ""  # "p.m." ends the sentence as well
    return f"{hour}{locale.clock_sign}{match[2] or '00'}{stop}"
