"""Numbers as people read them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from serving.gallery.wording import (
    bytes_in_words,
    counted,
    date_in_words,
    duration_in_words,
    seconds_in_words,
    timecode,
)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0:00.0"),
        (4.72, "0:04.7"),
        (59.96, "1:00.0"),
        (724.7, "12:04.7"),
        (3724.7, "1:02:04.7"),
        (-1, "0:00.0"),
    ],
)
def test_a_timecode_never_shows_sixty_seconds(seconds: float, words: str) -> None:
    assert timecode(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.04, "0.0 s"), (9.64, "9.6 s"), (59.97, "1 min 00 s"), (724, "12 min 04 s"), (6720, "1 h 52 min")],
)
def test_a_length_is_told_in_the_units_that_fit_it(seconds: float, words: str) -> None:
    assert duration_in_words(seconds) == words


@pytest.mark.parametrize(("seconds", "words"), [(0.001, "<0.01 s"), (0.42, "0.42 s"), (12.34, "12.3 s")])
def test_a_cost_in_time_keeps_what_matters(seconds: float, words: str) -> None:
    assert seconds_in_words(seconds) == words


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (84_300, "84 kB"),
        (999_600, "1.0 MB"),
        (1_300_000, "1.3 MB"),
        (4.2e12, "4200 GB"),
    ],
)
def test_a_size_is_told_in_decimal_units(size: int, words: str) -> None:
    assert bytes_in_words(int(size)) == words


def test_one_of_a_thing_is_not_plural() -> None:
    assert (counted(1, "shot"), counted(1500, "shot")) == ("1 shot", "1,500 shots")


def test_a_moment_names_its_zone_where_it_has_one() -> None:
    assert date_in_words(datetime(2025, 11, 3, 9, 5, tzinfo=UTC)) == "3 November 2025, 09:05 UTC"
    assert date_in_words(datetime(2025, 11, 3, 9, 5)) == "3 November 2025, 09:05"
