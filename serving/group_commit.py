"""Group commit: many requests' events in one transaction, each request answered only once it is durable.

While one transaction is under way, what arrives waits and goes with the next: under load a commit's cost (the disk's
flush) is shared, and without load nobody waits for company. A killed process loses what it had not acknowledged;
clients send that again.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ops.errors import StoreError
from resources.viewer_events import Recorded, ViewerEvent
from serving.metrics import Metrics

__all__ = ["GroupCommit"]

_MOST = 4_000  # events of one transaction: 0.1 s here
_QUEUED = 40_000  # events that may wait; beyond, clients are told to come back


@dataclass
class _Batch:
    events: Sequence[ViewerEvent]
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[Recorded] = field(init=False)

    def __post_init__(self) -> None:
        self.done = self.loop.create_future()

    def resolve(self, result: Recorded | BaseException) -> None:
        def tell() -> None:
            if self.done.cancelled():
                return
            if isinstance(result, BaseException):
                self.done.set_exception(result)
            else:
                self.done.set_result(result)

        self.loop.call_soon_threadsafe(tell)


class GroupCommit:
    """One thread that writes what many requests hand in.

    Args:
        record: Stores events in one transaction; returns once that is committed.
        metrics: Where to count.
    """

    def __init__(self, record: Callable[[Sequence[ViewerEvent]], Recorded], metrics: Metrics) -> None:
        self._record = record
        self._metrics = metrics
        self._waiting: deque[_Batch] = deque()
        self._queued = 0
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="group-commit", daemon=True)
        self._thread.start()

    async def submit(self, events: Sequence[ViewerEvent]) -> Recorded:
        """Store events; returns once they are committed.

        Raises:
            StoreError: Too much is waiting already, or the database refuses.
        """
        batch = _Batch(events, asyncio.get_running_loop())
        with self._changed:
            if self._closed or self._queued + len(events) > _QUEUED:
                raise StoreError("cannot take more events now", where="serving", fix="Send them again in a second.")
            self._waiting.append(batch)
            self._queued += len(events)
            self._changed.notify()
        return await batch.done

    def close(self) -> None:
        """Write what waits, and end."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting and not self._closed:
                    self._changed.wait()
                if not self._waiting:
                    return
                group = self._take()
            self._write(group)

    def _take(self) -> list[_Batch]:
        group: list[_Batch] = []
        size = 0
        while self._waiting and (not group or size + len(self._waiting[0].events) <= _MOST):
            batch = self._waiting.popleft()
            size += len(batch.events)
            group.append(batch)
        self._queued -= size
        return group

    def _write(self, group: Sequence[_Batch]) -> None:
        began = time.perf_counter()
        try:
            recorded = self._record([event for batch in group for event in batch.events])
        except Exception as error:  # noqa: BLE001  whatever it is, it is the waiting requests' to tell
            if len(group) == 1:
                group[0].resolve(error)
            else:  # one request's events must not fail the others'
                for batch in group:
                    self._write([batch])
            return
        self._metrics.commits.observe(time.perf_counter() - began)
        self._metrics.grouped.observe(sum(len(batch.events) for batch in group))
        unclaimed = set(recorded.stored)  # an event that two requests sent at once is stored by the first
        for batch in group:
            own = frozenset(event.id for event in batch.events) & unclaimed
            unclaimed -= own
            batch.resolve(Recorded(own, recorded.unknown_titles))
