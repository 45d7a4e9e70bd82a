"""Words of a script and words that were heard are matched in order, soon and mostly rightly."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import ops.transcript.script_anchors as anchors_module
from ops.transcript.script_anchors import matched

WORDS = st.lists(st.sampled_from(["the", "a", "cat", "dog", "sat", "ran"]), max_size=30)


def misheard(length: int, seed: int) -> tuple[list[str], list[str], set[tuple[int, int]]]:
    """A text of words as frequent as a language's, what is heard of it with a third wrong, and what truly is what."""
    draw = np.random.default_rng(seed)
    chances = 1 / np.arange(1, 4001)
    words = [f"w{word}" for word in draw.choice(4000, length, p=chances / chances.sum())]
    others = [f"w{word}" for word in draw.choice(4000, length, p=chances / chances.sum())]
    heard: list[str] = []
    truth: set[tuple[int, int]] = set()
    for place, luck in enumerate(draw.random(length)):
        if luck < 0.07:
            continue
        if luck >= 0.28:
            truth.add((place, len(heard)))
        heard.append(words[place] if luck >= 0.28 else others[place])
        if luck > 0.93:
            heard.append(others[place])
    return words, heard, truth


@given(WORDS, WORDS)
def test_matches_are_the_same_words_and_keep_both_orders(script: list[str], heard: list[str]):
    found = matched(script, heard)

    assert all(script[here] == heard[there] for here, there in found)
    assert all(one[0] < other[0] and one[1] < other[1] for one, other in pairwise(found))


@given(WORDS)
def test_a_text_is_matched_with_itself_word_by_word(script: list[str]):
    assert matched(script, script) == [(place, place) for place in range(len(script))]


@pytest.mark.parametrize("length", [300, 9_000])
def test_nearly_every_word_that_was_heard_rightly_is_found(length: int):
    script, heard, truth = misheard(length, seed=3)

    found = set(matched(script, heard))

    assert len(found & truth) > 0.96 * len(truth)
    assert len(found & truth) > 0.95 * len(found)


def test_a_part_of_a_script_is_found_where_it_stands():
    script, *_ = misheard(9_000, seed=4)

    assert matched(script, script[4000:4300]) == [(4000 + place, place) for place in range(300)]


def test_places_looked_at_grow_with_the_words_and_not_with_their_square(monkeypatch: pytest.MonkeyPatch):
    looked: list[int] = []
    heaviest = anchors_module._heaviest

    def counted(one: np.ndarray, other: np.ndarray, weights: np.ndarray) -> list[tuple[int, int]]:
        width = len(other) if len(one) * len(other) <= 4096 else min(len(other), 257)
        looked.append(len(one) * width)
        return heaviest(one, other, weights)

    monkeypatch.setattr(anchors_module, "_heaviest", counted)
    totals = []
    for length in (4_500, 9_000, 18_000):
        looked.clear()
        matched(*misheard(length, seed=5)[:2])
        totals.append(sum(looked))

    assert totals[2] < 3 * totals[1] < 9 * totals[0]
    assert totals[2] < 18_000 * 600


def test_texts_of_two_words_alone_do_not_take_forever():
    draw = np.random.default_rng(6)
    one, other = (["yes" if each else "no" for each in draw.random(6_000) < 0.5] for _ in range(2))

    assert len(matched(one, other)) > 3_000
