"""The master: at its target after AAC, under its peak, in its place; and honest where that cannot be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.audio.excerpt import excerpt
from ops.audio.limiter import limit
from ops.audio.track import extract_track
from ops.audio.weighing import integrated_loudness
from ops.errors import MediaError
from ops.trailer.music.bed import synthesised_bed
from ops.trailer.sound.mastering import encode_aac, loudness_of, loudness_of_file, master, master_aac, write_flac
from ops.trailer.sound.mix import mix
from tests.ops.audio.sounds import read
from tests.ops.trailer.cutting_room import FILM_RATE, ebur128, lag, line, sound_list, track_of


@pytest.fixture(scope="module")
def mixed(data: Path, tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """Fifteen seconds of a trailer: a speech over an action bed."""
    seconds = float(360 / FILM_RATE)
    track = track_of(data / "audio" / "jfk_inaugural_11s.flac", tmp_path_factory.mktemp("jfk"))
    bed = synthesised_bed(seconds, "action", 2)
    return mix(sound_list(seconds, [line(3.3, 7.5, 2.0)], bed=bed), track).samples


@pytest.mark.parametrize("target", [-14.0, -16.0, -23.0])
def test_ffmpeg_reads_the_target_and_the_peak_on_what_was_coded(
    mixed: np.ndarray, tmp_path: Path, target: float
) -> None:
    coded = master_aac(mixed, tmp_path / "sound.m4a", target_lufs=target, peak_dbtp=-1.0)
    loudness, peak = ebur128(tmp_path / "sound.m4a")

    assert loudness == pytest.approx(target, abs=0.5)
    assert peak <= -1.0
    assert coded.loudness.integrated_lufs == pytest.approx(loudness, abs=0.1)
    assert coded.note == ""


def test_the_first_sample_is_the_first_and_none_is_too_many(mixed: np.ndarray, tmp_path: Path) -> None:
    encode_aac(0.3 * mixed, tmp_path / "sound.m4a")
    track = extract_track(tmp_path / "sound.m4a", tmp_path / "heard.flac")
    assert track is not None
    heard = excerpt(track.path, 0.0, track.samples)

    assert track.samples == len(mixed)
    assert lag(heard[:200_000, 0], mixed[50_000:150_000, 0], 60_000) == 50_000


def test_a_soft_hum_is_raised_and_near_silence_is_refused(tmp_path: Path) -> None:
    time = np.arange(48_000 * 8) / 48_000
    hum = np.repeat(np.sin(2 * np.pi * 120 * time)[:, None], 2, axis=1).astype(np.float32)
    coded = master_aac(0.01 * hum, tmp_path / "hum.m4a", target_lufs=-14.0, peak_dbtp=-1.0)
    assert coded.loudness.integrated_lufs == pytest.approx(-14.0, abs=0.5)

    with pytest.raises(MediaError, match="near silence"):
        master(0.0005 * hum, -14.0, -1.5)
    with pytest.raises(MediaError, match="nothing to be heard"):
        master(np.zeros_like(hum), -14.0, -1.5)


def test_a_few_strokes_in_silence_meet_the_target_or_say_that_they_do_not(tmp_path: Path) -> None:
    strokes = np.zeros((48_000 * 12, 2), np.float32)
    strokes[np.arange(24_000, len(strokes), 96_000)] = 0.9
    coded = master_aac(strokes, tmp_path / "strokes.m4a", target_lufs=-14.0, peak_dbtp=-1.0)
    loudness, peak = ebur128(tmp_path / "strokes.m4a")

    assert bool(coded.note) == (abs(loudness + 14.0) > 0.5 or peak > -1.0)
    assert peak <= -1.0 or coded.note


def test_soft_and_loud_halves_keep_their_distance(tmp_path: Path) -> None:
    noise = np.random.default_rng(4).standard_normal((48_000 * 10, 2)).astype(np.float32) * 0.05
    noise[: 48_000 * 5] *= 0.1
    made = master(noise, -23.0, -1.5).samples
    assert 20 * np.log10(made[260_000:].std() / made[:220_000].std()) == pytest.approx(20.0, abs=0.2)


@settings(max_examples=20)
@given(
    seed=st.integers(0, 999), loud=st.floats(0.1, 4.0), ceiling_db=st.floats(-9, -0.5), length=st.integers(4800, 60_000)
)
def test_no_true_peak_passes_the_limiter(seed: int, loud: float, ceiling_db: float, length: int) -> None:
    random = np.random.default_rng(seed)
    bursts = np.repeat(random.random(length // 400 + 1) ** 4, 400)[:length]
    sound = (loud * bursts * random.standard_normal((2, length))).astype(np.float32)
    held, taken = limit(sound, 10 ** (ceiling_db / 20))
    peak = loudness_of(np.ascontiguousarray(held.T)).true_peak_dbtp

    assert peak is None or peak <= ceiling_db + 0.25  # two oversampling filters differ by so much on noise
    assert taken >= 0
    if np.abs(sound).max() < 0.5 * 10 ** (ceiling_db / 20):
        assert np.array_equal(held, sound)


def test_the_quick_meter_reads_what_ffmpeg_reads(data: Path, tmp_path: Path) -> None:
    for name in ("vibe_ace.ogg", "jfk_inaugural_11s.flac", "mix_known_segments.wav", "rain_20s.mp3"):
        sound = excerpt(data / "audio" / name, 0.0, 10 * 48_000)
        assert integrated_loudness(sound.T) == pytest.approx(loudness_of(sound).integrated_lufs, abs=0.2)


def test_what_is_kept_is_what_was_mixed(mixed: np.ndarray, tmp_path: Path) -> None:
    write_flac(0.3 * mixed, tmp_path / "mix.flac")
    kept = read(tmp_path / "mix.flac")
    assert kept.shape == mixed.shape
    assert np.abs(kept / 2**31 - 0.3 * mixed).max() < 2**-22
    heard = loudness_of_file(tmp_path / "mix.flac").integrated_lufs
    assert heard == pytest.approx(ebur128(tmp_path / "mix.flac")[0], abs=0.1)
