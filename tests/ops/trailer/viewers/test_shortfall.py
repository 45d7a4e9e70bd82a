"""Evidence that a trailer is completed too rarely: exact where it can be computed, and right at every look."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from ops.errors import UsageError
from ops.trailer.viewers.shortfall import shortfall


@pytest.mark.parametrize(("completed", "viewings", "target"), [(10, 50, 0.4), (0, 7, 0.3), (30, 40, 0.5), (5, 5, 0.9)])
def test_both_numbers_are_those_of_plain_integration(completed: int, viewings: int, target: float):
    def likelihood(rate: float) -> float:
        return rate**completed * (1 - rate) ** (viewings - completed)

    below, _ = integrate.quad(likelihood, 0, target, epsabs=0)
    whole, _ = integrate.quad(likelihood, 0, 1, epsabs=0)

    found = shortfall(completed, viewings, target)

    assert found.p_below == pytest.approx(below / whole, rel=1e-7)
    assert found.evidence == pytest.approx(below / target / likelihood(target), rel=1e-7)


def looked_at_every_viewing(rate: float, target: float, *, viewings: int, crowds: int, seed: int) -> np.ndarray:
    """(crowds, 2): whether the posterior alone, and whether both together, ever call the trailer too bad."""
    chance = np.random.default_rng(seed)
    called = np.zeros((crowds, 2), bool)
    for crowd in range(crowds):
        done = np.cumsum(chance.random(viewings) < rate)
        for seen in range(20, viewings + 1, 20):
            found = shortfall(int(done[seen - 1]), seen, target)
            called[crowd] |= (found.p_below >= 0.95, found.proven)
    return called


def test_a_trailer_that_is_just_good_enough_is_called_too_bad_in_one_of_twenty_however_often_one_looks():
    called = looked_at_every_viewing(0.5, 0.5, viewings=2_000, crowds=300, seed=3).mean(axis=0)

    assert called[0] > 0.2, "which is why the posterior alone is not asked"
    assert called[1] <= stats.binom.ppf(0.995, 300, 0.05) / 300


def test_a_trailer_that_is_a_good_deal_worse_is_found():
    called = looked_at_every_viewing(0.4, 0.5, viewings=600, crowds=100, seed=4).mean(axis=0)

    assert called[1] >= 0.95


def test_numbers_that_cannot_be_are_refused():
    for wrong in ((3, 2, 0.5), (-1, 2, 0.5), (1, 2, 1.0)):
        with pytest.raises(UsageError, match="cannot be held against"):
            shortfall(*wrong)
