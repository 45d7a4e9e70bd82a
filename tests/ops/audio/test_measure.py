"""Measuring as a whole: what is kept, what it costs, and what it does with odd tracks."""

from __future__ import annotations

import json
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ops.audio.features import AudioFeatures
from ops.audio.kinds import SoundKind
from ops.audio.measure import measure
from ops.audio.track import extract_track
from ops.errors import MediaError
from tests.ops.audio.sounds import sine, write_wave

Heard = Callable[[str], AudioFeatures]
NAMES = ["mix_known_segments.wav", "silence_5s.wav", "drum_pattern_120bpm.wav", "chinese_short.flac"]


@pytest.mark.parametrize("name", NAMES)
def test_features_survive_json_with_nothing_infinite_in_it(heard: Heard, name: str) -> None:
    kept = json.dumps(heard(name).to_json(), allow_nan=False)

    read = AudioFeatures.from_json(json.loads(kept))

    assert json.dumps(read.to_json(), allow_nan=False) == kept
    assert read.duration_s == heard(name).duration_s


def test_the_same_sound_gives_the_same_json(data: Path, heard: Heard) -> None:
    again = measure(data / "audio" / "chinese_short.flac")

    assert json.dumps(again.to_json()) == json.dumps(heard("chinese_short.flac").to_json())


def test_a_track_out_of_a_film_measures_like_the_film(data: Path, tmp_path: Path) -> None:
    source = data / "video" / "chaplin_640x360.mp4"
    track = extract_track(source, tmp_path / "track.flac")
    assert track is not None

    one, two = measure(source), measure(track.path)

    assert one.loudness.integrated_lufs == pytest.approx(two.loudness.integrated_lufs, abs=0.02)
    assert one.rhythm.tempo_bpm == pytest.approx(two.rhythm.tempo_bpm, abs=0.05)
    assert two.samples == track.samples


@pytest.mark.parametrize("name", NAMES)
def test_tables_have_their_columns_also_where_they_are_empty(heard: Heard, name: str) -> None:
    features = heard(name)
    beats = features.beats_table()

    assert list(beats) == ["time_s", "position", "passage", "tempo_bpm", "confidence", "strength"]
    assert beats["time_s"].to_numpy().dtype == np.float64
    assert beats["position"].to_numpy().dtype.kind == "i"
    assert (np.diff(beats["time_s"].to_numpy()) > 0).all()
    assert list(features.onsets_table()) == ["time_s", "strength"]
    assert list(features.segments_table()) == ["kind", "start_s", "end_s", "duration_s", "confidence"]
    assert features.segments_table()["duration_s"].to_numpy().sum() == pytest.approx(features.duration_s)


def test_the_waveform_swings_as_far_as_the_sound(data: Path, heard: Heard) -> None:
    waveform = heard("sine_1khz_minus20dbfs_stereo.wav").waveform

    assert np.median(waveform.high) == pytest.approx(0.1, rel=0.02)
    assert np.median(waveform.low) == pytest.approx(-0.1, rel=0.02)
    assert np.median(waveform.rms) == pytest.approx(0.1 / np.sqrt(2), rel=0.02)
    assert len(waveform.high) * waveform.step_s == pytest.approx(5.0, abs=0.02)


@pytest.mark.parametrize("samples", [1, 7, 160, 1000, 5000])
def test_a_blink_of_sound_is_measured_too(tmp_path: Path, samples: int) -> None:
    path = write_wave(tmp_path / "blink.wav", sine(1000, 1.0, channels=1)[:samples], 48_000)

    features = measure(path)

    assert features.samples == samples
    json.dumps(features.to_json(), allow_nan=False)
    assert sum(features.seconds_of(kind) for kind in SoundKind) == pytest.approx(features.duration_s)


@pytest.mark.parametrize("name", ["no_samples.wav", "zero_length.mp4", "random_64kB.mkv", "first_page_missing.ogg"])
def test_a_track_that_is_none_says_so(data: Path, name: str) -> None:
    with pytest.raises(MediaError) as caught:
        measure(data / "broken" / name)

    assert caught.value.fix


def test_a_film_without_sound_cannot_be_measured(data: Path) -> None:
    with pytest.raises(MediaError, match="no sound"):
        measure(data / "video" / "bikes_640x272.mp4")


def test_samples_that_are_no_number_do_not_spoil_the_rest(data: Path) -> None:
    features = measure(data / "broken" / "nan_inf_float32.wav")

    json.dumps(features.to_json(), allow_nan=False)
    assert features.samples == 16_000


def test_progress_never_falls_and_ends_at_one(data: Path) -> None:
    told: list[float] = []
    measure(data / "audio" / "sense_and_sensibility_0870.wav", progress=told.append)

    assert told == sorted(told)
    assert told[-1] == 1.0


def test_time_and_memory_grow_with_the_length_and_no_faster(data: Path, tmp_path: Path) -> None:
    import soundfile

    sound, rate = soundfile.read(data / "audio" / "mix_known_segments.wav", dtype="int16")

    def cost(times: int) -> tuple[float, int]:
        path = write_wave(tmp_path / "long.wav", np.tile(sound, times), rate)
        begun = time.process_time()
        measure(path)
        seconds = time.process_time() - begun
        tracemalloc.start()
        measure(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return seconds, peak

    (short_s, short_bytes), (long_s, long_bytes) = cost(1), cost(3)

    assert long_s < 2 * 3 * short_s
    added_hours = 2 * 40.9 / 3600
    assert (long_bytes - short_bytes) / added_hours < 250e6  # the samples alone would be 230 MB an hour
