"""Abbreviations: every list belongs to a language of the house and is written as it is looked up."""

from __future__ import annotations

import tomllib
from pathlib import Path

import ops.languages.abbreviations
from ops.languages.abbreviations import abbreviations_of
from ops.languages.table import languages

TABLE = tomllib.loads(
    Path(ops.languages.abbreviations.__file__).with_name("abbreviations.toml").read_text(encoding="utf-8")
)


def test_every_list_is_of_a_language_of_the_house_and_in_the_form_that_is_looked_up():
    codes = {each.iso639_3 for each in languages().values()}

    for code, row in TABLE.items():
        if code == "ordinals":
            continue
        assert code in codes | {"every"}
        assert set(row) <= {"before_names", "also_last", "before_numbers"}
        assert all(word == word.lower() and not word.endswith(".") for words in row.values() for word in words)


def test_a_language_has_its_own_and_those_of_all():
    english, zulu = abbreviations_of("eng"), abbreviations_of("zul")

    assert {"capt", "dr"} <= english.names
    assert "no" in english.numbers and english.numbers <= english.last
    assert (zulu.names, zulu.ordinals) == (frozenset({"dr", "prof"}), False)
    assert abbreviations_of("deu").ordinals


def test_greek_ones_are_found_whatever_their_last_sigma():
    assert "ΔΙΣ".casefold() in abbreviations_of("ell").names
