"""What is believed of a taste, and the mix that follows: properties that viewers may rely on."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ops.errors import UsageError
from ops.tastes.belief import chances_best, interval, taste_of
from ops.tastes.content import UNKNOWN, Content, Pace, Tone, content_from_key, likeness
from ops.tastes.evidence import NOTHING, PLAIN, Cells, Deed, DeedKind, Evidence, Fading, cells_of, evidence_of
from ops.tastes.weights import UNITS, deal, explored_share, in_units, mix_of, simplex_weights

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
STYLES = ("noir", "pastel", "vintage", "vhs", PLAIN)
DARK = Content(Tone.DARK, Pace.CALM)
CONTENTS = [Content(tone, pace) for tone in (None, *Tone) for pace in (None, *Pace)]

deeds = st.builds(
    lambda kind, style, days, content: Deed(
        kind, NOW - timedelta(days=days), {style: 1.0}, 0.7 if kind is DeedKind.WATCH else None, content.key
    ),
    st.sampled_from(list(DeedKind)),
    st.sampled_from(STYLES),
    st.integers(0, 400),
    st.sampled_from(CONTENTS),
)


def counted(done: list[Deed], now: datetime = NOW, fading: Fading | None = None) -> Cells:
    """Evidence as it counts now."""
    fading = fading or Fading()
    return {
        style: {content: fading.now(evidence, now) for content, evidence in cells.items()}
        for style, cells in cells_of(done, fading).items()
    }


def added(one: Cells, other: Cells) -> Cells:
    return {
        style: {
            content: one.get(style, {}).get(content, NOTHING) + other.get(style, {}).get(content, NOTHING)
            for content in {*one.get(style, {}), *other.get(style, {})}
        }
        for style in {*one, *other}
    }


@given(st.lists(deeds, max_size=25), st.lists(deeds, max_size=25), st.sampled_from(STYLES), st.sampled_from(CONTENTS))
def test_a_like_never_lowers_its_styles_weight_nor_a_dislike_raises_it(mine, others, style, content):
    def weight(kind: DeedKind | None) -> tuple[float, float]:
        extra = [Deed(kind, NOW, {style: 1.0}, content=DARK.key)] if kind else []
        own = counted(mine + extra)
        beliefs = taste_of(own, added(own, counted(others)), content, STYLES)
        return simplex_weights(beliefs)[style], chances_best(beliefs)[style]

    before, liked, disliked = weight(None), weight(DeedKind.LIKE), weight(DeedKind.DISLIKE)

    assert liked[0] >= before[0] - 1e-12 and liked[1] >= before[1] - 1e-7
    assert disliked[0] <= before[0] + 1e-12 and disliked[1] <= before[1] + 1e-7


@given(st.lists(deeds, min_size=1, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_deeds_does_not_matter(done: list[Deed], dice: random.Random):
    shuffled = dice.sample(done, len(done))
    for style, cells in counted(done).items():
        for content, evidence in cells.items():
            again = counted(shuffled)[style][content]
            assert (again.liked, again.disliked) == pytest.approx((evidence.liked, evidence.disliked))


@given(st.integers(1, 300), st.sampled_from([7.0, 30.0, 90.0]))
def test_after_a_half_life_a_deed_counts_half(days: int, half_life: float):
    deed = Deed(DeedKind.LIKE, NOW, {"noir": 1.0}, content=DARK.key)

    later = counted([deed], NOW + timedelta(days=days), Fading(half_life))["noir"][DARK.key]

    assert later.liked == pytest.approx(2.0 * 0.5 ** (days / half_life))


def test_what_is_long_ago_is_forgotten_in_favour_of_others():
    everybody = counted([Deed(DeedKind.PICK, NOW, {"pastel": 1.0}, content=DARK.key)] * 40)
    own = counted([Deed(DeedKind.PICK, NOW - timedelta(days=400), {"noir": 1.0}, content=DARK.key)] * 5)

    mix = mix_of(taste_of(own, everybody, DARK, STYLES))
    assert mix.get("noir", 0) == 0 and mix["pastel"] > 0.8


def test_somebody_new_is_believed_to_be_like_the_others_and_with_wide_bounds():
    everybody = {"noir": {DARK.key: Evidence(60, 20)}}
    new = next(each for each in taste_of({}, everybody, DARK, STYLES) if each.style == "noir")
    own = {"noir": {DARK.key: Evidence(60, 20)}}
    known = next(each for each in taste_of(own, own, DARK, STYLES) if each.style == "noir")

    assert new.mean == pytest.approx((4 + 60) / (8 + 80))
    (low, high), (lowest, highest) = interval(known), interval(new)
    assert high - low < 0.5 * (highest - lowest)


def test_bounds_and_chances_are_those_of_scipy():
    own = {"noir": {DARK.key: Evidence(6, 1)}, "vhs": {DARK.key: Evidence(2, 2)}}
    beliefs = taste_of(own, own, DARK, STYLES)
    betas = [stats.beta(each.a, each.b) for each in beliefs]

    assert interval(beliefs[0], 0.8) == pytest.approx(betas[0].interval(0.8))
    told = [stats.beta(max(1, each.a), max(1, each.b)) for each in beliefs]  # none is denser at its end than anywhere
    draws = np.stack([each.rvs(200_000, random_state=place) for place, each in enumerate(told)])
    frequent = np.bincount(draws.argmax(axis=0), minlength=len(betas)) / draws.shape[1]
    assert list(chances_best(beliefs).values()) == pytest.approx(frequent, abs=0.005)


def test_one_who_likes_noir_in_dark_films_is_believed_to_in_bright_ones_but_less():
    own = {"noir": {DARK.key: Evidence(6, 0)}}
    dark, bright = (taste_of(own, own, each, ["noir"])[0].mean for each in (DARK, Content(Tone.BRIGHT, Pace.LIVELY)))
    assert 0.5 < bright < dark


@given(st.sampled_from(CONTENTS), st.sampled_from(CONTENTS), st.text("abc/ ", max_size=5))
def test_likeness_is_mutual_and_a_content_is_most_like_itself(one: Content, other: Content, genre: str):
    one = Content(one.tone, one.pace, genre.replace("/", " "))
    assert 0 < likeness(one, other) == likeness(other, one) <= likeness(one, one) == 1
    assert content_from_key(one.key) == one


def test_a_mix_of_styles_gives_each_its_share_of_the_evidence():
    said = evidence_of(Deed(DeedKind.WATCH, NOW, {"noir": 0.75, "pastel": 0.25}, 0.8))
    assert said["noir"].liked == pytest.approx(0.75 * 0.5 * 0.8)
    assert said["pastel"].disliked == pytest.approx(0.25 * 0.5 * 0.2)
    with pytest.raises(UsageError, match="share"):
        evidence_of(Deed(DeedKind.WATCH, NOW, {"noir": 1.0}))


@given(st.dictionaries(st.sampled_from(STYLES), st.floats(0.001, 1e6), min_size=1))
def test_a_mix_in_twentieths_sums_to_one_and_is_within_a_twentieth(weights: dict[str, float]):
    total, mixed = sum(weights.values()), in_units(weights)
    assert sum(round(UNITS * each) for each in mixed.values()) == UNITS
    assert all(abs(mixed.get(style, 0) - weight / total) < 1 / UNITS for style, weight in weights.items())


def test_a_mix_holds_three_styles_at_most_and_two_that_are_liked_alike_are_equal_in_it():
    own = {style: {DARK.key: Evidence(20, 1)} for style in ("noir", "pastel")}
    mix = mix_of(taste_of(own, own, DARK, STYLES))
    assert mix["noir"] == mix["pastel"] >= 0.45
    all_liked = {f"s{number}": {DARK.key: Evidence(20, 1)} for number in range(6)}
    assert len([s for s in mix_of(taste_of(all_liked, all_liked, DARK, [*all_liked, PLAIN])) if s != PLAIN]) <= 3


def test_looks_are_shown_as_often_as_is_written_down_and_exploring_gets_rarer():
    own = {"noir": {DARK.key: Evidence(3, 1)}, "vhs": {DARK.key: Evidence(2, 2)}}
    beliefs = taste_of(own, own, DARK, STYLES)
    dealt = [deal(beliefs, seed) for seed in range(800)]

    odds = dealt[0].propensities
    assert sum(odds.values()) == pytest.approx(1)
    assert np.mean([each.explored for each in dealt]) == pytest.approx(explored_share(beliefs), abs=0.02)
    tried = [each for each in dealt if each.mix == {"vhs": 1.0}]
    assert tried[0].propensity == odds["vhs"] == pytest.approx(len(tried) / len(dealt), abs=0.02)
    sure = {"noir": {DARK.key: Evidence(300, 10)}}
    assert explored_share(taste_of(sure, sure, DARK, STYLES)) < explored_share(beliefs)
    assert deal(beliefs, 1, explore=False).propensity == 1


def test_a_half_life_that_would_forget_all_or_nothing_is_refused():
    for days in (0, 3, 1e9, float("nan")):
        with pytest.raises(UsageError, match="half-life"):
            Fading(days)


def test_nothing_known_is_the_film_as_it_is():
    assert mix_of(taste_of({}, {}, UNKNOWN, STYLES)) == {PLAIN: 1.0}
