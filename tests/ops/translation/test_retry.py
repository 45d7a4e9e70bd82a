"""Each fault has its remedies, and what they ask for says the same as the source."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.translation.gates import Fault
from ops.translation.retry import Asking, asked, joined, remedies


def test_a_loop_is_met_without_beams_and_a_dropped_sentence_with_a_least_length():
    assert remedies([Fault.REPEATED])[0].decoding.beams == 1
    assert remedies([Fault.REPEATED])[0].decoding.repetition_penalty > 1
    assert any(remedy.decoding.shortest > 0 for remedy in remedies([Fault.DROPPED]))


@pytest.mark.parametrize("fault", list(Fault))
def test_every_fault_has_remedies_that_differ(fault):
    found = remedies([fault])

    assert len(found) == len({(each.decoding, each.asking) for each in found}) >= 3


def test_of_two_faults_both_get_their_first_remedy_first():
    first, second = remedies([Fault.REPEATED])[0], remedies([Fault.DROPPED])[0]

    assert remedies([Fault.REPEATED, Fault.DROPPED])[:2] == [first, second]


def test_quotes_and_semicolons_go_and_words_stay():
    assert asked('He said: "Go; now."', Asking.PLAIN) == ["He said, Go, now."]
    assert asked("Nothing here to take out.", Asking.PLAIN) is None


def test_a_sentence_is_halved_at_the_clause_nearest_its_middle():
    halves = asked("Well, when the rain came over the hills, we left the village.", Asking.HALVES)

    assert halves == ["Well, when the rain came over the hills,", "we left the village."]
    assert asked("We left the village before dawn.", Asking.HALVES) is None
    assert asked("雨が降ったので、私たちは村を出た。", Asking.HALVES) == ["雨が降ったので、", "私たちは村を出た。"]


def test_the_full_stop_of_a_first_half_goes_and_that_of_a_sentence_stays():
    assert joined(["When it rained,", "we left."], ["Als es regnete.", "gingen wir."], "deu_Latn") == (
        "Als es regnete gingen wir."
    )
    assert joined(["It rained.", "We left."], ["雨が降った。", "出た。"], "jpn_Jpan") == "雨が降った。出た。"


@given(st.text(alphabet='ab ,;:"—.。、雨', max_size=80))
def test_halves_are_the_whole(text):
    halves = asked(text, Asking.HALVES)

    assert halves is None or "".join("".join(halves).split()) == "".join(text.split())
