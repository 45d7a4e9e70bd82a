"""Which languages a title's subtitles are made in, told by its ledger rows and the settings alone."""

from __future__ import annotations

from assets.planning import matching
from assets.subtitle_languages import OWN_LANGUAGES, SPOKEN_LANGUAGE, expected, means_every_language, with_languages
from ops.languages.table import TOP, by_reach, languages
from resources.ledger import LedgerState, Standing
from resources.settings import Settings, load_settings


def row(language: str | None = None) -> Standing:
    return Standing(LedgerState.READY, "h", "1", "d", "h", 0, None, language)


def settings(wanted: str = "none") -> Settings:
    return load_settings(subtitle_languages=wanted)


def test_before_its_transcript_a_title_wants_that_alone():
    rows = {"shots": row()}

    assert with_languages(["shots", OWN_LANGUAGES], rows, settings()) == ["shots", "transcript"]
    assert expected(rows, settings("all"), tail=True) == []


def test_what_is_spoken_is_subtitled_wherever_nobody_asks_for_more():
    rows = {"transcript": row("jpn_Jpan")}

    assert with_languages([OWN_LANGUAGES], rows, settings()) == ["transcript", "subtitles/jpn_Jpan"]


def test_a_language_that_was_made_once_is_kept_fresh():
    rows = {"transcript": row("eng_Latn"), "subtitles/eng_Latn": row(), "subtitles/fij_Latn": row()}

    assert expected(rows, settings(), tail=False) == ["subtitles/eng_Latn", "subtitles/fij_Latn"]


def test_languages_with_most_readers_come_at_once_and_the_others_by_night():
    rows = {"transcript": row("eng_Latn")}

    at_once, by_night = (expected(rows, settings("all"), tail=tail) for tail in (False, True))

    assert set(at_once) == {f"subtitles/{each.code}" for each in by_reach()[:TOP]} | {"subtitles/eng_Latn"}
    assert set(by_night) == {f"subtitles/{code}" for code in languages()}
    assert by_night[: len(at_once)] == at_once


def test_languages_may_be_named_by_tags_and_codes():
    rows = {"transcript": row("eng_Latn")}

    told = expected(rows, settings("de, fra_Latn,zh-TW"), tail=True)

    assert set(told) == {f"subtitles/{code}" for code in ("eng_Latn", "deu_Latn", "fra_Latn", "zho_Hant")}


def test_a_pattern_for_every_language_means_a_titles_own():
    assert means_every_language("subtitles/*") and means_every_language("*") and means_every_language("sub*")
    assert not means_every_language("subtitles/zho_*") and not means_every_language("shots")
    assert matching(["subtitles/*"]) == [OWN_LANGUAGES]
    assert matching(["subtitles/zho_*"]) == ["subtitles/zho_Hans", "subtitles/zho_Hant"]
    assert OWN_LANGUAGES in matching(["*"]) and "shots" in matching(["*"])
    assert not any(asset.endswith("fij_Latn") for asset in matching(["*"]))


def test_what_is_spoken_may_be_asked_for_alone():
    rows = {"transcript": row("eng_Latn"), "subtitles/fij_Latn": row()}

    assert with_languages([SPOKEN_LANGUAGE], rows, settings("top")) == ["transcript", "subtitles/eng_Latn"]
    assert with_languages([SPOKEN_LANGUAGE], {}, settings()) == ["transcript"]
