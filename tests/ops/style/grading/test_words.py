"""Styles from words: what is understood, how it is blended, and what is said about it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.errors import UsageError
from ops.style.catalogue import style_of
from ops.style.grading.colour import luma, to_oklab
from ops.style.grading.develop import developed
from ops.style.grading.grade import grade_of
from ops.style.grading.lexicon import heard, terms
from ops.style.grading.luts import grid
from ops.style.grading.stage import grade
from ops.style.grading.words import LONGEST_PROMPT, style_from_words
from ops.style.model import Style
from ops.style.stages import Build, Canvas, Effort

GREY = 16  # of 33 points: the middle of a LUT's diagonal


def _style(prompt: str) -> Style:
    return style_of({"id": "worded", **style_from_words(prompt, "Worded").document}, Path())


def _lut(prompt: str) -> np.ndarray:
    stages = [stage for stage in _style(prompt).resolved({}) if stage.op == "grade"]
    if not stages:
        return grid(33)
    return grade(Build(stages[0].settings, 1.0, Canvas(64, 64, Fraction(24)), 0, Effort.FULL, Path()))


def _grey(prompt: str) -> np.ndarray:
    return to_oklab(_lut(prompt)[GREY, GREY, GREY].astype(float))


def test_the_lexicon_has_words_enough_and_each_makes_a_style() -> None:
    assert len(terms()) >= 80
    for name in terms():
        assert _style(name.replace("_", " ")).stages


@pytest.mark.parametrize(
    ("prompt", "axis", "sign"),
    [
        ("warm", 2, 1),
        ("cold", 2, -1),
        ("not warm", 2, -1),
        ("green", 1, -1),
        ("pink", 1, 1),
        ("bright", 0, 1),
        ("underexposed", 0, -1),
        ("moonlit night", 2, -1),
    ],
)
def test_a_grey_goes_where_the_word_says(prompt: str, axis: int, sign: int) -> None:
    plain = to_oklab(np.full(3, 0.5))
    assert sign * (_grey(prompt) - plain)[axis] > 0.004


def test_more_is_more_and_less_is_less() -> None:
    warmth = [_grey(f"{much} warm")[2] for much in ("slightly", "", "very", "extremely")]
    assert warmth == sorted(warmth) and len(set(warmth)) == 4


def test_black_and_white_is_black_and_white_whatever_else_is_said() -> None:
    assert np.ptp(_lut("black & white, high contrast"), axis=-1).max() < 1e-6


def test_what_is_not_wanted_is_not_there() -> None:
    ops = {stage.op for stage in _style("noir without grain, no vignette").stages}
    assert ops == {"grade"}
    assert {stage.op for stage in _style("noir").stages} == {"grade", "grain", "vignette"}
    assert "overlay" not in {stage.op for stage in _style("moody but not rainy").stages}


def test_a_negation_ends_with_its_part_of_the_sentence() -> None:
    weights = {each.term.name: each.weight for each in heard("not dark or moody but warm and faded")[0]}
    assert weights["dark"] < 0 and weights["moody"] < 0 and weights["warm"] > 0 and weights["faded"] > 0


def test_words_of_no_look_are_placed_near_one_and_that_is_said() -> None:
    told = style_from_words("beach, nostalgia", "x").told
    assert any("“beach” is near “sunny” (0.7)" in each for each in told)
    assert any("“nostalgia” is near “vintage”" in each for each in told)


def test_words_that_mean_nothing_are_told_of() -> None:
    told = style_from_words("warm kxqzw", "x").told
    assert told[-1].startswith("“kxqzw” means nothing")
    for nothing in ("", "kxqzw", "the of and", "very not"):
        with pytest.raises(UsageError):
            style_from_words(nothing, "x")
    with pytest.raises(UsageError):
        style_from_words("warm " * LONGEST_PROMPT, "x")


def test_saying_it_twice_is_saying_it_once() -> None:
    assert (
        style_from_words("neon blade runner cyberpunk", "x").document["stages"]
        == (style_from_words("neon", "x").document["stages"])
    )


def test_what_may_be_turned_stands_where_the_words_put_it() -> None:
    style = _style("a warm faded 1970s look")
    turned = {each.name: each for each in style.parameters}
    assert {"warmth", "contrast", "saturation", "black", "grain"} <= turned.keys()
    assert all(each.low <= each.default <= each.high for each in style.parameters)
    cooler = style.resolved({"warmth": -20.0})[0].settings
    assert cooler["warmth"] == -20.0


@given(st.lists(st.sampled_from([*terms(), "very", "not", "slightly", "without", "and", "or"]), max_size=8))
def test_no_heap_of_words_makes_a_ruin(words: list[str]) -> None:
    try:
        stages = _style(" ".join(words).replace("_", " ")).resolved({})
    except UsageError:
        return
    for stage in stages:
        if stage.op == "grade":
            ramp = luma(developed(grade_of(stage.settings), np.repeat(np.linspace(0, 1, 65)[:, None], 3, axis=1)))
            assert np.diff(ramp).min() > -2e-3
            assert ramp[-1] - ramp[0] > 0.25  # a picture can still be seen


@given(st.text(max_size=LONGEST_PROMPT))
def test_no_text_makes_it_fall(text: str) -> None:
    try:
        style_from_words(text, "x")
    except UsageError:
        return
