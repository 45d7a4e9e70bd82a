"""Grades: felt, not seen; nothing new is black or white."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ops.media.ffmpeg import run_ffmpeg
from ops.trailer.picture.grade import GRADES, grade_filters

FILMS = ["sintel_360p_two_subtitles_chapters.mkv", "big_buck_bunny_0_30_720p.webm"]


def planes(film: Path, filters: list[str]) -> np.ndarray:
    chain = ",".join([*filters, "scale=160:90:flags=neighbor", "format=yuv420p"])
    done = run_ffmpeg(
        ["-ss", "20", "-i", film, "-frames:v", "2", "-vf", f"format=yuv420p,{chain}", "-f", "rawvideo", "-"],
        timeout_s=60,
    )
    return np.frombuffer(done.stdout, np.uint8).reshape(2, 135, 160).astype(float)


@pytest.mark.parametrize("film", FILMS)
def test_a_grade_is_subtle_and_clips_nothing(film: str, data: Path):
    plain = planes(data / "video" / film, [])
    for name in GRADES:
        graded = planes(data / "video" / film, grade_filters(name))
        assert np.abs(graded - plain).mean() > (0.0 if name == "documentary" else 0.3)
        assert abs(graded[:, :90].mean() - plain[:, :90].mean()) < 8
        before, after = (((each[:, :90] <= 16) | (each[:, :90] >= 235)).mean() for each in (plain, graded))
        assert after <= before + 0.02, name


def test_grey_steps_stay_in_order():
    for name in GRADES:
        done = run_ffmpeg(
            ["-f", "lavfi", "-i", "color=black:size=256x16,format=yuv420p,geq=lum='X':cb=128:cr=128", "-frames:v", "1",
             "-vf", grade_filters(name)[0], "-f", "rawvideo", "-pix_fmt", "yuv420p", "-"],
            timeout_s=30,
        )  # fmt: skip
        steps = np.frombuffer(done.stdout, np.uint8)[:256].astype(int)
        assert (np.diff(steps[16:236]) >= 0).all(), name
        assert steps[16] == 16 and steps[235] == 235 and steps[5] == 5 and steps[250] == 250
