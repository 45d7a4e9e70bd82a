"""Scenes are runs of shots; the runs found are the best there are."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ops.scenes import grouping
from ops.scenes.grouping import ShotSound, group_scenes
from ops.scenes.highlight import WEIGHTS, cut_density, highlight_curve


def grouped(places: str, *, faded: int | None = None, sound: str = "", length_s: float = 4.0) -> list[int]:
    """Shots of the same letter look alike; sounds of the same letter are of one kind."""
    count = len(places)
    alike = np.array([[0.9 if one == other else 0.05 for other in places] for one in places])
    kinds = np.eye(4)[[ord(each) % 4 for each in sound or "a" * count]]
    ends = length_s * np.arange(1, count + 1)
    marks = np.arange(count) == faded
    return group_scenes(
        lambda one, other: alike[one, other],
        ShotSound(np.full(count, -23.0), kinds),
        np.stack([ends - length_s, ends], axis=1),
        faded=marks,
        dissolved=np.zeros(count, bool),
    ).tolist()


def test_one_shot_is_one_scene():
    assert grouped("A") == [0]


def test_places_are_told_apart():
    assert grouped("AAABBBB", sound="aaabbbb") == [0, 0, 0, 1, 1, 1, 1]


def test_a_dialogue_that_goes_to_and_fro_is_one_scene():
    assert grouped("ABABABCDCD", sound="aaaaaabbbb") == [0] * 6 + [1] * 4


def test_a_cutaway_of_a_second_makes_no_scene():
    assert set(grouped("AAAXAAA", length_s=1.0)) == {0}


@given(st.lists(st.integers(0, 3), min_size=1, max_size=7), st.integers(0, 10**6))
def test_no_other_division_of_the_film_agrees_better(places: list[int], seed: int):
    """Against every division there is, its worth added up shot by shot."""
    random = np.random.default_rng(seed)
    count = len(places)
    alike = np.where(np.equal.outer(places, places), 0.8, 0.2) + random.uniform(-0.2, 0.2, (count, count))
    alike = np.clip((alike + alike.T) / 2, 0, 1)
    sound = ShotSound(random.uniform(-35, -15, count), random.dirichlet(np.ones(4), count))
    ends = np.cumsum(random.uniform(0.5, 8, count))
    spans = np.stack([np.concatenate([[0.0], ends[:-1]]), ends], axis=1)
    faded = random.random(count) < 0.2

    found = group_scenes(
        lambda one, other: alike[one, other], sound, spans, faded=faded, dissolved=np.zeros(count, bool)
    )

    band = grouping._verdicts(lambda one, other: alike[one, other], sound, spans.mean(axis=1))
    verdicts = np.array(
        [[band[one, one - other - 1] if one > other else 0.0 for other in range(count)] for one in range(count)]
    )
    price = np.where(faded, -grouping._THROUGH_BLACK, 0.0) * grouping._ALIKE

    def worth(starts: tuple[int, ...]) -> float:
        total = 0.0
        for first, end in pairwise([*starts, count]):
            length = spans[end - 1, 1] - spans[first, 0]
            total -= grouping._BRIEF * grouping._ALIKE * max(0.0, 1 - length / grouping._BRIEF_S)
            for shot in range(first + 1, end):
                matches = sorted((v for v in verdicts[shot, first:shot] if v), reverse=True)[: grouping._BEST]
                total += (float(np.mean(matches)) if matches else -grouping._ALIKE) + float(price[shot])
        return total

    divisions = [
        (0, *(place + 1 for place, cut in enumerate(cuts) if cut)) for cuts in product((0, 1), repeat=count - 1)
    ]
    mine = tuple(int(np.flatnonzero(found == scene)[0]) for scene in range(found[-1] + 1))
    assert worth(mine) >= max(map(worth, divisions)) - 1e-9
    assert set(np.diff(found)) <= {0, 1}


def test_twice_the_shots_ask_for_twice_the_pairs_and_only_for_near_ones():
    asked: list[int] = []

    def alike(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        asked.append(len(one))
        assert np.all((one > other) & (one - other <= grouping._REACH))
        return np.where(one // 7 == other // 7, 0.8, 0.1)

    for count in (500, 1000, 2000):
        ends = 4.0 * np.arange(1, count + 1)
        sound = ShotSound(np.full(count, -23.0), np.ones((count, 1)))
        none = np.zeros(count, bool)
        found = group_scenes(alike, sound, np.stack([ends - 4.0, ends], axis=1), faded=none, dissolved=none)
        assert np.array_equal(found, np.arange(count) // 7)

    # of 12 shots on each side those within 45 s: 11
    assert asked == [11 * count - 66 for count in (500, 1000, 2000)]


def parts(count: int, **known: np.ndarray) -> dict[str, np.ndarray]:
    return {name: np.zeros(count) for name in WEIGHTS} | known


def test_the_moment_where_all_comes_together_is_the_highlight():
    bang = np.exp(-np.square(np.arange(200) - 120) / 30)

    curve = highlight_curve(parts(200, motion=bang, loudness=3 * bang, flux=bang), 0.25)

    assert abs(int(curve.argmax()) - 120) <= 1
    assert curve.max() > 0.9
    assert curve[40] < 0.5


def test_the_highlight_is_within_the_title_whatever_its_scale():
    random = np.random.default_rng(2)
    soft = parts(100, motion=random.random(100), flux=random.random(100))

    loud = {name: 1000 * values + 5 for name, values in soft.items()}

    assert np.allclose(highlight_curve(soft, 0.25), highlight_curve(loud, 0.25), atol=1e-5)


def test_a_film_where_nothing_changes_is_the_same_all_along():
    assert np.allclose(highlight_curve(parts(50), 0.25), 0.5)
    assert len(highlight_curve(parts(1), 0.25)) == 1


def test_cuts_count_where_they_are_dense():
    times = np.arange(0, 60, 0.25)

    density = cut_density(times, np.array([10.0, 40.0, 40.5, 41.0, 41.5]))

    assert abs(times[density.argmax()] - 40.75) < 0.5
    assert density[times == 25.0][0] == 0
