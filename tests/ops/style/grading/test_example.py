"""Styles from example pictures: real ones, and made ones whose answer is known."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms
from scipy.linalg import sqrtm
from scipy.stats import wasserstein_distance

from ops.errors import UsageError
from ops.style.catalogue import style_of
from ops.style.grading.colour import luma, to_oklab
from ops.style.grading.cube import write_cube
from ops.style.grading.custom import NETWORK_FILE, MadeUp, opened_picture, with_network
from ops.style.grading.example import LUT_FILE, dark_edges, grain_sigma, style_from_picture
from ops.style.grading.luts import applied, banding, grid
from ops.style.grading.transfer import grade_from_example, linear_transport

EXAMPLES = ("style/starry_night.jpg", "content/amber_door.jpg", "content/coffee.png", "style/mosaic.jpg")


def _picture(data: Path, name: str, side: int = 160) -> np.ndarray:
    picture = cv2.imread(str(data / "images" / name))
    assert picture is not None
    return cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)[..., ::-1]


@pytest.fixture(scope="module")
def portrait(data: Path) -> np.ndarray:
    return _picture(data, "faces/astronaut_one_face.png")


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_picture_looks_more_like_its_example_and_stays_sound(data: Path, portrait, name: str) -> None:
    example = _picture(data, name)
    lut = grade_from_example(example).lut

    # greys run from dark to light without a step, and nothing bends at once
    ramp = luma(np.array([lut[i, i, i] for i in range(33)], np.float64)) * 255
    assert np.diff(ramp).min() > 1.5 and np.diff(ramp).max() < 18
    assert banding(lut) < 20
    # nothing is burnt out
    graded = applied(lut, portrait)
    assert (graded.max(axis=-1) >= 254).mean() <= (portrait.max(axis=-1) >= 254).mean() + 0.02
    # and each axis of colour is nearer to the example's distribution, or was near already
    before, after, wished = (to_oklab(each / 255.0).reshape(-1, 3) for each in (portrait, graded, example))
    far = [[wasserstein_distance(one[:, axis], wished[:, axis]) for axis in range(3)] for one in (before, after)]
    assert sum(far[1]) < sum(far[0])


def test_a_black_and_white_example_takes_all_colour(portrait: np.ndarray) -> None:
    grey = np.repeat(np.rint(luma(portrait.astype(float)))[..., None], 3, axis=-1).astype(np.uint8)
    graded = applied(grade_from_example(grey).lut, portrait)
    assert np.quantile(np.ptp(graded.astype(int), axis=-1), 0.99) <= 12


def test_the_transport_is_the_closed_form_of_the_literature() -> None:
    rng = np.random.default_rng(3)
    first, second = (each @ each.T + np.eye(2) for each in rng.normal(size=(2, 2, 2)))
    axes, gains = linear_transport(first, second)
    ours = axes @ np.diag(gains) @ axes.T

    root = np.real(sqrtm(first))
    theirs = np.linalg.inv(root) @ np.real(sqrtm(root @ second @ root)) @ np.linalg.inv(root)

    assert np.allclose(ours, theirs)
    assert np.allclose(ours @ first @ ours.T, second)


@pytest.mark.parametrize("sigma", [4.0, 9.0])
def test_grain_is_measured_and_a_clean_picture_has_none(data: Path, sigma: float) -> None:
    clean = _picture(data, "content/coffee.png", 256)
    noise = np.random.default_rng(1).normal(0, sigma, clean.shape[:2])[..., None]
    grainy = np.clip(clean + noise, 0, 255).astype(np.uint8)
    assert grain_sigma(grainy) == pytest.approx(sigma, rel=0.3)
    assert grain_sigma(clean) < 3
    ops = {stage["op"] for stage in style_from_picture(grainy, "Grainy").document["stages"]}
    assert ("grain" in ops) == (sigma > 2.5)


def test_dark_edges_are_found_and_a_dark_side_is_none() -> None:
    down, across = np.mgrid[-1:1:90j, -1:1:160j]
    falloff = 1 - 0.5 * np.clip((down**2 + across**2) / 2, 0, 1)
    edges = np.repeat((200 * falloff)[..., None], 3, axis=-1).astype(np.uint8)
    side = np.repeat((100 + 60 * across)[..., None], 3, axis=-1).astype(np.uint8)
    assert dark_edges(edges) == pytest.approx(0.45, abs=0.12)
    assert dark_edges(side) == 0.0
    assert dark_edges(np.full((90, 160, 3), 128, np.uint8)) == 0.0


@pytest.mark.parametrize("picture", [np.full((64, 64, 3), 90, np.uint8), np.zeros((1, 1, 3), np.uint8)])
def test_a_picture_that_tells_nothing_is_refused(picture: np.ndarray) -> None:
    with pytest.raises(UsageError):
        grade_from_example(picture)


def test_what_comes_out_is_a_style_of_data_alone(data: Path, tmp_path: Path) -> None:
    made = style_from_picture(_picture(data, "style/starry_night.jpg"), "Starry")
    write_cube(tmp_path / LUT_FILE, made.lut)
    style = style_of({"id": "starry", **made.document}, tmp_path)
    assert style.stages[0].settings["file"] == LUT_FILE
    assert made.told and not np.allclose(made.lut, grid(33), atol=0.02)


def test_a_network_paints_under_the_grade_and_leaves_colours_to_it(data: Path, tmp_path: Path) -> None:
    picture = _picture(data, "style/starry_night.jpg")
    plain = style_from_picture(picture, "Starry")
    made = with_network(MadeUp(plain.document, plain.lut, plain.told, "any"), tmp_path / NETWORK_FILE)
    style = style_of({"id": "starry", **made.document}, tmp_path)
    assert [stage.op for stage in style.stages][:2] == ["network", "lut"]
    painted = style.resolved({"paint": 0.3})[0].settings
    assert (painted["strength"], painted["colour"], painted["file"]) == (0.3, 0.0, NETWORK_FILE)
    assert style.gpu and style.family == "neural"


@pytest.mark.parametrize("name", ["one_pixel.png", "strip_3000x2.png", "cmyk.jpg", "gradient_16bit.png", "rgba.webp"])
def test_odd_pictures_are_opened_or_refused(data: Path, name: str) -> None:
    content = (data / "images" / "odd" / name).read_bytes()
    opened = opened_picture(content)
    assert opened.dtype == np.uint8 and opened.ndim == 3 and max(opened.shape) <= 1600
    for broken in (content[: len(content) // 2], content[:20], b""):
        try:
            opened_picture(broken)
        except UsageError as refused:
            assert refused.fix


def test_colours_are_those_that_the_profile_means() -> None:
    # given a flat red, told by a profile of a screen whose red shines green
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    tags = srgb[128:].replace(b"rXYZ", b"tmp!", 1).replace(b"gXYZ", b"rXYZ", 1).replace(b"tmp!", b"gXYZ", 1)
    file = io.BytesIO()
    Image.new("RGB", (8, 8), (220, 20, 20)).save(file, "PNG", icc_profile=srgb[:128] + tags)
    # then it is green
    assert np.abs(opened_picture(file.getvalue()).astype(int) - [20, 220, 20]).max() <= 2


def test_kinds_of_files_that_nobody_uploads_reach_no_decoder() -> None:
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PCX")
    with pytest.raises(UsageError, match="no picture"):
        opened_picture(file.getvalue())
