"""Words given to speakers, and words whose times were missing or could not be."""

from __future__ import annotations

import math
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ops.speech.model import Turn
from ops.transcript.model import Timing, Word
from ops.transcript.speakers import sentence_runs, with_speakers
from ops.transcript.timing import clamped, repaired, shared


def said(text: str, start_s: float = 0.0, each_s: float = 0.3) -> list[Word]:
    return [Word(word, start_s + at * each_s, start_s + (at + 1) * each_s) for at, word in enumerate(text.split())]


def test_a_word_goes_to_the_turn_that_it_overlaps_most():
    words = [*said("Who are you?"), *said("Nobody.", 1.2)]

    named = with_speakers(words, [Turn(0.0, 1.0, "S1"), Turn(1.1, 2.0, "S2")])

    assert [word.speaker for word in named] == ["S1", "S1", "S1", "S2"]


def test_a_boundary_within_a_sentence_does_not_cut_it_in_two():
    words = said("I have been alone for long.")  # to 1.8 s

    named = with_speakers(words, [Turn(0.0, 1.4, "S1"), Turn(1.4, 3.0, "S2")])

    assert {word.speaker for word in named} == {"S1"}


def test_turns_of_a_text_without_full_stops_are_told_apart_at_their_pauses():
    thai = ["ส วัส ดี ครับ", "ส วัส ดี ค่ะ สบาย", "ดี ไหม ครับ", "ดี ค่ะ ขอบ คุณ มาก"]
    words, turns, at = [], [], 0.0
    for number, line in enumerate(thai):
        words += said(line, at)
        turns.append(Turn(at - 0.2, words[-1].end_s + 0.2, f"S{number % 2 + 1}"))
        at = words[-1].end_s + 0.85

    named = [word.speaker for word in with_speakers(words, turns)]

    assert named == ["S1"] * 4 + ["S2"] * 5 + ["S1"] * 3 + ["S2"] * 5


def test_two_voices_without_a_stop_or_a_pause_between_them_are_told_apart():
    words = said("bonjour ça va oui et toi")  # the second begins at 0.9 s

    named = with_speakers(words, [Turn(0.0, 0.92, "S1"), Turn(0.92, 1.9, "S2")])

    assert [word.speaker for word in named] == ["S1"] * 3 + ["S2"] * 3


def test_a_voice_that_does_not_last_takes_no_word_out_of_a_text_without_stops():
    words = said("so we all went home and then it rained")

    named = with_speakers(words, [Turn(0.0, 1.2, "S1"), Turn(1.2, 1.5, "S2"), Turn(1.5, 3.0, "S1")])

    assert {word.speaker for word in named} == {"S1"}


def test_somebody_who_finishes_anothers_sentence_after_a_pause_is_heard():
    words = [*said("I thought that you"), *said("were dead.", 1.6)]

    named = with_speakers(words, [Turn(0.0, 1.3, "S1"), Turn(1.5, 2.4, "S2")])

    assert [word.speaker for word in named] == ["S1"] * 4 + ["S2"] * 2


def test_a_pause_within_one_voices_sentence_changes_nothing():
    words = [*said("I thought that you"), *said("were dead.", 1.6)]

    named = with_speakers(words, [Turn(0.0, 1.95, "S1"), Turn(1.95, 2.6, "S2")])

    assert {word.speaker for word in named} == {"S1"}


def test_a_word_beside_every_turn_belongs_to_the_nearest_and_far_from_all_to_nobody():
    near, far = said("Yes.", 2.2, 0.2), said("No.", 9.0)

    named = with_speakers([*near, *far], [Turn(0.0, 2.0, "S1")])

    assert [word.speaker for word in named] == ["S1", ""]


def test_a_long_turn_under_many_short_ones_is_still_found():
    turns = [Turn(0.0, 60.0, "S1"), *(Turn(at, at + 0.5, "S2") for at in range(1, 40))]

    (word,) = with_speakers(said("Here.", 50.0), turns)

    assert word.speaker == "S1"


def test_a_title_does_not_end_a_sentence():
    assert sentence_runs(said("Mr. John had it. He left.")) == [(0, 4), (4, 6)]


def test_missing_times_are_shared_between_the_neighbours_by_letters():
    words = [Word("for", 0.0, 0.4), Word("$20", math.nan, math.nan), Word("a", 0.0, 0.0), Word("month", 1.0, 1.4)]

    fixed = repaired(words, 0.0, 2.0)

    assert [word.text for word in fixed] == ["for", "$20", "a", "month"]
    assert (fixed[1].start_s, fixed[2].end_s) == (0.4, 1.0)
    assert fixed[1].end_s == fixed[2].start_s == 0.4 + 0.6 * 2 / 3
    assert [word.timing for word in fixed] == [Timing.HEARD, Timing.SHARED, Timing.SHARED, Timing.HEARD]


times = st.one_of(st.floats(-5, 40), st.sampled_from([math.nan, math.inf, -math.inf]))


@given(st.lists(st.tuples(times, times), max_size=20))
def test_no_times_are_so_broken_that_words_are_lost_or_out_of_order(sides: list[tuple[float, float]]):
    words = [Word(f"w{place}", *side) for place, side in enumerate(sides)]

    fixed = repaired(words, 0.0, 30.0)

    assert [word.text for word in fixed] == [word.text for word in words]
    assert all(math.isfinite(word.start_s) and word.start_s <= word.end_s for word in fixed)
    assert all(one.start_s <= other.start_s for one, other in pairwise(fixed))


def test_a_word_that_lingers_over_silence_ends_with_the_speech():
    words = clamped([Word("you.", 1.0, 6.0)], [(0.5, 1.4)])

    assert (words[0].start_s, words[0].end_s) == (1.0, 1.4)


def test_a_word_begun_in_the_pause_before_it_keeps_its_end():
    lingering, after = clamped([Word("so", 3.0, 8.0), Word("what", 8.0, 8.3)], [(0.0, 9.0)])

    assert lingering.end_s == 8.0
    assert lingering.start_s > 7.0
    assert after.start_s == 8.0


def test_shared_words_fill_their_stretch():
    words = shared(said("a bcd ef"), 2.0, 5.0)

    assert [(word.start_s, word.end_s) for word in words] == [(2.0, 2.5), (2.5, 4.0), (4.0, 5.0)]


def test_no_words_stay_no_words():
    assert clamped([], [(0.0, 1.0)]) == repaired([], 0.0, 1.0) == []
