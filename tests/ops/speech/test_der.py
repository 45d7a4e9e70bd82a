"""How wrong a diarisation is, against sums done by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.speech.der import diarisation_error, jaccard_error
from ops.speech.model import Turn

A, B = Turn(0, 10, "anna"), Turn(10, 20, "bert")


def parts(reference: list[Turn], found: list[Turn], collar_s: float = 0.0) -> tuple[float, ...]:
    error = diarisation_error(reference, found, collar_s=collar_s)
    return tuple(round(each, 6) for each in (error.missed_s, error.false_alarm_s, error.confused_s, error.speech_s))


def test_what_is_right_under_other_names_is_right():
    assert parts([A, B], [Turn(0, 10, "S2"), Turn(10, 20, "S1")]) == (0, 0, 0, 20)


def test_speech_that_nobody_was_found_for_is_missed():
    assert parts([A, B], [Turn(0, 10, "x"), Turn(12, 20, "y")]) == (2, 0, 0, 20)


def test_a_speaker_found_in_silence_is_a_false_alarm():
    assert parts([A], [Turn(0, 13, "x")]) == (0, 3, 0, 10)


def test_a_change_found_late_confuses():
    error = diarisation_error([A, B], [Turn(0, 13, "x"), Turn(13, 20, "y")])

    assert error.confused_s == pytest.approx(3)
    assert error.rate == pytest.approx(0.15)


def test_one_voice_for_two_people_confuses_the_shorter():
    assert parts([A, Turn(10, 14, "bert")], [Turn(0, 14, "x")]) == (0, 0, 4, 14)


def test_two_voices_for_one_person_confuse_the_shorter():
    assert parts([A], [Turn(0, 7, "x"), Turn(7, 10, "y")]) == (0, 0, 3, 10)


def test_overlap_counts_for_each_who_speaks():
    reference = [Turn(0, 10, "anna"), Turn(4, 6, "bert")]

    assert parts(reference, [Turn(0, 10, "x")]) == (2, 0, 0, 12)
    assert parts(reference, [Turn(0, 10, "x"), Turn(4, 6, "y")]) == (0, 0, 0, 12)


def test_a_collar_leaves_out_both_sides_of_every_edge_of_the_reference():
    # 0 to 0.25, 9.75 to 10.25 and 19.75 to 20 are left out: 19 s of 20 remain, and 2.75 s of the confusion of 3
    assert parts([A, B], [Turn(0, 13, "x"), Turn(13, 20, "y")], 0.25) == (0, 0, 2.75, 19)


def test_a_small_slip_inside_the_collar_is_none():
    assert parts([A, B], [Turn(0, 10.2, "x"), Turn(10.2, 20.1, "y")], 0.25)[:3] == (0, 0, 0)


def test_the_mapping_is_the_best_not_the_first():
    # x is with anna for 6 s and with bert for 5, y with anna for 4: taken greedily, 6 s are right; at best 9 of 15
    reference = [Turn(0, 10, "anna"), Turn(10, 15, "bert")]
    found = [Turn(0, 6, "x"), Turn(6, 10, "y"), Turn(10, 15, "x")]

    assert diarisation_error(reference, found).confused_s == pytest.approx(6)


def test_nothing_said_and_nothing_found_is_right_and_anything_found_is_infinitely_wrong():
    assert diarisation_error([], []).rate == 0
    assert diarisation_error([], [A]).rate == float("inf")
    assert diarisation_error([A], []).rate == 1


def test_the_jaccard_error_weighs_each_person_alike():
    # anna: 10 of 10 + 2 s; bert: nobody, though he speaks for a sixth only
    reference = [A, Turn(10, 12, "bert")]

    assert jaccard_error(reference, [Turn(0, 12, "x")]) == pytest.approx(((1 - 10 / 12) + 1) / 2)


def test_the_jaccard_error_of_no_one_found_is_one():
    assert jaccard_error([A, B], []) == 1
    assert jaccard_error([], []) == 0
    assert jaccard_error([], [A]) == 1


turns = st.lists(
    st.builds(
        lambda start, length, who: Turn(start / 4, (start + length) / 4, who),
        st.integers(0, 40),
        st.integers(1, 20),
        st.sampled_from("abc"),
    ),
    max_size=6,
)


@given(turns, turns)
def test_errors_are_those_of_counting_on_a_grid(reference: list[Turn], found: list[Turn]):
    from itertools import permutations

    def speaking(among: list[Turn], cell: int) -> set[str]:
        return {turn.speaker for turn in among if turn.start_s * 4 <= cell < turn.end_s * 4}

    cells = [(speaking(reference, cell), speaking(found, cell)) for cell in range(64)]
    most_right = max(
        sum(len({names["abc".index(who)] for who in spoken} & got) for spoken, got in cells)
        for names in permutations("abc")
    )

    error = diarisation_error(reference, found)

    assert error.speech_s * 4 == pytest.approx(sum(len(spoken) for spoken, _ in cells))
    assert error.missed_s * 4 == pytest.approx(sum(max(0, len(spoken) - len(got)) for spoken, got in cells))
    assert error.false_alarm_s * 4 == pytest.approx(sum(max(0, len(got) - len(spoken)) for spoken, got in cells))
    both = sum(min(len(spoken), len(got)) for spoken, got in cells)
    assert error.confused_s * 4 == pytest.approx(both - most_right)


@given(turns)
def test_the_truth_has_no_error(reference: list[Turn]):
    assert diarisation_error(reference, reference).rate == 0
    assert jaccard_error(reference, reference) == pytest.approx(0)
