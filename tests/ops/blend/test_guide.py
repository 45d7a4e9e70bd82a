"""What a blend shows before any network works on it: shares, melted contents, and colours."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from ops.blend.colour import colour_map, from_oklab, mixed_map, to_oklab, with_lightness
from ops.blend.guide import BlendInputs, canvas_shape, content_guide, fitted, paper
from ops.blend.model import BlendRecipe, Colour, Source
from ops.blend.preview import quick_blend
from ops.blend.pyramid import melt
from ops.blend.regions import paint_shares, style_regions
from ops.errors import UsageError

HALF = np.zeros((20, 30), np.uint8)
HALF[:, :15] = 255


@pytest.fixture(scope="module")
def photographs(data: Path) -> dict[str, np.ndarray]:
    files = {
        "cat": "content/chelsea_cat.png",
        "night": "style/starry_night.jpg",
        "apple": "blend/apple.jpg",
        "orange": "blend/orange.jpg",
        "woman": "faces/astronaut_one_face.png",
    }
    found = {}
    for name, file in files.items():
        with Image.open(data / "images" / file) as opened:
            found[name] = np.asarray(opened.convert("RGB").resize((192, 144)))
    return found


def test_oklab_has_the_published_values():
    """Ottosson's post and CSS Color 4's test values: white, red, green and blue of sRGB."""
    colours = np.array([[[255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]]], np.uint8)
    published = [[1, 0, 0], [0.62796, 0.22486, 0.12585], [0.86644, -0.23389, 0.17950], [0.45201, -0.03246, -0.31153]]
    assert np.allclose(to_oklab(colours)[0], published, atol=2e-4)


def test_every_colour_of_a_screen_comes_back_from_oklab():
    codes = np.arange(0, 256, 15, dtype=np.uint8)
    cube = np.stack(np.meshgrid(codes, codes, codes), -1).reshape(1, -1, 3)
    assert np.abs(from_oklab(to_oklab(cube)).astype(int) - cube).max() <= 1


def test_what_no_screen_shows_loses_colour_and_not_lightness_or_hue():
    garish = np.array([[[0.6, 0.3, 0.15]]], np.float32)
    shown = to_oklab(from_oklab(garish))[0, 0]
    assert shown[0] == pytest.approx(0.6, abs=0.03)
    assert 0.05 < np.hypot(*shown[1:]) < np.hypot(0.3, 0.15)
    assert np.arctan2(shown[2], shown[1]) == pytest.approx(np.arctan2(0.15, 0.3), abs=0.2)


def test_transported_colours_have_the_likeness_s_mean_and_spread():
    chance = np.random.default_rng(1)
    source = chance.multivariate_normal([0.5, 0, 0], np.diag([0.02, 0.004, 0.006]), 4000).astype(np.float32)
    mixing = np.array([[0.9, 0.1, 0], [0.1, 1.1, 0.2], [0, 0.2, 0.8]])
    likeness = (source @ mixing.T + [0.1, 0.05, -0.05]).astype(np.float32)
    mapped = colour_map(source, likeness)(source[None])[0]
    assert np.allclose(mapped.mean(0), likeness.mean(0), atol=1e-3)
    assert np.allclose(np.cov(mapped.T), np.cov(likeness.T), atol=5e-4)


def test_a_map_never_stretches_a_flat_picture_s_noise_into_bands():
    chance = np.random.default_rng(1)
    foggy = chance.normal(0.5, 0.002, (500, 3)).astype(np.float32)
    loud = chance.normal(0.5, 0.3, (500, 3)).astype(np.float32)
    assert np.linalg.norm(colour_map(foggy, loud).matrix, 2) <= 2.21


def test_a_mix_of_no_amount_leaves_colours_alone(photographs):
    cat, night = to_oklab(photographs["cat"]), to_oklab(photographs["night"])
    untouched = mixed_map([colour_map(cat, night)], [1.0], 0.0)(cat)
    assert np.allclose(untouched, cat, atol=1e-6)


def test_black_and_white_have_no_hue():
    pink = np.full((2, 2, 3), [0.7, 0.1, 0.05], np.float32)
    for light in (0.0, 1.0):
        shown = from_oklab(with_lightness(pink, np.full((2, 2), light, np.float32)))
        assert int(np.ptp(shown[0, 0])) <= 2


@given(st.lists(st.tuples(st.floats(0.01, 1), st.booleans()), min_size=1, max_size=5), st.integers(0, 99))
def test_shares_of_a_place_never_exceed_it_and_fill_it_where_somebody_is_ground(asked, seed: int):
    chance = np.random.default_rng(seed)
    painted = [None if ground else chance.random((3, 4), np.float32) for _, ground in asked]
    shares = paint_shares([weight for weight, _ in asked], painted, (3, 4))
    total = np.sum(shares, axis=0)
    assert all(float(share.min()) >= 0 for share in shares)
    assert float(total.max()) <= 1 + 1e-5
    if any(ground for _, ground in asked):
        assert np.allclose(total, 1, atol=1e-5)


def test_full_paint_takes_a_place_from_the_ground_and_no_paint_leaves_it():
    ramp = np.linspace(0, 1, 5, dtype=np.float32)[None]
    ground, painted = paint_shares([0.5, 0.5], [None, ramp], (1, 5))
    assert painted[0, 0] == 0
    assert painted[0, -1] > 0.99
    assert painted[0, 2] == pytest.approx(0.5, abs=0.01)
    assert np.all(np.diff(painted[0]) > 0)
    assert np.allclose(ground + painted, 1)


def test_styles_under_the_same_mask_mix_and_others_have_their_own_region():
    recipe = BlendRecipe("a", (Source("a", 0.6, style_mask="m"), Source("b", 0.2, style_mask="m"), Source("c", 0.4)))
    inner, outer = sorted(
        style_regions(recipe, {"m": HALF}, (40, 60)), key=lambda region: len(region.parts), reverse=True
    )
    assert inner.parts == ((0, pytest.approx(0.75)), (1, pytest.approx(0.25)))
    assert outer.parts == ((2, 1.0),)
    assert inner.share is not None and outer.share is not None
    assert float(inner.share[20, 5]) > 0.97
    assert float(outer.share[20, 55]) > 0.99


def test_halves_of_two_fruits_melt_without_a_seam_and_keep_their_own_ends(photographs):
    recipe = BlendRecipe(
        "apple", (Source("apple", content=1, content_mask="left"), Source("orange", content=1, content_mask="right"))
    )
    inputs = BlendInputs(photographs, {"left": HALF, "right": 255 - HALF})
    shape = canvas_shape(photographs["apple"], 128)
    blend = from_oklab(content_guide(recipe, inputs, shape)).astype(int)
    apple, orange = (fitted(photographs[name], shape).astype(int) for name in ("apple", "orange"))

    assert np.abs(blend[:, :20] - apple[:, :20]).mean() < 6
    assert np.abs(blend[:, -20:] - orange[:, -20:]).mean() < 6
    cut = np.hstack([apple[:, :64], orange[:, 64:]])
    steps = [np.abs(np.diff(each, axis=1))[:, 60:67].mean(axis=(0, 2)).max() for each in (blend, cut)]
    assert steps[0] < 0.6 * steps[1]


def test_pictures_that_are_alike_melt_into_themselves():
    picture = cv2.GaussianBlur(np.random.default_rng(0).random((50, 70, 3), np.float32), (0, 0), 2)
    share = np.tile(np.linspace(0, 1, 70, dtype=np.float32), (50, 1))
    assert np.allclose(melt([picture, picture], [share, 1 - share], [1 - share, share]), picture, atol=1e-5)


def test_where_nothing_is_painted_the_content_keeps_its_colours(photographs):
    recipe = BlendRecipe("cat", (Source("night", 1.0, style_mask="left"),))
    inputs = BlendInputs(photographs, {"left": HALF})
    plain = quick_blend(BlendRecipe("cat", (Source("cat", content=1),)), inputs, 96).astype(int)
    half = quick_blend(recipe, inputs, 96).astype(int)
    assert np.abs(half[:, 60:] - plain[:, 60:]).max() <= 2
    assert np.abs(half[:, :36] - plain[:, :36]).mean() > 10


def test_kept_colours_are_the_content_s(photographs):
    inputs = BlendInputs(photographs)
    kept = quick_blend(BlendRecipe("cat", (Source("night", 1.0),), colour=Colour.KEEP), inputs, 96)
    plain = quick_blend(BlendRecipe("cat", (Source("cat", content=1),)), inputs, 96)
    assert np.abs(kept.astype(int) - plain).max() <= 2


def test_a_face_in_another_s_colours_is_clipped_nowhere(photographs):
    shown = quick_blend(BlendRecipe("woman", (Source("night", 1.0),)), BlendInputs(photographs), 144)
    face = shown[10:60, 70:120]
    assert np.mean(face.max(axis=2) >= 255) < 0.02
    assert np.mean(face.max(axis=2) <= 2) < 0.02


@pytest.mark.parametrize("shape", [(2, 3000), (1, 1), (300, 5)])
def test_sources_of_any_shape_fill_a_canvas(shape: tuple[int, int]):
    odd = np.full((*shape, 3), 90, np.uint8)
    assert fitted(odd, (48, 64)).shape == (48, 64, 3)
    assert min(paper(odd, (48, 64)).shape[:2]) >= 16


@pytest.mark.parametrize("shape", [(2, 3000), (1, 1), (20, 200)])
def test_a_target_that_is_no_frame_is_refused(shape: tuple[int, int]):
    odd = BlendInputs({"odd": np.zeros((*shape, 3), np.uint8)})
    with pytest.raises(UsageError, match="no frame"):
        quick_blend(BlendRecipe("odd", (Source("odd", content=1),)), odd, 96)


def test_a_missing_picture_or_mask_is_named():
    here = BlendInputs({"a": np.zeros((32, 32, 3), np.uint8)})
    with pytest.raises(UsageError, match=r"^b: there is no such picture"):
        quick_blend(BlendRecipe("a", (Source("b", 1.0),)), here, 96)
    with pytest.raises(UsageError, match=r"^m: there is no such mask"):
        quick_blend(BlendRecipe("a", (Source("a", 1.0, style_mask="m"),)), here, 96)
