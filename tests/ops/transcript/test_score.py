"""Error rates that count what was heard wrong in any script."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.transcript.score import ErrorRate, error_rate, normalised


@pytest.mark.parametrize("text", ["हिन्दी में", "தமிழில் பேசு", "ภาษาไทยที่นี่", "বাংলা ভাষা", "မြန်မာ", "ខ្មែរ"])
def test_signs_on_letters_are_kept(text: str):
    assert normalised(text) == text


def test_a_wrong_vowel_sign_is_an_error_in_hindi():
    assert error_rate("मैं हिन्दी में बोलता हूँ", "मैं हिन्दी मे बोलता हूँ", "hin_Deva").errors == 1


def test_short_vowels_that_arabic_may_leave_out_are_none():
    assert error_rate("السَّلَامُ عَلَيْكُمْ", "السلام عليكم", "arb_Arab").rate == 0.0
    assert error_rate("أهلا", "اهلا", "arb_Arab").errors == 1


def test_punctuation_and_capitals_do_not_count_and_apostrophes_within_words_do():
    assert normalised("“Don’t,” said Dr. O'Neil—'now'!") == "don't said dr o'neil now"


def test_full_width_forms_are_their_own_letters():
    assert normalised("ＡＢＣ　１２") == "abc 12"


@pytest.mark.parametrize(
    "language", ["zho_Hans", "zho_Hant", "jpn_Jpan", "kor_Hang", "tha_Thai", "lao_Laoo", "khm_Khmr", "mya_Mymr"]
)
def test_languages_of_the_list_are_counted_in_characters(language: str):
    assert error_rate("ab cd", "abcd", language) == ErrorRate("characters", 4, 0, 0, 0)


def test_words_are_counted_as_published():
    # Whisper's own kind of example: one substitution, one deletion, one insertion
    rate = error_rate("ask not what your country can do", "ask what our country can do now", "eng_Latn")

    assert (rate.unit, rate.length, rate.substitutions, rate.deletions, rate.insertions) == ("words", 7, 1, 1, 1)
    assert rate.rate == pytest.approx(3 / 7)


def test_nothing_said_and_something_heard_is_all_wrong():
    assert error_rate("", "hello there", "eng_Latn") == ErrorRate("words", 0, 0, 0, 2)
    assert error_rate("", "hello there", "eng_Latn").rate == 1.0
    assert error_rate("...", "", "eng_Latn").rate == 0.0


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing_and_loses_no_letter(text: str):
    once = normalised(text)

    assert normalised(once) == once
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    assert all(sign in folded for sign in once if unicodedata.category(sign)[0] == "L")
