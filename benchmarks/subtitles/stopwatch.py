"""Where the time of a run goes: parts of the product are wrapped while it is looked at, and told apart."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

__all__ = ["Stopwatch"]


class Stopwatch:
    """Seconds by part; what a part spends within another counts for the inner one alone.

    Args:
        clock: Of the wall, or of the processor, which other work on the machine moves less.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.spent: dict[str, float] = {}
        self._clock = clock
        self._running: list[tuple[str, float]] = []

    @contextmanager
    def watching(self, parts: Mapping[str, tuple[str, ...]]) -> Iterator[Stopwatch]:
        """Wrap functions and methods, each named as "module:attribute", by the part that they are of."""
        with ExitStack() as stack:
            for part, names in parts.items():
                for name in names:
                    module, _, attribute = name.partition(":")
                    *path, last = attribute.split(".")
                    owner: Any = importlib.import_module(module)
                    for each in path:
                        owner = getattr(owner, each)
                    stack.enter_context(patch.object(owner, last, self._wrapped(part, getattr(owner, last))))
            yield self

    def _wrapped(self, part: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*given: Any, **named: Any) -> Any:
            with self.part(part):
                found = work(*given, **named)
            return self._each(part, found) if hasattr(found, "__next__") else found

        return timed

    def _each(self, part: str, found: Iterator[Any]) -> Iterator[Any]:
        """Of a generator, the time within it and not that of who takes from it."""
        while True:
            with self.part(part):
                try:
                    value = next(found)
                except StopIteration:
                    return
            yield value

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Count what happens within for a part."""
        now = self._clock()
        if self._running:
            self._add(now)
        self._running.append((name, now))
        try:
            yield
        finally:
            now = self._clock()
            self._add(now)
            self._running.pop()
            if self._running:
                self._running[-1] = (self._running[-1][0], now)

    def _add(self, now: float) -> None:
        name, since = self._running[-1]
        self.spent[name] = self.spent.get(name, 0.0) + now - since
