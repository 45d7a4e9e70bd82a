"""Ids that hold wherever a title is a folder, a partition, a label or an address."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.errors import UsageError
from resources.store.model import ArtifactKey
from resources.title_ids import clean_name, name_of_file, slug

ANY_NAME = st.text(st.characters(codec="utf-8") | st.characters(categories=["Cs"]), min_size=1, max_size=300)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Big Buck Bunny", "big-buck-bunny"),
        ("Amélie (2001)", "amelie-2001"),
        ("Der weiße Hai", "der-weisse-hai"),
        ("Æon Flux – S01E02.final_v3", "aeon-flux-s01e02-final-v3"),
        ("İstanbul ŁÓDŹ Ørsted", "istanbul-lodz-orsted"),
        ("--- 12 Monkeys ---", "12-monkeys"),
    ],
)
def test_latin_names_become_what_one_would_write(name: str, expected: str):
    assert slug(clean_name(name)) == expected


@pytest.mark.parametrize("name", ["東京物語", "Сталкер", "कुछ कुछ होता है", "!!!", "🎬", "Amélie 東京", "x" * 400])
def test_what_the_letters_cannot_tell_a_hash_does(name: str):
    assert re.fullmatch(r"[a-z0-9-]*-[0-9a-f]{8}", slug(clean_name(name)))


def test_different_names_in_other_scripts_get_different_ids():
    names = ["東京物語", "東京暮色", "東京", "Сталкер", "Солярис"]
    assert len({slug(name) for name in names}) == len(names)


@given(ANY_NAME)
def test_every_name_gives_a_stable_id_that_the_store_takes(name: str):
    try:
        cleaned = clean_name(name)
    except UsageError:
        assert not name.strip() or all(unicodedata.category(each) in ("Cc", "Zs", "Zl", "Zp") for each in name)
        return
    identity = slug(cleaned)
    assert identity == slug(clean_name(cleaned))
    assert len(identity) <= 56
    ArtifactKey(identity, "shots")
    assert clean_name(cleaned) == cleaned
    cleaned.encode()


@given(st.text(min_size=1))
def test_composed_and_decomposed_letters_are_one_name(name: str):
    composed, decomposed = unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)
    try:
        expected = clean_name(composed)
    except UsageError:
        return
    assert clean_name(decomposed) == expected


def test_names_that_were_no_valid_text_stay_apart():
    first, second = (
        b"film\xff".decode("utf-8", "surrogateescape"),
        b"film\xfe".decode("utf-8", "surrogateescape"),
    )
    assert clean_name(first) != clean_name(second)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("/inbox/Big Buck Bunny.mp4", "Big Buck Bunny"),
        ("Film.v2.final.mkv", "Film.v2.final"),
        (".hidden", ".hidden"),
        ("a\tb \n c.mov", "a b c"),
    ],
)
def test_a_file_tells_its_titles_name(file: str, name: str):
    assert name_of_file(PurePath(file)) == name


@pytest.mark.parametrize("name", ["", "  ", "\0\x07"])
def test_no_name_is_refused(name: str):
    with pytest.raises(UsageError):
        clean_name(name)
