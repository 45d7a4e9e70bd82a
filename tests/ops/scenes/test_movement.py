"""Movement along whole films: real clips, and films painted frame by frame."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ops.scenes.movement import Movement, measure_movement
from ops.shots.analyse import analyse
from tests.ops.scenes.films import painted

DIAGONAL = float(np.hypot(320, 180))


def measured(film: Path) -> Movement:
    return measure_movement(film, analyse(film).shots)


def panned(data: Path, places: list[float]) -> list[np.ndarray]:
    """Views of 320×180 whose left edges lie at these pixels of a wide picture."""
    with Image.open(data / "images" / "content" / "building.jpg") as opened:
        wide = np.asarray(opened.convert("RGB").resize((900, 600)))
    return [cv2.getRectSubPix(wide, (320, 180), (200 + place, 300)) for place in places]


def test_people_move_before_a_camera_that_stands(data: Path):
    moved = measured(data / "video" / "pedestrians_interlaced_576i.mpg")

    runners = measured(data / "video" / "seeking_720x480.mp4")

    assert moved.camera.mean() < 0.005
    assert 0.02 < moved.shot_action[0] < 0.2  # some walk in the distance
    assert runners.shot_action[0] > 10 * moved.shot_action[0]  # and others run past the lens


def test_every_kind_of_clip_is_measured_at_least_four_times_a_second(data: Path):
    film = data / "video" / "sintel_first20s_vfr_360p.mp4"
    shots = analyse(film).shots

    moved = measure_movement(film, shots)

    assert len(moved.frame) >= 4 * 20 * 0.6  # none within its fades
    assert len(moved.shot_action) == len(moved.lettering) == len(shots.shots)
    assert all(np.isfinite(each).all() for each in vars(moved).values())


def test_a_steady_pan_has_its_speed(data: Path, tmp_path: Path):
    film = painted(tmp_path / "pan.mp4", panned(data, [4.0 * frame for frame in range(60)]))

    moved = measured(film)

    assert float(moved.pan.mean()) == pytest.approx(4 * 24 / DIAGONAL, rel=0.1)
    assert moved.shot_action[0] < 0.1 * 4 * 24 / DIAGONAL


def test_pictures_shown_twice_have_the_speed_of_those_shown_once(data: Path, tmp_path: Path):
    once = painted(tmp_path / "once.mp4", panned(data, [3.0 * frame for frame in range(72)]))
    twice = painted(tmp_path / "twice.mp4", panned(data, [6.0 * (frame // 2) for frame in range(72)]))

    speeds = [float(measured(film).pan.mean()) for film in (once, twice)]

    assert speeds[1] == pytest.approx(speeds[0], rel=0.15)


def test_a_cut_between_stills_is_no_movement(data: Path, tmp_path: Path):
    one, other = panned(data, [0.0, 300.0])
    film = painted(tmp_path / "stills.mp4", [one] * 40 + [np.ascontiguousarray(255 - other)] * 40)

    moved = measured(film)

    assert len(moved.shot_action) == 2
    assert max(moved.camera.max(), moved.action.max()) < 0.01


def test_one_picture_is_a_film_too(data: Path):
    moved = measured(data / "video" / "one_frame.mp4")

    assert len(moved.frame) == 0
    assert moved.shot_action.tolist() == [0.0]


def test_cards_of_a_trailer_are_told_from_its_pictures(data: Path):
    film = data / "video" / "sintel_360p_two_subtitles_chapters.mkv"
    shots = analyse(film).shots
    seen: list[float] = []

    moved = measure_movement(film, shots, progress=seen.append)

    share = {round(shots.start_s(shot), 1): float(moved.lettering[shot.index]) for shot in shots.shots}
    assert share[47.5] == share[48.5] == 1.0  # "Coming soon", and the credits
    assert max(share[start] for start in (0.5, 5.3, 13.9, 21.9, 25.9, 28.3, 32.2)) == 0.0
    assert seen == sorted(seen) and seen[-1] > 0.9
