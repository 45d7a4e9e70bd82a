"""Each rule is told when it is broken, and only then."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from ops.subtitles.build import retimed
from ops.subtitles.conform import Violation, changes_table, conformance, violations
from ops.subtitles.cue import Cue, CueTrack, Emphasis
from ops.subtitles.profile import profile_named

RATE = Fraction(24)
NETFLIX = profile_named("netflix")
ENGLISH = NETFLIX.limits("eng_Latn")
GOOD = Cue(100, 160, ("A dangerous quest for a lone hunter.",))


def told(*cues: Cue, code: str = "eng_Latn", cuts: tuple[int, ...] = (), profile: str = "netflix") -> set[Violation]:
    reports = violations(cues, RATE, profile_named(profile).limits(code), cuts=cuts)
    return {violation for report in reports for violation in report.violations}


def test_a_good_cue_breaks_nothing():
    assert told(GOOD, cuts=(50, 100, 162, 200)) == set()


@pytest.mark.parametrize(
    ("cues", "cuts", "violation"),
    [
        ((replace(GOOD, end=140),), (), Violation.TOO_FAST),
        ((replace(GOOD, lines=("A dangerous quest for a lone and hungry hunter.",)),), (), Violation.LINE_TOO_LONG),
        ((replace(GOOD, lines=("A quest", "for a lone", "hunter.")),), (), Violation.TOO_MANY_LINES),
        ((replace(GOOD, lines=("A dangerous quest for a", "lone hunter.")),), (), Violation.BAD_LINE_BREAK),
        ((Cue(100, 119, ("Yes.",)),), (), Violation.TOO_SHORT),
        ((replace(GOOD, end=100 + 169),), (), Violation.TOO_LONG),
        ((GOOD, replace(GOOD, start=150, end=220)), (), Violation.OVERLAP),
        ((GOOD, replace(GOOD, start=161, end=220)), (), Violation.GAP),
        ((GOOD, replace(GOOD, start=163, end=220)), (), Violation.CHAIN),
        ((GOOD, replace(GOOD, start=171, end=220)), (), Violation.CHAIN),
        ((GOOD,), (93,), Violation.IN_NEAR_CUT),
        ((GOOD,), (107,), Violation.IN_NEAR_CUT),
        ((GOOD,), (160,), Violation.OUT_NEAR_CUT),
        ((GOOD,), (171,), Violation.OUT_NEAR_CUT),
        ((Cue(100, 160, ("\u200b",)),), (), Violation.EMPTY),
    ],
)
def test_one_fault_is_told_and_no_other(cues, cuts, violation):
    assert told(*cues, cuts=cuts) == {violation}


@pytest.mark.parametrize(("gap", "told_of"), [(2, set()), (12, set()), (24, set())])
def test_gaps_of_two_frames_and_of_half_a_second_are_right(gap, told_of):
    assert told(GOOD, replace(GOOD, start=160 + gap, end=230 + gap)) == told_of


def test_two_connected_cues_are_judged_by_the_seconds_in_time():
    assert told(GOOD, replace(GOOD, start=162, end=230), cuts=(150,)) == set()


def test_speeds_at_the_limit_conform():
    twenty_a_second = Cue(0, 24, ("01234567890123456789",))

    assert told(twenty_a_second) == set()
    assert told(replace(twenty_a_second, lines=("012345678901234567890",))) == {Violation.TOO_FAST}


def test_the_bbc_counts_words():
    assert told(Cue(0, 24, ("One two three",)), profile="bbc") == set()
    assert told(Cue(0, 24, ("One two three four",)), profile="bbc") == {Violation.TOO_MANY_WORDS}


def test_italics_are_a_fault_where_the_language_has_none():
    cue = replace(GOOD, lines=("نعم",), emphasis=(Emphasis(0, 0, 3, "i"),))

    assert told(cue, code="arb_Arab") == {Violation.ITALICS}
    assert told(replace(cue, lines=("Yes",))) == set()


def test_ted_has_no_line_below_half_of_the_other():
    lines = ("We had,", "when we were young, a dragon of our own.")
    cue = replace(GOOD, end=260, lines=lines)

    assert told(cue, profile="ted") == {Violation.BAD_LINE_BREAK}
    assert told(cue, profile="amazon") == set()
    assert (
        told(replace(cue, lines=("- No.", "- There was no dragon in the house."), speakers=("A", "B")), profile="ted")
        == set()
    )


def test_dashes_of_two_speakers_are_no_bad_break():
    assert told(Cue(100, 160, ("- We saw the", "- Dragon!"))) == set()


def test_a_conformance_tells_its_share_its_table_and_its_failures():
    track = CueTrack("eng_Latn", RATE, (GOOD, Cue(200, 215, ("Yes.",))), "netflix")

    found = conformance(track, ENGLISH)

    assert (found.share, found.counts) == (0.5, {Violation.TOO_SHORT: 1})
    table = found.table()
    assert list(table["violations"]) == ["", "too short to be noticed"]
    assert list(table["lines"]) == [1, 1]
    assert next(iter(table["cps"])) == pytest.approx(36 / 2.5)
    assert found.to_json()["failing"] == [{"cue": 1, "start_s": 8.333, "cps": 6.4, "violations": ["too_short"]}]


def test_an_empty_track_conforms():
    found = conformance(CueTrack("eng_Latn", RATE, ()), ENGLISH)

    assert (found.share, len(found.table())) == (1.0, 0)


def test_changes_are_told_with_times_before_and_after():
    track = retimed([Cue(100, 110, ("Yes.",))], language="eng_Latn", rate=RATE, cuts=[96], frames=500, limits=ENGLISH)

    table = changes_table(track)

    assert list(table["reason"]) == ["snap_to_cut", "shortest"]
    assert list(table["before"]) == ["4.167", "4.583"]
    assert list(table["after"]) == ["4.000", "4.833"]
    assert list(table["frames"]) == [-4, 6]
