"""The MediaPipe face engine: what becomes of its answers, and, where it is installed, the whole way through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from ops.box import Box
from ops.errors import ModelUnavailable
from ops.faces import Face
from resources.models.choice import EngineChoice
from resources.models.mediapipe_faces import INSTALL, face_of, load_mediapipe_faces
from tests.resources.models.tiny_blazeface import save_blazeface

WITH_MEDIAPIPE = pytest.mark.skipif(find_spec("mediapipe") is None, reason=f"MediaPipe is not installed: {INSTALL}")
SIZE = (400, 200)

FRONTAL = [(-30, 0), (30, 0), (0, 15), (0, 40), (-60, 5), (60, 5)]
"""A head from the front, in pixels from the middle between its eyes; the points in BlazeFace's order, the person's
right (on the picture's left) first."""


@dataclass
class Point:
    """As MediaPipe gives a key point."""

    x: float | None = None
    y: float | None = None
    label: str | None = None
    score: float | None = 0.0


def placed(
    points: Sequence[tuple[float, float]], *, at: tuple[float, float] = (200, 80), tilt: float = 0.0
) -> list[Point]:
    cos, sin = np.cos(np.radians(tilt)), np.sin(np.radians(tilt))
    turned = [(at[0] + cos * x - sin * y, at[1] + sin * x + cos * y) for x, y in points]
    return [Point(x / SIZE[0], y / SIZE[1]) for x, y in turned]


def seen(points: list[Point], box: tuple[float, float, float, float] = (140, 40, 120, 120)) -> Face:
    face = face_of(box, points, score=0.9, size=SIZE)
    assert face is not None
    return face


def choice(file: Path) -> EngineChoice:
    return EngineChoice.parse("faces_engine", f"mediapipe:{file}")


def test_a_box_in_pixels_becomes_fractions_of_the_picture():
    face = seen(placed(FRONTAL))

    assert [*face.box] == pytest.approx([0.35, 0.2, 0.3, 0.6])
    assert face.score == 0.9
    assert face.eyes_open is None


def test_eyes_come_from_left_to_right_whichever_is_the_persons_right():
    upside_down = [(-x, -y) for x, y in FRONTAL]

    for points in (FRONTAL, upside_down):
        assert np.array(seen(placed(points)).eyes) == pytest.approx(np.array([(170 / 400, 0.4), (230 / 400, 0.4)]))


def test_a_head_from_the_front_faces_the_camera_however_it_is_tilted():
    for tilt in (-35, 0, 20, 50):
        assert seen(placed(FRONTAL, tilt=tilt)).facing == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("degrees", [-80, -45, -20, -8, 8, 20, 45, 80])
@pytest.mark.parametrize("tilt", [-25, 0, 25])
def test_a_turned_round_head_faces_where_its_nose_points(degrees: float, tilt: float):
    turn = np.radians(degrees)

    def on_the_head(longitude: float, height: float) -> tuple[float, float]:
        """A point of a head of radius 60, as a camera straight before it sees it."""
        return 60 * float(np.sin(np.radians(longitude) + turn)), height

    head = [on_the_head(*place) for place in ((-30, 0), (30, 0), (0, 15), (0, 40), (-90, 5), (90, 5))]

    facing = seen(placed(head, tilt=tilt)).facing

    assert np.sign(facing) == np.sign(degrees)
    if abs(degrees) <= 45:
        assert facing == pytest.approx(np.tan(turn), abs=1e-6)
    else:
        assert abs(facing) > 0.9


def test_a_box_that_reaches_beyond_the_picture_is_cut_at_its_edge_and_points_outside_are_no_eyes():
    points = placed(FRONTAL, at=(10, 80))

    face = seen(points, box=(-50, -20, 120, 120))

    assert Box(0, 0, 1, 1).holds(face.box)
    assert [*face.box] == pytest.approx([0, 0, 70 / 400, 100 / 200])
    assert np.array(face.eyes) == pytest.approx(np.array([(40 / 400, 0.4)]))


def test_a_box_outside_the_picture_is_no_face():
    assert face_of((500, 0, 50, 50), placed(FRONTAL), score=0.9, size=SIZE) is None


def test_a_detection_without_points_is_a_face_without_eyes():
    face = seen([])

    assert [*face.box] == pytest.approx([0.35, 0.2, 0.3, 0.6])
    assert (face.eyes, face.facing) == ((), 0.0)


@pytest.mark.skipif(find_spec("mediapipe") is not None, reason="MediaPipe is installed")
def test_without_mediapipe_the_error_is_the_command_that_leaves_opencv_alone(tmp_path: Path):
    with pytest.raises(ModelUnavailable, match=r"SHOWRUNNER_FACES_ENGINE.*pip install --no-deps 'mediapipe"):
        load_mediapipe_faces(choice(tmp_path / "face.tflite"))


@WITH_MEDIAPIPE
@pytest.mark.parametrize("size", [(128, 128), (200, 100), (90, 160), (640, 271)])
@pytest.mark.parametrize(("side", "stride", "a_cell"), [(128, 8, 2), (192, 4, 1)], ids=["short range", "full range"])
def test_a_face_of_a_model_file_stands_where_it_was_in_a_picture_of_any_shape(
    tmp_path: Path, size: tuple[int, int], side: int, stride: int, a_cell: int
):
    width, height = size
    cells = side // stride
    column, row = cells // 2 - 1, cells // 2
    middle = np.array([(column + 0.5) * stride, (row + 0.5) * stride])  # of the anchor, in pixels of the input
    points = [-5.0, -4.0, 7.0, -4.0, 4.0, 1.0, 1.0, 6.0, -12.0, 0.0, 12.0, 0.0]
    numbers = [1.0, -2.0, 32.0, 24.0, *points]
    file = save_blazeface(tmp_path / "face.tflite", {(row * cells + column) * a_cell: (4.0, numbers)}, side=side)
    scale = max(width, height) / side
    corner = np.array([side - width / scale, side - height / scale]) / 2

    (face,) = load_mediapipe_faces(choice(file)).detect(np.zeros((height, width, 3), np.uint8))

    in_input = (middle - corner + np.array([1 - 16, -2 - 12])) * scale
    expected = [in_input[0] / width, in_input[1] / height, 32 * scale / width, 24 * scale / height]
    np.testing.assert_allclose([*face.box], expected, atol=1.6 / min(width, height))  # MediaPipe's are whole pixels
    assert face.score == pytest.approx(1 / (1 + np.exp(-4)), abs=1e-4)
    assert face.facing == pytest.approx(4 / 12, abs=1e-3)
    eyes = [(middle - corner + np.array(offset)) * scale / (width, height) for offset in ([-5, -4], [7, -4])]
    np.testing.assert_allclose(np.array(face.eyes), np.array(eyes), atol=1e-4)


@WITH_MEDIAPIPE
def test_a_model_that_finds_nothing_finds_no_face(tmp_path: Path):
    faces = load_mediapipe_faces(choice(save_blazeface(tmp_path / "face.tflite", {})))

    assert faces.detect(np.zeros((90, 160, 3), np.uint8)) == []


@WITH_MEDIAPIPE
@pytest.mark.parametrize("damage", ["text", "truncated", "without metadata", "missing"])
def test_a_file_that_is_no_face_model_is_told_with_its_setting(tmp_path: Path, damage: str):
    file = tmp_path / "face.tflite"
    if damage == "text":
        file.write_text("not a model")
    elif damage != "missing":
        save_blazeface(file, {}, normalised=damage != "without metadata")
        if damage == "truncated":
            file.write_bytes(file.read_bytes()[:2000])

    with pytest.raises(ModelUnavailable, match="SHOWRUNNER_FACES_ENGINE"):
        load_mediapipe_faces(choice(file))
