"""A picture for every audience, or the global winner while too little is known."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ops.errors import UsageError
from ops.experiments.contextual import ContextualPolicy, Explore, LinearArm

FALLBACK = {"faces": 0.7, "places": 0.3}
TASTES = {"drama": {"faces": 0.12, "places": 0.03}, "nature": {"faces": 0.03, "places": 0.12}}


def taught(explore: Explore, impressions: int = 3000, least: int = 500) -> ContextualPolicy:
    rng = np.random.default_rng(4)
    policy = ContextualPolicy.new(["drama", "nature"], ["faces", "places"], explore=explore, least=least)
    for _ in range(impressions):
        segment, arm = rng.choice(list(TASTES)), rng.choice(list(FALLBACK))
        policy = policy.learned(str(arm), {str(segment): 1.0}, float(rng.random() < TASTES[str(segment)][str(arm)]))
    return policy


@pytest.fixture(scope="module", params=list(Explore))
def policy(request: pytest.FixtureRequest) -> ContextualPolicy:
    return taught(request.param)


def test_each_audience_gets_the_picture_it_likes(policy: ContextualPolicy):
    drama = policy.weights({"drama": 1}, fallback=FALLBACK)
    nature = policy.weights({"nature": 1}, fallback=FALLBACK)
    assert drama["faces"] > 0.9
    assert nature["places"] > 0.9


def test_shares_are_propensities_over_the_floor(policy: ContextualPolicy):
    shares = policy.weights({"drama": 1, "nature": 0.5}, fallback=FALLBACK, seed=9)
    assert sum(shares.values()) == pytest.approx(1)
    assert min(shares.values()) >= policy.floor
    assert policy.weights({"drama": 1, "nature": 0.5}, fallback=FALLBACK, seed=9) == shares


def test_a_viewer_of_whom_nothing_is_known_gets_the_global_shares(policy: ContextualPolicy):
    assert policy.weights(None, fallback=FALLBACK) == FALLBACK


def test_a_policy_that_was_taught_too_little_gives_the_global_shares():
    assert taught(Explore.THOMPSON, 50).weights({"drama": 1}, fallback=FALLBACK) == FALLBACK


def test_the_state_comes_back_from_json(policy: ContextualPolicy):
    read = ContextualPolicy.from_json(json.loads(json.dumps(policy.to_json())))
    assert read.weights({"nature": 1}, fallback=FALLBACK, seed=2) == policy.weights(
        {"nature": 1}, fallback=FALLBACK, seed=2
    )
    assert read.to_json() == policy.to_json()


@given(
    st.lists(st.tuples(st.lists(st.floats(-3, 3), min_size=3, max_size=3), st.integers(0, 1)), min_size=1, max_size=30)
)
@settings(max_examples=40, deadline=None)
def test_rank_one_steps_give_the_ridge_regression(rows: list[tuple[list[float], int]]):
    arm = LinearArm.new(3, ridge=2.0)
    for x, reward in rows:
        arm = arm.learned(np.array(x), reward)
    contexts, rewards = np.array([x for x, _ in rows]), np.array([reward for _, reward in rows])
    solved = np.linalg.solve(2.0 * np.eye(3) + contexts.T @ contexts, contexts.T @ rewards)
    assert arm.theta == pytest.approx(solved, abs=1e-8)
    assert arm.judged(contexts[0])[1] >= 0


def test_linucb_chooses_the_arm_it_knows_least_when_all_else_is_equal():
    policy = ContextualPolicy.new(["x"], ["known", "new"], explore=Explore.UCB, least=0, floor=0.0)
    for _ in range(50):
        policy = policy.learned("known", {"x": 1.0}, 0.0)
    assert policy.weights({"x": 1.0}, fallback={})["new"] == 1


@pytest.mark.parametrize("context", [{"age": 1.0}, {"drama": float("nan")}])
def test_a_context_that_cannot_be_read_is_refused(policy: ContextualPolicy, context: dict[str, float]):
    with pytest.raises(UsageError, match="drama, nature"):
        policy.weights(context, fallback=FALLBACK)


@pytest.mark.parametrize("damage", [{"arms": {}, "features": None}, {"features": ["one"]}, {"explore": "greedy"}])
def test_a_damaged_state_is_refused(policy: ContextualPolicy, damage: dict):
    with pytest.raises(UsageError, match="state"):
        ContextualPolicy.from_json({**policy.to_json(), **damage})
