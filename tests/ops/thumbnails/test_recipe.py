"""Recipes and looks: values that survive being written, and say what is wrong with them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import ops.thumbnails.looks as looks_module
from ops.errors import SettingsError, StoreError, UsageError
from ops.thumbnails.looks import look_for, look_of, read_looks
from ops.thumbnails.recipe import Framing, Recipe, Treatment

TITLE = Recipe(Treatment.TITLE, (12,), text="Élan", lettering="poster", palette=("#101418", "#e6b450"), seed=3)
TABLE = Path(looks_module.__file__).with_name("looks.toml").read_text()


def test_a_recipe_survives_json_and_keeps_its_id():
    back = Recipe.from_json(json.loads(json.dumps(TITLE.to_json())))
    assert back == TITLE
    assert back.id == TITLE.id
    assert len(TITLE.id) == 8
    assert int(TITLE.id, 16) >= 0


def test_an_id_never_changes_between_versions():
    assert Recipe(Treatment.CLEAN).id == "3247a266"  # experiments of years ago speak of it


@pytest.mark.parametrize("change", [{"seed": 4}, {"frames": (13,)}, {"framing": Framing.CLOSE}, {"text": "Elan"}])
def test_whatever_changes_the_picture_changes_the_id(change: dict):
    assert replace(TITLE, **change).id != TITLE.id


@pytest.mark.parametrize(
    "wrong",
    [
        {"treatment": Treatment.COLLAGE},
        {"frames": ()},
        {"frames": (-1,)},
        {"frames": (1, 2, 3, 4)},
        {"text": ""},
        {"lettering": ""},
        {"text": "x" * 49},
        {"palette": ("red", "blue")},
    ],
)
def test_what_is_no_recipe_is_refused_with_its_reason(wrong: dict):
    with pytest.raises(StoreError, match="rule"):
        replace(TITLE, **wrong)


@pytest.mark.parametrize("value", [{}, {"treatment": "neon"}, {**TITLE.to_json(), "frames": ["x"]}])
def test_json_that_is_no_recipe_says_so(value: dict):
    with pytest.raises(StoreError, match="no recipe"):
        Recipe.from_json(value)


def test_a_title_cannot_break_out_of_its_prompt():
    prompt = look_of("drama").prompt_for('{title}" and a "cat')
    assert prompt.count("cat") == 1
    assert '"' not in prompt


def test_an_unknown_genre_names_the_known_ones():
    with pytest.raises(UsageError, match="documentary"):
        look_of("wester")


@pytest.mark.parametrize(
    ("told", "genre"),
    [
        (None, "any"),
        ("", "any"),
        ("Drama", "drama"),
        ("sci-fi / HORROR", "horror"),
        ("Action, Adventure", "action"),
        ("Nature", "documentary"),
        ("kids", "family"),
        ("western", "any"),
        ("melodrama", "any"),
    ],
)
def test_a_genre_in_anybodys_words_has_a_look(told: str | None, genre: str):
    assert look_for(told) == look_of(genre)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"mono"', '"sepia"', "grades"),
        ('"poster"', '"comic"', "letterings"),
        ("collage = 0.92", "collage = 9", "0.1 to 3"),
        (", collage = 0.92", "", "treatments"),
        ("film {title},", "film", "prompt"),
        ("[any]", "[some]", "any"),
        ("[any]", "[any", "TOML"),
    ],
)
def test_a_look_that_could_not_be_made_is_refused(old: str, new: str, told: str):
    with pytest.raises(SettingsError, match=told):
        read_looks(TABLE.replace(old, new), where="looks.toml")
