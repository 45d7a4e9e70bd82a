"""Tracks that have a speaker on each channel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from ops.audio.listening import RATE
from ops.speech.der import diarisation_error
from ops.speech.diarisation.channels import diarise_channels
from ops.speech.model import Turn
from tests.ops.speech.recordings import heard, spans_of


def two_sides(data: Path) -> tuple[np.ndarray, np.ndarray]:
    both, rate = soundfile.read(data / "audio" / "two_speakers_left_jfk_right_austen.wav", dtype="float32")
    assert rate == RATE
    return both[:, 0].copy(), both[:, 1].copy()


def test_two_people_who_speak_at_once_are_told_by_their_channels(data: Path):
    left, right = two_sides(data)
    truth = [Turn(*span, who) for side, who in ((left, "kennedy"), (right, "dashwood")) for span in spans_of(side)]

    found = diarise_channels(left, right, spans_of((left + right) / 2))

    assert found is not None
    spans, turns = found
    error = diarisation_error(truth, turns)
    assert error.confused_s == error.missed_s == 0
    assert error.rate < 0.05
    assert {turn.speaker for turn in turns} == {"S1", "S2"}
    assert all(any(start <= turn.start_s and turn.end_s <= end for start, end in spans) for turn in turns)


def test_a_microphone_that_hears_the_other_speaker_too_gives_him_no_words(data: Path):
    left, right = two_sides(data)
    turns = left.copy(), np.roll(right, 0)
    apart = np.zeros(7 * RATE, np.float32)
    one, other = np.concatenate([turns[0], apart]), np.concatenate([apart, turns[1]])[: len(turns[0]) + len(apart)]
    one = np.pad(one, (0, len(other) - len(one)))
    heard_left, heard_right = one + 0.1 * other, other + 0.1 * one  # 20 dB below

    found = diarise_channels(heard_left, heard_right, spans_of((heard_left + heard_right) / 2))

    assert found is not None
    truth = [Turn(*span, who) for side, who in ((one, "left"), (other, "right")) for span in spans_of(side)]
    assert diarisation_error(truth, found[1]).rate < 0.15


def test_speech_in_the_middle_is_not_told_by_channels(data: Path):
    middle = heard("jfk_inaugural_11s.flac")
    rng = np.random.default_rng(0)
    wide = [middle + 0.003 * rng.standard_normal(len(middle)).astype(np.float32) for _ in range(2)]

    assert diarise_channels(wide[0], wide[1], spans_of(middle)) is None


def test_a_voice_on_one_side_alone_is_not_two(data: Path):
    voice = heard("sense_and_sensibility_0870.wav")

    assert diarise_channels(voice, np.zeros_like(voice), spans_of(voice / 2)) is None


def test_wide_music_under_a_voice_in_the_middle_is_not_told_by_channels(data: Path):
    voice = heard("sense_and_sensibility_0870.wav")
    drums = [heard("drum_loop_148bpm.ogg")[: len(voice)], heard("vibe_ace.ogg")[: len(voice)]]

    mixed = [voice + 0.2 * each for each in drums]

    assert diarise_channels(mixed[0], mixed[1], spans_of(voice)) is None


def test_no_speech_is_nobodys(data: Path):
    silence = np.zeros(RATE, np.float32)

    assert diarise_channels(silence, silence, ()) is None
