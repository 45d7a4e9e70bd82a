"""Words out of subtitles: the cues stay as they are, and only what is said becomes words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pysubs2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.speech.model import Turn
from ops.transcript.from_cues import aligned, transcript_of_cues
from ops.transcript.model import Timing, Transcript
from ops.transcript.units import units_of


def of(*cues: tuple[float, float, str], language: str = "eng_Latn", turns: tuple[Turn, ...] = ()) -> Transcript:
    return transcript_of_cues(cues, language=language, source="subtitle stream 2 (eng)", turns=turns)


def test_a_cues_time_is_shared_by_its_letters():
    told = of((2.0, 5.0, "a bcd ef"))

    assert [(word.text, word.start_s, word.end_s) for word in told.words] == [
        ("a", 2.0, 2.5), ("bcd", 2.5, 4.0), ("ef", 4.0, 5.0)
    ]  # fmt: skip
    assert {word.timing for word in told.words} == {Timing.SHARED}
    assert told.confidence == 1.0


def test_descriptions_and_notes_stay_in_the_cue_and_are_no_words():
    told = of((0, 1, "[door slams]"), (1, 3, "♪ Row your <i>boat</i> ♪"), (3, 5, "(sighs) No."), (5, 6, "♪♪"))

    assert told.text == "Row your boat No."
    assert [(cue.text, cue.first_word, cue.end_word) for cue in told.cues] == [
        ("[door slams]", 0, 0), ("♪ Row your <i>boat</i> ♪", 0, 3), ("(sighs) No.", 3, 4), ("♪♪", 4, 4)
    ]  # fmt: skip


def test_a_name_before_a_colon_is_the_speaker_and_no_word():
    told = of((0, 2, "SINTEL: I'm searching for someone."), (2, 3, "Remember: never alone."), (3, 4, "SINTEL: No."))

    assert told.text == "I'm searching for someone. Remember: never alone. No."
    assert [word.speaker for word in told.words] == ["SINTEL"] * 4 + [""] * 3 + ["SINTEL"]


def test_a_name_in_small_letters_counts_where_it_comes_twice():
    told = of((0, 2, "Anna: Yes."), (2, 3, "Ben: No."), (4, 5, "Anna: Why?"), (5, 6, "Ben: So."))

    assert [(word.text, word.speaker) for word in told.words] == [
        ("Yes.", "Anna"), ("No.", "Ben"), ("Why?", "Anna"), ("So.", "Ben")
    ]  # fmt: skip


def test_a_time_of_day_names_nobody():
    assert of((0, 2, "It is 12:30 now.")).text == "It is 12:30 now."


def test_dashes_are_two_speakers_whom_turns_tell_apart():
    text = "- Who are you?\n- Nobody."

    alone = of((0.0, 2.0, text))
    known = of((0.0, 2.0, text), turns=(Turn(0.0, 1.1, "S2"), Turn(1.1, 2.0, "S1")))

    assert [word.speaker for word in alone.words] == ["A", "A", "A", "B"]
    assert [word.speaker for word in known.words] == ["S2", "S2", "S2", "S1"]
    assert alone.text == "Who are you? Nobody."


def test_japanese_parts_into_words_with_their_punctuation():
    told = of((0, 3, "今日は、テレビを\n「見る」。"), language="jpn_Jpan")

    assert [word.text for word in told.words] == ["今日", "は、", "テレビ", "を", "「見る」。"]
    assert not any(word.spaced for word in told.words)


def test_thai_vowels_stay_with_their_consonants():
    units = [unit for unit, _ in units_of("เขาไปที่ไหน", language="tha_Thai")]

    assert "".join(units) == "เขาไปที่ไหน"
    assert units[0].startswith("เข")
    assert "ที่" in units


@given(st.text(max_size=40), st.sampled_from(["eng_Latn", "jpn_Jpan", "tha_Thai", "bod_Tibt", "arb_Arab", "kor_Hang"]))
def test_units_are_the_text(text: str, language: str):
    units = units_of(text, language=language)

    assert "".join(f" {unit}" if spaced else unit for unit, spaced in units).split() == text.split()


@given(st.lists(st.tuples(st.floats(0, 99), st.floats(0, 99), st.text(max_size=30)), max_size=8))
def test_no_cues_are_so_strange_that_words_and_cues_part(cues: list[tuple[float, float, str]]):
    told = of(*cues)

    assert len(told.cues) == len(cues)
    assert [cue.first_word for cue in told.cues] == [0, *(cue.end_word for cue in told.cues[:-1])][: len(cues)]
    assert not told.cues or told.cues[-1].end_word == len(told.words)
    assert all(one.start_s <= other.start_s for one, other in zip(told.words, told.words[1:], strict=False))


def test_words_of_real_cues_are_found_where_they_are_said(data: Path, tmp_path: Path):
    from ops.speech.centre import centre_sound
    from ops.speech.sound import speech_sound
    from resources.models.sphinx import Sphinx

    subtitles = pysubs2.load(str(data / "subtitles" / "sintel_trailer_en.srt"))
    told = of(*((cue.start / 1000, cue.end / 1000, cue.plaintext) for cue in subtitles))
    film = data / "video" / "sintel_trailer_720p.mp4"
    sound, middle = speech_sound(film, tmp_path), centre_sound(film, tmp_path)
    assert middle is not None

    timed = aligned(told, np.asarray(sound.samples), Sphinx(), dialogue=middle.samples)

    by_text = {word.text: word for word in timed.words}
    firsts = [by_text[word].start_s for word in ("What", "I'm", "A", "I've")]
    assert firsts == pytest.approx([12.18, 18.64, 36.99, 41.59], abs=0.3)  # published with the test data, to 0.2 s
    lasts = [by_text[word].end_s for word in ("gatekeepers?", "someone.", "hunter.", "remember.")]
    assert lasts == pytest.approx([14.36, 19.80, 38.88, 43.84], abs=0.4)  # the music after a voice is taken for it
    assert {word.timing for word in timed.words} == {Timing.ALIGNED}
    assert timed.cues == told.cues
    assert timed.notes[-1].startswith("4 of 4 cues were found")
