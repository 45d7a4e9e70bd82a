"""What a worker takes on: as much as it can do in time and in memory, and what it cannot it says at once."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil

from serving.live.quality import STEPS

__all__ = ["Guard", "Load", "Overloaded", "Task"]

_RECENT_S = 10.0
"""Over which the busy share and the frame rate are told: what an autoscaler should follow."""

_LEARNS = 0.4
_UNKNOWN_S = 0.5
"""What a first segment is expected to take of its own length."""


class Overloaded(Exception):
    """There is no room for it now.

    Args:
        why: For the log of whoever asked.
        retry_after_s: When there may be.
    """

    def __init__(self, why: str, retry_after_s: float) -> None:
        super().__init__(why)
        self.retry_after_s = retry_after_s


@dataclass(frozen=True)
class Task:
    """Something to do.

    Attributes:
        kind: Tasks of one kind take as long for each second of film.
        length_s: Seconds of film.
        step: Quality that is wanted; the guard may lower it.
        deadline_s: When nobody waits for it any more, from now.
    """

    kind: str
    length_s: float
    step: int
    deadline_s: float


@dataclass(frozen=True)
class Load:
    """How busy a worker is.

    Attributes:
        queue: Tasks that wait or are at work.
        queue_s: Seconds of work in them.
        busy: Share of the last seconds in which it worked.
        frames_per_s: Pictures finished a second, over the same time.
    """

    queue: int
    queue_s: float
    busy: float
    frames_per_s: float


class Guard:
    """Admits tasks one at a time, in the order of their coming. Safe to share between threads.

    Args:
        most_waiting: Tasks that may wait behind the one at work.
        memory_bytes: Resident memory beyond which nothing is begun.
        release: Lets go of what is only kept for later; called when memory is short and nothing is at work.
        clock: Seconds, for tests.
        memory: Resident memory now, for tests.
    """

    def __init__(
        self,
        *,
        most_waiting: int,
        memory_bytes: int,
        release: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        memory: Callable[[], int] = lambda: psutil.Process().memory_info().rss,
    ) -> None:
        self._most, self._memory_bytes, self._release = most_waiting, memory_bytes, release
        self._clock, self._memory = clock, memory
        self._at_work = threading.Lock()
        self._lock = threading.Lock()
        self._expected: list[float] = []
        self._costs: dict[tuple[str, int], float] = {}
        self._past: deque[tuple[float, float, int]] = deque()
        self._beat: float | None = None
        self._began: float | None = None

    @contextmanager
    def admitted(self, task: Task) -> Iterator[int]:
        """The step at which a task is to be done, once it is its turn.

        Raises:
            Overloaded: The queue is full, memory is short, or no step would be in time.
        """
        until = self._clock() + task.deadline_s
        step, expected = self._admit(task)
        try:
            if not self._at_work.acquire(timeout=task.deadline_s):
                raise Overloaded("it waited until nobody waited for it", 1.0)
            try:
                if self._clock() > until:
                    raise Overloaded("its turn came when nobody waited for it any more", 1.0)
                yield self._timed(task, step)
            finally:
                self._done(task, step)
                self._at_work.release()
        finally:
            with self._lock:
                self._expected.remove(expected)

    def beat(self, frames: int = 1) -> None:
        """It gets on: called with every frame."""
        now = self._clock()
        with self._lock:
            self._beat = now
            self._remember(now, frames=frames)

    @property
    def stuck_s(self) -> float:
        """Seconds since the task at work last got on; 0 while nothing is at work."""
        with self._lock:
            if self._began is None:
                return 0.0
            return self._clock() - max(self._began, self._beat or 0.0)

    @property
    def last_frame_s(self) -> float | None:
        """Seconds since the last frame; None before the first."""
        with self._lock:
            return None if self._beat is None else self._clock() - self._beat

    @property
    def load(self) -> Load:
        """How busy it is."""
        now = self._clock()
        with self._lock:
            self._forget(now)
            busy = sum(min(took, _RECENT_S) for _, took, _ in self._past)
            busy += min(_RECENT_S, now - self._began) if self._began is not None else 0.0
            frames = sum(count for _, _, count in self._past)
            return Load(len(self._expected), sum(self._expected), min(1.0, busy / _RECENT_S), frames / _RECENT_S)

    def _admit(self, task: Task) -> tuple[int, float]:
        self._make_room()
        with self._lock:
            waiting = sum(self._expected)
            if len(self._expected) > self._most:
                raise Overloaded(f"{len(self._expected)} tasks wait already", max(1.0, waiting / 2))
            for step in range(task.step, len(STEPS)):
                expected = self._cost(task.kind, step) * task.length_s
                if waiting + expected <= task.deadline_s:
                    self._expected.append(expected)
                    return step, expected
            raise Overloaded(f"{waiting:.1f} s of work wait already", max(1.0, waiting))

    def _make_room(self) -> None:
        """What is kept for later may be in use by the task at work: it is let go of between two tasks alone."""
        if self._memory() <= self._memory_bytes:
            return
        if self._at_work.acquire(blocking=False):
            try:
                self._release()
            finally:
                self._at_work.release()
        if self._memory() > self._memory_bytes:
            raise Overloaded("its memory is full", 2.0)

    def _cost(self, kind: str, step: int) -> float:
        """Seconds a second of film: as measured, else by what another step took."""
        known = {other: cost for (each, other), cost in self._costs.items() if each == kind}
        if step in known:
            return known[step]
        if not known:
            return _UNKNOWN_S * STEPS[step].share
        nearest = min(known, key=lambda other: abs(other - step))
        return known[nearest] * STEPS[step].share / STEPS[nearest].share

    def _remember(self, now: float, *, took: float = 0.0, frames: int = 0) -> None:
        self._forget(now)
        self._past.append((now, took, frames))

    def _forget(self, now: float) -> None:
        """Of what is longer ago than the load tells; nobody may ever ask for the load."""
        while self._past and self._past[0][0] <= now - _RECENT_S:
            self._past.popleft()

    def _timed(self, task: Task, step: int) -> int:
        with self._lock:
            self._began = self._clock()
        return step

    def _done(self, task: Task, step: int) -> None:
        now = self._clock()
        with self._lock:
            if self._began is None:
                return
            took, self._began = now - self._began, None
            self._remember(now, took=took)
            cost, key = took / max(task.length_s, 0.1), (task.kind, step)
            before = self._costs.get(key)
            self._costs[key] = cost if before is None else (1 - _LEARNS) * before + _LEARNS * cost
            if len(self._costs) > 1000:
                self._costs.pop(next(iter(self._costs)))
