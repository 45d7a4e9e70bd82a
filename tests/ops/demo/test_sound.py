"""What the truth says of the sound is what is heard: tempo, loudness, and the words where they are said."""

from __future__ import annotations

import subprocess
from itertools import pairwise
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from scipy.signal import butter, correlate, sosfiltfilt

from ops.audio.weighing import integrated_loudness
from ops.demo.film import DemoFilm
from ops.demo.mixing import LOUDNESS_LUFS
from ops.demo.screenplay import NARRATION, Line, Voice
from ops.demo.speech import SpokenLine, speak_line
from ops.errors import ModelUnavailable

RATE = 48_000


@pytest.fixture(scope="module")
def spoken() -> list[SpokenLine]:
    return [speak_line(line) for line in NARRATION]


def test_the_tempo_is_the_one_that_is_told(sound: np.ndarray, truth: dict[str, Any]) -> None:
    import librosa

    heard, _ = librosa.beat.beat_track(y=librosa.resample(sound, orig_sr=RATE, target_sr=22_050), sr=22_050)
    assert float(np.atleast_1d(heard)[0]) == pytest.approx(truth["tempo_bpm"], rel=0.02)


def test_the_drums_fall_on_the_beats_that_are_told(sound: np.ndarray, truth: dict[str, Any]) -> None:
    low = sosfiltfilt(butter(4, 120, "lowpass", fs=RATE, output="sos"), sound)
    energy = np.convolve(low**2, np.ones(480) / 480, "same")
    beats = [beat for beat in truth["beats"] if 12.5 <= beat < 22.5]  # where the kick plays every beat
    on = [energy[int((beat + 0.03) * RATE)] for beat in beats]
    before = [energy[int((beat - 0.03) * RATE)] for beat in beats]
    assert np.median(on) > 3 * np.median(before)
    assert np.diff(truth["beats"]) == pytest.approx(60 / truth["tempo_bpm"], abs=1e-5)


def test_another_meter_finds_the_film_mastered_to_minus_16_lufs_without_clipping(demo: DemoFilm) -> None:
    meter = ["-nostdin", "-hide_banner", "-i", str(demo.film), "-af", "ebur128=peak=true", "-vn", "-f", "null", "-"]
    told = subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), *meter], capture_output=True, text=True, check=True)
    summary = told.stderr.rpartition("Summary:")[2]
    loudness = float(summary.partition("I:")[2].split()[0])
    peak = float(summary.partition("Peak:")[2].split()[0])
    assert loudness == pytest.approx(LOUDNESS_LUFS, abs=0.3)
    assert peak < -0.5


def test_loudness_is_measured_as_ebu_tech_3341_case_1_asks() -> None:
    """A stereo sine of 1 kHz at −23 dBFS a channel for 20 s reads −23.0 ± 0.1 LUFS."""
    t = np.arange(20 * RATE) / RATE
    sine = (10 ** (-23 / 20) * np.sin(2 * np.pi * 1000 * t)).astype(np.float32)
    assert integrated_loudness(np.stack([sine, sine])) == pytest.approx(-23.0, abs=0.1)


def test_silence_has_no_loudness() -> None:
    assert integrated_loudness(np.zeros((2, RATE), np.float32)) == float("-inf")


def test_each_sentence_is_heard_in_the_film_at_the_time_that_is_told(
    sound: np.ndarray, spoken: list[SpokenLine], truth: dict[str, Any]
) -> None:
    """A matched filter: the bare voice correlates with the finished mix at its place and nowhere near it."""
    band = butter(4, (500, 4000), "bandpass", fs=RATE, output="sos")
    heard = sosfiltfilt(band, sound)
    for line, sentence in zip(spoken, truth["sentences"], strict=True):
        voice = sosfiltfilt(band, line.samples)
        first = round((sentence["start_s"] - 0.5) * RATE)
        match = np.abs(correlate(heard[first : first + RATE + len(voice)], voice, "valid", method="fft"))
        assert (int(match.argmax()) + first) / RATE == pytest.approx(sentence["start_s"], abs=0.005)


def test_the_score_steps_back_while_a_voice_speaks(sound: np.ndarray, truth: dict[str, Any]) -> None:
    """Under the voice's own band only the score is left: it is softer than just before the sentence."""
    low = sosfiltfilt(butter(4, (40, 70), "bandpass", fs=RATE, output="sos"), sound)
    sentence = truth["sentences"][2]
    inside = low[int((sentence["start_s"] + 0.6) * RATE) : int((sentence["end_s"] - 0.6) * RATE)]
    outside = low[int((sentence["start_s"] - 1.9) * RATE) : int((sentence["start_s"] - 0.65) * RATE)]
    assert np.sqrt((inside**2).mean()) < 0.6 * np.sqrt((outside**2).mean())


def test_every_word_of_every_sentence_is_told_in_order_by_two_voices(truth: dict[str, Any]) -> None:
    words = truth["words"]
    said = " ".join(word["text"] for word in words)
    written = " ".join(sentence["text"] for sentence in truth["sentences"])
    assert said == written.replace(",", "").replace(".", "")
    assert all(before["end_s"] <= after["start_s"] + 1e-9 for before, after in pairwise(words))
    assert all(0.04 < word["end_s"] - word["start_s"] < 1.2 for word in words)
    assert len({word["voice"] for word in words}) == 2


def test_the_voice_sounds_within_every_word_and_is_silent_after_the_last(spoken: list[SpokenLine]) -> None:
    for line in spoken:
        level = np.abs(line.samples)
        for word in line.words:
            first, last = (round((at - line.line.start_s) * RATE) for at in (word.start_s, word.end_s))
            assert level[first:last].max() > 0.1 * level.max()
        assert level[round((line.end_s - line.line.start_s) * RATE) :].max(initial=0) <= 0.02 * level.max()


def test_a_voice_that_is_not_there_is_named() -> None:
    with pytest.raises(ModelUnavailable, match="no-such-voice"):
        speak_line(Line("Hello.", Voice("no-such-voice", 150, 50, 50), 0.0))
