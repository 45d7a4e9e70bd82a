"""What viewers' leaving teaches: known tastes of simulated viewers are found, and none where there are none."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pytest
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM

from ops.trailer.editing.structure import TERMS
from ops.trailer.events import Part
from ops.trailer.viewers.learning import SHOT_LENGTH, Seen, TrailerLessons, learn
from ops.trailer.viewers.on_screen import Second

NAMES = (*TERMS, "dialogue", "darkness")
TASTES = {"action": -0.4, "faces": -0.25, "loudness": 0.3}


def part_of(share: float) -> Part:
    ends = ((0.1, Part.HOOK), (0.4, Part.SETUP), (0.8, Part.RISE), (0.93, Part.CLIMAX))
    return next((part for end, part in ends if share < end), Part.BUTTON)


def crowd(
    chance: np.random.Generator,
    viewers: int,
    tastes: Mapping[str, float],
    *,
    luck: float = 0.0,
    slow: float = 0.0,
    seconds: int = 30,
) -> Seen:
    """A trailer of random shots, and viewers who leave it by their tastes, for each standard deviation of a trait.

    Args:
        chance: What decides.
        viewers: Who begin to watch.
        tastes: Effects on the log odds of leaving.
        luck: What a shot adds of its own, as a standard deviation.
        slow: What one standard deviation of log shot length adds.
        seconds: Length.
    """
    shown: list[Second] = []
    odds: list[float] = []
    level = chance.normal() * 0.4
    for event in range(seconds):
        length = float(np.clip(chance.lognormal(math.log(1.8), 0.6), 0.5, 4.5))
        traits = {name: float(chance.normal()) for name in NAMES}
        own = chance.normal() * luck
        for _ in range(max(1, round(length))):
            at = len(shown)
            shown.append(Second(part_of(at / seconds), event, event, length, traits))
            taste = sum(tastes.get(name, 0) * traits[name] for name in NAMES)
            pace = slow * (math.log(length) - math.log(1.8)) / 0.6
            odds.append(level - 3 - 0.35 * math.log1p(at) + (at == 0) + taste + own + pace)
    there, seen, lost = viewers, [], []
    for each in odds[:seconds]:
        gone = int(chance.binomial(there, 1 / (1 + math.exp(-each))))
        seen.append(there)
        lost.append(gone)
        there -= gone
    return Seen(shown[:seconds], seen, lost)


def trailers(number: int, viewers: int, tastes: Mapping[str, float], *, seed: int, luck: float = 0.0,
             slow: float = 0.0) -> list[Seen]:  # fmt: skip
    chance = np.random.default_rng(seed)
    return [crowd(chance, viewers, tastes, luck=luck, slow=slow) for _ in range(number)]


def effects(lessons: TrailerLessons) -> dict[str, float]:
    return {each.trait: math.log(each.hazard) for each in lessons.effects}


def test_tastes_are_found_and_turned_into_weights_and_pace():
    lessons = learn(trailers(40, 1_000, TASTES, seed=1, luck=0.3, slow=0.3))

    found = effects(lessons)
    for name in NAMES:
        assert found[name] == pytest.approx(TASTES.get(name, 0.0), abs=0.09), name
    assert lessons.terms["action"] == pytest.approx(math.exp(0.4), rel=0.1)
    assert lessons.terms["loudness"] == pytest.approx(math.exp(-0.3), rel=0.1)
    assert set(lessons.terms) == set(TERMS), "the editor knows no others"
    assert 0.8 <= lessons.pace < 0.93, "shots stood too long"
    assert lessons.luck == pytest.approx(0.3, abs=0.06)
    assert lessons.effects[0].trait == "action"


def test_where_there_are_no_tastes_weights_stay_near_one_and_few_are_called_sure():
    told = [each for seed in range(25) for each in learn(trailers(12, 500, {}, seed=seed, luck=0.4)).effects]

    assert max(abs(math.log(each.multiplier)) for each in told) < 0.2
    assert np.mean([abs(math.log(each.multiplier)) for each in told]) < 0.05
    assert np.mean([each.sure for each in told]) < 0.11


def test_intervals_hold_the_truth_about_as_often_as_they_say_though_shots_have_luck():
    held = [
        each.low <= math.exp(TASTES.get(each.trait, 0.0)) <= each.high
        for seed in range(25)
        for each in learn(trailers(15, 800, TASTES, seed=100 + seed, luck=0.4)).effects
        if each.trait != SHOT_LENGTH
    ]

    assert np.mean(held) >= 0.89


def test_little_data_is_drawn_to_nothing():
    strong = {"action": -0.8}
    much = learn(trailers(30, 800, strong, seed=2))
    little = [effects(learn(trailers(3, 25, strong, seed=seed)))["action"] for seed in range(20)]

    assert -0.55 < np.mean(little) < -0.1
    assert effects(much)["action"] == pytest.approx(-0.8, abs=0.08)
    assert much.terms["action"] == 2.0, "no trait is trusted with more"


def test_from_fewer_than_three_trailers_nothing_is_learned_and_that_is_said():
    lessons = learn(trailers(2, 5_000, TASTES, seed=3))

    assert lessons.terms == dict.fromkeys(TERMS, 1.0)
    assert lessons.pace == 1.0
    assert "2 trailers" in lessons.why
    assert lessons.to_json()["terms"]["action"] == 1.0


def test_with_very_many_viewers_the_effects_are_those_of_statsmodels():
    seen = trailers(12, 60_000, TASTES, seed=4, slow=0.2)

    found = effects(learn(seen))

    rows = [(n, t, second) for n, each in enumerate(seen) for t, second in enumerate(each.seconds)]
    columns = [np.array([second.traits[name] for *_, second in rows]) for name in sorted(NAMES)]
    columns.append(np.log([second.length_s for *_, second in rows]))
    scaled = [(each - each.mean()) / each.std() for each in columns]
    levels = [np.array([n == own for own, *_ in rows], float) for n in range(len(seen))]
    parts = [np.array([second.part is part for *_, second in rows], float) for part in list(Part)[1:]]
    time = [np.log1p([t for _, t, _ in rows]), np.array([t == 0 for _, t, _ in rows], float)]
    lost = np.array([gone for each in seen for gone in each.lost], float)
    there = np.array([viewers for each in seen for viewers in each.viewers], float)
    outcome = np.stack([lost, there - lost], 1)
    known = GLM(outcome, np.stack([*scaled, *levels, *parts, *time], 1), family=Binomial()).fit()
    for name, value in zip((*sorted(NAMES), SHOT_LENGTH), known.params, strict=False):
        assert found[name] == pytest.approx(value, abs=0.01), name


def test_a_trait_that_never_differs_and_cards_without_traits_do_no_harm():
    seen = [
        Seen(
            [Second(s.part, s.event, s.shot, s.length_s, {**s.traits, "flat": 1.0}) for s in each.seconds[:-3]]
            + [Second(Part.BUTTON, 99, None, 3.0)] * 3,
            each.viewers,
            each.lost,
        )
        for each in trailers(6, 300, TASTES, seed=5)
    ]

    lessons = learn(seen)

    assert effects(lessons)["flat"] == 0.0
    assert all(math.isfinite(each.low) and math.isfinite(each.high) for each in lessons.effects)


def test_counts_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="more viewers than saw it"):
        Seen([Second(Part.HOOK, 0, 0, 1.0)], [3], [4])
    with pytest.raises(ValueError, match="1 seconds on screen"):
        Seen([Second(Part.HOOK, 0, 0, 1.0)], [3, 2], [1, 1])
