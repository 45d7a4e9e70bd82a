"""Which live looks are watched so much that they are worth making for good."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

__all__ = ["Popularity"]

_MOST = 5000


class Popularity:
    """Counts the streams of each title in each look over a window. Safe to share between threads.

    Args:
        streams: So many different ones make a look popular.
        window_s: Within so long.
        clock: Seconds, for tests.
    """

    def __init__(self, streams: int, window_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._streams, self._window_s, self._clock = streams, window_s, clock
        self._guard = threading.Lock()
        self._seen: OrderedDict[tuple[str, str], dict[str, float]] = OrderedDict()
        self._told: set[tuple[str, str]] = set()

    def watched(self, title: str, look: str, stream: str) -> bool:
        """Note that a stream took a segment; true once, when the look has become popular."""
        now, key = self._clock(), (title, look)
        with self._guard:
            seen = self._seen.setdefault(key, {})
            self._seen.move_to_end(key)
            seen[stream] = now
            for old in [each for each, at in seen.items() if at < now - self._window_s]:
                del seen[old]
            if len(self._seen) > _MOST:
                self._told.discard(self._seen.popitem(last=False)[0])
            if len(seen) < self._streams or key in self._told:
                return False
            self._told.add(key)
            return True

    def forget(self, title: str, look: str) -> None:
        """Ask again: what it was told of could not be ordered."""
        with self._guard:
            self._told.discard((title, look))
