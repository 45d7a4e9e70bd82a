"""An answer that many ask for at once, made once and shared for a few seconds."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["SharedAnswers"]

_MOST = 256
_V = TypeVar("_V")


class SharedAnswers(Generic[_V]):
    """The last answer to each question. Safe to share between threads.

    Args:
        keep_s: How old an answer may be.
        clock: Seconds, for tests.
    """

    def __init__(self, keep_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._keep_s = keep_s
        self._clock = clock
        self._guard = threading.Lock()
        self._made: OrderedDict[str, _Slot[_V]] = OrderedDict()

    def of(self, question: str, make: Callable[[], _V]) -> _V:
        """The answer to a question; who asks while another makes it waits for that one."""
        with self._guard:
            slot = self._made.setdefault(question, _Slot())
            self._made.move_to_end(question)
            if len(self._made) > _MOST:
                self._made.popitem(last=False)
        with slot.guard:
            if slot.answer is None or self._clock() - slot.answer[0] > self._keep_s:
                slot.answer = (self._clock(), make())
            return slot.answer[1]


class _Slot(Generic[_V]):
    def __init__(self) -> None:
        self.guard = threading.Lock()
        self.answer: tuple[float, _V] | None = None
