"""Mixes: grades melt exactly, paints are laid over each other, nothing outweighs its share."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.style.catalogue import house_styles
from ops.style.mixing import Plan, identity_lut, plan_of
from ops.style.model import Family, Recipe, look_of
from ops.style.stages import Canvas, Effort

CANVAS = Canvas(64, 64, Fraction(24))
GRADES = [style.id for style in house_styles().values() if style.family is Family.GRADE]


def plan(*parts: tuple[Recipe, float]) -> Plan:
    return plan_of(look_of(parts, house_styles()), house_styles(), CANVAS, Effort.FULL)


def lut(*parts: tuple[Recipe, float]) -> np.ndarray:
    found = plan(*parts).lut
    assert found is not None
    return found


@settings(max_examples=8, deadline=None)
@given(st.sampled_from(GRADES), st.sampled_from(GRADES), st.floats(0.05, 0.95))
def test_a_mix_of_grades_is_the_weighted_mean_of_their_luts(one: str, other: str, share: float):
    mixed = lut((Recipe(one), share), (Recipe(other), 1 - share))
    expected = share * lut((Recipe(one), 1.0)) + (1 - share) * lut((Recipe(other), 1.0))
    assert np.abs(mixed - expected).max() < 1e-4


@pytest.mark.parametrize("strength", [0.0, 0.25, 1.0])
def test_strength_goes_straight_from_the_film_to_the_grade(strength: float):
    whole, identity = lut((Recipe("noir"), 1.0)), identity_lut()
    toned = lut((Recipe("noir", strength=strength), 1.0))
    assert np.abs(toned - (identity + strength * (whole - identity))).max() < 1e-5


def test_a_mix_of_one_style_with_itself_is_that_style():
    mixed = lut((Recipe("noir"), 0.3), (Recipe("noir"), 0.7))
    assert np.abs(mixed - lut((Recipe("noir"), 1.0))).max() < 1e-5


def test_overlays_rest_where_the_least_effort_is_wanted():
    look = look_of([(Recipe("rain"), 1.0)], house_styles())
    full = plan_of(look, house_styles(), CANVAS, Effort.FULL)
    least = plan_of(look, house_styles(), CANVAS, Effort.LEAST)
    assert len(least.finish) < len(full.finish)


def test_what_changes_nothing_is_indexed_red_first():
    cube = identity_lut(5)
    assert cube.shape == (5, 5, 5, 3)
    assert tuple(cube[4, 0, 2]) == (1.0, 0.0, 0.5)
