"""Loudness against another meter's readings and against the signals of the standards."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ops.audio.features import AudioFeatures
from ops.audio.loudness import FLOOR_LUFS, Loudness
from ops.audio.measure import measure
from tests.conftest import DATA
from tests.ops.audio.sounds import sine, write_wave

MEASURED = DATA / "audio" / "loudness_measured.csv"
READINGS = list(csv.DictReader(MEASURED.open())) if MEASURED.exists() else []


@pytest.mark.parametrize("reading", READINGS, ids=[row["file"] for row in READINGS])
def test_loudness_is_what_another_meter_read(reading: dict[str, str], heard: Callable[[str], AudioFeatures]) -> None:
    loudness = heard(reading["file"]).loudness

    if reading["true_peak_dbfs"] == "-inf":
        assert (loudness.integrated_lufs, loudness.true_peak_dbtp) == (None, None)
        return
    assert loudness.integrated_lufs == pytest.approx(float(reading["integrated_lufs"]), abs=0.1)
    assert loudness.range_lu == pytest.approx(float(reading["lra_lu"]), abs=0.1)
    assert loudness.true_peak_dbtp == pytest.approx(float(reading["true_peak_dbfs"]), abs=0.1)


def tones(tmp_path: Path, *levels: tuple[float, float]) -> Loudness:
    """A stereo 1 kHz sine of levels (dBFS peak, seconds), one after another."""
    parts = [sine(1000, seconds, amplitude=10 ** (level / 20)) for level, seconds in levels]
    return measure(write_wave(tmp_path / "tone.wav", np.concatenate(parts), 48_000)).loudness


def test_ebu_tech_3341_case_1_reads_minus_23_on_every_scale(tmp_path: Path) -> None:
    loudness = tones(tmp_path, (-23.0, 20.0))

    assert loudness.integrated_lufs == pytest.approx(-23.0, abs=0.1)
    assert loudness.momentary_lufs[10:].tolist() == pytest.approx([-23.0] * len(loudness.momentary_lufs[10:]), abs=0.1)
    assert loudness.short_term_max_lufs == pytest.approx(-23.0, abs=0.1)


def test_ebu_tech_3341_case_3_gates_the_soft_ends(tmp_path: Path) -> None:
    assert tones(tmp_path, (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)).integrated_lufs == pytest.approx(-23.0, abs=0.1)


def test_ebu_tech_3342_case_1_has_a_range_of_ten(tmp_path: Path) -> None:
    assert tones(tmp_path, (-20.0, 20.0), (-30.0, 20.0)).range_lu == pytest.approx(10.0, abs=1.0)


def test_the_true_peak_is_found_between_the_samples(tmp_path: Path) -> None:
    # EBU Tech 3341 case 16: a quarter of the rate, 45 degrees off, peaks 3 dB above its highest sample
    time = np.arange(48_000)
    faded = np.minimum(1, np.minimum(time, time[::-1]) / 4800)  # a hard edge would ring beyond the tone
    wave = np.rint(32767 * 0.5 * faded * np.sin(2 * np.pi * time / 4 + np.pi / 4)).astype(np.int16)

    loudness = measure(write_wave(tmp_path / "tone.wav", np.repeat(wave[:, None], 2, axis=1), 48_000)).loudness

    assert loudness.sample_peak_dbfs == pytest.approx(-9.0, abs=0.1)
    assert loudness.true_peak_dbtp == pytest.approx(-6.0, abs=0.4)


def test_the_curve_has_a_value_every_tenth_of_a_second(heard: Callable[[str], AudioFeatures]) -> None:
    features = heard("sense_and_sensibility_0870.wav")

    assert len(features.loudness.momentary_lufs) == np.ceil(features.duration_s * 10)
    assert features.loudness_table()["time_s"].iloc[-1] == pytest.approx(features.duration_s, abs=0.11)
    assert features.loudness.momentary_lufs.min() >= FLOOR_LUFS


def test_a_peak_in_the_last_hundredth_is_not_missed(tmp_path: Path) -> None:
    quiet = sine(1000, 1.037, amplitude=0.01)
    quiet[-100] = 16_384

    loudness = measure(write_wave(tmp_path / "tick.wav", quiet, 48_000)).loudness

    assert loudness.sample_peak_dbfs == pytest.approx(-6.0, abs=0.1)


def test_surround_channels_count_for_more_and_the_lfe_for_nothing(tmp_path: Path) -> None:
    # ITU-R BS.1770-4, table 3: weights 1 for L, R and C, 1.41 (1.5 dB) for Ls and Rs, none for LFE
    from tests.ops.audio.sounds import ffmpeg

    def six(place: int) -> float | None:
        channels = np.zeros((480_000, 6), np.int16)
        channels[:, place] = sine(1000, 10.0, amplitude=0.1)[:, 0]
        plain = write_wave(tmp_path / "six.wav", channels, 48_000)
        named = tmp_path / "named.wav"
        ffmpeg("-i", plain, "-af", "channelmap=map=0|1|2|3|4|5:channel_layout=5.1", named)
        return measure(named).loudness.integrated_lufs

    centre, side, low = six(2), six(4), six(3)

    assert centre is not None and side is not None
    assert side - centre == pytest.approx(1.5, abs=0.1)
    assert low is None
