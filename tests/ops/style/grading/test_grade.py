"""Grades in numbers: what must hold whatever is set, and what the house's own do to skin, ramps and real pictures."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.errors import UsageError
from ops.style.catalogue import house_styles
from ops.style.grading.colour import from_oklab, luma, to_oklab, white_gains
from ops.style.grading.develop import developed
from ops.style.grading.grade import RANGES, grade_of
from ops.style.grading.luts import applied, banding, grid
from ops.style.grading.stage import grade
from ops.style.mixing import plan_of
from ops.style.model import Recipe, look_of
from ops.style.stages import Build, Canvas, Effort

GRADES = (
    "noir",
    "high_contrast",
    "teal_and_orange",
    "bleach_bypass",
    "day_for_night",
    "golden_hour",
    "pastel",
    "cyberpunk_neon",
)
CANVAS = Canvas(64, 64, Fraction(24))
POINTS = grid(9).astype(np.float64)
GREYS = np.repeat(np.linspace(0.0, 1.0, 65)[:, None], 3, axis=1)


def _lut(**numbers: float) -> np.ndarray:
    return grade(Build(numbers, 1.0, CANVAS, 0, Effort.FULL, Path()))


@pytest.fixture(scope="module")
def house_luts() -> dict[str, np.ndarray]:
    library = house_styles()
    made = {}
    for name in GRADES:
        lut = plan_of(look_of([(Recipe(name), 1.0)], library), library, CANVAS, Effort.FULL).lut
        assert lut is not None
        made[name] = lut
    return made


@pytest.fixture(scope="module")
def portrait(data: Path) -> np.ndarray:
    picture = cv2.imread(str(data / "images/faces/astronaut_one_face.png"))
    assert picture is not None
    return cv2.resize(picture, (160, 160), interpolation=cv2.INTER_AREA)[..., ::-1]


def test_a_grade_of_no_numbers_changes_nothing() -> None:
    assert np.abs(_lut() - grid(33)).max() < 1e-6


def test_oklab_gives_the_published_values_of_the_screens_red() -> None:
    # Ottosson's table for sRGB's red: L 0.628, a 0.225, b 0.126; primaries do not depend on the curve
    assert np.allclose(to_oklab(np.array([1.0, 0.0, 0.0])), [0.62796, 0.22486, 0.12585], atol=2e-4)
    assert np.allclose(from_oklab(to_oklab(POINTS)), POINTS, atol=1e-6)


def test_a_filter_before_the_lens_leaves_the_luminance_of_white() -> None:
    for warmth in (-90, -18, 0, 18, 90):
        gains = white_gains(warmth, 0.3)
        assert luma(gains) == pytest.approx(1.0)
    red, _, blue = white_gains(40, 0.0)
    assert red > 1 > blue


@given(st.dictionaries(st.sampled_from(sorted(RANGES)), st.floats(0, 1), max_size=8))
@settings(max_examples=40)
def test_no_grade_leaves_the_screen_or_turns_greys_upside_down(shares: dict[str, float]) -> None:
    # given any numbers within their ranges
    numbers = {name: low + share * (high - low) for name, share in shares.items() for low, high in [RANGES[name]]}
    if sum(numbers.get(f"mono_{c}", d) for c, d in (("red", 0.3), ("green", 0.59), ("blue", 0.11))) < 0.1:
        return
    # when a whole cube and a ramp of greys are graded
    cube, ramp = developed(grade_of(numbers), POINTS), developed(grade_of(numbers), GREYS)
    # then all of it can be shown, and what was lighter is not darker now
    assert np.isfinite(cube).all() and cube.min() >= 0 and cube.max() <= 1
    assert np.diff(luma(ramp)).min() > -2e-3


@pytest.mark.parametrize("exposure", [-2.0, 0.5, 2.0])
def test_exposure_is_stops_of_light_in_the_shadows_and_clips_nothing(exposure: float) -> None:
    dark = np.full(3, 0.04)
    ratio = (developed(grade_of({"exposure": exposure}), dark) / dark) ** 2.4
    assert ratio == pytest.approx(2.0**exposure, rel=0.25)
    assert np.diff(developed(grade_of({"exposure": exposure}), GREYS), axis=0).min() > 0


def test_contrast_keeps_hues_black_white_and_its_pivot() -> None:
    out = developed(grade_of({"contrast": 0.8, "pivot": 0.4}), POINTS)
    before, after = np.sort(POINTS.reshape(-1, 3)), np.sort(out.reshape(-1, 3))
    span = before[:, 2] - before[:, 0] > 0.2
    place = (before[span, 1] - before[span, 0]) / (before[span, 2] - before[span, 0])
    assert np.allclose((after[span, 1] - after[span, 0]) / (after[span, 2] - after[span, 0]), place, atol=1e-6)
    fixed = np.array([[0.0] * 3, [0.4] * 3, [1.0] * 3])
    assert np.allclose(developed(grade_of({"contrast": 0.8, "pivot": 0.4}), fixed), fixed)


def test_black_and_white_has_no_colour_left() -> None:
    assert np.ptp(_lut(mono=1.0, mono_red=0.9), axis=-1).max() < 1e-6


@pytest.mark.parametrize(
    "settings_of_a_file",
    [{"contrst": 1.0}, {"contrast": 9.0}, {"contrast": float("nan")}, {"contrast": "much"}, {"mono_green": -1.0}],
)
def test_what_grades_have_not_is_refused_in_words(settings_of_a_file: dict[str, float | str]) -> None:
    with pytest.raises(UsageError) as refused:
        grade_of(settings_of_a_file)
    assert refused.value.fix


@pytest.mark.parametrize("name", GRADES)
def test_a_house_grade_runs_smoothly_from_black_to_white(house_luts, name: str) -> None:
    lut = house_luts[name]
    ramp = applied(lut, np.rint(GREYS[None] * 255).astype(np.uint8))[0].astype(int)
    assert np.diff(ramp @ [2126, 7152, 722]).min() >= 0
    assert np.abs(np.diff(ramp, axis=0)).max() <= 12  # a step of 4 code values in
    assert banding(lut) < 24  # pale greens at the edge of what screens show; see docs/styles.md


@pytest.mark.parametrize("name", GRADES)
def test_a_house_grade_clips_next_to_nothing(house_luts, portrait: np.ndarray, name: str) -> None:
    def burnt(rgb: np.ndarray) -> float:
        return float((rgb.max(axis=-1) >= 254).mean())

    assert burnt(applied(house_luts[name], portrait)) <= burnt(portrait) + 0.01


@pytest.mark.parametrize("name", ["high_contrast", "teal_and_orange", "golden_hour", "pastel"])
def test_skin_stays_skin_in_grades_that_claim_so(house_luts, portrait: np.ndarray, name: str) -> None:
    face = portrait[22:52, 58:82]  # cheeks, nose and brow
    before = to_oklab(face / 255.0).reshape(-1, 3)
    after = to_oklab(applied(house_luts[name], face) / 255.0).reshape(-1, 3)
    hue = [np.degrees(np.arctan2(*np.median(lab, axis=0)[[2, 1]])) for lab in (before, after)]
    assert abs(hue[1] - hue[0]) < 12
    assert 0.5 < np.median(np.hypot(*after[:, 1:].T)) / np.median(np.hypot(*before[:, 1:].T)) < 1.6
