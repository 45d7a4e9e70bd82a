"""The whole of speech analysis, on open recordings."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ops.errors import MediaError
from ops.pictures.speakers import draw_speech
from ops.speech.analyse import analyse_speech
from ops.speech.der import diarisation_error
from ops.speech.model import Speech, Turn
from ops.speech.names import NamedTurn, carried_over
from ops.speech.voice_print import VoicePrint
from tests.ops.audio.sounds import sine, write_wave
from tests.ops.speech.recordings import READERS, heard, spans_of


def analysed(track: Path, folder: Path, **others) -> Speech:
    return analyse_speech(track, voices=VoicePrint(), folder=folder, **others)


def test_two_people_on_a_channel_each_overlap_as_they_do(data: Path, tmp_path: Path):
    kennedy, dashwood = heard("jfk_inaugural_11s.flac"), heard(READERS["dashwood"][0])
    truth = [Turn(*span, who) for who, side in (("k", kennedy), ("d", dashwood)) for span in spans_of(side)]

    speech = analysed(data / "audio" / "two_speakers_left_jfk_right_austen.wav", tmp_path)

    assert speech.engines == {"speech": "silero-vad", "voices": "channels"}
    assert diarisation_error(truth, speech.turns).rate < 0.03
    assert speech.speakers == ("S1", "S2")


def test_the_known_mix_tells_who_and_what_is_between(data: Path, tmp_path: Path):
    told: list[float] = []

    speech = analysed(data / "audio" / "mix_known_segments.wav", tmp_path, progress=told.append)

    assert speech.duration_s == pytest.approx(40.9, abs=0.01)
    assert speech.speakers == ("S1", "S2")
    assert speech.engines["voices"] == "embedded/voice-print"
    assert -60 < (speech.noise_db or 0) < -20
    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.parametrize("name", ["silence_5s.wav", "rain_20s.mp3"])
def test_where_nobody_speaks_there_is_no_one(data: Path, tmp_path: Path, name: str):
    speech = analysed(data / "audio" / name, tmp_path)

    assert speech.spans == speech.turns == speech.speakers == ()
    assert speech.notes == ("Nobody is heard to speak.",)
    assert (speech.noise_db is None) == (name == "silence_5s.wav")


def test_noise_between_the_speech_is_measured_as_the_track_has_it(data: Path, tmp_path: Path):
    rain = np.mean(heard("rain_20s.mp3") ** 2)
    quiet = analysed(data / "audio" / "jfk_inaugural_11s.flac", tmp_path).noise_db
    rainy = analysed(data / "audio" / "jfk_rain_snr0db.wav", tmp_path).noise_db

    assert rain > 0
    assert quiet is not None
    assert rainy is not None
    assert rainy > quiet + 10


def test_film_dialogue_is_found_where_it_is_known_to_be(data: Path, tmp_path: Path):
    lines = ((12.18, 14.36), (18.64, 19.80), (41.59, 43.84))  # the whispered line at 37 s is missed

    speech = analysed(data / "video" / "sintel_trailer_720p.mp4", tmp_path)

    for start, end in lines:
        assert any(begin < end - 0.3 and over > start + 0.3 for begin, over in speech.spans)
    found = sum(end - start for start, end in speech.spans)
    assert found < 9  # of 52 s; the rest is music and effects


def test_a_name_is_shown_and_survives_another_numbering(data: Path, tmp_path: Path):
    speech = analysed(data / "audio" / "mix_known_segments.wav", tmp_path, names={"S2": "Reader", "S7": "Nobody"})
    remembered = [
        NamedTurn(turn.start_s, turn.end_s, speech.names[turn.speaker])
        for turn in speech.turns
        if turn.speaker in speech.names
    ]
    renumbered = [Turn(turn.start_s, turn.end_s, {"S1": "S2", "S2": "S1"}[turn.speaker]) for turn in speech.turns]

    assert speech.names == {"S2": "Reader"}
    assert [row["name"] for row in speech.table()][-1] == "Reader"
    assert carried_over(remembered, renumbered) == {"S1": "Reader"}


def test_the_artifact_reads_back_as_it_was_written(data: Path, tmp_path: Path):
    speech = analysed(data / "audio" / "mix_known_segments.wav", tmp_path, names={"S1": "Kennedy"})

    assert Speech.from_json(json.loads(json.dumps(speech.to_json()))) == speech


def test_the_table_has_a_row_a_turn():
    speech = Speech(9.0, ((0, 4),), (Turn(0, 2, "S1"), Turn(1, 4, "S2")), names={"S2": "Ada"})

    assert speech.table() == [
        {"start_s": 0, "end_s": 2, "speaker": "S1", "name": "S1"},
        {"start_s": 1, "end_s": 4, "speaker": "S2", "name": "Ada"},
    ]


def test_a_film_without_sound_is_refused(data: Path, tmp_path: Path):
    (tmp_path / "no.wav").write_bytes(b"RIFF....WAVE")

    with pytest.raises(MediaError):
        analysed(tmp_path / "no.wav", tmp_path)


def test_a_track_of_one_tenth_of_a_second_is_analysed(tmp_path: Path):
    track = write_wave(tmp_path / "short.wav", sine(200, 0.1, rate=16_000), 16_000)

    assert analysed(track, tmp_path).turns == ()


def test_the_picture_shows_each_speaker_in_a_colour_of_their_own(data: Path, tmp_path: Path):
    speech = analysed(
        data / "audio" / "mix_known_segments.wav", tmp_path, names={"S1": "$x$ a rather long\nname indeed"}
    )

    png = draw_speech(speech, title="$mix_$")

    with Image.open(BytesIO(png)) as picture:
        colours = set(map(tuple, np.asarray(picture.convert("RGB")).reshape(-1, 3).tolist()))
    assert {(0xF2, 0xA5, 0x41), (0x4F, 0xB3, 0xBF)} <= colours
    assert (0xC7, 0xA6, 0xFF) not in colours
    assert draw_speech(speech, title="$mix_$") == png


def test_the_picture_of_silence_can_be_drawn():
    assert draw_speech(Speech(0.0, (), ())).startswith(b"\x89PNG")
