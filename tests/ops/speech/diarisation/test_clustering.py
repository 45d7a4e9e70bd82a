"""How many voices there are, and whose each window is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from ops.speech.diarisation import clustering
from ops.speech.diarisation.clustering import MOST_SPEAKERS, cluster_voices
from tests.ops.speech.diarisation.voices import cloud


@pytest.mark.parametrize("count", range(1, MOST_SPEAKERS + 1))
def test_as_many_voices_are_found_as_there_are(count: int):
    voices = [place % count for place in range(25 * count)]

    groups = cluster_voices(cloud(voices), alike=0.5)

    assert adjusted_rand_score(voices, groups) == 1


def test_a_voice_that_speaks_seldom_is_its_own():
    voices = [0] * 60 + [1] * 8 + [2] * 40

    assert adjusted_rand_score(voices, cluster_voices(cloud(voices), alike=0.5)) == 1


def test_one_loose_voice_is_not_divided():
    assert len(np.unique(cluster_voices(cloud([0] * 50, scatter=0.3), alike=0.5))) == 1


def test_more_voices_than_are_told_apart_give_the_most():
    voices = [place % 12 for place in range(240)]

    groups = cluster_voices(cloud(voices), alike=0.5)

    assert 2 <= len(np.unique(groups)) <= MOST_SPEAKERS


def test_a_long_film_is_told_as_a_short_one():
    rng = np.random.default_rng(3)
    voices = np.sort(rng.integers(0, 4, 6_000)).tolist()

    groups = cluster_voices(cloud(voices, scatter=0.2), alike=0.5)

    assert adjusted_rand_score(voices, groups) > 0.99


def test_however_long_the_film_the_matrix_stays_as_large(monkeypatch: pytest.MonkeyPatch):
    sizes: list[int] = []
    whole = clustering._refined

    def watched(affinity: np.ndarray) -> np.ndarray:
        sizes.append(len(affinity))
        return whole(affinity)

    monkeypatch.setattr(clustering, "_refined", watched)
    for length in (1_000, 3_000, 9_000):
        cluster_voices(cloud([place % 3 for place in range(length)]), alike=0.5)

    assert sizes[0] == 1_000
    assert max(sizes[1:]) <= 750


@settings(max_examples=25)
@given(st.integers(0, 12), st.integers(0, 100))
def test_any_few_windows_have_groups_from_zero_without_gaps(count: int, seed: int):
    points = np.random.default_rng(seed).standard_normal((count, 5))
    points = (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32)

    groups = cluster_voices(points, alike=0.5)

    assert len(groups) == count
    assert np.array_equal(np.unique(groups), np.arange(len(np.unique(groups))))
    assert np.array_equal(groups, cluster_voices(points, alike=0.5))


def test_windows_that_are_all_the_same_are_one_voice():
    assert not cluster_voices(np.tile(cloud([0]), (30, 1)), alike=0.5).any()


def test_windows_without_a_voice_do_not_crash():
    assert len(cluster_voices(np.zeros((5, 4), np.float32), alike=0.5)) == 5
