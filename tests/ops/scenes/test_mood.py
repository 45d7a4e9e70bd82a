"""The proxies of mood point the way that their sources say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ops.audio.measure import measure
from ops.scenes.curves import loudness_at, onset_rate
from ops.scenes.hearing import Heard, listen, stretches
from ops.scenes.mood import arousal_heard, mode_heard, valence_heard, valence_seen, warmth
from tests.ops.audio.sounds import sine, write_wave

RATE = 16_000
MAJOR = ([60, 64, 67], [65, 69, 72], [67, 71, 74], [60, 64, 67])
MINOR = ([60, 63, 67], [65, 68, 72], [67, 70, 74], [60, 63, 67])


def chord(notes: list[int], seconds: float = 1.0) -> np.ndarray:
    time = np.arange(round(seconds * RATE)) / RATE
    hertz = [440 * 2 ** ((note - 69) / 12) for note in notes]
    tones = [np.sin(2 * np.pi * h * part * time) / part**1.5 for h in hertz for part in range(1, 6)]
    return 0.1 * np.sum(tones, axis=0) * np.minimum(1, np.minimum(time / 0.02, (seconds - time) / 0.05))


def heard(folder: Path, sound: np.ndarray) -> Heard:
    return listen(write_wave(folder / "sound.wav", (np.clip(sound, -1, 1) * 32767).astype(np.int16), RATE))


@pytest.mark.parametrize("up", [0, 5, 11])
def test_major_and_minor_are_told_apart_in_every_key(tmp_path: Path, up: int):
    major, minor = (
        mode_heard(
            np.array([4.0, 8.0]),
            heard(tmp_path, np.concatenate([chord([note + up for note in notes]) for notes in chords * 3])),
        )
        for chords in (MAJOR, MINOR)
    )

    assert major.min() > 0.3
    assert minor.max() < -0.3
    assert (valence_heard(major, np.full(2, 0.5)) > valence_heard(minor, np.full(2, 0.5))).all()


def test_silence_and_noise_have_no_mode(tmp_path: Path):
    noise = np.random.default_rng(4).normal(0, 0.1, 10 * RATE)

    assert mode_heard(np.array([1.0, 2.0]), heard(tmp_path, np.zeros(3 * RATE))).tolist() == [0, 0]
    assert abs(mode_heard(np.array([5.0]), heard(tmp_path, noise))[0]) < 0.7
    assert mode_heard(np.array([0.0]), listen_to_nothing()).tolist() == [0]


def listen_to_nothing() -> Heard:
    nothing = np.zeros(0, np.float32)
    return Heard(nothing, nothing, nothing, np.zeros((0, 12), np.float32))


def test_the_level_is_of_every_ten_milliseconds(tmp_path: Path):
    sound = np.concatenate([np.zeros(RATE), 0.5 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE), np.zeros(RATE)])

    level = heard(tmp_path, sound).level

    assert len(level) >= 300
    assert level[50] < -90
    assert level[150] == pytest.approx(20 * np.log10(0.5 / np.sqrt(2)), abs=0.2)


def test_loud_and_busy_is_more_stirring_than_soft_and_slow(data: Path, tmp_path: Path):
    quiet = chord([48, 55], 8.0) * 0.05
    drums = np.frombuffer((data / "audio" / "drum_pattern_120bpm.wav").read_bytes()[44:], "<i2")[: 8 * 22_050] / 32768
    drums = np.interp(np.arange(8 * RATE) / RATE, np.arange(len(drums)) / 22_050, drums)
    track = write_wave(
        tmp_path / "both.wav", (np.clip(np.concatenate([quiet, 0.8 * drums]), -1, 1) * 32767).astype(np.int16), RATE
    )
    features, times = measure(track), np.array([4.0, 12.0])
    loudness = loudness_at(times, features.loudness.momentary_lufs, 0.4)

    soft, stirring = arousal_heard(times, listen(track), features, loudness, onset_rate(times, features))

    assert 0 <= soft < 0.3
    assert 0.45 < stirring <= 1


def test_a_silent_track_stirs_nobody(data: Path):
    track = data / "audio" / "silence_5s.wav"
    features, times = measure(track), np.array([1.0, 4.0])

    assert arousal_heard(times, listen(track), features, np.full(2, -70.0), np.zeros(2)).tolist() == [0, 0]


def test_colours_are_warm_or_cold_and_bright_ones_please_more():
    orange, blue, grey = (np.array([each], np.uint8) for each in ((220, 130, 50), (40, 80, 190), (128, 128, 128)))

    assert warmth(orange)[0] > 0.5
    assert warmth(blue)[0] < -0.5
    assert abs(warmth(grey)[0]) < 0.02
    assert valence_seen(np.array([[230, 200, 160]]))[0] > 0.3 > valence_seen(np.array([[20, 24, 30]]))[0]


def test_stretches_of_a_track_are_what_was_asked_for(tmp_path: Path):
    ramp = (np.arange(20 * RATE) % 30_000).astype(np.int16)
    track = write_wave(tmp_path / "ramp.wav", ramp, RATE)

    first, second, late = stretches(track, [(1.0, 2.0), (2.0, 9.5), (19.0, 25.0)])

    assert (len(first), len(second), len(late)) == (RATE, 7.5 * RATE, RATE)
    assert first[100] * 32768 == pytest.approx(ramp[RATE + 100], abs=2)
    assert second[-1] * 32768 == pytest.approx(ramp[int(9.5 * RATE) - 1], abs=2)


def test_a_tone_has_its_own_chroma(tmp_path: Path):
    heard_tone = listen(write_wave(tmp_path / "a.wav", sine(440, 2.0, rate=RATE, channels=1), RATE))

    assert heard_tone.chroma[8].argmax() == 9  # A, counted from C
    assert heard_tone.centroid[8] == pytest.approx(np.log2(440), abs=0.4)
