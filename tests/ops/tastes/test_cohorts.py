"""Cohorts and words: what is sure enough to be acted on, and how it is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from ops.tastes.cohorts import CohortTaste, shifts
from ops.tastes.content import Content, Pace, Tone
from ops.tastes.evidence import PLAIN, Deed, DeedKind, Evidence, Fading
from ops.tastes.explain import Source, deeds_told, mix_told, why_told

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DARK = Content(Tone.DARK, Pace.CALM).key
NAMES = {"noir": "Noir", "pastel": "Pastel"}


def taste(style: str, viewers: int, liked: float, disliked: float) -> CohortTaste:
    return CohortTaste("noir", style, DARK, viewers, Evidence(liked, disliked))


def test_a_sure_taste_is_a_shift_until_it_was_ordered():
    [shift] = shifts([taste("noir", 40, 70, 10)], {})
    assert (shift.style, shift.before, shift.viewers) == ("noir", PLAIN, 40)
    assert shift.chance > 0.975 and "dark, calm films in noir" in shift.why
    assert shifts([taste("noir", 40, 70, 10)], {("noir", DARK): "noir"}) == []


def test_a_taste_that_is_hardly_another_is_no_shift():
    both = [taste("noir", 40, 60, 20), taste("pastel", 40, 63, 18)]
    assert shifts(both, {("noir", DARK): "noir"}) == []
    assert len(shifts([taste("noir", 80, 40, 60), taste("pastel", 80, 95, 5)], {("noir", DARK): "noir"})) == 1


def test_loud_viewers_count_once_each_and_too_few_not_at_all():
    assert shifts([taste("noir", 24, 2000, 0)], {}) == []
    assert shifts([taste("noir", 25, 1500, 1000)], {}) == [], "60 % of 25 viewers is not 97.5 % sure"


def test_cohorts_that_like_two_styles_alike_turn_from_one_to_the_other_rarely():
    dice = np.random.default_rng(3)
    turned = 0
    for _ in range(300):
        liked = dice.binomial(60, 0.8, size=2)
        tastes = [
            taste(style, 60, float(each), 60.0 - each) for style, each in zip(("noir", "pastel"), liked, strict=True)
        ]
        turned += bool(shifts(tastes, {("noir", DARK): "noir"}))
    assert turned / 300 < 0.05


def test_what_leans_nowhere_or_is_of_unknown_films_orders_nothing():
    assert shifts([CohortTaste("", "noir", DARK, 90, Evidence(90, 1))], {}) == []
    assert shifts([CohortTaste("noir", "noir", Content().key, 90, Evidence(90, 1))], {}) == []


def test_deeds_are_told_as_one_would_tell_them():
    def deed(kind: DeedKind, style: str, days: float, share: float | None = None) -> Deed:
        return Deed(kind, NOW - timedelta(days=days), {style: 1.0}, share)

    done = [
        deed(DeedKind.PICK, "noir", 1), deed(DeedKind.PICK, "noir", 2), deed(DeedKind.SKIP, "pastel", 20),
        deed(DeedKind.WATCH, "noir", 30, 0.9), deed(DeedKind.WATCH, "noir", 31, 0.1),
    ]  # fmt: skip
    told = deeds_told(done, NAMES, NOW, Fading())
    assert told.startswith("You chose Noir twice, watched films in Noir, left films early in Noir and skipped Pastel; ")
    assert deeds_told([], NAMES, NOW, Fading()) == ""


def test_mixes_and_reasons_are_told_in_words():
    assert mix_told({"noir": 0.7, "pastel": 0.3}, NAMES) == "70 % Noir and 30 % Pastel"
    assert mix_told({"noir": 0.8, PLAIN: 0.2}, NAMES) == "80 % Noir and 20 % of the film as it is"
    assert mix_told({PLAIN: 1.0}, NAMES) == "the film as it is"
    assert why_told(Source.PROFILE, {"noir": 1.0}, NAMES, content="dark films") == (
        "By what you did, you like dark films in Noir."
    )
    assert "to try: Noir" in why_told(Source.TRIED, {"noir": 1.0}, NAMES, content="films")
