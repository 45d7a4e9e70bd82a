"""Lessons from past tests: a planted effect is found, chance is not taken for one."""

from __future__ import annotations

import numpy as np
import pytest

from ops.experiments.lessons import ShownArm, draw_lessons, fit_lean
from ops.experiments.model import ArmCounts

TREATMENTS = ("clean", "title", "grade", "cutout")


def past_tests(effect: float, number: int, shown: int = 4000, seed: int = 11) -> list[list[ShownArm]]:
    """Tests of four arms, one a treatment; the title lockup is clicked `effect` more, pictures scatter by 0.15."""
    chance = np.random.default_rng(seed)
    tests = []
    for _ in range(number):
        base = 0.02 * np.exp(chance.normal(0, 0.5))
        test = []
        for treatment in TREATMENTS:
            rate = base * np.exp(chance.normal(0, 0.15)) * (1 + effect * (treatment == "title"))
            counts = ArmCounts(treatment, shown, int(chance.binomial(shown, min(rate, 1.0))))
            test.append(ShownArm({"treatment": treatment, "face": "yes"}, counts))
        tests.append(test)
    return tests


def test_a_planted_effect_is_found_within_its_interval():
    lessons = draw_lessons(past_tests(0.30, number=60))

    best = lessons[0]

    assert (best.feature, best.value) == ("treatment", "title")
    # against the mean of all four: a gain of 30 % in one of four arms lifts the mean by a quarter of it
    expected = 1.30 ** (3 / 4) - 1
    assert best.low < expected < best.high
    assert best.arms == 60
    assert best.impressions == 60 * 4000


def test_where_nothing_differs_no_lesson_is_far_from_zero():
    for lesson in draw_lessons(past_tests(0.0, number=60)):
        assert lesson.low < 0 < lesson.high


def test_few_arms_are_drawn_to_zero():
    few, many = (draw_lessons(past_tests(0.30, number=n))[0].effect for n in (2, 60))

    assert 0 <= abs(few) < many


def test_what_all_arms_of_a_test_share_teaches_nothing():
    assert {lesson.feature for lesson in draw_lessons(past_tests(0.3, number=3))} == {"treatment"}


def test_arms_that_nobody_saw_and_no_tests_at_all_teach_nothing():
    unseen = [ShownArm({"treatment": name}, ArmCounts(name, 0, 0)) for name in TREATMENTS]

    assert draw_lessons([unseen]) == []
    assert draw_lessons([]) == []


def test_the_planner_leans_towards_what_was_clicked_and_counts_nothing_twice():
    """A title lockup that is always dark as well: the two share the effect, which one by one would be told twice."""
    tests = [
        [
            ShownArm(
                {**arm.features, "light": "dark" if arm.features["treatment"] == "title" else "bright"}, arm.counts
            )
            for arm in test
        ]
        for test in past_tests(0.30, number=60)
    ]

    lean = fit_lean(tests)

    assert max(lean["treatment"], key=lean["treatment"].__getitem__) == "title"
    gain = lean["treatment"]["title"] / lean["treatment"]["clean"] * lean["light"]["dark"] / lean["light"]["bright"]
    assert gain == pytest.approx(1.30, abs=0.08)
    told = {lesson.value: lesson.effect for lesson in draw_lessons(tests)}
    assert (1 + told["title"]) * (1 + told["dark"]) / (1 + told["clean"]) / (1 + told["bright"]) > 1.45


def test_features_that_vary_together_are_told_apart_where_the_tests_allow_it():
    chance = np.random.default_rng(4)
    tests = []
    for _ in range(80):
        arms = []
        for name in range(5):
            words, colour = str(chance.choice(["title", "none"])), str(chance.choice(["vivid", "muted"]))
            rate = 0.03 * (1.2 if words == "title" else 1.0) * np.exp(chance.normal(0, 0.12))
            counts = ArmCounts(str(name), 5000, int(chance.binomial(5000, rate)))
            arms.append(ShownArm({"words": words, "colour": colour}, counts))
        tests.append(arms)

    lean = fit_lean(tests)

    assert lean["words"]["title"] / lean["words"]["none"] == pytest.approx(1.2, abs=0.05)
    assert lean["colour"]["vivid"] / lean["colour"]["muted"] == pytest.approx(1.0, abs=0.04)
    assert fit_lean([]) == {}
