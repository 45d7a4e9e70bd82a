"""How long work will take still, from the shares of it that were done so far."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

__all__ = ["Eta"]

_SURE_FROM = 0.03
"""Share done below which a guess would be worth nothing."""

_MEMORY_S = 8.0
"""How quickly the pace of the past is forgotten."""


class Eta:
    """Turns fractions into seconds left, steadily: the pace is that of the last seconds, smoothed.

    Args:
        clock: Seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._began = self._last = clock()
        self._fraction, self._pace = 0.0, 0.0

    def seconds_left(self, fraction: float) -> float | None:
        """Take in how much is done, 0 to 1; return the seconds left, None while nobody can tell."""
        now = self._clock()
        passed, done = now - self._last, fraction - self._fraction
        if passed > 0:
            weight = passed / (passed + _MEMORY_S)
            overall = fraction / (now - self._began) if now > self._began else 0.0
            recent = done / passed
            self._pace = overall if not self._pace else (1 - weight) * self._pace + weight * recent
            self._last, self._fraction = now, max(self._fraction, fraction)
        if fraction >= 1.0:
            return 0.0
        if fraction < _SURE_FROM or self._pace <= 0:
            return None
        return (1.0 - fraction) / self._pace
