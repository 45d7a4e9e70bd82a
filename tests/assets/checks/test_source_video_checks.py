"""The checks of a master's streams, on every real clip and on tables that are wrong in one way each."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from assets.checks.promises import check_specs_for
from assets.checks.tables import run_checks
from ops.media.probe import probe

CLIPS = (
    "one_frame.mp4",
    "newtons_cradle_200x150.gif",
    "sintel_360p_two_subtitles_chapters.mkv",
    "pedestrians_interlaced_576i.mpg",
    "sintel_first20s_vfr_360p.mp4",
    "transparent_vp9_alpha_200x200.webm",
)


def failed(table: pd.DataFrame, duration_s: float = 10.0) -> dict[str, str]:
    outcomes = run_checks("source_video", table, duration_s=duration_s)
    return {one.name: one.why for one in outcomes if not one.passed}


@pytest.fixture(scope="module")
def streams(data: Path) -> pd.DataFrame:
    """A film with one sound track and two of subtitles."""
    return probe(data / "video" / "sintel_360p_two_subtitles_chapters.mkv").table()


@pytest.mark.parametrize("clip", CLIPS)
def test_real_films_of_every_kind_pass(data: Path, clip: str) -> None:
    info = probe(data / "video" / clip)

    assert failed(info.table(), info.duration_s) == {}


def test_sound_without_a_film_fails(data: Path) -> None:
    info = probe(data / "broken" / "audio_only.mp4")

    assert failed(info.table(), info.duration_s) == {"one_video_stream": "the file has 0 video streams"}


@pytest.mark.parametrize("duration_s", [0.0, -1.0, 1e6, float("inf")])
def test_a_length_that_no_film_has_fails(streams: pd.DataFrame, duration_s: float) -> None:
    assert set(failed(streams, duration_s)) == {"duration_sane"}


def test_a_length_that_is_no_number_fails(streams: pd.DataFrame) -> None:
    assert "has no length" in failed(streams, float("nan"))["duration_sane"]


def test_a_picture_of_no_size_blocks_and_an_odd_rate_or_sound_warns(streams: pd.DataFrame) -> None:
    odd = streams.copy()
    odd.loc[0, ["width", "average_rate"]] = [0, "1000/1"]
    odd.loc[1, "channels"] = 0

    outcomes = {one.name: one for one in run_checks("source_video", odd, duration_s=10.0) if not one.passed}

    assert outcomes["picture_size_sane"].blocking
    assert outcomes["picture_size_sane"].why == "stream 0 has width 0 pixels, which is not within 16 and 16384 pixels"
    assert not outcomes["frame_rate_sane"].blocking
    assert outcomes["sound_sane"].why == "stream 1 has channel count 0, which is not within 1 and 64"


def test_what_is_declared_of_a_master_is_what_is_reported(streams: pd.DataFrame) -> None:
    reported = run_checks("source_video", streams, duration_s=10.0)

    assert [(one.name, one.why, one.blocking) for one in reported] == check_specs_for("source_video")
