"""Who speaks when in one channel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ops.audio.listening import RATE
from ops.speech.der import diarisation_error, jaccard_error
from ops.speech.diarisation.diarise import diarise
from ops.speech.model import Turn
from ops.speech.voice_print import DESCRIPTORS, VoicePrint, describe
from tests.ops.speech.diarisation.voices import TonesByPitch
from tests.ops.speech.recordings import READERS, conversation, heard, spans_of


@pytest.mark.parametrize(
    "readers",
    [
        ("kennedy", "northanger"),
        ("kennedy", "dashwood"),
        ("northanger", "dashwood"),
        ("kennedy", "northanger", "dashwood"),
    ],
    ids=" and ".join,
)
def test_readers_who_take_turns_are_told_apart(data: Path, readers: tuple[str, ...]):
    samples, truth = conversation(*readers * 3)

    found = diarise(samples, spans_of(samples), VoicePrint())

    assert len({turn.speaker for turn in found}) == len(readers)
    assert diarisation_error(truth, found).rate < 0.1
    assert diarisation_error(truth, found, collar_s=0.25).rate < 0.02
    assert jaccard_error(truth, found) < 0.12


@pytest.mark.parametrize("name", [*(files[0] for files in READERS.values()), "jfk_telephone_8khz_mulaw.wav",
                                  "jfk_clipped.wav", "jfk_rain_snr10db.wav"])  # fmt: skip
def test_one_person_is_one_speaker(data: Path, name: str):
    found = diarise(heard(name), spans_of(heard(name)), VoicePrint())

    assert {turn.speaker for turn in found} == {"S1"}


def test_the_known_mix_has_two_speakers_and_nobody_is_taken_for_the_other(data: Path):
    samples = heard("mix_known_segments.wav")
    truth = [Turn(2.0, 13.0, "kennedy"), Turn(18.0, 25.1, "dashwood"), Turn(34.1, 39.4, "dashwood")]

    found = diarise(samples, spans_of(samples), VoicePrint())

    error = diarisation_error(truth, found)
    assert error.confused_s == error.false_alarm_s == 0
    assert error.rate < 0.2  # the orator's pauses, which the table counts as speech
    assert [turn.speaker for turn in found][-2:] == ["S2", "S2"]


def test_any_embedder_will_do():
    def tone(hertz: float, seconds: float) -> np.ndarray:
        return np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE).astype(np.float32)

    quiet = np.zeros(RATE, np.float32)
    parts = [tone(350, 3), quiet, tone(950, 4), quiet, tone(350, 2), quiet, tone(1550, 3), quiet, tone(950, 2)]
    spans = [(0.0, 3.0), (4.0, 8.0), (9.0, 11.0), (12.0, 15.0), (16.0, 18.0)]

    found = diarise(np.concatenate(parts), spans, TonesByPitch())

    assert [(turn.start_s, turn.end_s) for turn in found] == spans
    assert [turn.speaker for turn in found] == ["S1", "S2", "S1", "S3", "S2"]


def test_where_nobody_speaks_there_are_no_turns():
    assert diarise(np.zeros(RATE, np.float32), (), VoicePrint()) == ()


def test_single_words_alone_are_one_speakers(data: Path):
    samples = heard("english_one_two_three.wav")

    assert {turn.speaker for turn in diarise(samples, spans_of(samples), VoicePrint())} == {"S1"}


def test_the_same_sound_gives_the_same_turns(data: Path):
    samples, _ = conversation("kennedy", "dashwood", "kennedy")
    spans = spans_of(samples)

    assert diarise(samples, spans, VoicePrint()) == diarise(samples, spans, VoicePrint())


def test_embeddings_have_length_one_whatever_is_heard():
    noise = np.random.default_rng(0).standard_normal(24_000).astype(np.float32)
    windows = [noise, noise[:10], np.zeros(24_000, np.float32), np.full(9_000, np.nan, np.float32), noise[:0]]

    vectors = VoicePrint().embed(windows)

    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(5), abs=1e-5)
    assert VoicePrint().embed([]).shape == (0, vectors.shape[1])
    assert all(len(describe(window)) == DESCRIPTORS for window in windows)


@pytest.mark.parametrize("hertz", [75, 110, 150, 220, 330])
def test_the_pitch_of_a_voice_like_tone_is_found(hertz: int):
    time = np.arange(24_000) / RATE
    buzz = sum(np.sin(2 * np.pi * hertz * harmonic * time) / harmonic for harmonic in range(1, 15))

    octaves, spread, share, clearness = describe(np.asarray(buzz * 0.1, np.float32))[-4:]

    assert 150 * 2**octaves == pytest.approx(hertz, rel=0.015)  # a whole lag of 330 Hz is 2 %
    assert spread < 0.02
    assert share > 0.98
    assert clearness > 0.9
