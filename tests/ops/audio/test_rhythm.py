"""Onsets, beats, bars and tempo against known times, and no beat where nobody would tap a foot."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.audio.features import AudioFeatures
from ops.audio.listening import RATE
from ops.audio.measure import measure
from ops.audio.onsets import Onsets, find_onsets, onset_envelope
from ops.audio.pulse import find_pulses
from ops.audio.traits import TraitsMeter
from tests.ops.audio.sounds import f_measure, match, write_wave

Heard = Callable[[str], AudioFeatures]


@pytest.fixture(scope="module")
def pattern(data: Path) -> tuple[np.ndarray, np.ndarray]:
    """Times and places in the bar of the beats of drum_pattern_120bpm.wav."""
    with (data / "audio" / "drum_pattern_120bpm.beats.csv").open() as file:
        rows = list(csv.DictReader(file))
    return np.array([float(row["beat_time_s"]) for row in rows]), np.array([int(row["beat_in_bar"]) for row in rows])


@pytest.mark.parametrize("tolerance_s", [0.07, 0.03, 0.01])
def test_every_beat_of_a_drum_pattern_is_found_in_place(
    heard: Heard, pattern: tuple[np.ndarray, np.ndarray], tolerance_s: float
) -> None:
    beats = heard("drum_pattern_120bpm.wav").beats_table()

    assert f_measure(beats["time_s"].to_numpy(), pattern[0], tolerance_s) == 1.0


def test_its_beats_and_onsets_have_no_bias(heard: Heard, pattern: tuple[np.ndarray, np.ndarray]) -> None:
    features = heard("drum_pattern_120bpm.wav")
    off_beats = features.beats_table()["time_s"].to_numpy() - pattern[0]
    onsets = features.onsets.times_s
    off_onsets = np.array([np.min(np.abs(onsets - time)) for time in pattern[0]])

    assert abs(np.median(off_beats)) < 0.005
    assert off_onsets.max() < 0.01


def test_its_bars_begin_on_the_one(heard: Heard, pattern: tuple[np.ndarray, np.ndarray]) -> None:
    assert heard("drum_pattern_120bpm.wav").beats_table()["position"].tolist() == pattern[1].tolist()


@pytest.mark.parametrize(
    ("name", "tempo_bpm"),
    [
        ("drum_pattern_120bpm.wav", 120.0),
        ("drum_loop_148bpm.ogg", 148.0),
        ("electric_loop_97bpm.ogg", 97.0),
        ("vibe_ace.ogg", 130.0),
    ],
)
def test_tempo_is_known_to_half_a_percent_and_in_the_right_octave(heard: Heard, name: str, tempo_bpm: float) -> None:
    rhythm = heard(name).rhythm

    assert rhythm.tempo_bpm == pytest.approx(tempo_bpm, rel=0.005)
    assert rhythm.confidence > 0.9


@pytest.mark.parametrize(
    "name",
    [
        "jfk_inaugural_11s.flac",
        "jfk_rain_snr0db.wav",
        "jfk_rain_snr10db.wav",
        "jfk_clipped.wav",
        "jfk_telephone_8khz_mulaw.wav",
        "librispeech_198-209-0000.ogg",
        "sense_and_sensibility_0870.wav",
        "sense_and_sensibility_0880.wav",
        "sense_and_sensibility_0890.wav",
        "two_speakers_left_jfk_right_austen.wav",
        "english_one_two_three.wav",
        "one_two_three_mono_8bit.wav",
        "cards_001.wav",
        "cards_002.wav",
        "cards_003.wav",
        "chinese_short.flac",
        "rain_20s.mp3",
        "robin_single_call.ogg",
        "silence_5s.wav",
        "sine_1khz_minus20dbfs_stereo.wav",
    ],
)
def test_what_is_no_music_has_no_beats_and_says_why(heard: Heard, name: str) -> None:
    rhythm = heard(name).rhythm

    assert rhythm.beats == ()
    assert (rhythm.tempo_bpm, rhythm.confidence) == (None, 0.0)
    assert rhythm.reason


def test_a_tempo_that_is_hard_to_tell_is_not_told_with_confidence(heard: Heard) -> None:
    # five seconds of a solo trumpet at 90, which trackers take for 121
    rhythm = heard("trumpet_loop_90bpm.ogg").rhythm

    assert rhythm.tempo_bpm is None or rhythm.tempo_bpm == pytest.approx(90, rel=0.02)


def test_music_between_talk_has_beats_and_the_talk_has_none(heard: Heard) -> None:
    features = heard("mix_known_segments.wav")  # six seconds of the loop at 148, from 25.1 s on

    assert features.rhythm.tempo_bpm == pytest.approx(148, rel=0.005)
    assert all(25.0 <= beat.time_s <= 31.2 for beat in features.rhythm.beats)


def clicks(times_s: np.ndarray, seconds: float, noise: float = 1e-4) -> np.ndarray:
    """Short noise bursts at exact samples, in a little noise; (N,) float32."""
    rng = np.random.default_rng(7)
    burst = rng.normal(size=1600) * np.exp(-np.arange(1600) / 200)
    sound = rng.normal(size=int(seconds * RATE) + 1600) * noise
    for time in times_s:
        at = round(float(time) * RATE)
        sound[at : at + 1600] += 0.2 * burst
    return sound[: int(seconds * RATE)].astype(np.float32)


def flux_of(sound: np.ndarray) -> np.ndarray:
    meter = TraitsMeter()
    meter.push(sound)
    return meter.finish().flux


def onsets_of(sound: np.ndarray) -> Onsets:
    flux = flux_of(sound)
    return find_onsets(flux, np.ones(len(flux), dtype=bool))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(0.12, 0.9), min_size=3, max_size=15))
def test_onsets_are_placed_within_a_hundredth_wherever_they_fall(gaps: list[float]) -> None:
    times = 0.2 + np.cumsum(gaps)

    found = onsets_of(clicks(times, times[-1] + 0.5)).times_s

    found = found[found > 0.1]  # the first sound of the noise itself begins at 0
    assert len(found) == len(times)
    assert np.abs(found - times).max() < 0.01


@pytest.mark.parametrize("tempo_bpm", [66.0, 83.0, 97.3, 120.0, 128.0, 140.0, 151.5])
def test_a_metronome_is_followed_at_any_tempo(tmp_path: Path, tempo_bpm: float) -> None:
    times = np.arange(0.37, 19.5, 60 / tempo_bpm)
    path = write_wave(tmp_path / "metronome.wav", (clicks(times, 20) * 20_000).astype(np.int16), RATE)

    features = measure(path)
    found = features.beats_table()["time_s"].to_numpy()

    tempo = features.rhythm.tempo_bpm
    assert tempo is not None
    assert tempo == pytest.approx(tempo_bpm, rel=0.003) or tempo == pytest.approx(2 * tempo_bpm, rel=0.003)
    if tempo < 1.5 * tempo_bpm:
        assert f_measure(found, times, 0.03) > 0.95


def test_a_tempo_that_changes_midway_makes_two_passages(tmp_path: Path) -> None:
    slow, fast = np.arange(0.2, 24.9, 60 / 90), np.arange(25.3, 50, 60 / 132)
    sound = clicks(np.concatenate([slow, fast]), 50)
    path = write_wave(tmp_path / "two.wav", (sound * 20_000).astype(np.int16), RATE)

    passages = measure(path).rhythm.passages

    assert [round(passage.tempo_bpm) for passage in passages] == [90, 132]
    assert passages[0].end_s < passages[1].start_s
    assert abs(passages[1].start_s - 25.3) < 3


def test_an_accelerando_is_followed(tmp_path: Path) -> None:
    intervals = 60 / np.linspace(100, 118, 70)
    times = 0.3 + np.cumsum(intervals)
    path = write_wave(tmp_path / "faster.wav", (clicks(times, times[-1] + 0.5) * 20_000).astype(np.int16), RATE)

    found = measure(path).beats_table()["time_s"].to_numpy()

    assert match(found, times, 0.03) >= 0.9 * len(times)


def test_irregular_knocks_have_no_pulse() -> None:
    rng = np.random.default_rng(11)
    for _ in range(8):
        times = np.cumsum(rng.exponential(0.4, 60) + 0.08)
        times = times[times < 20]
        assert find_pulses(onset_envelope(flux_of(clicks(times, 20.5)))) == []


def test_three_in_a_bar_are_three(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    time = np.arange(int(0.3 * RATE)) / RATE
    low = np.sin(2 * np.pi * 70 * time) * np.exp(-time * 12)
    high = rng.normal(size=len(time)) * np.exp(-time * 60) * 0.3
    sound = np.zeros(RATE * 31)
    for index, at in enumerate(np.arange(0.4, 30, 0.4)):
        first = round(at * RATE)
        sound[first : first + len(time)] += low if index % 3 == 1 else high
    path = write_wave(tmp_path / "waltz.wav", (sound * 12_000).astype(np.int16), RATE)

    features = measure(path)

    assert features.rhythm.passages[0].meter == 3
    assert features.rhythm.tempo_bpm == pytest.approx(150, rel=0.005)
    downbeats = [beat.time_s for beat in features.rhythm.beats if beat.position == 1]
    assert np.abs(np.mod(np.array(downbeats) - 0.8, 1.2) - 0.6).min() > 0.55  # on 0.8 s + n × 1.2 s


@pytest.mark.slow
@pytest.mark.parametrize("name", ["drum_loop_148bpm.ogg", "electric_loop_97bpm.ogg", "vibe_ace.ogg"])
def test_the_tempo_is_never_further_off_than_librosa_s(data: Path, heard: Heard, name: str) -> None:
    import librosa

    true = {"drum_loop_148bpm.ogg": 148.0, "electric_loop_97bpm.ogg": 97.0, "vibe_ace.ogg": 130.0}[name]
    sound, rate = librosa.load(data / "audio" / name)
    _, times = librosa.beat.beat_track(y=sound, sr=rate, units="time")
    theirs = 60 / float(np.median(np.diff(times)))

    mine = heard(name).rhythm.tempo_bpm

    assert mine is not None
    assert abs(mine - true) <= abs(theirs - true)
