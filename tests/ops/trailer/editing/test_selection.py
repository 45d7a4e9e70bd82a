"""The choice of moments: against the exact optimum, against greed, and what it must never do."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, permutations

import numpy as np
import pytest

from ops.trailer.editing.pacing import Slot, divide
from ops.trailer.editing.selection import TooFewMoments, choose_moments, worth
from ops.trailer.editing.structure import structure_of
from ops.trailer.events import Part
from tests.ops.trailer.editing.moments_at_random import moments_at_random

FIVE = (
    Slot(Part.HOOK, 0, 48, 0.75),
    Slot(Part.SETUP, 48, 96, 0.3),
    Slot(Part.RISE, 96, 130, 0.6),
    Slot(Part.RISE, 130, 154, 0.8),
    Slot(Part.CLIMAX, 154, 170, 1.0),
)


def slots_of_thirty_seconds() -> list[Slot]:
    beats = list(np.arange(0, 30, 0.5))
    slots = divide(structure_of("trailer"), 720, Fraction(24), beats_s=beats, downbeats_s=beats[::4], seed=1)
    return [slot for slot in slots if slot.part is not Part.BUTTON]


def greedy(slots: list[Slot], moments, random: np.random.Generator | None = None) -> list[int]:
    """Slot by slot what is best with those before it; at random where a generator is given."""
    chosen: list[int] = []
    for nth, slot in enumerate(slots):
        fits = [c for c in range(len(moments)) if c not in chosen and moments.last[c] - moments.first[c] >= slot.frames]
        if random is not None:
            chosen.append(int(random.choice(fits)))
        else:
            chosen.append(max(fits, key=lambda c: worth([*chosen, c], slots[: nth + 1], moments)))
    return chosen


def test_small_cases_are_solved_as_well_as_trying_every_choice_solves_them() -> None:
    gaps = []
    for seed in range(12):
        moments = moments_at_random(8, seed)
        best = max(worth(each, FIVE[1:], moments) for each in permutations(range(8), 4))
        gaps.append(best - worth(choose_moments(FIVE[1:], moments), FIVE[1:], moments))

    assert sum(gap > 1e-9 for gap in gaps) <= 1
    assert max(gaps) < 0.1


def test_a_whole_trailer_is_worth_more_than_greed_and_far_more_than_chance() -> None:
    slots = slots_of_thirty_seconds()
    for seed in range(3):
        moments = moments_at_random(150, seed)

        chosen = worth(choose_moments(slots, moments), slots, moments)

        by_greed = worth(greedy(slots, moments), slots, moments)
        by_chance = np.mean([worth(greedy(slots, moments, np.random.default_rng(n)), slots, moments) for n in range(5)])
        assert chosen > by_greed
        assert chosen - by_chance > 2 * (chosen - by_greed)


def test_no_shot_is_shown_twice_each_fits_its_slot_and_neighbours_are_not_alike() -> None:
    slots = slots_of_thirty_seconds()
    moments = moments_at_random(150, 4)

    chosen = choose_moments(slots, moments)

    assert len(set(chosen)) == len(slots)
    assert all(moments.last[c] - moments.first[c] >= slot.frames for c, slot in zip(chosen, slots, strict=True))
    assert all(moments.likeness[a, b] < 0.8 and moments.scene[a] != moments.scene[b] for a, b in pairwise(chosen))
    assert np.bincount(moments.scene[chosen]).max() <= 3


def test_the_set_up_keeps_the_order_of_the_film() -> None:
    slots = slots_of_thirty_seconds()
    moments = moments_at_random(300, 5)

    chosen = choose_moments(slots, moments)

    told = [moments.first[c] for c, slot in zip(chosen, slots, strict=True) if slot.part is Part.SETUP]
    assert told == sorted(told)


def test_what_is_pinned_stays_and_is_used_nowhere_else() -> None:
    moments = moments_at_random(40, 6)

    chosen = choose_moments(FIVE, moments, pinned={2: 17})

    assert chosen[2] == 17 and chosen.count(17) == 1


def test_the_same_question_has_the_same_answer() -> None:
    slots, moments = slots_of_thirty_seconds(), moments_at_random(120, 7)

    assert choose_moments(slots, moments, seed=3) == choose_moments(slots, moments, seed=3)


@pytest.mark.parametrize("count", [0, 4])
def test_too_few_shots_are_told(count: int) -> None:
    with pytest.raises(TooFewMoments):
        choose_moments(FIVE, moments_at_random(count, 8))
