"""Length and reading speed: what a reader counts, in scripts of every kind."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.subtitles.measure import length, reading_speed, unmarked, words_a_minute, words_in
from ops.subtitles.widths import prefix_widths


@pytest.mark.parametrize(
    ("text", "characters"),
    [
        ("What brings you here?", 21),
        ("हिन्दी", 2),  # two clusters: हि and न्दी (UAX #29 from Unicode 15.1 on keeps the conjunct together)
        ("ที่นี่", 2),
        ("مرحبًا", 5),
        ("e\u0301te\u0301", 3),
        ("👩‍👩‍👧‍👦!", 2),
        ("\u200fשלום\u200e", 4),
        ("\u2067-نعم\u2069", 4),
        ("a\u200bb\ufeffc", 3),
        ("one\ntwo", 6),
        ("<i>never</i>", 5),
        ("{\\an8}above", 5),
        ("a < b {c}", 9),
        ("", 0),
    ],
)
def test_a_reader_counts_what_is_seen(text, characters):
    assert length(text) == characters


@pytest.mark.parametrize(
    ("text", "characters"),
    [
        ("今日は。", 4),
        ("ｱｲｳ", Fraction(3, 2)),
        ("Tokyo駅", Fraction(7, 2)),
        ("문지기 1", Fraction(4)),
        ("「A」", Fraction(5, 2)),
    ],
)
def test_half_width_characters_count_half_where_full_width_is_the_measure(text, characters):
    assert length(text, wide=True) == characters


def test_a_line_break_is_no_character_and_time_is_exact():
    speed = reading_speed(["0123456789", "01234567"], 30000, Fraction(30000, 1001))

    assert speed == Fraction(18 * 30000, 1001 * 30000)


def test_dashes_and_notes_are_no_words():
    assert words_in(["- Well, don't.", "- ♪ … 3.5 km/h?"]) == 5
    assert words_a_minute(["one two three"], 24, Fraction(24)) == 180


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_text_is_never_longer_than_its_parts_nor_than_its_code_points(one, other):
    assert length(one + other) <= length(one) + length(other) + 1  # a "<" may become markup, two marks one cluster
    assert 0 <= length(one) <= len(one)
    assert length(one, wide=True) <= length(one)


@given(st.text(max_size=60).filter(lambda text: unmarked(text) == text), st.booleans())
def test_prefix_widths_end_with_the_whole_length(text, wide):
    widths = prefix_widths(text, wide=wide)

    assert len(widths) == len(text) + 1
    assert widths[-1] == float(length(text, wide=wide))
    assert widths == sorted(widths)
