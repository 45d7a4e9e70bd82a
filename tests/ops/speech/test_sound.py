"""The sound that speech is looked for in."""

from __future__ import annotations

from pathlib import Path

import librosa
import numpy as np
import pytest
import soundfile

from ops.audio.listening import RATE
from ops.audio.loudness import LoudnessMeter
from ops.audio.samples import sound_frame
from ops.errors import MediaError
from ops.speech.sound import channel_sounds, speech_sound, write_samples
from tests.ops.audio.sounds import sine, write_wave


def loudness(samples: np.ndarray) -> float | None:
    meter = LoudnessMeter()
    whole = np.rint(np.asarray(samples, np.float64) * 2**31).clip(-(2**31), 2**31 - 1).astype(np.int32)
    meter.push(sound_frame(whole[:, None], rate=RATE, layout="mono", start=0))
    return meter.finish().integrated_lufs


def test_a_track_becomes_as_loud_as_r128_wants(data: Path, tmp_path: Path):
    sound = speech_sound(data / "audio" / "mix_known_segments.wav", tmp_path)

    assert loudness(sound.samples) == pytest.approx(-23.0, abs=0.3)


def test_what_is_heard_is_the_recording_times_one_gain(data: Path, tmp_path: Path):
    track = data / "audio" / "sense_and_sensibility_0870.wav"
    original, rate = soundfile.read(track, dtype="float32")

    sound = speech_sound(track, tmp_path)

    assert rate == RATE
    assert np.asarray(sound.samples) == pytest.approx(original * 10 ** (sound.gain_db / 20), abs=1e-5)


def test_another_rate_is_heard_as_librosa_hears_it(data: Path, tmp_path: Path):
    track = data / "audio" / "english_one_two_three.wav"
    original, _ = librosa.load(track, sr=RATE)

    sound = speech_sound(track, tmp_path)
    ours = np.asarray(sound.samples) / 10 ** (sound.gain_db / 20)

    count = min(len(ours), len(original))
    assert abs(len(ours) - len(original)) <= 32
    assert np.corrcoef(ours[:count], original[:count])[0, 1] > 0.999


def test_peaks_stay_below_full_scale_where_a_soft_track_has_a_loud_crack(tmp_path: Path):
    soft = sine(300, 6, amplitude=0.002, rate=RATE, channels=1)
    soft[4000] = 30_000
    sound = speech_sound(write_wave(tmp_path / "crack.wav", soft, RATE), tmp_path)

    assert np.abs(sound.samples).max() <= 1.0
    assert sound.gain_db == 0.0


def test_silence_stays_silence(data: Path, tmp_path: Path):
    sound = speech_sound(data / "audio" / "silence_5s.wav", tmp_path)

    assert sound.gain_db == 0.0
    assert not np.asarray(sound.samples).any()


def test_samples_that_are_no_numbers_are_silence(tmp_path: Path):
    wave = np.sin(np.arange(RATE * 2) / 20).astype(np.float32) * 0.2
    wave[5_000:6_000] = np.nan
    wave[7_000] = np.inf
    soundfile.write(tmp_path / "nan.wav", wave, RATE, subtype="FLOAT")

    sound = speech_sound(tmp_path / "nan.wav", tmp_path)

    assert np.isfinite(sound.samples).all()
    assert sound.duration_s == pytest.approx(2.0)


@pytest.mark.parametrize("samples", [1, 7, 480])
def test_a_track_of_a_few_samples_is_heard_or_refused_but_never_crashes(tmp_path: Path, samples: int):
    track = write_wave(tmp_path / "short.wav", sine(300, 1, rate=48_000, channels=1)[:samples], 48_000)

    try:
        sound = speech_sound(track, tmp_path)
    except MediaError as error:
        assert "no sample" in str(error)
    else:
        assert 0 < sound.duration_s <= samples / 48_000 + 1e-3


def test_the_samples_lie_on_disk_as_numpy_itself_reads_them(data: Path, tmp_path: Path):
    sound = speech_sound(data / "audio" / "jfk_inaugural_11s.flac", tmp_path)

    assert isinstance(sound.samples, np.memmap)
    assert not sound.samples.flags.writeable
    assert np.array_equal(np.load(tmp_path / "speech.npy"), sound.samples)
    assert sound.channels == 2


def test_blocks_of_any_number_make_one_array(tmp_path: Path):
    blocks = [np.full(length, length, np.float32) for length in (3, 0, 100_000, 1)]

    written = write_samples(tmp_path / "blocks.npy", iter(blocks))

    assert np.array_equal(written, np.concatenate(blocks))


def test_each_channel_is_heard_alone(data: Path, tmp_path: Path):
    track = data / "audio" / "two_speakers_left_jfk_right_austen.wav"
    original, _ = soundfile.read(track, dtype="float32")

    left, right = channel_sounds(track, tmp_path, gain_db=-6.0)

    assert np.asarray(left.samples) == pytest.approx(original[:, 0] * 10**-0.3, abs=1e-4)
    assert np.asarray(right.samples) == pytest.approx(original[:, 1] * 10**-0.3, abs=1e-4)


def test_channels_of_a_track_that_has_one_are_refused(data: Path, tmp_path: Path):
    with pytest.raises(MediaError, match="two channels"):
        channel_sounds(data / "audio" / "jfk_clipped.wav", tmp_path, gain_db=0.0)


def test_progress_rises_to_one(data: Path, tmp_path: Path):
    told: list[float] = []

    speech_sound(data / "audio" / "jfk_clipped.wav", tmp_path, progress=told.append)

    assert told == sorted(told)
    assert told[-1] == 1.0
