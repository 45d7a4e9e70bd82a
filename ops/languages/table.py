"""The 202 languages that subtitles are made in, by the tokens of NLLB-200.

A model given a token that it does not know translates into a language of its own choice, without a word; so every code
that comes from outside goes through `language`.

Source: the vocabulary of NLLB-200 (NLLB Team, 2022), FLORES-200's names, BCP 47 tags by CLDR's likely scripts. Readers
are CLDR 40's population that writes the language, first and second language together, of its script where CLDR tells
(by the package language_data 1.4.0); its own documentation calls these estimates and often high.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ops.errors import UsageError

__all__ = ["TOP", "Language", "by_reach", "by_tag", "by_whisper", "language", "languages"]

TOP = 20
"""How many of `by_reach` come first where time is short: those with over 60 million readers each, four readers in five
of all that the table counts."""

_TABLE = Path(__file__).with_name("languages.csv")

_NOT_SPOKEN_BY_MODELS = {
    "arb_Latn": "romanised Arabic is in FLORES-200 and not in the model; there is arb_Arab",
    "min_Arab": "Minangkabau in Arabic script is in FLORES-200 and not in the model; there is min_Latn",
    "sat_Olck": "Santali's token is sat_Beng, though it is written in Ol Chiki",
}

_OLD_TAGS = {"ger": "deu", "fre": "fra", "dut": "nld", "chi": "zho", "cze": "ces", "gre": "ell", "rum": "ron",
             "per": "pes", "fas": "pes", "may": "zsm", "msa": "zsm", "ara": "arb", "slo": "slk", "alb": "als",
             "sqi": "als", "arm": "hye", "baq": "eus", "bur": "mya", "geo": "kat", "ice": "isl", "mac": "mkd",
             "tib": "bod", "wel": "cym", "nor": "nob", "no": "nob", "lav": "lvs", "mon": "khk", "nep": "npi",
             "ori": "ory", "swa": "swh", "uzb": "uzn", "aze": "azj", "yid": "ydd", "pus": "pbt", "kur": "kmr",
             "orm": "gaz", "mlg": "plt", "fil": "tgl", "cmn": "zho"}  # fmt: skip
"""ISO 639-2's bibliographic codes and macrolanguages, as containers carry them, to the variety that is meant."""


@dataclass(frozen=True)
class Language:
    """One language in one script.

    Attributes:
        code: NLLB-200's token, the code of the house: "fra_Latn", "sat_Beng".
        flores: FLORES-200's code, which differs for Santali alone.
        iso639_3: "fra".
        script: ISO 15924, in which it is written: "Latn"; of Santali "Olck".
        name: In English.
        bcp47: The tag for files and players: "fr", "zh-Hant".
        rtl: Whether it is written from right to left.
        whisper: Whisper's code, or empty where it does not hear it.
        readers_m: People who can read it, in millions; 0 where CLDR does not tell.
    """

    code: str
    flores: str
    iso639_3: str
    script: str
    name: str
    bcp47: str
    rtl: bool
    whisper: str
    readers_m: float


@cache
def languages() -> Mapping[str, Language]:
    """All 202, by code, in alphabetical order."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = [_row(row) for row in csv.DictReader(file)]
    return MappingProxyType({row.code: row for row in rows})


def by_reach() -> list[Language]:
    """All 202, those that most people read first; of those that CLDR does not count, by code."""
    return sorted(languages().values(), key=lambda each: (-each.readers_m, each.code))


def language(code: str) -> Language:
    """The language of a code.

    Raises:
        UsageError: There is none of that code; the message tells what comes near, by code or name.
    """
    known = languages()
    if code in known:
        return known[code]
    if code in _NOT_SPOKEN_BY_MODELS:
        why = _NOT_SPOKEN_BY_MODELS[code]
        raise UsageError("is not a language of the house", where=code, fix=f"{why[0].upper()}{why[1:]}.")
    tagged = by_tag(code)
    near = [tagged.code] if tagged else difflib.get_close_matches(code, known, n=3, cutoff=0.5)
    near += [each.code for each in known.values() if code and code.lower() in each.name.lower()][:3]
    fix = f"Did you mean {' or '.join(dict.fromkeys(near))}?" if near else "Codes look like fra_Latn."
    raise UsageError("is not a language of the house", where=code, fix=fix)


def by_tag(tag: str) -> Language | None:
    """The language that a container, a file name or a player names: "en", "eng", "ger", "zh-Hant-TW", "pt_BR".

    None for no language ("und") and for one that is not among the 202.
    """
    return _tags().get(tag.strip().lower().replace("_", "-")) or _shorter(tag.strip().lower().replace("_", "-"))


def by_whisper(code: str) -> Language | None:
    """The language of one of Whisper's codes ("en", "jw", "yue"), or None."""
    return _whispered().get(code)


def _row(row: dict[str, str]) -> Language:
    told: dict[str, Any] = {**row, "rtl": row["rtl"] == "1", "readers_m": float(row["readers_m"])}
    return Language(**told)


def _shorter(tag: str) -> Language | None:
    """By the tag without its last parts: a region says nothing that the table knows."""
    while "-" in tag:
        tag = tag.rpartition("-")[0]
        if tag in _tags():
            return _tags()[tag]
    return None


@cache
def _tags() -> Mapping[str, Language]:
    tags: dict[str, Language] = {}
    for each in languages().values():
        tags[each.bcp47.lower()] = each
        tags[each.code.lower().replace("_", "-")] = each
    for each in languages().values():  # "zh" alone is Simplified; of two scripts the first in the table else
        tags.setdefault(each.bcp47.lower().partition("-")[0], each)
        tags.setdefault(each.iso639_3, each)
    tags["zh"] = tags["zho"] = languages()["zho_Hans"]
    for taiwan in ("zh-tw", "zh-hk", "zh-mo"):
        tags[taiwan] = languages()["zho_Hant"]
    for old, new in _OLD_TAGS.items():
        if new in tags:
            tags[old] = tags[new]
    return tags


@cache
def _whispered() -> Mapping[str, Language]:
    found: dict[str, Language] = {}
    for each in languages().values():
        if each.whisper:
            found.setdefault(each.whisper, each)
    found["zh"] = languages()["zho_Hans"]
    return found
