"""The film's sound on its own: whole, lossless, lined up with the pictures, or a clear reason why not."""

from __future__ import annotations

import shutil
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ops.audio.track import AudioTrack, extract_track
from ops.errors import MediaError
from tests.ops.audio.sounds import Sound, ffmpeg, film, read, reference_samples, sine, write_wave

LOSSLESS = [
    "audio/cards_001.wav",
    "audio/one_two_three_stereo_24bit.wav",
    "audio/jfk_inaugural_11s.flac",
    "audio/two_speakers_left_jfk_right_austen.wav",
    "audio/sine_1khz_minus20dbfs_stereo.wav",
]
WITH_SOUND = [
    ("video/sintel_trailer_720p.mp4", 1),
    ("video/sintel_360p_two_subtitles_chapters.mkv", 1),
    ("video/sintel_portrait_270x480.mp4", 1),
    ("video/chaplin_640x360.mp4", 1),
    ("video/big_buck_bunny_0_30_720p.webm", 1),
    ("video/transparent_vp9_alpha_200x200.webm", 1),
    ("broken/audio_longer_than_video.mp4", 1),
    ("audio/rain_20s.mp3", 0),
]


def extract(path: Path, tmp_path: Path) -> AudioTrack:
    track = extract_track(path, tmp_path / "track.flac")
    assert track is not None
    return track


@pytest.mark.parametrize("name", LOSSLESS)
def test_lossless_sound_stays_what_it_is_bit_for_bit(data: Path, tmp_path: Path, name: str) -> None:
    track = extract(data / name, tmp_path)

    assert np.array_equal(read(track.path), read(data / name))
    assert (track.sample_rate, track.channels) == (
        soundfile.info(data / name).samplerate,
        soundfile.info(data / name).channels,
    )
    assert track.repairs == ()


@pytest.mark.parametrize(("name", "stream"), WITH_SOUND)
def test_a_film_keeps_every_sample_after_what_its_timestamps_put_before(
    data: Path, tmp_path: Path, name: str, stream: int
) -> None:
    track = extract(data / name, tmp_path)
    reference = reference_samples(data / name, stream).reshape(-1, track.channels)

    assert track.samples == len(reference) + track.lead_in
    mine = read(track.path) >> 16
    assert not mine[: track.lead_in].any()
    difference = np.abs(mine[track.lead_in :].astype(int) - reference.astype(int))
    assert np.percentile(difference, 99.9) <= 1  # FFmpeg rounds to 16 bits its own way
    assert track.duration_s == soundfile.info(track.path).duration


def test_a_silent_film_has_no_track_and_leaves_no_file(data: Path, tmp_path: Path) -> None:
    assert extract_track(data / "video" / "bikes_640x272.mp4", tmp_path / "track.flac") is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("container", "sound_s", "picture_s"),
    [("mov", 0.25, 0.0), ("mov", 0.0, 0.48), ("mkv", 0.3, 0.12), ("mkv", 0.0, 0.04), ("avi", 0.0, 0.0)],
)
def test_sample_zero_is_heard_when_the_first_picture_is_shown(
    tmp_path: Path, container: str, sound_s: float, picture_s: float
) -> None:
    rate = 48_000
    marker = np.zeros((2 * rate, 2), np.int16)
    marker[rate] = 20_000
    path = film(tmp_path / f"film.{container}", [Sound(marker, rate, start_s=sound_s)], picture_start_s=picture_s)

    track = extract(path, tmp_path)

    late = round((sound_s - picture_s) * rate)
    assert np.flatnonzero(read(track.path)[:, 0]).tolist() == [rate + late]
    assert track.lead_in == late
    assert track.samples == 2 * rate + late


def test_a_recording_with_a_running_clock_is_counted_from_its_first_picture(tmp_path: Path) -> None:
    plain = film(tmp_path / "plain.mov", [Sound(sine(500, 2.0))])
    ffmpeg("-i", plain, "-c:v", "mpeg2video", "-c:a", "mp2", "-output_ts_offset", "36000", tmp_path / "tape.ts")

    track = extract(tmp_path / "tape.ts", tmp_path)

    assert track.time_zero_s >= 36_000
    assert abs(track.lead_in) < 0.1 * track.sample_rate
    assert 1.9 < track.duration_s < 2.2


