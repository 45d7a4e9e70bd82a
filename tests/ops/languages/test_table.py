"""The 202 languages: against FLORES-200's own list, tags by BCP 47's grammar, what reaches most readers."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import regex

from ops.errors import UsageError
from ops.languages.table import TOP, by_reach, by_tag, by_whisper, language, languages

_TAG = regex.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
"""Of RFC 5646 what the table uses: language, script, region, in its recommended case."""

_ONLY_IN_FLORES = {"arb_Latn", "min_Arab"}


def test_the_table_is_flores_200_less_the_two_that_the_model_lacks(data: Path):
    with (data / "tables" / "flores200_languages.csv").open(encoding="utf-8") as file:
        flores = {row["flores200_code"]: row["language"] for row in csv.DictReader(file)}
    ours = {each.flores: each.name for each in languages().values()}
    assert ours == {code: name for code, name in flores.items() if code not in _ONLY_IN_FLORES}
    assert len(ours) == 202


def test_every_code_is_a_token_of_nllb():
    nllb = pytest.importorskip("transformers.models.nllb.tokenization_nllb")
    assert set(languages()) == set(nllb.FAIRSEQ_LANGUAGE_CODES)


def test_tags_are_well_formed_and_no_two_languages_share_one():
    tags = [each.bcp47 for each in languages().values()]
    assert len(set(tags)) == len(tags)
    assert [tag for tag in tags if not _TAG.fullmatch(tag)] == []


def test_every_language_is_found_again_by_its_own_tag_and_code():
    for each in languages().values():
        assert by_tag(each.bcp47) == each
        assert by_tag(each.code) == each
        assert language(each.code) == each


def test_right_to_left_goes_by_the_script():
    assert {each.script for each in languages().values() if each.rtl} == {"Arab", "Hebr"}
    assert not [each.code for each in languages().values() if not each.rtl and each.script in {"Arab", "Hebr"}]


def test_whispers_languages_are_found_by_whispers_codes():
    whisper = pytest.importorskip("transformers.models.whisper.tokenization_whisper")
    known = {code for code in whisper.LANGUAGES if by_whisper(code)}
    assert set(whisper.LANGUAGES) - known == {"la", "br", "haw"}


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("ger", "deu_Latn"),
        ("pt_BR", "por_Latn"),
        ("zh-Hant-TW", "zho_Hant"),
        ("zh", "zho_Hans"),
        ("cmn", "zho_Hans"),
        ("no", "nob_Latn"),
        ("est", "est_Latn"),
        ("fil", "tgl_Latn"),
        ("iw", "heb_Hebr"),
        ("ji", "ydd_Hebr"),
        ("in", "ind_Latn"),
        ("mo", "ron_Latn"),
        ("scc", "srp_Cyrl"),
        ("scr", "hrv_Latn"),
        ("chs", "zho_Hans"),
        ("cht", "zho_Hant"),
        ("English", "eng_Latn"),
        ("Hebrew", "heb_Hebr"),
        ("Norwegian", "nob_Latn"),
        ("Chinese (Traditional)", "zho_Hant"),
        ("chinese", "zho_Hans"),
        ("Arabic", "arb_Arab"),
        ("Acehnese", "ace_Latn"),
    ],
)
def test_tags_as_containers_carry_them_are_understood(tag: str, code: str):
    found = by_tag(tag)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("cmn-Hant", "zho_Hant"), ("zh-yue", "yue_Hant"), ("zh-yue-HK", "yue_Hant"), ("cmn-TW", "zho_Hant"),
        ("zh-cmn-Hans-CN", "zho_Hans"), ("zho-Hant", "zho_Hant"), ("sr-Cyrl-RS", "srp_Cyrl"), ("ja-Hrkt", "jpn_Jpan"),
        ("ko-Kore-KR", "kor_Hang"), ("az-Arab", "azb_Arab"), ("ks-Deva", "kas_Deva"), ("kr-Arab", "knc_Arab"),
        ("sat-Olck", "sat_Beng"), ("en-Latn-US", "eng_Latn"), ("fa-AF", "prs_Arab"), ("ar-arz", "arz_Arab"),
    ],
)  # fmt: skip
def test_the_script_of_a_tag_counts(tag: str, code: str):
    found = by_tag(tag)
    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    "tag", ["sr-Latn", "sr_Latn_RS", "pa-Arab", "uz-Cyrl", "zh-Latn", "mn-Mong", "mni-Mtei", "en-Dsrt"]
)
def test_a_language_that_is_written_otherwise_here_is_none(tag: str):
    assert by_tag(tag) is None


@pytest.mark.parametrize("tag", ["und", "", "zxx", "qaa", "tlh", "-", "1", "central", "no way", "french dispatch"])
def test_no_language_is_none(tag: str):
    assert by_tag(tag) is None


@pytest.mark.parametrize(
    ("code", "told"),
    [("french", "fra_Latn"), ("sat_Olck", "sat_Beng"), ("arb_Latn", "arb_Arab"), ("fr", "fra_Latn"), ("", "fra_Latn")],
)
def test_a_wrong_code_is_refused_with_what_was_probably_meant(code: str, told: str):
    with pytest.raises(UsageError, match=told):
        language(code)


def test_languages_that_most_people_read_come_first():
    order = by_reach()
    assert {each.code for each in order} == set(languages())
    assert [each.readers_m for each in order] == sorted((each.readers_m for each in order), reverse=True)
    top = [each.code for each in order[:TOP]]
    # whoever counts speakers, these are among the first
    assert {"eng_Latn", "zho_Hans", "hin_Deva", "spa_Latn", "arb_Arab", "fra_Latn", "ben_Beng", "por_Latn", "rus_Cyrl",
            "ind_Latn"} <= set(top)  # fmt: skip
    assert order[TOP - 1].readers_m > 60


def test_the_first_languages_are_most_of_all_readers():
    order = by_reach()
    share = sum(each.readers_m for each in order[:TOP]) / sum(each.readers_m for each in order)
    assert share == pytest.approx(0.79, abs=0.01)
