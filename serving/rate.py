"""How often one caller may ask: a token bucket each, in this process's memory."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

__all__ = ["Rates"]

_BURST_S = 2.0  # a caller who was quiet may ask for two seconds' worth at once
_MOST = 50_000  # callers remembered; the longest quiet are forgotten, and start with a full bucket again


class Rates:
    """Token buckets by caller."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, caller: str, per_s: float, cost: float = 1.0) -> float:
        """Take `cost` from the caller's bucket; 0 where there was enough, else seconds until there would be.

        A cost over the bucket's size is let through by a full bucket, and paid off after.
        """
        now = self._clock()
        size = max(per_s * _BURST_S, 1.0)
        level, at = self._buckets.pop(caller, (size, now))
        level = min(size, level + (now - at) * per_s)
        needed = min(cost, size)
        wait = 0.0 if level >= needed else (needed - level) / per_s
        self._buckets[caller] = (level if wait else level - cost, now)
        if len(self._buckets) > _MOST:
            self._buckets.popitem(last=False)
        return wait
