from __future__ import annotations

import itertools
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="style networks need torch (pip install 'showrunner[models]')")

import cv2  # noqa: E402
from PIL import Image  # noqa: E402

from ops.errors import ModelUnavailable, UsageError  # noqa: E402
from ops.style.networks.paintings import PAINTINGS  # noqa: E402
from ops.style.networks.stage import mixed, network  # noqa: E402
from ops.style.networks.weights_file import HOUSE, house_network  # noqa: E402
from ops.style.networks.working_size import working_size  # noqa: E402
from ops.style.stages import Build, Canvas, Effort, Tick  # noqa: E402

CANVAS = Canvas(96, 64, Fraction(24))


def _build(settings, *, strength=1.0, effort=Effort.FULL, canvas=CANVAS, folder=Path()) -> Build:
    return Build(settings, strength, canvas, 0, effort, folder)


@pytest.fixture(scope="module")
def frame(data) -> np.ndarray:
    picture = np.asarray(Image.open(data / "images" / "content" / "chelsea_cat.png").convert("RGB"))
    return cv2.resize(picture, (96, 64), interpolation=cv2.INTER_AREA)


def test_the_house_ships_a_style_for_every_painting_in_under_400_kilobytes():
    assert house_network().styles == tuple(PAINTINGS)
    assert len(PAINTINGS) >= 6
    assert HOUSE.stat().st_size < 400_000


def test_every_style_changes_a_frame_and_no_two_do_it_alike(frame):
    painted = {name: network(_build({"style": name, "colour": 0.7}))(frame, Tick(0, True)) for name in PAINTINGS}
    for name, picture in painted.items():
        assert picture.shape == frame.shape and picture.dtype == np.uint8
        assert np.abs(picture.astype(int) - frame).mean() > 4, name
    names = list(painted)
    for first, second in itertools.pairwise(names):
        assert np.abs(painted[first].astype(int) - painted[second]).mean() > 2, (first, second)


def test_no_strength_leaves_the_frame_as_it_is(frame):
    found = network(_build({"style": "mosaic", "colour": 1.0}, strength=0.0))(frame, Tick(0, True))
    np.testing.assert_array_equal(found, frame)


def test_a_mix_of_a_style_with_itself_is_that_style(frame):
    settings = {"style": "engraving", "colour": 0.5}
    ((weight, both),) = mixed([(_build(settings), 0.3), (_build(settings), 0.5)])
    assert weight == pytest.approx(0.8)
    alone = network(_build(settings))(frame, Tick(0, True))
    assert np.abs(both(frame, Tick(0, True)).astype(int) - alone).max() <= 2


def test_a_mix_meets_inside_the_network_and_is_not_a_double_exposure(frame):
    pieces = [(_build({"style": name}), 0.5) for name in ("engraving", "stained_glass")]
    ((_, mix),) = mixed(pieces)
    ends = [network(build)(frame, Tick(0, True)).astype(float) for build, _ in pieces]
    assert np.abs(mix(frame, Tick(0, True)) - sum(ends) / 2).mean() > 0.5


def test_a_still_shot_stands_still_and_a_cut_forgets_it(frame):
    paint = network(_build({"style": "impasto", "colour": 0.7}))
    first = paint(frame, Tick(0, True))
    second = paint(frame, Tick(1))
    assert np.abs(second.astype(int) - first).mean() < 0.5

    other = frame[::-1].copy()
    fresh = network(_build({"style": "impasto", "colour": 0.7}))(other, Tick(2, True))
    np.testing.assert_array_equal(paint(other, Tick(2, True)), fresh)


def test_less_effort_still_paints_the_whole_frame_at_full_size(frame):
    found = network(_build({"style": "impasto"}, effort=Effort.LEAST))(frame, Tick(0, True))
    assert found.shape == frame.shape
    assert np.abs(found.astype(int) - frame).mean() > 1


@pytest.mark.parametrize(
    ("lines", "stroke", "expected"),
    [(1080, 1.0, 576), (2160, 1.0, 576), (1080, 2.0, 288), (272, 1.0, 272), (272, 0.5, 544), (272, 2.0, 136)],
)
def test_strokes_are_a_size_in_lines_whatever_the_film(lines, stroke, expected):
    width, height = working_size(Canvas(2 * lines, lines, Fraction(24)), Effort.FULL, stroke, step=4)
    assert (width, height) == (2 * expected, expected)


def test_a_style_that_the_network_has_not_is_named(frame):
    with pytest.raises(ModelUnavailable, match="cubism"):
        network(_build({"style": "cubism"}))
    with pytest.raises(UsageError, match="names no style"):
        network(_build({}))


def test_a_file_outside_the_styles_folder_is_never_opened(tmp_path):
    (tmp_path / "style").mkdir()
    (tmp_path / "secret.safetensors").write_bytes(b"x")
    with pytest.raises(UsageError, match="leads out"):
        network(_build({"file": "../secret.safetensors"}, folder=tmp_path / "style"))
