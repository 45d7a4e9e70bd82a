"""The crop search: exact shapes inside the picture, and no face cut, whatever the picture."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.box import Box
from ops.faces import Face
from ops.thumbnails.aspect import MAX_UPSCALE, Aspect
from ops.thumbnails.crop import best_crops

RATIOS = [aspect.ratio[0] / aspect.ratio[1] for aspect in Aspect]


@st.composite
def faces(draw: st.DrawFn) -> Face:
    w, h = draw(st.floats(0.02, 0.6)), draw(st.floats(0.02, 0.6))
    x, y = draw(st.floats(0, 1 - w)), draw(st.floats(0, 1 - h))
    return Face(x, y, w, h, draw(st.floats(0.5, 1)))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(faces(), max_size=4),
    st.floats(0.3, 3.2),
    st.sampled_from(RATIOS),
    st.integers(0, 2**31),
)
def test_no_crop_ever_cuts_a_face_and_all_have_the_shape(
    shown: list[Face], frame_ratio: float, ratio: float, seed: int
):
    attention = np.random.default_rng(seed).random((36, 64)).astype(np.float32)

    crops = best_crops(attention, shown, frame_ratio=frame_ratio, ratio=ratio)

    for crop in crops:
        assert crop.w / crop.h * frame_ratio == pytest.approx(ratio, rel=1e-6)
        assert Box(0, 0, 1, 1).holds(crop, 1e-9)
        assert not any(crop.cuts(face.box) for face in shown)


@settings(max_examples=60, deadline=None)
@given(faces(), st.sampled_from(RATIOS))
def test_no_crop_is_given_only_where_the_face_fills_too_much(face: Face, ratio: float):
    attention = np.ones((36, 64), np.float32)

    crops = best_crops(attention, [face], frame_ratio=16 / 9, ratio=ratio)

    largest_w, largest_h = min(1.0, ratio / (16 / 9)), min(1.0, (16 / 9) / ratio)
    if 1.3 * face.w < 0.9 * largest_w and 1.3 * face.h < 0.9 * largest_h:
        assert crops


@settings(max_examples=100, deadline=None)
@given(faces(), st.sampled_from(RATIOS), st.integers(0, 2**31))
def test_a_face_that_the_picture_is_about_is_never_left_out(face: Face, ratio: float, seed: int):
    attention = np.random.default_rng(seed).random((36, 64)).astype(np.float32)
    small = Face(face.x, face.y, 0.02, 0.02, 0.9)

    crops = best_crops(attention, [face, small], frame_ratio=16 / 9, ratio=ratio)

    if face.area >= 0.03:
        assert all(crop.holds(face.box.clipped(), 1e-6) for crop in crops)


def test_a_chin_is_spared_where_a_crop_can():
    face = Face(0.38, 0.25, 0.2, 0.5, 0.9)

    for crop in best_crops(np.ones((36, 64), np.float32), [face], frame_ratio=16 / 9, ratio=16 / 9, widest=0.8):
        assert crop.bottom >= face.y + 1.15 * face.h - 1e-6


def test_the_crop_goes_where_the_eye_goes():
    attention = np.zeros((36, 64), np.float32)
    attention[12:24, 46:56] = 1

    best = best_crops(attention, [], frame_ratio=16 / 9, ratio=9 / 16)[0]

    assert best.x < 46 / 64
    assert best.right > 56 / 64


def test_two_faces_far_apart_leave_a_tall_crop_one_of_them():
    left, right = Face(0.05, 0.3, 0.1, 0.2, 0.9), Face(0.7, 0.25, 0.16, 0.3, 0.9)

    best = best_crops(np.ones((36, 64), np.float32), [left, right], frame_ratio=16 / 9, ratio=9 / 16)[0]

    assert best.holds(right.box)
    assert best.overlap(left.box) == 0


@pytest.mark.parametrize(("aspect", "width"), list(product(Aspect, [11, 64, 200, 333, 1001, 4000])))
def test_sizes_are_exact_and_never_enlarge_beyond_twice(aspect: Aspect, width: int):
    across, down = aspect.ratio

    made = aspect.size_for(width)

    assert made[0] * down == made[1] * across
    assert made[0] <= aspect.size[0]
    assert made[0] <= max(MAX_UPSCALE * width, across)
