"""What the truth says of the pictures is what a decoder sees."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import av
import numpy as np
import pytest

from ops.demo.film import DemoFilm
from ops.demo.paint import Size
from ops.demo.screenplay import SHOTS, PlannedShot
from tests.ops.demo.conftest import SMALL, of_kind, step_sizes


def test_the_film_has_the_frames_and_the_rate_that_the_truth_says(
    demo: DemoFilm, truth: dict[str, Any], pictures: np.ndarray
) -> None:
    with av.open(str(demo.film)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        told = (str(video.average_rate), video.codec_context.name, audio.codec_context.name)
        size = (video.width, video.height)
        duration_s = float((video.duration or 0) * (video.time_base or 0))
    assert told == (truth["fps"], "h264", "aac")
    assert size == SMALL
    assert len(pictures) == truth["frames"]
    assert duration_s == pytest.approx(truth["frames"] / 24, abs=1e-3)
    assert 38 <= duration_s <= 45


def test_the_shots_cover_the_film_without_gap_and_differ_clearly_in_length(truth: dict[str, Any]) -> None:
    shots = truth["shots"]
    assert (shots[0]["start"], shots[-1]["end"]) == (0, truth["frames"])
    assert all(before["end"] == after["start"] for before, after in pairwise(shots))
    lengths_s = [(shot["end"] - shot["start"]) / 24 for shot in shots]
    assert len(shots) >= 8
    assert min(lengths_s) < 1.5
    assert max(lengths_s) > 6
    assert [shot["start"] for shot in shots[1:]] == [
        change["new_shot_frame"] for change in truth["transitions"] if change["type"] in ("cut", "dissolve")
    ]


def test_at_every_cut_the_picture_jumps_far_more_than_around_it(truth: dict[str, Any], pictures: np.ndarray) -> None:
    steps = step_sizes(pictures)
    for cut in of_kind(truth, "cut"):
        at = cut["new_shot_frame"]
        around = np.concatenate([steps[at - 4 : at], steps[at + 1 : at + 5]])
        assert steps[at] > 3 * around.max(), f"frame {at}: {steps[at]:.1f} against {around.max():.1f} around it"


def test_nothing_else_in_the_film_jumps_like_a_cut(truth: dict[str, Any], pictures: np.ndarray) -> None:
    steps = step_sizes(pictures)
    cuts = [cut["new_shot_frame"] for cut in of_kind(truth, "cut")]
    between = np.delete(steps, cuts)
    assert between.max() < 0.6 * steps[cuts].min()


def test_an_independent_detector_finds_every_cut(demo: DemoFilm, truth: dict[str, Any]) -> None:
    from scenedetect import AdaptiveDetector, detect

    found = {scene[0].frame_num for scene in detect(str(demo.film), AdaptiveDetector())}
    assert {cut["new_shot_frame"] for cut in of_kind(truth, "cut")} <= found


def test_in_the_dissolve_the_new_shot_takes_over_bit_by_bit(truth: dict[str, Any], pictures: np.ndarray) -> None:
    (dissolve,) = of_kind(truth, "dissolve")
    first, last = dissolve["first_frame"], dissolve["last_frame"]
    assert last - first + 1 == 24
    old, new = (pictures[at].astype(float).ravel() for at in (first - 1, last + 1))
    way = new - old
    shares = np.array([(pictures[at].ravel() - old) @ way / (way @ way) for at in range(first, last + 1)])
    steps = np.diff([0, *shares, 1])
    assert steps.max() < 0.12
    assert steps.min() > -0.01
    assert shares == pytest.approx(np.arange(1, 25) / 25, abs=0.12)  # both shots move meanwhile


def test_the_film_comes_out_of_black_and_goes_back_into_it(truth: dict[str, Any], pictures: np.ndarray) -> None:
    light = pictures.reshape(len(pictures), -1).mean(axis=1)
    (fade_in,), (fade_out,) = of_kind(truth, "fade_in"), of_kind(truth, "fade_out")
    rising = light[fade_in["first_frame"] : fade_in["last_frame"] + 1]
    falling = light[fade_out["first_frame"] : fade_out["last_frame"] + 1]
    assert np.all(np.diff(rising) > 0)
    assert rising[0] < 0.15 * light[fade_in["last_frame"] + 1]
    assert np.all(np.diff(falling) < 0.05)
    assert falling[-1] < 0.2 * light[fade_out["first_frame"] - 1]


def test_no_two_shots_look_alike(truth: dict[str, Any], pictures: np.ndarray) -> None:
    middles = [pictures[(shot["start"] + shot["end"]) // 2] for shot in truth["shots"]]
    palettes = [np.histogramdd(m.reshape(-1, 3), bins=(8, 8, 8), range=[(0, 256)] * 3)[0].ravel() for m in middles]
    shares = [palette / palette.sum() for palette in palettes]
    for i, one in enumerate(shares):
        for other in shares[:i]:
            assert np.minimum(one, other).sum() < 0.75


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.what)
def test_a_scene_moves_and_paints_the_same_picture_whenever_it_is_asked(shot: PlannedShot) -> None:
    seconds = shot.frames / 24
    one, other = (shot.scene(Size(160, 90), seconds) for _ in range(2))
    late, early = one(0.8 * seconds), one(0.1 * seconds)
    assert np.array_equal(other(0.1 * seconds), early)
    assert np.array_equal(other(0.8 * seconds), late)
    assert early.dtype == np.float32
    assert np.isfinite(early).all()
    assert np.abs(early - late).mean() > 0.002


@pytest.mark.parametrize("size", [(214, 120), (130, 130)], ids=str)
def test_every_scene_fits_any_size(size: tuple[int, int]) -> None:
    for shot in SHOTS:
        picture = shot.scene(Size(*size), 2.0)(1.0)
        assert picture.shape == (size[1], size[0], 3)
