"""A picture for each audience: only where the log proves it, and only to segments that were large enough."""

from __future__ import annotations

import numpy as np

from ops.experiments.audience import Audience, find_audience
from ops.experiments.off_policy import Refusal

ARMS = ("faces", "places")
Log = list[tuple[str, str, float, bool]]


def logged(tastes: dict[str, tuple[float, float]], n: int, *, seed: int = 3, rare: str = "") -> Log:
    """Impressions of evenly dealt arms; the click rates of faces and places by segment, the rare one 1 in 200."""
    rng = np.random.default_rng(seed)
    names = sorted(tastes)
    shares = np.array([0.005 if name == rare else 1.0 for name in names])
    log = []
    for place in rng.choice(len(names), size=n, p=shares / shares.sum()):
        arm = int(rng.integers(2))
        log.append((names[place], ARMS[arm], 0.5, bool(rng.random() < tastes[names[place]][arm])))
    return log


def test_a_segment_with_another_taste_gets_its_own_picture_and_the_gain_holds_the_truth():
    found = find_audience(logged({"drama": (0.12, 0.04), "nature": (0.05, 0.10)}, 16_000), "faces")

    assert isinstance(found, Audience)
    assert found.choices == {"nature": "places"}
    assert found.gain.difference.low < 0.5 * (0.10 - 0.05) < found.gain.difference.high
    assert "places for nature" in found.why


def test_viewers_of_one_taste_get_one_picture_in_nearly_every_test():
    one = {"drama": (0.06, 0.05), "nature": (0.06, 0.05)}
    split = [find_audience(logged(one, 8_000, seed=seed), "faces") for seed in range(40)]

    assert sum(isinstance(found, Audience) for found in split) <= 3  # 2.5 % each; more than 3 of 40: p = 0.02


def test_a_segment_too_small_to_tell_sees_what_everybody_sees():
    tastes = {"drama": (0.12, 0.04), "nature": (0.05, 0.10), "opera": (0.0, 0.3)}
    found = find_audience(logged(tastes, 16_000, rare="opera"), "faces")

    assert isinstance(found, Audience)
    assert set(found.choices) == {"nature"}


def test_a_log_without_segments_is_no_question_and_one_spread_over_many_arms_no_answer():
    assert find_audience([("", "faces", 0.5, True)] * 5_000, "faces") is None

    spread = [("drama", f"arm-{place % 8}", 1 / 8, place % 30 == 0) for place in range(5_000)]
    found = find_audience(spread, "arm-0")

    assert isinstance(found, Refusal)
    assert found.effective < 500
