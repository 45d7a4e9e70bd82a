"""Uplift that survives the winner's curse."""

from __future__ import annotations

import numpy as np
import pytest

from ops.errors import UsageError
from ops.experiments.model import ArmCounts
from ops.experiments.posterior import BetaPrior, empirical_prior, learned_prior, shrunken_uplift
from ops.experiments.uplift import james_stein, pooled_spread

RATE, SPREAD = 0.0144, 0.19


def drawn(rng: np.random.Generator, arms: int, shown: int) -> tuple[np.ndarray, list[ArmCounts]]:
    rates = RATE * np.exp(rng.normal(0, SPREAD, arms))
    clicks = rng.binomial(shown, rates)
    return rates, [ArmCounts(str(k), shown, int(clicks[k])) for k in range(arms)]


@pytest.mark.parametrize("arms", [2, 5])
def test_a_winners_interval_holds_its_true_uplift(arms: int):
    rng = np.random.default_rng(71)
    held, bias, raw_bias = [], [], []
    for _ in range(400):
        rates, counts = drawn(rng, arms, 8_000)
        winner = max(range(1, arms), key=lambda k: counts[k].clicks)
        truth = rates[winner] / rates[0] - 1
        found = shrunken_uplift(counts, "0")[str(winner)]
        held.append(found.low <= truth <= found.high)
        bias.append(found.estimate - truth)
        raw_bias.append(found.raw - truth)
    assert np.mean(held) == pytest.approx(0.95, abs=0.035)
    assert abs(np.mean(bias)) < 0.025
    assert arms == 2 or np.mean(raw_bias) > 0.06


def test_much_traffic_leaves_little_to_shrink():
    counts = [ArmCounts("a", 10**7, 150_000), ArmCounts("b", 10**7, 180_000)]
    found = shrunken_uplift(counts, "a")["b"]
    assert found.estimate == pytest.approx(0.2, abs=0.002)
    assert found.low < 0.2 < found.high < 0.21


def test_james_steins_rule_keeps_the_mean_and_the_order():
    logs, variances = np.array([0.0, 1.0, 3.0]), np.full(3, 2.0)
    shrunk = james_stein(logs, variances, tau2=2.0)
    assert shrunk == pytest.approx(logs.mean() + (logs - logs.mean()) / 2)


def test_past_tests_teach_how_much_pictures_differ():
    rng = np.random.default_rng(5)
    tests = [drawn(rng, 5, 20_000)[1] for _ in range(300)]
    assert pooled_spread(tests) == pytest.approx(SPREAD, abs=0.02)
    prior = learned_prior(tests)
    assert prior.mean == pytest.approx(RATE, rel=0.05)
    assert prior.a == pytest.approx(1 / SPREAD**2, rel=0.25)


def test_a_titles_prior_has_its_own_rate_and_the_usual_spread():
    counts = [ArmCounts("a", 50_000, 2_500), ArmCounts("b", 50_000, 2_600)]
    prior = empirical_prior(counts)
    assert prior.mean == pytest.approx(0.051, rel=0.01)
    assert empirical_prior([]).mean == pytest.approx(RATE)


@pytest.mark.parametrize(("a", "b"), [(0, 1), (1, -1), (1, float("inf"))])
def test_a_prior_that_is_no_distribution_is_refused(a: float, b: float):
    with pytest.raises(UsageError, match="no distribution"):
        BetaPrior(a, b)


def test_past_tests_without_clicks_teach_nothing():
    with pytest.raises(UsageError, match="no past test"):
        learned_prior([[ArmCounts("a", 10, 0), ArmCounts("b", 10, 1)]])


def test_uplift_needs_its_incumbent():
    with pytest.raises(UsageError, match="no arm is c"):
        shrunken_uplift([ArmCounts("a", 10, 1), ArmCounts("b", 10, 1)], "c")
