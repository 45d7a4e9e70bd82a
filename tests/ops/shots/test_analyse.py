"""The analysis of real clips against their ground truth, and what must hold for any film."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from ops.errors import MediaError
from ops.media.frames import read_frames
from ops.shots.analyse import ShotAnalysis, analyse
from ops.shots.evaluate import changes_of, read_truth, score
from ops.shots.model import Transition
from ops.shots.signals import FrameSignals


@cache
def _analysed(path: Path) -> ShotAnalysis:
    return analyse(path)


def _starts(path: Path) -> list[int]:
    return [shot.start for shot in _analysed(path).shots.shots[1:]]


@pytest.mark.parametrize(
    "clip",
    [
        "big_buck_bunny_0_30_720p.webm",
        "bikes_640x272.mp4",
        "bikes_anamorphic_sar2_320x272.mp4",
        "bikes_rotate90_metadata.mp4",
        "edit_known_transitions.mp4",
        "sintel_trailer_720p.mp4",
    ],
)
def test_every_hard_cut_of_a_clip_is_found(data: Path, clip: str) -> None:
    path = data / "video" / clip
    truth = read_truth(data / "video" / "ground_truth" / f"{path.stem}.transitions.csv")

    counts, by_kind = score(changes_of(_analysed(path).shots), truth)

    assert by_kind["cut"][0] == by_kind["cut"][1]
    assert counts.false == 0


@pytest.mark.parametrize(
    "clip",
    ["chaplin_640x360.mp4", "cockatoo_720p.mp4", "seeking_720x480.mp4", "vtest_pedestrians_768x576.avi"],
)
def test_a_single_shot_stays_one_whatever_moves_in_it(data: Path, clip: str) -> None:
    assert _starts(data / "video" / clip) == []


def test_a_dissolve_a_fade_and_a_one_frame_shot_are_found_where_they_are(data: Path) -> None:
    shots = _analysed(data / "video" / "edit_known_transitions.mp4").shots.shots

    came_in = {shot.start: shot.transition_in for shot in shots}

    dissolved = next(start for start, kind in came_in.items() if kind is Transition.DISSOLVE)
    assert dissolved == pytest.approx(182, abs=2)
    assert came_in[375] is Transition.FADE
    assert came_in[450] is came_in[451] is Transition.CUT


def test_a_fade_keeps_its_span_and_the_black_before_it(data: Path) -> None:
    shots = _analysed(data / "video" / "edit_known_transitions.mp4").shots
    faded = next(shot for shot in shots.shots if shot.transition_in is Transition.FADE)

    assert faded.transition_start == pytest.approx(360, abs=3)
    assert faded.transition_end == pytest.approx(385, abs=3)
    assert shots.shots[faded.index - 1].end == 375  # frames 369-374 are black: the tail of the shot before


def test_variable_frame_rate_keeps_exact_times(data: Path) -> None:
    path = data / "video" / "sintel_first20s_vfr_360p.mp4"
    shown = [frame.pts for frame in read_frames(path, width=32)]

    analysis = _analysed(path)

    assert analysis.shots.fps is None
    assert analysis.signals.pts.tolist() == shown
    assert all(shot.start_pts == shown[shot.start] for shot in analysis.shots.shots)
    starts_s = [analysis.shots.start_s(shot) for shot in analysis.shots.shots]
    assert min(abs(start - 13.917) for start in starts_s) < 2 / 24


def test_constant_frame_rate_is_told_exactly(data: Path) -> None:
    assert _analysed(data / "video" / "bikes_640x272.mp4").shots.fps == Fraction(25)
    assert _analysed(data / "video" / "vtest_pedestrians_768x576.avi").shots.fps == Fraction(10)


def test_a_film_of_one_frame_is_one_shot_of_one_frame(data: Path) -> None:
    analysis = _analysed(data / "video" / "one_frame.mp4")

    (shot,) = analysis.shots.shots
    assert (shot.start, shot.end) == (0, 1)
    assert analysis.shots.end_s(shot) == pytest.approx(0.04)
    assert analysis.signals.motion.tolist() == [0.0]


def test_turning_a_film_moves_no_cut(data: Path) -> None:
    upright = data / "video" / "bikes_640x272.mp4"

    assert _starts(data / "video" / "bikes_rotate90_metadata.mp4") == _starts(upright) == [30, 76, 137, 187, 242]


def test_a_gap_of_an_hour_between_frames_is_kept(data: Path) -> None:
    analysis = _analysed(data / "broken" / "gap_of_one_hour.mkv")

    assert analysis.shots.frames == 60
    assert analysis.shots.end_s(analysis.shots.shots[-1]) > 3600


@pytest.mark.parametrize(
    "clip",
    [
        "bikes_hevc_10bit.mp4",
        "bikes_odd_dimensions_427x181_yuv444.mp4",
        "newtons_cradle_200x150.gif",
        "pedestrians_interlaced_576i.mpg",
        "sintel_portrait_270x480.mp4",
        "testpattern_dist_854x480.mkv",
        "transparent_vp9_alpha_200x200.webm",
    ],
)
def test_shots_cover_every_kind_of_film_and_every_frame_has_signals(data: Path, clip: str) -> None:
    path = data / "video" / clip

    analysis = analyse(path)

    frames = sum(1 for _ in read_frames(path, width=32))
    shots = analysis.shots.shots
    assert [shots[0].start, shots[-1].end] == [0, frames]
    assert all(before.end == after.start for before, after in pairwise(shots))
    assert len(analysis.signals) == frames
    for name in ("luma", "contrast", "clipped", "motion", "sharpness", "colourfulness"):
        values = getattr(analysis.signals, name)
        assert values.shape == (frames,)
        assert np.isfinite(values).all()


def test_the_same_film_gives_the_same_bytes(data: Path, tmp_path: Path) -> None:
    path = data / "video" / "bikes_640x272.mp4"

    for name in ("one.npz", "two.npz"):
        analyse(path).signals.save(tmp_path / name)

    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_signals_survive_their_file(data: Path, tmp_path: Path) -> None:
    signals = _analysed(data / "video" / "one_frame.mp4").signals

    signals.save(tmp_path / "signals.npz")

    again = FrameSignals.load(tmp_path / "signals.npz")
    assert again.time_base == signals.time_base
    assert again.table().equals(signals.table())


def test_signals_are_what_the_full_picture_shows(data: Path) -> None:
    path = data / "video" / "bikes_640x272.mp4"
    signals = _analysed(path).signals
    rgb = next(read_frames(path)).rgb.astype(np.float64)
    red, green, blue = np.moveaxis(rgb, 2, 0)
    rg, yb = red - green, (red + green) / 2 - blue
    hasler = np.hypot(rg.std(), yb.std()) + 0.3 * np.hypot(rg.mean(), yb.mean())
    luma = 0.299 * red + 0.587 * green + 0.114 * blue

    assert signals.luma[0] == pytest.approx(luma.mean(), abs=2)
    assert signals.contrast[0] == pytest.approx(luma.std(), rel=0.08)
    assert signals.colourfulness[0] == pytest.approx(hasler, rel=0.12)
    assert signals.colour[0] == pytest.approx(rgb.mean(axis=(0, 1)), abs=4)


def test_progress_rises_to_one(data: Path) -> None:
    told: list[float] = []

    analyse(data / "video" / "bikes_640x272.mp4", progress=told.append)

    assert told == sorted(told)
    assert told[-1] == 1.0


@pytest.mark.parametrize("name", ["audio_only.mp4", "random_64kB.mkv", "zero_length.mp4"])
def test_what_is_no_film_is_a_media_error(data: Path, name: str) -> None:
    with pytest.raises(MediaError):
        analyse(data / "broken" / name)
