"""What live delivery makes its things with: workers that are waited for in threads, one making of a thing, a cache."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

from serving.live.pool import Demand, Workers
from serving.live.segment_cache import SegmentCache
from serving.live.wire import Answer

__all__ = ["Workroom"]

_THREADS = 16
"""For each of two: what waits for workers, minutes long, must not hold up what reads a segment that is kept."""

_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class Workroom:
    """Has things made, each once, whoever asks how often. For one event loop.

    Args:
        workers: Who makes them.
        cache: Where they are kept.
    """

    def __init__(self, workers: Workers, cache: SegmentCache) -> None:
        self.workers = workers
        self.cache = cache
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="live")
        self._asking = ThreadPoolExecutor(_THREADS, thread_name_prefix="live-asks")
        self._flying: dict[str, asyncio.Task[Any]] = {}
        self._waiting = 0

    @property
    def busy(self) -> bool:
        """Whether anything waits for a worker."""
        return self._waiting > 0

    async def ask(self, demand: Demand) -> Answer:
        """As `Workers.ask`, while the loop goes on.

        Raises:
            Busy: No worker has room.
            ShowrunnerError: It cannot be made, or every worker dies over it.
        """
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._asking, self.workers.ask, demand)
        finally:
            self._waiting -= 1

    async def run(self, work: Callable[..., _T], *args: Any) -> _T:
        """What work gives that waits a moment: for a disk, a database."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(work, *args))

    async def once(self, name: str, make: Callable[[], Coroutine[Any, Any, _T]]) -> _T:
        """Who asks for what is being made waits for that; who leaves stops nobody."""
        task = self._flying.get(name)
        if task is None:
            task = self._flying[name] = asyncio.create_task(make())
            task.add_done_callback(lambda _: self._flying.pop(name, None))
            task.add_done_callback(_unheard)
        waited: Awaitable[_T] = asyncio.shield(task)
        return await waited

    def begin(self, making: Coroutine[Any, Any, object]) -> None:
        """Begin what may be asked for in a moment."""
        asyncio.create_task(making).add_done_callback(_unheard)

    async def close(self) -> None:
        """Let everything go."""
        for task in list(self._flying.values()):
            task.cancel()
        await asyncio.gather(*self._flying.values(), return_exceptions=True)
        await asyncio.to_thread(self.workers.close)
        for threads in (self._asking, self._threads):
            threads.shutdown(wait=False, cancel_futures=True)


def _unheard(task: asyncio.Task[Any]) -> None:
    """What was made ahead may fail: whoever asks for it is told then."""
    if not task.cancelled() and task.exception() is not None:
        _log.debug("made ahead in vain: %s", task.exception())
