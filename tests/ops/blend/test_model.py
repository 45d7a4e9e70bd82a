"""Recipes of blends: what they may hold, and their way through JSON."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.blend.model import BlendRecipe, Colour, ContentMode, Optimiser, Source, Start, recipe_from_json
from ops.errors import UsageError

names = st.text("abcé漢 01", min_size=1, max_size=12).filter(str.strip)
weights = st.floats(0, 1).map(lambda each: round(each, 4))
sources = st.builds(Source, names, weights, weights, st.none() | names, st.none() | names, st.just("") | names)
recipes = st.builds(
    BlendRecipe,
    names,
    st.lists(sources, min_size=1, max_size=8)
    .filter(lambda each: any(source.style or source.content for source in each))
    .map(tuple),
    style_layers=st.dictionaries(st.sampled_from(["relu1_1", "relu2_1"]), st.floats(0.1, 100).map(round)),
    size=st.integers(64, 4096),
    iterations=st.integers(1, 5000),
    optimiser=st.sampled_from(Optimiser),
    colour=st.sampled_from(Colour),
    content_mode=st.sampled_from(ContentMode),
    start=st.sampled_from(Start),
    seed=st.integers(0, 2**31 - 1),
)


@settings(max_examples=30)
@given(recipes)
def test_a_recipe_comes_back_from_json_as_it_was(recipe: BlendRecipe):
    again = recipe_from_json(json.loads(json.dumps(recipe.to_json())))
    assert again == recipe
    assert again.key == recipe.key


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
fields = st.sampled_from([*BlendRecipe.__dataclass_fields__, "nonsense"])


@settings(max_examples=60)
@given(json_values | st.dictionaries(fields, json_values, max_size=6))
def test_whatever_somebody_sends_is_a_recipe_or_refused_in_words(document: object):
    try:
        recipe_from_json(document)
    except UsageError as error:
        assert error.where
        assert error.fix


def test_what_people_call_their_pictures_makes_no_other_blend():
    one = BlendRecipe("a", (Source("a", 1.0, name="cat.png"),))
    other = BlendRecipe("a", (Source("a", 1.0, name="DSC_1.JPG"),))
    heavier = BlendRecipe("a", (Source("a", 0.9),))
    assert one.key == other.key
    assert one.key != heavier.key


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"size": 63}, "size"),
        ({"size": 100.5}, "size"),
        ({"iterations": 0}, "iterations"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"optimiser": "sgd"}, "optimiser"),
        ({"sources": []}, "sources"),
        ({"sources": [{"picture": "a"}]}, "sources"),
        ({"sources": [{"picture": "a", "style": 2}]}, "sources[0].style"),
        ({"sources": [{"picture": "a", "style": True}]}, "sources[0].style"),
        ({"sources": [{"picture": "a\x00", "style": 1}]}, "sources[0].picture"),
        ({"style_layers": {"relu1_1; DROP": 1}}, "style_layers"),
        ({"style_layers": {"relu1_1": 0}}, "style_layers"),
        ({"strokes": 3}, "'strokes'"),
    ],
)
def test_what_is_out_of_range_is_named(change: dict[str, object], named: str):
    with pytest.raises(UsageError) as refused:
        recipe_from_json({"target": "a", "sources": [{"picture": "a", "style": 1}], **change})
    assert refused.value.where == named


@pytest.mark.parametrize("size", [float("inf"), float("nan"), 10**400, "512", True, 96.5])
def test_what_is_no_number_of_a_recipe_is_refused(size: object) -> None:
    recipe = {"target": "a", "sources": [{"picture": "a", "style": 1.0}], "size": size}

    with pytest.raises(UsageError, match="size"):
        recipe_from_json(recipe)
