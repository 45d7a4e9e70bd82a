"""Looks: their weights, and keys that outlive being written down."""

from __future__ import annotations

import json
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.errors import UsageError
from ops.style.catalogue import house_styles
from ops.style.model import Look, Recipe, look_from_json, look_of

_LIBRARY = house_styles()

_RECIPES = st.builds(
    lambda style, grain, strength, seed: Recipe(style, {"grain": grain}, strength, seed),
    st.sampled_from(["noir", "vintage_film", "bleach_bypass"]),
    st.floats(0, 1) | st.integers(0, 1),
    st.floats(0, 1) | st.integers(0, 1),
    st.integers(0, 3),
)
_WEIGHTS = st.floats(0, allow_infinity=False) | st.floats(0, 1) | st.integers(0, 20)
_MIXES = st.lists(st.tuples(_RECIPES, _WEIGHTS), min_size=1, max_size=4).filter(lambda mix: any(w for _, w in mix))


def _mixed(*weights: float) -> Look:
    names = ["noir", "pastel", "vintage_film", "bleach_bypass"]
    return look_of([(Recipe(name), weight) for name, weight in zip(names, weights, strict=False)], _LIBRARY)


def _read_back(look: Look) -> Look:
    return look_from_json(json.loads(json.dumps(look.to_json())), _LIBRARY)


@given(_MIXES)
def test_a_look_that_was_written_down_is_read_back_with_its_key(mix: list[tuple[Recipe, float]]) -> None:
    look = look_of(mix, _LIBRARY)
    again = _read_back(look)
    assert again.key == look.key
    assert _read_back(again).to_json() == look.to_json()


@given(_MIXES)
def test_weights_are_ten_thousandths_that_sum_to_one_and_lie_within_one_of_what_was_asked(
    mix: list[tuple[Recipe, float]],
) -> None:
    weights = [part.weight for part in look_of(mix, _LIBRARY).parts]
    assert sum(Fraction(str(weight)) for weight in weights) == 1
    assert all(weight >= 0.0001 and weight == round(weight, 4) for weight in weights)
    total = sum(Fraction(float(weight)) for _, weight in mix)
    asked = sorted(float(Fraction(float(weight)) / total) for _, weight in mix)[-len(weights) :]
    assert sorted(weights) == pytest.approx(asked, abs=1.0001e-4 + 1e-4 * (len(mix) - len(weights)))


@given(_MIXES.flatmap(lambda mix: st.tuples(st.just(mix), st.permutations(mix))))
def test_the_order_in_which_parts_are_told_is_no_part_of_a_look(
    mixes: tuple[list[tuple[Recipe, float]], list[tuple[Recipe, float]]],
) -> None:
    told, otherwise = mixes
    assert look_of(told, _LIBRARY).key == look_of(otherwise, _LIBRARY).key


def test_every_mix_of_small_whole_numbers_keeps_its_key() -> None:
    for first in range(1, 11):
        for second in range(1, 11):
            for third in range(1, 11):
                look = _mixed(first, second, third)
                assert _read_back(look).key == look.key, (first, second, third)


def test_what_would_round_to_nothing_is_left_out_before_the_rest_is_scaled() -> None:
    assert [(part.recipe.style, part.weight) for part in _mixed(1000, 0.01).parts] == [("noir", 1.0)]
    assert [part.weight for part in _mixed(1, 1, 1e-9).parts] == [0.5, 0.5]
    assert [part.weight for part in _mixed(9999, 1).parts] == [0.9999, 0.0001]


def test_the_largest_weights_there_are_do_not_run_over() -> None:
    most = math.nextafter(math.inf, 0)
    assert [part.weight for part in _mixed(most, most).parts] == [0.5, 0.5]


@pytest.mark.parametrize("told", [{"weight": 10**400}, {"seed": math.inf}, {"strength": 10**400}, {"weight": math.nan}])
def test_numbers_that_are_none_are_refused(told: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        look_from_json({"parts": [{"style": "noir", **told}]}, _LIBRARY)


@pytest.mark.parametrize("seed", [-1, 2**31])
def test_a_seed_that_chance_cannot_be_drawn_from_is_refused(seed: int) -> None:
    with pytest.raises(UsageError, match="seed"):
        look_of([(Recipe("noir", seed=seed), 1.0)], house_styles())
