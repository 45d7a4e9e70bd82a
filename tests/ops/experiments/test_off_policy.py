"""What another policy would have earned, by the log."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from ops.errors import UsageError
from ops.experiments.off_policy import Estimate, Gain, Log, Refusal, evaluate, gain

ITEMS = 34


@pytest.fixture(scope="module")
def logged(data: Path) -> tuple[np.ndarray, np.ndarray]:
    with (data / "tables" / "open_bandit" / "bts" / "men.csv").open(newline="") as opened:
        rows = [(float(row["click"]), float(row["propensity_score"])) for row in csv.DictReader(opened)]
    clicks, propensities = np.array(rows).T
    return clicks, propensities


def simulated(n: int, *, confounded: float = 0.0, seed: int = 3) -> tuple[Log, float]:
    """A log of two contexts and two actions; the judged policy shows the better action to each context."""
    rng = np.random.default_rng(seed)
    rates = np.array([[0.10, 0.05], [0.04, 0.12]])
    context = rng.integers(0, 2, n)
    second = np.where(context == 1, 0.3, 0.6)
    action = (rng.random(n) < second).astype(int)
    rewards = (rng.random(n) < rates[context, action]).astype(float)
    propensities = np.where(action == 1, second, 1 - second) + confounded
    targets = np.where(action == context, 0.9, 0.1)
    wrong_model = rates[context, action] * 0.7
    of_target = (0.9 * rates[context, context] + 0.1 * rates[context, 1 - context]) * 0.7
    truth = float(np.mean([0.9 * rates[c, c] + 0.1 * rates[c, 1 - c] for c in (0, 1)]))
    return Log(rewards, propensities, targets, wrong_model, of_target), truth


def test_the_random_policy_on_the_bandits_log_has_the_published_estimates(
    logged: tuple[np.ndarray, np.ndarray], data: Path
):
    known = json.loads((data / "tables" / "open_bandit" / "expected_statistics.json").read_text())
    expected = known["off_policy_estimate_of_random_policy_from_bts_log"]
    clicks, propensities = logged
    found = evaluate(Log(clicks, propensities, np.full(len(clicks), 1 / ITEMS)))
    assert isinstance(found, Estimate)
    assert found.ips.estimate == pytest.approx(expected["ipw"], abs=1e-12)
    assert found.snips.estimate == pytest.approx(expected["self_normalised_ipw"], abs=1e-12)
    assert found.mean_weight == pytest.approx(expected["mean_weight"], abs=1e-12)
    assert found.effective == pytest.approx(656, abs=1)


def test_a_policy_that_the_log_hardly_shows_is_refused(logged: tuple[np.ndarray, np.ndarray]):
    clicks, propensities = logged
    rare = np.where(propensities < 0.02, 1.0, 0.0)
    found = evaluate(Log(clicks, propensities, rare))
    assert isinstance(found, Refusal)
    assert "weights average" in found.reason


def test_half_of_that_log_is_worth_too_few_impressions(logged: tuple[np.ndarray, np.ndarray]):
    clicks, propensities = (each[:4000] for each in logged)
    found = evaluate(Log(clicks, propensities, np.full(4000, 1 / ITEMS)))
    assert isinstance(found, Refusal)
    assert found.effective < 500
    assert "less than 500" in found.reason


def test_propensities_that_are_not_true_are_found_out():
    found = evaluate(simulated(20_000, confounded=0.2)[0])
    assert isinstance(found, Refusal)
    assert "instead of 1" in found.reason


def test_intervals_hold_the_truth_as_often_as_they_say():
    held: dict[str, list[bool]] = {"ips": [], "snips": [], "dr": []}
    for seed in range(200):
        log, truth = simulated(3000, seed=seed)
        found = evaluate(log)
        assert isinstance(found, Estimate)
        for name, values in held.items():
            value = getattr(found, name)
            values.append(value.low <= truth <= value.high)
    assert {name: np.mean(values) for name, values in held.items()} == pytest.approx(
        dict.fromkeys(held, 0.95), abs=0.04
    )


def test_doubly_robust_needs_no_right_model_and_is_narrower():
    log, truth = simulated(40_000)
    found = evaluate(log, clip=2.0)
    assert isinstance(found, Estimate) and found.dr is not None and found.clipped is not None
    assert found.dr.estimate == pytest.approx(truth, abs=0.005)
    assert found.dr.high - found.dr.low < found.ips.high - found.ips.low
    assert found.clipped.estimate <= found.ips.estimate


def test_the_own_policy_earns_what_it_earned(logged: tuple[np.ndarray, np.ndarray]):
    clicks, propensities = logged
    found = evaluate(Log(clicks, propensities, propensities))
    assert isinstance(found, Estimate)
    assert found.ips.estimate == found.snips.estimate == pytest.approx(0.0069)
    assert found.effective == pytest.approx(len(clicks))


def test_a_policy_that_is_better_beats_the_one_that_serves_and_not_the_other_way_round():
    better, _ = simulated(20_000)
    served = Log(better.rewards, better.propensities, better.propensities)
    ahead, behind = gain(Log(better.rewards, better.propensities, better.targets), served), gain(served, better)
    assert isinstance(ahead, Gain) and isinstance(behind, Gain)
    assert ahead.beats
    assert not behind.beats
    assert not isinstance(same := gain(served, served), Refusal) and not same.beats


def test_a_comparison_is_refused_when_either_side_is(logged: tuple[np.ndarray, np.ndarray]):
    clicks, propensities = logged
    rare = Log(clicks, propensities, np.where(propensities < 0.02, 1.0, 0.0))
    assert isinstance(gain(rare, Log(clicks, propensities, propensities)), Refusal)


@pytest.mark.parametrize("propensity", [0.0, 1.5, -0.1])
def test_a_propensity_that_is_no_probability_is_refused(propensity: float):
    with pytest.raises(UsageError, match="propensity"):
        Log(np.zeros(2), np.array([0.5, propensity]), np.ones(2))
