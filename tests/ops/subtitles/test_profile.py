"""Profiles: the published numbers, scaled to a film's rate, and a table that is refused when it is wrong."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import ops.subtitles.profile
from ops.errors import SettingsError, UsageError
from ops.languages.table import languages
from ops.subtitles.profile import Dashes, profile_named, profile_names
from ops.subtitles.profile_table import read_profiles

TABLE = Path(ops.subtitles.profile.__file__).with_name("profiles.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("code", "chars", "speeds"),
    [
        ("eng_Latn", 42, (20, 17, 20, 17)),
        ("deu_Latn", 42, (17, 13, 20, 17)),
        ("arb_Arab", 42, (20, 17, 23, 20)),
        ("hin_Deva", 42, (22, 18, 25, 20)),
        ("jpn_Jpan", 13, (4, 4, 7, 7)),
        ("kor_Hang", 16, (12, 9, 14, 11)),
        ("zho_Hans", 16, (9, 7, 11, 9)),
        ("zho_Hant", 16, (9, 7, 11, 9)),
        ("tha_Thai", 35, (17, 13, 20, 17)),
        ("rus_Cyrl", 39, (17, 13, 20, 17)),
    ],
)
def test_netflix_asks_of_each_language_what_its_guide_says(code, chars, speeds):
    netflix = profile_named("netflix")

    limits = netflix.limits(code)

    audiences = [(False, False), (True, False), (False, True), (True, True)]
    read = [netflix.limits(code, child=child, hearing_impaired=impaired).cps for child, impaired in audiences]
    assert (limits.chars, limits.lines, tuple(read)) == (chars, 2, speeds)


@pytest.mark.parametrize(
    ("rate", "shortest", "half"),
    [  # 5/6 s is 20 frames at 24 and 25 at 29.97, half a second 12, 15 and 30: Netflix's own; gaps of 13 at 25:
        # Subtitle Edit
        (Fraction(24000, 1001), 20, 12),
        (Fraction(24), 20, 12),
        (Fraction(25), 21, 13),
        (Fraction(30000, 1001), 25, 15),
        (Fraction(30), 25, 15),
        (Fraction(50), 42, 25),
        (Fraction(60), 50, 30),
    ],
)
def test_seconds_become_the_published_frames_and_the_gap_stays_two(rate, shortest, half):
    frames = profile_named("netflix").limits("eng_Latn").at(rate)

    assert (frames.shortest, frames.chain_below, frames.gap) == (shortest, half, 2)
    assert frames.linger == half - (rate == 25)  # 13 of 25 would be more than half a second
    assert frames.cuts is not None
    assert (frames.cuts.after, frames.cuts.before, frames.cuts.out) == (half, half, half)
    assert frames.longest <= 7 * rate < frames.longest + 1


def test_japanese_cues_may_be_shorter_and_are_not_chained():
    limits = profile_named("netflix").limits("jpn_Jpan")

    assert limits.shortest_s == Fraction(1, 2)
    assert limits.at(Fraction(24)).chain_below == 0


def test_speakers_are_told_apart_as_each_language_does():
    netflix = profile_named("netflix")

    dashes = {code: netflix.limits(code).dashes for code in ("eng_Latn", "fra_Latn", "nld_Latn", "bul_Cyrl")}

    assert dashes == {
        "eng_Latn": Dashes.BOTH,
        "fra_Latn": Dashes.BOTH_SPACED,
        "nld_Latn": Dashes.SECOND,
        "bul_Cyrl": Dashes.SECOND_SPACED,
    }


def test_the_bbc_counts_words_and_borrows_where_there_are_none():
    bbc = profile_named("bbc")

    english, japanese = bbc.limits("eng_Latn"), bbc.limits("jpn_Jpan")

    assert (english.chars, english.cps, english.words_a_minute) == (37, None, 180)
    assert (japanese.cps, japanese.words_a_minute, japanese.borrowed) == (4, None, "netflix")


@pytest.mark.parametrize("name", ["amazon", "ted", "shorts", "bbc"])
@pytest.mark.parametrize("code", ["jpn_Jpan", "kor_Hang", "zho_Hans", "tha_Thai"])
def test_a_borrowed_script_brings_its_widths_and_speeds_and_leaves_the_times(name, code):
    profile = profile_named(name)

    borrowed, own = profile.limits(code), profile.limits("deu_Latn")

    assert borrowed.cps == profile_named("netflix").limits(code).cps
    times = ("shortest_s", "longest_s", "gap_frames", "early_s", "linger_s", "chain", "chain_below_s", "dashes")
    assert {key: getattr(borrowed, key) for key in times} == {key: getattr(own, key) for key in times}


def test_every_profile_has_limits_for_every_language_and_says_where_they_stand():
    for name in profile_names():
        profile = profile_named(name)
        assert profile.sources and profile.version and profile.read.year >= 2026
        for code in languages():
            limits = profile.limits(code)
            assert limits.chars > 0 and (limits.cps or limits.words_a_minute)


def test_an_unknown_profile_is_refused_with_what_comes_near():
    with pytest.raises(UsageError, match="Did you mean netflix"):
        profile_named("netflx")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('longest_s = "7"', 'longest_s = "seven"', "no fraction"),
        ('longest_s = "7"', 'longest_s = "1/0"', "no fraction"),
        ('longest_s = "7"', 'longest_s = "1/2"', "asks the impossible"),
        ("lines = 2\n", "", "lacks lines"),
        ("lines = 2\n", "lines = 2\nrows = 3\n", "does not know rows"),
        ("lines = 2\n", "lines = true\n", "no int"),
        ("rus_Cyrl", "rus_Rusk", "neither a language"),
        ("adult = 4", "adult = 0", "not positive"),
        ('dashes = "both spaced"', 'dashes = "tilde"', "no dashes"),
        ("snap_at_24 = 7", "snap_at_24 = 12", "zones"),
        ("[netflix]", "[netflix", "no TOML"),
        ("adult = 17, ", "", "no reading speed"),
        ('from = "netflix"', 'from = "ted"', "borrows"),
    ],
)
def test_a_table_with_a_fault_is_refused_with_its_place(old, new, told):
    broken = TABLE.replace(old, new, 1)

    with pytest.raises(SettingsError, match=told):
        read_profiles(broken, where="profiles.toml")