def test_a_gap_in_the_sound_is_silent_so_that_what_follows_stays_in_time(tmp_path: Path) -> None:
    rate = 48_000
    lost = film(tmp_path / "lost.mkv", [Sound(sine(440, 2.0), lost_s=(0.8, 1.2))])

    track = extract(lost, tmp_path)

    samples = read(track.path)[:, 0]
    assert track.samples == 2 * rate
    assert not samples[int(0.85 * rate) : int(1.15 * rate)].any()
    assert samples[int(1.3 * rate) : int(1.4 * rate)].any()
    assert any("missing" in repair for repair in track.repairs)


def test_the_commentary_is_not_taken_for_the_film(tmp_path: Path) -> None:
    comment, own = Sound(sine(300, 1.0), disposition="comment"), Sound(sine(900, 1.0), disposition="default")
    path = film(tmp_path / "film.mkv", [comment, own], frames=25)

    track = extract(path, tmp_path)

    assert track.stream == 2
    assert np.array_equal(read(track.path), own.samples)


def test_surround_sound_keeps_its_six_channels(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    six = rng.integers(-3000, 3000, (24_000, 6)).astype(np.int16)
    path = film(tmp_path / "film.mov", [Sound(six, layout="5.1")], frames=12)

    track = extract(path, tmp_path)

    assert (track.channels, track.layout) == (6, "5.1")
    assert np.array_equal(read(track.path), six)


def test_more_channels_than_flac_holds_are_mixed_and_said(tmp_path: Path) -> None:
    many = tmp_path / "many.wav"
    ffmpeg("-f", "lavfi", "-i", "sine=440:duration=1", "-af", "aformat=channel_layouts=22.2", many)

    track = extract(many, tmp_path)

    assert track.channels == 8
    assert "24 channels were mixed to 7.1" in track.repairs[0]


def test_sound_that_changes_midway_is_kept_at_what_it_began_with(tmp_path: Path) -> None:
    for name, rate, channels in (("a", 44_100, 2), ("b", 48_000, 1)):
        source = write_wave(tmp_path / f"{name}.wav", sine(440, 1.0, rate=rate, channels=channels), rate)
        ffmpeg("-i", source, "-c:a", "aac", tmp_path / f"{name}.aac")
    joined = tmp_path / "joined.aac"
    joined.write_bytes((tmp_path / "a.aac").read_bytes() + (tmp_path / "b.aac").read_bytes())

    track = extract(joined, tmp_path)

    assert (track.sample_rate, track.channels) == (44_100, 2)
    assert 1.9 < track.duration_s < 2.2
    assert "changes to mono at 48000 Hz" in " ".join(track.repairs)


def test_samples_that_are_no_number_are_silenced_and_counted(data: Path, tmp_path: Path) -> None:
    source = data / "broken" / "nan_inf_float32.wav"
    raw, _ = soundfile.read(source, dtype="float32")
    bad = ~np.isfinite(raw)

    track = extract(source, tmp_path)

    assert bad.any()
    assert track.samples == 16_000
    assert not read(track.path)[bad].any()
    assert f"{bad.sum()} samples were no number" in track.repairs[0]


@pytest.mark.parametrize(("name", "samples"), [("header_says_4GB.wav", 47_840), ("odd_byte_count.wav", 10_000)])
def test_a_wave_file_is_read_to_its_real_end_whatever_its_header_says(
    data: Path, tmp_path: Path, name: str, samples: int
) -> None:
    assert extract(data / "broken" / name, tmp_path).samples == samples


def test_garbage_in_the_middle_costs_only_what_it_hit(data: Path, tmp_path: Path) -> None:
    track = extract(data / "broken" / "garbage_in_middle.mp3", tmp_path)

    assert 9.0 < track.duration_s < 9.4
    assert "packets could not be decoded" in track.repairs[0]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("no_samples.wav", "no sample"),
        ("truncated_in_header.wav", "cannot be opened"),
        ("truncated_200kB.flac", "cut short: it ends at 1.78 s of the 11.00 s"),
        ("truncated_300kB.mkv", "cut short"),
        ("truncated_half.webm", "cut short"),
        ("first_page_missing.ogg", "cannot be opened"),
        ("mp4_named.wav", "index"),
        ("zero_length.mp4", "empty"),
        ("random_64kB.mkv", "recognised"),
        ("text_named.mp4", "text"),
    ],
)
def test_a_broken_file_says_what_is_wrong_and_leaves_nothing_behind(
    data: Path, tmp_path: Path, name: str, says: str
) -> None:
    with pytest.raises(MediaError, match=says) as caught:
        extract_track(data / "broken" / name, tmp_path / "track.flac")

    assert name in caught.value.where
    assert caught.value.fix
    assert list(tmp_path.iterdir()) == []


