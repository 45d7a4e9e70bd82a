"""Terms as people write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.errors import SettingsError
from ops.translation.terms import Term, Terms, Units, kept_terms, read_terms, stands_in

WRITTEN = """
keep = ["Sintel", "Blender  Studio"]
units = "keep"

[glossary.deu_Latn]
dragon = "Drache"
"guard tower" = ["Wachturm", "Wachtturm"]

[glossary."*"]
dragon = "Dragon"
Ishtar = "Ishtar"
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "terms.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_read_and_a_languages_own_term_goes_before_that_of_all(tmp_path: Path):
    terms = read_terms(written(tmp_path, WRITTEN))

    assert terms.keep == ("Sintel", "Blender Studio")
    assert terms.units is Units.KEEP
    assert [(term.source, term.target, term.also) for term in terms.of("deu_Latn")] == [
        ("guard tower", "Wachturm", ("Wachtturm",)),
        ("dragon", "Drache", ()),
        ("Ishtar", "Ishtar", ()),
    ]
    assert [term.target for term in terms.of("fra_Latn")] == ["Dragon", "Ishtar"]


def test_a_change_to_one_language_changes_the_version_of_no_other(tmp_path: Path):
    before = read_terms(written(tmp_path, WRITTEN))
    after = read_terms(written(tmp_path, WRITTEN.replace("Drache", "Lindwurm")))

    assert before.version != after.version
    assert before.version_for("deu_Latn") != after.version_for("deu_Latn")
    assert before.version_for("fra_Latn") == after.version_for("fra_Latn")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("keep = 3", "keep is no list"),
        ("keep = [3]", "keep"),
        ('keep = [""]', "a term is 1 to 200 characters"),
        ("keeps = []", "keeps"),
        ('units = "imperial"', "units is 'imperial'"),
        ("[glossary.german]\na = 'b'", "glossary.german"),
        ("[glossary.deu_Latn]\ndragon = []", "has no translation"),
        ("[glossary.deu_Latn]\ndragon = 5", "glossary.deu_Latn.dragon"),
        ("glossary = 1", "glossary is no table"),
        ("keep = [", "cannot be read"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_place(tmp_path: Path, text: str, told: str):
    path = written(tmp_path, text)
    with pytest.raises(SettingsError) as refusal:
        read_terms(path)
    assert told in str(refusal.value)
    assert str(path) in str(refusal.value)


def test_a_file_that_is_not_there_is_said_to_be(tmp_path: Path):
    with pytest.raises(SettingsError, match="cannot be read"):
        read_terms(tmp_path / "none.toml")


def test_a_term_is_a_word_of_its_own_and_in_scripts_without_spaces_anywhere():
    assert stands_in("ship", "The Ship's here")
    assert not stands_in("ship", "shipping")
    assert stands_in("guard tower", "the guard\ntower")
    assert stands_in("門番", "その門番に聞け")
    assert not stands_in("कल", "कला")


def test_a_bent_term_is_kept():
    terms = Terms((Term("dragon", "Drache", "deu_Latn"),))
    assert kept_terms(terms, "The dragon's cave", "Die Höhle des Drachen", "deu_Latn")
    assert not kept_terms(terms, "The dragon's cave", "Die Höhle des Lindwurms", "deu_Latn")
