"""A cue is known again by its sentences, and a text by what a reader reads."""

from __future__ import annotations

from fractions import Fraction

from ops.subtitles.cue import Cue, CueTrack
from ops.subtitles.identity import base_hash, cue_ids


def track_of(*cues: tuple[str, tuple[str, ...]]) -> CueTrack:
    return CueTrack(
        "eng_Latn",
        Fraction(24),
        tuple(Cue(k * 48, k * 48 + 40, (text,), sentences=names) for k, (text, names) in enumerate(cues)),
    )


def test_the_cues_of_one_sentence_are_counted_and_others_do_not_matter():
    before = cue_ids(track_of(("One", ("a-0",)), ("two.", ("a-0",)), ("Three.", ("b-0",))))
    after = cue_ids(track_of(("New.", ("n-0",)), ("One", ("a-0",)), ("two.", ("a-0",)), ("Three.", ("b-0",))))

    assert before == ["a-0.0", "a-0.1", "b-0.0"]
    assert after[1:] == before


def test_a_cue_of_two_sentences_is_another_than_a_cue_of_one():
    assert len(set(cue_ids(track_of(("A", ("a-0",)), ("A. B.", ("a-0", "b-0")), ("B", ("b-0",)))))) == 3


def test_cues_without_sentences_go_by_their_words():
    first, second, third = cue_ids(track_of(("[DOOR]", ()), ("[BELL]", ()), ("[DOOR]", ())))

    assert first.startswith("text-")
    assert len({first, second, third}) == 3
    assert first.rpartition(".")[0] == third.rpartition(".")[0]


def test_line_breaks_markup_and_marks_of_direction_are_no_part_of_a_text():
    assert base_hash("one\ntwo") == base_hash("<i>one</i>  two") == base_hash("\u2067one two\u2069")
    assert base_hash("Cafe\u0301") == base_hash("Café")
    assert base_hash("one two") != base_hash("one, two")
