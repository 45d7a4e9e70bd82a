"""A look that follows the film: on cuts alone, never by much, and of the same few styles throughout."""

from __future__ import annotations

import itertools
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.errors import UsageError
from ops.scenes.model import COLUMNS, STEP_S, SceneAnalysis
from ops.style.model import Cost, Family, Style
from ops.tastes.content import Content, Pace, Tone, contents_of
from ops.tastes.course import LookCourse, course_of, look_of_mix, weights_by_scene
from ops.tastes.evidence import PLAIN
from ops.tastes.weights import UNITS, in_units

NAMES = ("noir", "pastel", "vintage", "vhs", "rain")
LIBRARY = MappingProxyType(
    {name: Style(name, name, "", Family.GRADE, Cost.LIGHT, "x", False, (), (), Path(), "") for name in NAMES}
)
mixes = st.dictionaries(st.sampled_from([*NAMES, PLAIN]), st.floats(0.01, 1), min_size=1, max_size=4).map(in_units)
films = st.lists(st.tuples(mixes, st.integers(1, 5)), min_size=1, max_size=8)


def changed(one, other) -> float:
    """How much of the weights changes hands between two mixes."""
    return sum(abs(one.get(style, 0) - other.get(style, 0)) for style in {*one, *other}) / 2


@given(films)
def test_at_no_cut_does_much_change_and_a_film_has_three_styles_at_most(film):
    scenes = [place for place, (_, shots) in enumerate(film) for _ in range(shots)]

    course = weights_by_scene([mix for mix, _ in film], scenes, [24] * len(scenes))

    assert all(sum(round(UNITS * weight) for weight in mix.values()) == UNITS for mix in course)
    assert all(changed(one, other) <= 0.3 + 1e-9 for one, other in itertools.pairwise(course))
    assert len({style for mix in course for style in mix} - {PLAIN}) <= 3


@given(mixes, mixes)
def test_a_long_scene_arrives_at_what_it_wants(one, other):
    styles = {style for mix in (one, other) for style in mix if style != PLAIN}
    if len(styles) > 3:
        return
    course = weights_by_scene([one, other], [0] + [1] * 4, [24] * 5)
    assert changed(course[0], one) == pytest.approx(0)
    assert changed(course[-1], other) == pytest.approx(0)


def test_looks_change_on_cuts_alone_and_equal_neighbours_are_one():
    course = course_of(
        [0, 40, 90, 130], [{"noir": 1.0}, {"noir": 1.0}, {"noir": 0.5, PLAIN: 0.5}, {PLAIN: 1.0}], LIBRARY
    )

    assert [start for start, _ in course.looks] == [0, 90, 130]
    faded = course.at(129)
    assert course.at(89) == look_of_mix({"noir": 1.0}, LIBRARY)
    assert faded is not None and faded.parts[0].recipe.strength == 0.5
    assert course.at(130) is None and course.at(10**6) is None
    assert LookCourse.from_json(course.to_json(), LIBRARY) == course


def test_a_course_that_does_not_begin_or_goes_back_is_refused():
    for starts in ((), (5,), (0, 9, 9), (0, 9, 3)):
        with pytest.raises(UsageError, match="course"):
            LookCourse(tuple((start, None) for start in starts))
    for document in ([{"from": "x", "look": None}], [{"look": None}], [1]):
        with pytest.raises(UsageError, match="course"):
            LookCourse.from_json(document, LIBRARY)  # type: ignore[arg-type]


def test_scenes_are_told_by_their_light_and_movement():
    sintel = {"brightness": 0.247, "action": 0.363, "arousal": 0.384}  # as measured on its trailer
    bunny = {"brightness": 0.559, "action": 0.097, "arousal": 0.368}  # and on the first half minute of Big Buck Bunny
    shots = [sintel, sintel, bunny]
    numbers = np.zeros((3, len(COLUMNS)), np.float32)
    for shot, told in enumerate(shots):
        own = told | {"shot": shot, "scene": shot // 2, "start_s": 10 * shot, "end_s": 10 * shot + 10}
        for name, value in own.items():
            numbers[shot, COLUMNS.index(name)] = value
    analysis = SceneAnalysis(numbers, np.zeros((3, 3), np.uint8), np.zeros((3, 4), np.float32), (), {}, STEP_S, {})

    whole, scenes = contents_of(analysis, "drama")

    assert whole == Content(Tone.DARK, Pace.CALM, "drama"), "as its shots are by their lengths"
    assert [(each.end_s, each.content.tone, each.content.pace) for each in scenes] == [
        (20.0, Tone.DARK, Pace.LIVELY),
        (30.0, Tone.BRIGHT, Pace.CALM),
    ]


def test_contents_are_told_in_words():
    assert str(Content(Tone.DARK, Pace.CALM, "drama")) == "dark, calm films (drama)"
    assert str(Content()) == "films"