def test_a_truncated_film_with_its_index_in_front_is_told_from_one_with_short_sound(data: Path, tmp_path: Path) -> None:
    whole = (data / "video" / "sintel_portrait_270x480.mp4").read_bytes()
    front = tmp_path / "front.mp4"
    ffmpeg("-i", data / "video" / "sintel_portrait_270x480.mp4", "-c", "copy", "-movflags", "+faststart", front)
    front.write_bytes(front.read_bytes()[: len(whole) // 2])
    short = film(tmp_path / "short.mov", [Sound(sine(440, 0.5))], frames=100)

    with pytest.raises(MediaError, match="cut short"):
        extract_track(front, tmp_path / "track.flac")
    assert extract(short, tmp_path).samples == 24_000


def test_equal_sound_gives_equal_bytes_whatever_the_file_is_called(data: Path, tmp_path: Path) -> None:
    copy = tmp_path / "a copy.mp4"
    shutil.copy(data / "video" / "chaplin_640x360.mp4", copy)

    first = extract_track(data / "video" / "chaplin_640x360.mp4", tmp_path / "first.flac")
    second = extract_track(copy, tmp_path / "second.flac")

    assert first is not None and second is not None
    assert first.path.read_bytes() == second.path.read_bytes()


def test_progress_never_falls_and_ends_at_one(data: Path, tmp_path: Path) -> None:
    told: list[float] = []
    extract_track(data / "video" / "sintel_portrait_270x480.mp4", tmp_path / "track.flac", progress=told.append)

    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) > 100


def test_what_is_known_of_a_track_survives_json(data: Path, tmp_path: Path) -> None:
    track = extract(data / "broken" / "nan_inf_float32.wav", tmp_path)

    assert AudioTrack.from_json(track.to_json(), tmp_path) == track
    assert str(tmp_path) not in str(track.to_json())


def test_a_long_film_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    def most_memory(seconds: int) -> int:
        path = write_wave(tmp_path / "long.wav", np.tile(sine(440, 1.0, rate=16_000), (seconds, 1)), 16_000)
        tracemalloc.start()
        extract_track(path, tmp_path / "track.flac")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    most_memory(5)
    assert most_memory(100) < most_memory(10) + 500_000  # the samples alone would be 2.9 MB more


def test_a_timestamp_from_another_age_is_refused_before_it_fills_the_disk(tmp_path: Path) -> None:
    plain = film(tmp_path / "plain.mov", [Sound(sine(440, 1.0))])
    far = tmp_path / "far.mkv"
    ffmpeg("-i", plain, "-c", "copy", "-bsf:a", "setts=ts=if(gt(N\\,20)\\,PTS+48000*200000\\,PTS)", far)

    with pytest.raises(MediaError, match="beyond 24 hours"):
        extract_track(far, tmp_path / "track.flac")


def test_header_sizes_of_a_streamed_wave_file_do_no_harm(tmp_path: Path) -> None:
    samples = sine(440, 1.0, rate=8_000, channels=1)
    path = write_wave(tmp_path / "streamed.wav", samples, 8_000)
    raw = bytearray(path.read_bytes())
    raw[4:8] = raw[40:44] = struct.pack("<I", 0xFFFFFFFF)
    path.write_bytes(raw)

    assert np.array_equal(read(extract(path, tmp_path).path), samples)
