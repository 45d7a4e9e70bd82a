"""A policy for each audience has to beat the global winner before it serves."""

from __future__ import annotations

import numpy as np
import pytest

from ops.errors import UsageError
from ops.experiments.contextual import ContextualPolicy
from ops.experiments.off_policy import Gain, Refusal
from ops.experiments.trial import Impression, try_policy

APART = {"drama": {"faces": 0.12, "places": 0.04}, "nature": {"faces": 0.05, "places": 0.10}}
ALIKE = {"drama": {"faces": 0.10, "places": 0.05}, "nature": {"faces": 0.10, "places": 0.05}}


def logged(
    tastes: dict[str, dict[str, float]], n: int, *, faces: float = 0.5, strangers: float = 0.1
) -> list[Impression]:
    rng = np.random.default_rng(14)
    shown = []
    for _ in range(n):
        segment = "drama" if rng.random() < 0.5 else "nature"
        arm = "faces" if rng.random() < faces else "places"
        reward = float(rng.random() < tastes[segment][arm])
        context = None if rng.random() < strangers else {segment: 1.0}
        shown.append(Impression(context, arm, faces if arm == "faces" else 1 - faces, reward))
    return shown


def untaught() -> ContextualPolicy:
    return ContextualPolicy.new(["drama", "nature"], ["faces", "places"], least=300)


def test_audiences_with_tastes_apart_are_worth_a_policy():
    policy, found = try_policy(logged(APART, 12_000), untaught(), "faces")
    assert isinstance(found, Gain) and found.beats
    assert found.difference.low < 0.5 * 0.9 * (0.10 - 0.05) < found.difference.high
    assert policy.weights({"nature": 1.0}, fallback={})["places"] > 0.9


def test_audiences_of_one_taste_are_not():
    _, found = try_policy(logged(ALIKE, 12_000), untaught(), "faces")
    assert isinstance(found, Gain) and not found.beats


def test_a_short_log_is_no_answer():
    _, found = try_policy(logged(APART, 1_200), untaught(), "faces")
    assert isinstance(found, Refusal)


def test_a_champion_that_is_no_arm_is_refused():
    with pytest.raises(UsageError, match="cannot be challenged"):
        try_policy(logged(APART, 10), untaught(), "cities")
