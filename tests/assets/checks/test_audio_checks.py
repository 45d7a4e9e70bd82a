"""The checks of beats, segments and loudness, on a real recording and on tables wrong in one way each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assets.checks import audio_features
from assets.checks.promises import check_specs_for
from assets.checks.tables import run_checks
from ops.audio.features import AudioFeatures
from ops.audio.kinds import SoundKind
from ops.audio.loudness import FLOOR_LUFS
from ops.audio.measure import measure

TRACK_S = 10.0


@pytest.fixture(scope="module")
def drums(data: Path) -> AudioFeatures:
    """A recording of known beats."""
    return measure(data / "audio" / "drum_pattern_120bpm.wav")


@pytest.fixture
def beats() -> pd.DataFrame:
    """Sixteen beats at 120 a minute, then a pause and eight at 90."""
    times = [*np.arange(16) * 0.5, *(8.5 + np.arange(2) * 2 / 3)]
    return pd.DataFrame(
        {
            "time_s": times,
            "position": [1 + n % 4 for n in range(18)],
            "passage": [0] * 16 + [1] * 2,
            "tempo_bpm": [120.0] * 16 + [90.0] * 2,
            "confidence": [0.9] * 18,
            "strength": [3.0] * 18,
        }
    )


@pytest.fixture
def segments() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": ["silence", "speech", "music"],
            "start_s": [0.0, 1.5, 6.25],
            "end_s": [1.5, 6.25, TRACK_S],
            "confidence": [1.0, 0.8, 0.7],
        }
    )


@pytest.fixture
def curve() -> pd.DataFrame:
    times = np.round(np.arange(1, 101) * 0.1, 1)
    return pd.DataFrame({"time_s": times, "momentary_lufs": -20.0, "short_term_lufs": -21.0})


def failed(table_of: str, table: pd.DataFrame, **known: object) -> dict[str, str]:
    known = known or {"duration_s": TRACK_S}
    return {one.name: one.why for one in run_checks(table_of, table, **known) if not one.passed}


def test_a_real_recording_passes(drums: AudioFeatures) -> None:
    length = {"duration_s": drums.duration_s}
    loudness = drums.loudness

    assert len(drums.beats_table()) > 0
    assert failed("beats", drums.beats_table(), **length) == {}
    assert failed("segments", drums.segments_table(), **length) == {}
    assert failed(
        "loudness",
        drums.loudness_table(),
        integrated_lufs=loudness.integrated_lufs,
        true_peak_dbtp=loudness.true_peak_dbtp,
    ) == {}  # fmt: skip


def test_a_track_without_beats_passes(drums: AudioFeatures) -> None:
    still = replace(drums, rhythm=replace(drums.rhythm, beats=(), passages=()))

    assert failed("beats", still.beats_table()) == {}


def test_good_tables_pass(beats: pd.DataFrame, segments: pd.DataFrame, curve: pd.DataFrame) -> None:
    assert failed("beats", beats) == {}
    assert failed("segments", segments) == {}
    assert failed("loudness", curve, integrated_lufs=-20.0, true_peak_dbtp=-0.5) == {}


def test_unordered_beats_name_the_beat(beats: pd.DataFrame) -> None:
    beats.loc[3, "time_s"] = 0.9

    assert failed("beats", beats)["beats_ordered"] == "beat 3 is at 0.9 s, the one before at 1 s"


def test_beats_outside_the_track_are_named(beats: pd.DataFrame) -> None:
    beats.loc[0, "time_s"] = -0.2
    beats.loc[17, "time_s"] = 10.4

    assert failed("beats", beats)["beats_in_track"] == (
        "beat 0 is at -0.2 s of a track of 10 s; beat 17 is at 10.4 s of a track of 10 s"
    )


def test_a_beat_too_soon_after_another_is_a_warning_and_a_pause_between_passages_is_none(beats: pd.DataFrame) -> None:
    beats.loc[5, "time_s"] = 2.1

    outcomes = [one for one in run_checks("beats", beats, duration_s=TRACK_S) if not one.passed]

    assert [(one.name, one.blocking, one.why) for one in outcomes] == [
        ("beat_spacing_plausible", False, "beat 5 comes 0.1 s after the one before")
    ]


@pytest.mark.parametrize(("column", "value"), [("confidence", 1.2), ("confidence", -0.1), ("tempo_bpm", 1e6)])
def test_a_confidence_or_tempo_off_its_scale_fails(beats: pd.DataFrame, column: str, value: float) -> None:
    beats.loc[2, column] = value

    assert set(failed("beats", beats)) == {"beat_confidence_in_range"}


def test_a_gap_and_an_overlap_of_segments_are_named(segments: pd.DataFrame) -> None:
    segments.loc[1, ["start_s", "end_s"]] = [1.75, 6.5]

    assert failed("segments", segments)["segments_meet"] == (
        "segment 1 leaves a gap: it starts at 1.75 s, that one ends at 1.5 s; "
        "segment 2 overlaps the one before: it starts at 6.25 s, that one ends at 6.5 s"
    )


def test_segments_that_leave_out_an_end_of_the_track_fail(segments: pd.DataFrame) -> None:
    late = segments.copy()
    late.loc[0, "start_s"] = 0.25

    assert failed("segments", late) == {"segments_cover_track": "the first segment starts at 0.25 s, not at 0"}
    assert failed("segments", segments, duration_s=12.0) == {
        "segments_cover_track": "the last segment ends at 10 s of a track of 12 s"
    }
    assert failed("segments", segments.iloc[:0])["segments_table_whole"] == "the table has 0 rows, fewer than 1"


def test_a_kind_of_sound_that_nobody_knows_fails(segments: pd.DataFrame) -> None:
    segments.loc[1, "kind"] = "noise"

    assert failed("segments", segments) == {
        "segment_kinds_known": "segment 1 has kind noise, which is none of speech, music, other, silence"
    }


def test_a_segment_that_ends_before_it_starts_fails(segments: pd.DataFrame) -> None:
    segments.loc[1, "end_s"] = 1.0

    assert failed("segments", segments)["segments_have_length"] == "segment 1 starts at 1.5 s and ends at 1 s"


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -91.0])
def test_a_loudness_that_is_none_names_its_place(curve: pd.DataFrame, value: float) -> None:
    curve.loc[41, "momentary_lufs"] = value

    (why,) = failed("loudness", curve, integrated_lufs=-20.0, true_peak_dbtp=-1.0).values()

    assert "tenth of a second 4.2 has" in why


def test_a_peak_that_no_master_has_is_a_warning_told_once(curve: pd.DataFrame) -> None:
    outcomes = run_checks("loudness", curve, integrated_lufs=-9.0, true_peak_dbtp=6.5)

    (hot,) = [one for one in outcomes if not one.passed]
    assert (hot.name, hot.blocking, hot.why) == ("true_peak_plausible", False, "the sound peaks at 6.5 dBTP")


def test_silence_passes(curve: pd.DataFrame) -> None:
    silent = curve.assign(momentary_lufs=-70.0, short_term_lufs=-70.0)

    assert failed("loudness", silent, integrated_lufs=None, true_peak_dbtp=None) == {}


def test_what_is_declared_of_sound_is_what_is_reported(
    beats: pd.DataFrame, segments: pd.DataFrame, curve: pd.DataFrame
) -> None:
    reported = [
        *run_checks("beats", beats, duration_s=TRACK_S),
        *run_checks("segments", segments, duration_s=TRACK_S),
        *run_checks("loudness", curve, integrated_lufs=-20.0, true_peak_dbtp=-1.0),
    ]

    assert [(one.name, one.why, one.blocking) for one in reported] == check_specs_for("audio_features")


def test_the_checks_know_the_kinds_and_the_gate_that_the_measurements_know() -> None:
    assert set(audio_features.KINDS) == {str(kind) for kind in SoundKind}
    assert audio_features.FLOOR_LUFS == FLOOR_LUFS
