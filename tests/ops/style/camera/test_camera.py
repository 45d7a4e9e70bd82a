"""Camera moves on real pictures: they go where they say, and never show a border."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ops.errors import UsageError
from ops.style.camera.depth import nearness
from ops.style.camera.shot_clock import ShotClock, eased
from ops.style.stages import Canvas, Tick
from tests.ops.style.graphs import built, shown

_MOVES = ["push_in", "handheld", "dolly_zoom", "parallax"]
_SLOW = Canvas(480, 270, Fraction(2))
"""Two frames a second: a few frames show a whole move."""


@pytest.fixture(scope="module")
def portrait(data: Path) -> np.ndarray:
    picture = np.asarray(Image.open(data / "images" / "faces" / "astronaut_one_face.png").convert("RGB"))
    return cv2.resize(picture[:288], (480, 270), interpolation=cv2.INTER_AREA)


def _marked(*points: tuple[int, int]) -> np.ndarray:
    """A soft grey picture with bright dots."""
    frame = np.full((270, 480, 3), 60, np.uint8)
    for point in points:
        cv2.circle(frame, point, 4, (230, 230, 230), -1)
    return frame


def _dots(frame: np.ndarray) -> np.ndarray:
    """(n, 2): where the dots are, from left to right."""
    _, _, _, centres = cv2.connectedComponentsWithStats((frame[..., 1] > 140).astype(np.uint8))
    return centres[1:][np.argsort(centres[1:, 0])]


@pytest.mark.parametrize("kind", _MOVES)
def test_no_move_shows_a_border(kind: str) -> None:
    plain = np.full((270, 480, 3), 200, np.uint8)
    plain[20:250, 20:460] = 170

    for frame in shown(built("camera", _SLOW, kind=kind, amount=1.0), [plain] * 14, _SLOW):
        assert frame.min() > 140


@pytest.mark.parametrize("kind", _MOVES)
def test_a_move_begins_anew_with_the_shot_or_belongs_to_its_frame(kind: str, portrait: np.ndarray) -> None:
    once = shown(built("camera", _SLOW, kind=kind), [portrait] * 5, _SLOW, first=10)
    again = shown(built("camera", _SLOW, kind=kind), [portrait] * 5, _SLOW, first=10)

    assert all(np.array_equal(first, second) for first, second in zip(once, again, strict=True))
    assert np.abs(once[4].astype(int) - once[0]).mean() > 0.5


def test_a_push_in_only_ever_comes_nearer() -> None:
    frames = shown(built("camera", _SLOW, kind="push_in", amount=1.0), [_marked((160, 130), (320, 130))] * 16, _SLOW)

    apart = [float(np.ptp(_dots(frame)[:, 0])) for frame in frames]

    assert apart[0] == pytest.approx(160, abs=0.6)
    assert (np.diff(apart) > -0.2).all()
    assert 1.16 < apart[-1] / 160 < 1.22


def test_a_hand_sways_by_parts_of_a_pixel_and_comes_back() -> None:
    canvas = Canvas(480, 270, Fraction(24))
    frames = shown(built("camera", canvas, kind="handheld", amount=0.5), [_marked((240, 135))] * 48, canvas)

    path = np.array([_dots(frame)[0] for frame in frames])
    steps = np.hypot(*np.diff(path, axis=0).T)

    assert 0.05 < np.median(steps) < 1.0 and steps.max() < 2.0
    assert np.ptp(path, axis=0).max() < 0.5 * 0.026 * 270 * 2 + 1


def test_a_dolly_zoom_keeps_the_subject_and_draws_the_rest_away(portrait: np.ndarray) -> None:
    canvas = _SLOW
    frames = shown(built("camera", canvas, kind="dolly_zoom", amount=1.0), [portrait] * 12, canvas)

    flow = cv2.calcOpticalFlowFarneback(
        *(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in (frames[0], frames[-1])), None, 0.5, 4, 25, 5, 7, 1.5, 0
    )  # type: ignore[call-overload]
    moved = np.hypot(flow[..., 0], flow[..., 1])

    assert np.median(moved[100:160, 190:260]) < 1.0
    assert np.median(moved[60:200, 380:440]) > 6.0


def test_what_is_near_moves_more_than_what_is_far(portrait: np.ndarray) -> None:
    near = nearness(portrait)

    assert near is not None
    scale = near.shape[1] / 480
    face, wall = near[int(110 * scale), int(200 * scale)], near[int(60 * scale), int(310 * scale)]
    assert face > wall + 0.1


def test_a_picture_without_depth_is_pushed_in_to_instead() -> None:
    blank = [_marked()] * 3
    canvas = _SLOW

    parallax = shown(built("camera", canvas, kind="parallax"), blank, canvas)
    push_in = shown(built("camera", canvas, kind="push_in"), blank, canvas)

    assert nearness(blank[0]) is None
    assert all(np.array_equal(one, other) for one, other in zip(parallax, push_in, strict=True))


def test_colour_moves_with_light(portrait: np.ndarray) -> None:
    frame = _marked()
    cv2.circle(frame, (330, 90), 40, (220, 40, 40), -1)

    moved = shown(built("camera", _SLOW, kind="push_in", amount=1.0), [frame] * 12, _SLOW)[-1].astype(int)

    redness, light = moved[..., 0] - moved[..., 2], np.abs(moved[..., 1] - moved[0, 0, 1])
    centres = [
        np.array([(mask * axis).sum() / mask.sum() for axis in np.mgrid[0:270, 0:480]])
        for mask in (redness > 90, light > 12)
    ]
    assert np.abs(centres[0] - centres[1]).max() < 0.6


def test_a_shots_clock_tells_the_same_wherever_rendering_began() -> None:
    clock = ShotClock(Fraction(25))

    assert [clock.since_cut_s(Tick(frame, shot=50)) for frame in (50, 52)] == [0, 0.08]
    assert clock.since_cut_s(Tick(78, cut=True, shot=53)) == 1.0


def test_a_move_starts_softly_and_is_mostly_done_in_its_time() -> None:
    assert eased(0.0, 6.0) == 0.0
    assert eased(0.2, 6.0) < 0.02
    assert eased(6.0, 6.0) == pytest.approx(0.7, abs=0.05)
    assert all(eased(at, 6.0) < eased(at + 1.0, 6.0) for at in range(12))


def test_a_move_that_is_not_there_is_named() -> None:
    with pytest.raises(UsageError, match="no camera move 'crane'"):
        built("camera", _SLOW, kind="crane")
