"""The middle of a mix: voices over loud music are found in it, and nothing where there are no sides."""

from __future__ import annotations

from pathlib import Path

import librosa
import numpy as np
import soundfile
from scipy.signal import correlate

from ops.audio.track import extract_track
from ops.speech.analyse import analyse_speech
from ops.speech.centre import centre_sound
from ops.speech.voice_print import VoicePrint

LINES_S = [(12.18, 14.36), (18.64, 19.80), (36.99, 38.88), (41.59, 43.84)]
"""What is said in the trailer of Sintel, ±0.2 s."""


def track_of(film: Path, folder: Path) -> Path:
    track = folder / "track.flac"
    assert extract_track(film, track) is not None
    return track


def test_every_line_of_a_trailer_is_found_though_two_are_under_loud_music(data: Path, tmp_path: Path):
    track = track_of(data / "video" / "sintel_trailer_720p.mp4", tmp_path)
    (tmp_path / "work").mkdir()

    found = analyse_speech(track, voices=VoicePrint(), folder=tmp_path / "work")

    for start, end in LINES_S:
        heard = sum(max(0.0, min(end, b) - max(start, a)) for a, b in found.spans)
        assert heard > 0.7 * (end - start), (start, found.spans)
    beside = sum(b - a for a, b in found.spans) - sum(end - start for start, end in LINES_S)
    assert beside < 2.0  # of 45 s of music, shouts and blows


def test_a_voice_in_the_middle_is_lifted_out_of_music_at_the_sides(data: Path, tmp_path: Path):
    voice, rate = soundfile.read(data / "audio" / "sense_and_sensibility_0870.wav", dtype="float32")
    sides = [
        librosa.load(data / "audio" / name, sr=rate, duration=len(voice) / rate + 3)[0] * 0.3
        for name in ("electric_loop_97bpm.ogg", "drum_loop_148bpm.ogg")
    ]
    length = min(map(len, sides))
    said = np.pad(voice, (0, length - len(voice)))
    mix = np.stack([side[:length] + said for side in sides], axis=1)
    soundfile.write(tmp_path / "mix.wav", mix.clip(-1, 1), rate)

    middle = centre_sound(tmp_path / "mix.wav", tmp_path)

    assert middle is not None
    in_mix, in_middle = (
        np.std(sound[: len(voice)]) / np.std(sound[len(voice) + rate // 2 : length])
        for sound in (mix.mean(axis=1), middle.samples)
    )
    assert in_middle > 2 * in_mix


def test_the_middle_is_in_time_with_the_mix(data: Path, tmp_path: Path):
    voice, rate = soundfile.read(data / "audio" / "sense_and_sensibility_0870.wav", dtype="float32")
    hiss = np.random.default_rng(5).normal(0, 0.02, (len(voice), 2))
    soundfile.write(tmp_path / "mix.wav", (voice[:, None] + hiss).clip(-1, 1), rate)

    middle = centre_sound(tmp_path / "mix.wav", tmp_path)

    assert middle is not None
    lag = int(correlate(middle.samples, voice, method="fft").argmax()) - (len(voice) - 1)
    assert abs(lag) <= rate // 1000  # a millisecond


def test_one_channel_has_no_middle(data: Path, tmp_path: Path):
    assert centre_sound(data / "audio" / "sense_and_sensibility_0870.wav", tmp_path) is None


def test_the_middle_channel_of_a_surround_mix_is_taken_as_it_is(tmp_path: Path):
    rate = 48_000
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)
    channels = np.random.default_rng(1).normal(0, 0.1, (rate, 6))
    channels[:, 2] = tone
    soundfile.write(tmp_path / "surround.wav", channels, rate, format="WAVEX")

    middle = centre_sound(tmp_path / "surround.wav", tmp_path)

    assert middle is not None
    spectrum = np.abs(np.fft.rfft(middle.samples[:16_000]))
    assert int(spectrum.argmax()) == 440 and spectrum[440] > 20 * np.delete(spectrum, slice(430, 451)).max()
