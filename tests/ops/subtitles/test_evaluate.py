"""Edges against a reference: as many matches as an optimal assignment finds, offsets as numpy has them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from ops.subtitles.cue import Cue, CueTrack
from ops.subtitles.evaluate import conforming_shares, edge_score, scores
from ops.subtitles.profile import profile_names

RATE = Fraction(24)


def track(*edges: tuple[int, int]) -> CueTrack:
    return CueTrack("eng_Latn", RATE, tuple(Cue(start, end, ("Yes.",)) for start, end in edges))


def test_a_track_is_right_against_itself():
    own = track((10, 40), (50, 90))

    found = scores(own, own)

    assert all(score.f1 == 1 for edge in found.values() for score in edge.within_frames.values())
    assert (found["in"].offsets.mean_s, found["out"].offsets.p95_s) == (0, 0)


def test_in_and_out_are_scored_apart_and_by_tolerance():
    reference, late = track((10, 40), (50, 90)), track((11, 40), (53, 94))

    found = scores(late, reference)

    assert [found["in"].within_frames[count].f1 for count in (1, 2, 3)] == [0.5, 0.5, 1]
    assert [found["out"].within_frames[count].f1 for count in (1, 2, 3)] == [0.5, 0.5, 0.5]
    assert {limit: score.f1 for limit, score in found["out"].within_ms.items()} == {100: 0.5, 200: 1, 500: 1}
    assert found["in"].offsets.mean_s == pytest.approx(2 / 24)
    assert found["in"].offsets.bias_s == pytest.approx(2 / 24)


def test_cues_too_many_cost_precision_and_too_few_recall():
    score = scores(track((10, 40), (50, 90), (200, 230)), track((10, 40)))["in"].within_frames[1]

    assert (score.precision, score.recall, score.f1) == (pytest.approx(1 / 3), 1, 0.5)


def test_a_track_without_cues_has_no_offsets():
    found = scores(track(), track((10, 40)))["in"]

    assert (found.within_frames[3].f1, found.offsets.mean_s) == (0, None)


_TIMES = st.lists(st.integers(0, 60), max_size=12)


@given(_TIMES, _TIMES, st.integers(0, 8))
def test_as_many_edges_match_as_an_optimal_assignment_finds(found, wanted, tolerance):
    near = np.abs(np.subtract.outer(np.array(found, int), np.array(wanted, int))) <= tolerance
    rows, columns = linear_sum_assignment(-near.astype(int)) if near.size else ([], [])

    score = edge_score([Fraction(each) for each in found], [Fraction(each) for each in wanted], Fraction(tolerance))

    assert score.matched == (near[rows, columns].sum() if near.size else 0)


def test_a_track_is_held_against_every_profile():
    shares = conforming_shares(track((10, 25), (100, 160)))

    assert list(shares) == list(profile_names())
    assert (shares["netflix"], shares["amazon"]) == (0.5, 0.5)
