"""What is said, from subtitles: whole sentences, and only what is spoken."""

from __future__ import annotations

from pathlib import Path

import pytest

from ops.errors import MediaError
from ops.scenes.transcript import Cue, embedded_transcript, sentences_of


def said(*cues: tuple[float, float, str]) -> list[str]:
    return [each.words for each in sentences_of([Cue(*cue) for cue in cues])]


def test_the_subtitles_in_the_language_of_the_sound_are_read(data: Path, tmp_path: Path):
    film = data / "video" / "sintel_360p_two_subtitles_chapters.mkv"

    transcript = embedded_transcript(film, origin_s=0.0, folder=tmp_path)

    assert transcript is not None and transcript.language == "eng"
    assert [each.words for each in transcript.sentences] == [
        "What brings you to the land of the gatekeepers?",
        "I'm searching for someone.",
        "A dangerous quest for a lone hunter.",
        "I've been alone for as long as I can remember.",
    ]
    assert [each.start_s for each in transcript.sentences] == pytest.approx([12.1, 18.55, 36.9, 41.5], abs=0.2)
    assert list(tmp_path.iterdir()) == []


def test_times_count_from_the_first_picture(data: Path, tmp_path: Path):
    film = data / "video" / "sintel_360p_two_subtitles_chapters.mkv"

    transcript = embedded_transcript(film, origin_s=10.0, folder=tmp_path)

    assert transcript is not None and transcript.sentences[0].start_s == pytest.approx(2.1, abs=0.2)


def test_a_film_without_subtitles_has_no_transcript(data: Path, tmp_path: Path):
    assert embedded_transcript(data / "video" / "sintel_trailer_720p.mp4", origin_s=0.0, folder=tmp_path) is None


def test_a_file_that_is_no_film_is_an_error(data: Path, tmp_path: Path):
    with pytest.raises(MediaError):
        embedded_transcript(data / "broken" / "text_named.mp4", origin_s=0.0, folder=tmp_path)


def test_a_sentence_over_two_cues_is_one_and_two_in_one_cue_are_two():
    assert said((1, 3, "This is a sentence that"), (3.2, 4, "goes on.")) == ["This is a sentence that goes on."]
    assert said((1, 3, "Stop! Who goes there?")) == ["Stop!", "Who goes there?"]
    assert said((1, 3, "We waited for Mr. Smith.")) == ["We waited for Mr. Smith."]


def test_a_sentence_that_is_dropped_does_not_swallow_the_next_one():
    assert said((1, 3, "If only"), (9, 11, "Good morning.")) == ["If only", "Good morning."]


@pytest.mark.parametrize(
    ("cue", "spoken"),
    [
        ("[thunder rumbles]", []),
        ("(SIGHS) Let us go.", ["Let us go."]),
        ("♪ la la la ♪", []),
        ("<i>Far away.</i>", ["Far away."]),
        ("{\\an8}Up here.", ["Up here."]),
        ("SHAMAN: You are late.", ["You are late."]),
        ("- Where to?\n- Home.", ["Where to?", "Home."]),
        ("One line\nand its other half.", ["One line and its other half."]),
    ],
)
def test_only_what_is_spoken_is_kept(cue: str, spoken: list[str]):
    assert said((1.0, 3.0, cue)) == spoken


def test_time_within_a_cue_is_shared_out_in_order():
    parts = list(sentences_of([Cue(10.0, 14.0, "Run. They have found the gate at last.")]))

    assert parts[0].start_s == 10.0 and parts[-1].end_s == pytest.approx(14.0, abs=0.2)
    assert parts[0].end_s <= parts[1].start_s
    assert parts[0].end_s - parts[0].start_s < parts[1].end_s - parts[1].start_s


def test_a_sign_that_stands_for_a_minute_is_no_line():
    assert said((0, 60, "Translated by nobody.")) == []
