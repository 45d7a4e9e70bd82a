"""The camera told from what moves before it, on real pictures moved by known amounts."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from ops.scenes.camera import CameraMeter

DIAGONAL = float(np.hypot(160, 90))
PICTURES = ("chelsea_cat.png", "coffee.png", "building.jpg", "amber_door.jpg")


def picture(data: Path, name: str) -> np.ndarray:
    with Image.open(data / "images" / "content" / name) as opened:
        return np.asarray(opened.convert("L"))


def view(image: np.ndarray, *, right: float = 0.0, down: float = 0.0, zoom: float = 1.0) -> np.ndarray:
    """What a camera of 160×90 sees of a picture when it looks so many of its pixels aside of the middle."""
    height, width = image.shape
    step = 0.55 * min(width / 160, height / 90)
    soft = cv2.GaussianBlur(image, (0, 0), max(0.3, 0.5 * step))
    step /= zoom
    centre_x, centre_y = width / 2 + right * step, height / 2 + down * step
    matrix = np.array([[step, 0, centre_x - step * 79.5], [0, step, centre_y - step * 44.5]])
    return cv2.warpAffine(soft, matrix, (160, 90), flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP)


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize(("right", "down"), [(3.0, 0.0), (-5.0, 1.0), (0.0, -4.0), (9.0, 0.0)])
def test_a_pan_is_measured_and_is_no_action(data: Path, name: str, right: float, down: float):
    image = picture(data, name)

    moved = CameraMeter().measure(view(image), view(image, right=right, down=down))

    assert moved.pan * DIAGONAL == pytest.approx(right, abs=0.12 * abs(right) + 0.15)
    assert moved.tilt * DIAGONAL == pytest.approx(-down, abs=0.12 * abs(down) + 0.25)
    assert moved.camera * DIAGONAL == pytest.approx(np.hypot(right, down), rel=0.15)
    assert moved.action * DIAGONAL < 0.25 * np.hypot(right, down)


@pytest.mark.parametrize("name", PICTURES)
@pytest.mark.parametrize("zoom", [1.03, 0.97])
def test_a_zoom_is_measured(data: Path, name: str, zoom: float):
    image = picture(data, name)

    moved = CameraMeter().measure(view(image), view(image, zoom=zoom))

    assert moved.zoom == pytest.approx(np.log(zoom), rel=0.2)
    assert abs(moved.pan) * DIAGONAL < 0.3


def test_what_moves_before_a_panning_background_is_action_and_the_pan_is_the_cameras(data: Path):
    wall, cat = picture(data, "building.jpg"), cv2.resize(picture(data, "chelsea_cat.png")[60:240, 100:350], (50, 36))
    before, after = view(wall), view(wall, right=3.0)
    before[30:66, 50:100] = cat
    after[30:66, 55:105] = cat

    moved = CameraMeter().measure(before, after)

    assert moved.pan * DIAGONAL == pytest.approx(3.0, abs=0.4)
    assert moved.action * DIAGONAL == pytest.approx(8.0, abs=2.0)  # 5 to the right over a wall that goes 3 to the left


def test_a_small_thing_before_a_still_camera_is_action(data: Path):
    wall, cat = picture(data, "building.jpg"), cv2.resize(picture(data, "chelsea_cat.png")[60:240, 100:350], (24, 18))
    before, after = view(wall), view(wall)
    before[40:58, 50:74] = cat
    after[40:58, 53:77] = cat

    moved = CameraMeter().measure(before, after)

    assert moved.camera == 0
    assert 0.5 < moved.action * DIAGONAL < 3.0  # it covers 3 % of the picture, and a 95th percentile would be 0


def test_noise_is_no_movement(data: Path):
    still = view(picture(data, "coffee.png"))
    noise = np.random.default_rng(5).normal(0, 2, still.shape)

    moved = CameraMeter().measure(still, np.clip(still + noise, 0, 255).astype(np.uint8))

    assert moved.camera * DIAGONAL < 0.02
    assert moved.action * DIAGONAL < 0.1


def test_black_bars_do_not_hold_a_pan_back(data: Path):
    image = picture(data, "building.jpg")
    before, after = view(image), view(image, right=4.0)
    for one in (before, after):
        one[:14] = one[-14:] = 0

    moved = CameraMeter().measure(before, after)

    assert moved.pan * DIAGONAL == pytest.approx(4.0, rel=0.15)
    assert moved.action * DIAGONAL < 0.5


@pytest.mark.parametrize("luma", [0, 120])
def test_a_plain_picture_moves_not(luma: int):
    plain = np.full((90, 160), luma, np.uint8)

    moved = CameraMeter().measure(plain, plain)

    assert (moved.camera, moved.action, moved.zoom) == (0, 0, 0)
