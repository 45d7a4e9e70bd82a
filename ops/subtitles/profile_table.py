"""Reading `profiles.toml`: whatever is missing, unknown or impossible in it is told with its place."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from ops.errors import SettingsError
from ops.languages.table import languages
from ops.subtitles.profile import CutZones, Dashes, Profile

__all__ = ["read_profiles"]

_FRACTIONS = {"shortest_s", "longest_s", "early_s", "linger_s", "chain_below_s", "balance"}
_GENERAL: Mapping[str, type] = {
    **dict.fromkeys(_FRACTIONS - {"balance"}, str), "lines": int, "gap_frames": int, "late_frames": int,
    "chain": bool, "ellipsis": str,
}  # fmt: skip
_SPEEDS = {"adult", "child", "sdh", "sdh_child", "words_a_minute", "child_words_a_minute"}
_BY_LANGUAGE: Mapping[str, type] = {
    "chars": int, **dict.fromkeys(_SPEEDS, int), "dashes": str, "italics": bool, "continued": bool, "wide": bool,
    "resumed": bool, "shortest_s": str, "chain": bool,
}  # fmt: skip
_BORROWED = {"chars", "wide", *_SPEEDS}
"""What a script asks for by itself; times, dashes and italics stay the profile's own."""

_FOR_ALL = {"chars", "dashes", "italics", "continued", "wide"}
_TOLD = {"title", "version", "read", "sources", "ours"}
_ZONES = ("after_at_24", "snap_at_24", "before_at_24", "out_at_24")


def read_profiles(text: str, *, where: str) -> dict[str, Profile]:
    """The profiles of a table in TOML; see `profiles.toml`.

    Raises:
        SettingsError: It is not such a table; the message names the profile and the key.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"is no TOML: {error}", where=where) from error
    found: dict[str, Profile] = {}
    for name, row in table.items():
        at = f"{where}, {name}"
        _keys(row, {*_GENERAL, *_TOLD, "languages"}, {"cuts", "borrows", "balance"}, at)
        rows = {key: _language_row(key, value, f"{at}.{key}") for key, value in row["languages"].items()}
        _keys(rows.get("*", {}), _FOR_ALL, set(_BY_LANGUAGE), f'{at}."*"')
        if not {"adult", "words_a_minute"} & set(rows["*"]):
            raise SettingsError("tells no reading speed", where=at, fix="Give adult or words_a_minute.")
        rows, borrowed = _with_borrowed(rows, row.get("borrows"), table, at)
        found[name] = Profile(
            name=name,
            title=_typed(row, "title", str, at),
            version=_typed(row, "version", str, at),
            read=_typed(row, "read", date, at),
            sources=tuple(_typed(row, "sources", list, at)),
            ours=tuple(_typed(row, "ours", list, at)),
            general={
                **{key: _typed(row, key, kind, at) for key, kind in _GENERAL.items()},
                "balance": _typed(row, "balance", str, at) if "balance" in row else "0",
                "cuts": _zones(row["cuts"], f"{at}.cuts") if "cuts" in row else None,
            },
            by_language=rows,
            borrowed=borrowed,
        )
        _usable(found[name], at)
    return found


def _with_borrowed(
    rows: dict[str, dict[str, Any]], borrows: Any, table: Mapping[str, Any], at: str
) -> tuple[dict[str, dict[str, Any]], dict[str, str]]:
    if borrows is None:
        return rows, {}
    _keys(borrows, {"from", "scripts"}, set(), f"{at}.borrows")
    name: str = borrows["from"]
    lender = table.get(name)
    if lender is None or "borrows" in lender:
        raise SettingsError("borrows from a profile that has none of its own", where=at)
    general = lender["languages"]["*"]
    for script in borrows["scripts"]:
        theirs = {
            key: value for key, value in (general | lender["languages"].get(script, {})).items() if key in _BORROWED
        }
        rows = rows | {script: {**_language_row(script, theirs, at), **rows.get(script, {})}}
    borrowed: dict[str, str] = dict.fromkeys(borrows["scripts"], name)
    return rows, borrowed


def _language_row(key: str, row: Any, at: str) -> dict[str, Any]:
    known = languages()
    if key != "*" and key not in known and key not in {each.script for each in known.values()}:
        raise SettingsError("is neither a language of the house nor a script", where=at)
    _keys(row, set(), set(_BY_LANGUAGE), at)
    typed = {name: _typed(row, name, _BY_LANGUAGE[name], at) for name in row}
    if "dashes" in typed and typed["dashes"] not in set(Dashes):
        raise SettingsError(f"knows no dashes {typed['dashes']!r}", where=at, fix=f"One of {', '.join(Dashes)}.")
    if any(typed[name] <= 0 for name in {"chars", *_SPEEDS} & set(typed)):
        raise SettingsError("holds a number that is not positive", where=at)
    return typed


def _zones(row: Any, at: str) -> CutZones:
    _keys(row, set(_ZONES), set(), at)
    zones = CutZones(*(_typed(row, name, int, at) for name in _ZONES))
    if not 0 <= zones.snap < zones.before or zones.after < 0 or zones.out < 0:
        raise SettingsError("has zones that do not lie in each other", where=at, fix="snap_at_24 < before_at_24.")
    return zones


def _usable(profile: Profile, at: str) -> None:
    """Every language of the house gets limits that can be kept."""
    for code in languages():
        limits = profile.limits(code)
        if (
            not (0 < limits.shortest_s < limits.longest_s)
            or limits.lines < 1
            or limits.gap_frames < 0
            or not 0 <= limits.balance < 1
        ):
            raise SettingsError(f"asks the impossible of {code}", where=at)


def _keys(row: Any, must: set[str], may: set[str], at: str) -> None:
    if not isinstance(row, dict):
        raise SettingsError("is no table", where=at)
    if missing := sorted(must - set(row)):
        raise SettingsError(f"lacks {', '.join(missing)}", where=at)
    if unknown := sorted(set(row) - must - may):
        raise SettingsError(f"does not know {', '.join(unknown)}", where=at)


def _typed(row: Mapping[str, Any], key: str, kind: type, at: str) -> Any:
    value = row[key]
    if type(value) is not kind:
        raise SettingsError(f"{key} is {value!r} and no {kind.__name__}", where=at)
    if key in _FRACTIONS:
        try:
            Fraction(value)
        except (ValueError, ZeroDivisionError) as error:
            raise SettingsError(f"{key} is {value!r} and no fraction", where=at) from error
    return value
