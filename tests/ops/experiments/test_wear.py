"""A picture that stood for long."""

from __future__ import annotations

import numpy as np
import pytest

from ops.errors import UsageError
from ops.experiments.model import ArmCounts
from ops.experiments.wear import wear


def stood(rates: list[float], shown: int = 3_000) -> list[ArmCounts]:
    return [ArmCounts("a", shown, round(shown * rate)) for rate in rates]


def test_a_picture_that_lost_a_third_of_its_clicks_is_worn():
    found = wear(stood([0.03] * 7 + [0.025] * 7 + [0.02] * 7))
    assert found is not None and found.worn
    assert found.change == pytest.approx(-1 / 3, abs=0.01)


def test_a_small_loss_is_left_alone_however_certain():
    found = wear(stood([0.03] * 7 + [0.027] * 7, shown=1_000_000))
    assert found is not None and not found.worn
    assert found.p < 1e-6


def test_a_steady_picture_is_not_called_worn_in_sixty_daily_looks():
    clicks = np.random.default_rng(8).binomial(1_500, 0.015, (300, 60))
    called = [
        any((found := wear(days[:upto])) is not None and found.worn for upto in range(14, 61))
        for days in ([ArmCounts("a", 1_500, int(n)) for n in row] for row in clicks)
    ]
    assert sum(called) <= 3


def test_a_fortnight_is_waited_for_and_silence_tells_nothing():
    assert wear(stood([0.03] * 13)) is None
    assert wear([ArmCounts("a", 0, 0)] * 14) is None


@pytest.mark.parametrize("window", [0, -1])
def test_an_empty_window_is_refused(window: int):
    with pytest.raises(UsageError, match="window"):
        wear(stood([0.03] * 14), window=window)


def test_days_of_several_pictures_are_refused():
    with pytest.raises(UsageError, match="several"):
        wear([ArmCounts("a", 10, 1), ArmCounts("b", 10, 1)] * 7)
