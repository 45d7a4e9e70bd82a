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
import re
from collections.abc import Mapping, Sequence
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
             "orm": "gaz", "mlg": "plt", "fil": "tgl", "cmn": "zho", "iw": "heb", "in": "ind", "ji": "ydd",
             "mo": "ron", "mol": "ron", "jw": "jav", "scc": "srp", "scr": "hrv"}  # fmt: skip
"""ISO 639-2's bibliographic codes, macrolanguages and codes that were withdrawn, as containers and files carry them, to
the variety that is meant."""

_BY_REGION = {"zh-tw": "zho_Hant", "zh-hk": "zho_Hant", "zh-mo": "zho_Hant", "zh-cht": "zho_Hant", "cht": "zho_Hant",
              "zh-chs": "zho_Hans", "chs": "zho_Hans", "az-arab": "azb_Arab"}  # fmt: skip
"""Tags that tell a script otherwise than by its code; "chs" and "cht" are Windows'."""

_NAMES = {"albanian": "als", "arabic": "arb", "azerbaijani": "azj", "cantonese": "yue", "chinese": "zho",
          "mandarin": "zho", "farsi": "pes", "persian": "pes", "filipino": "tgl", "flemish": "nld",
          "kurdish": "kmr", "latvian": "lvs", "malagasy": "plt", "malay": "zsm", "mongolian": "khk",
          "norwegian": "nob", "oriya": "ory", "oromo": "gaz", "panjabi": "pan", "pashto": "pbt", "punjabi": "pan",
          "quechua": "quy", "tibetan": "bod", "uzbek": "uzn", "yiddish": "ydd"}  # fmt: skip
"""English names of what FLORES-200 calls more closely ("Modern Standard Arabic")."""

_WRITTEN_TOGETHER = {"Jpan": {"hira", "kana", "hrkt", "hani"}, "Hang": {"kore", "hani"}}
"""Scripts that a writing of several is made of (ISO 15924)."""
_WITH_VARIETIES = frozenset({"zh", "ar", "ms", "sw", "uz", "lv"})
"""Languages after which BCP 47 allows a variety of its own code: "zh-yue"."""
_SCRIPT = 4
"""Letters of a script's code."""


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
    """The language that a container, a file name or a player names: "en", "ger", "zh-Hant-TW", "pt_BR", "Hebrew".

    A script counts: "cmn-Hant" is Traditional Chinese. None for no language ("und"), for one that is not among the 202,
    and for one that is there in other scripts alone ("sr-Latn").
    """
    if (named := _named().get(_spelt(tag))) is not None:
        return named
    parts = tag.strip().lower().replace("_", "-").split("-")
    if parts[0] in ("cmn", "zho", "chi"):
        parts[0] = "zh"
    if len(parts) > 1 and parts[0] in _WITH_VARIETIES and parts[1] in _tags() and len(parts[1]) == 3:
        parts = ["zh" if parts[1] == "cmn" else parts[1], *parts[2:]]
    for count in range(len(parts), 0, -1):  # a region says nothing that the table knows
        found = _tags().get("-".join(parts[:count]))
        if found is not None:
            return _in_script(found, parts[count:])
    return None


def by_whisper(code: str) -> Language | None:
    """The language of one of Whisper's codes ("en", "jw", "yue"), or None."""
    return _whispered().get(code)


def _row(row: dict[str, str]) -> Language:
    told: dict[str, Any] = {**row, "rtl": row["rtl"] == "1", "readers_m": float(row["readers_m"])}
    return Language(**told)


def _in_script(found: Language, parts: Sequence[str]) -> Language | None:
    """The language in the script that the rest of its tag names; None where the house has it in others alone."""
    script = parts[0] if parts and len(parts[0]) == _SCRIPT and parts[0].isalpha() else ""
    if not script or _is_written_in(found, script):
        return found
    alike = (each for each in languages().values() if each.iso639_3 == found.iso639_3)
    return next((each for each in alike if _is_written_in(each, script)), None)


def _is_written_in(one: Language, script: str) -> bool:
    return script == one.script.lower() or script in _WRITTEN_TOGETHER.get(one.script, ())


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
    tags |= {tag: languages()[code] for tag, code in _BY_REGION.items()}
    for old, new in _OLD_TAGS.items():
        if new in tags:
            tags[old] = tags[new]
    return tags


@cache
def _named() -> Mapping[str, Language]:
    """By English names as `_spelt`: "french", "chinese traditional"; of two scripts the one of its tag without any."""
    names = {name: _tags()[iso] for name, iso in _NAMES.items()}
    for each in languages().values():
        names[_spelt(each.name)] = each
        names.setdefault(_spelt(each.name.partition(" (")[0]), _tags()[each.iso639_3])
    return names


def _spelt(name: str) -> str:
    return " ".join(re.findall(r"[^\W\d_]+", name.lower()))


@cache
def _whispered() -> Mapping[str, Language]:
    found: dict[str, Language] = {}
    for each in languages().values():
        if each.whisper:
            found.setdefault(each.whisper, each)
    found["zh"] = languages()["zho_Hans"]
    return found
