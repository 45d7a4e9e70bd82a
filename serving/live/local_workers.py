"""The pool of this machine: workers are started when somebody asks, kept warm, watched, replaced, and let go.

Each listens on a Unix socket in a folder that only its user may enter. A worker that dies takes its tasks with it and
no others; they go to another. A task over which three workers died is refused for a while: a film that crashes a
decoder must not take the pool away from everybody.
"""

from __future__ import annotations

import logging
import subprocess
import tempfile
import threading
import time
from collections import OrderedDict
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ops.errors import MediaError
from ops.style.model import Family
from serving.live.local_worker import LocalWorker, start_worker
from serving.live.pool import Demand
from serving.live.wire import Answer, Busy, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resources.settings import Settings

__all__ = ["LocalWorkers"]

_LIGHT = frozenset({Family.GRADE, Family.OVERLAY, Family.CAMERA, Family.FILTER})
_KINDS = (_LIGHT, frozenset(Family))
"""Networks bring PyTorch into a process, 600 MB and 4 s of starting: workers without them stay light."""

_LOOK_S = 1.0
_STUCK_S = 18.0
"""Less than after which a worker says itself that it hangs: its reason is then told, and it goes at the first look."""

_IDLE_S = 120.0
_LONGEST_WAIT_S = 30.0
_PATIENCE_S = 3.0
"""A task waits so long for the next worker to be started; beyond that it is told to come back."""

_DEATHS = 3
_REFUSED_S = 60.0

_log = logging.getLogger(__name__)


class LocalWorkers:
    """The pool of this machine; `serving.live.pool.Workers` tells what its calls promise.

    Args:
        settings: Tell where films and styles are.
        most: Processes at once.
        threads: Of each one's libraries.
        idle_s: A worker that nobody asked for so long goes; the last one stays.
        stuck_s: A worker whose task brings no frame for so long is killed.
    """

    def __init__(
        self, settings: Settings, *, most: int, threads: int = 2, idle_s: float = _IDLE_S, stuck_s: float = _STUCK_S
    ) -> None:
        self._settings, self._most, self._threads = settings, most, threads
        self._idle_s, self._stuck_s = idle_s, stuck_s
        self._folder = tempfile.TemporaryDirectory(prefix="live-")
        self._lock = threading.RLock()
        self._workers: list[LocalWorker] = []
        self._streams: OrderedDict[str, LocalWorker] = OrderedDict()
        self._deaths: dict[str, tuple[int, float]] = {}
        self._started = 0
        self._failures, self._not_before = 0, 0.0
        self._over = threading.Event()
        threading.Thread(target=self._watch, daemon=True, name="live-workers").start()

    def ask(self, demand: Demand) -> Answer:
        """As `Workers.ask`."""
        task = _task(demand)
        for _ in range(_DEATHS):
            self._refuse_deadly(task, demand)
            with self._chosen(demand) as worker:
                try:
                    worker.wait_until_up(self._over)
                    worker.asked.append(task)
                    answer = worker.endpoint.ask("POST", demand.path, demand.body, timeout_s=demand.timeout_s)
                    with self._lock:
                        self._failures = 0
                        self._deaths.pop(task, None)
                    return answer
                except Unreachable as error:
                    _log.warning("worker %d is lost: %s", worker.number, error)
                    self._bury(worker)
        self._refuse_deadly(task, demand)
        raise Busy("workers died before its turn came", _PATIENCE_S)

    def covers(self, families: frozenset[Family]) -> bool:
        """As `Workers.covers`: one process makes every kind."""
        return True

    def address(self, family: Family) -> str | None:
        """As `Workers.address`."""
        return None

    def state(self) -> list[dict[str, Any]]:
        """As `Workers.state`."""
        with self._lock:
            return [
                {
                    "address": each.endpoint.address,
                    "process": each.process.pid,
                    "families": sorted(each.families),
                    "tasks": len(each.tasks),
                }
                for each in self._workers
            ]

    def close(self) -> None:
        """As `Workers.close`."""
        self._over.set()
        with self._lock:
            for each in self._workers:
                each.process.terminate()
            for each in self._workers:
                with suppress(subprocess.TimeoutExpired):
                    each.process.wait(3)
                each.process.kill()
            self._workers.clear()
        self._folder.cleanup()

    @contextmanager
    def _chosen(self, demand: Demand) -> Iterator[LocalWorker]:
        task = _task(demand)
        with self._found(demand) as worker:
            worker.tasks.append(task)
            worker.used_at = time.monotonic()
            self._streams[demand.stream] = worker
            self._streams.move_to_end(demand.stream)
            if len(self._streams) > 1000:
                self._streams.popitem(last=False)
        try:
            yield worker
        finally:
            with self._lock:
                worker.tasks.remove(task)
                with suppress(ValueError):  # it never came up
                    worker.asked.remove(task)
                worker.used_at = time.monotonic()

    @contextmanager
    def _found(self, demand: Demand) -> Iterator[LocalWorker]:
        """A worker for it, and the lock; who finds none alive waits a little until one may be started."""
        until = time.monotonic() + _PATIENCE_S
        while True:
            with self._lock:
                if self._over.is_set():
                    raise Busy("live delivery is closing", _PATIENCE_S)
                for each in [each for each in self._workers if not each.alive]:
                    self._bury(each)
                worker, wait_s = self._fitting(demand), self._not_before - time.monotonic()
                if worker is not None or wait_s <= 0:
                    yield worker or self._start(demand)
                    return
            if time.monotonic() + wait_s > until:
                raise Busy("workers die as they start", wait_s)
            time.sleep(wait_s)

    def _fitting(self, demand: Demand) -> LocalWorker | None:
        """The worker that the stream had, unless it is busy and another is free; None where one is to be started.

        What a worker died over is put behind others' tasks only where there is no room for one more.
        """
        deadly = self._deaths_of(_task(demand)) > 0
        able = [each for each in self._workers if demand.families <= each.families]
        free = [each for each in able if not each.tasks]
        own = self._streams.get(demand.stream)
        if own in able and (own in free or not (free or deadly)):
            return own
        if free:
            return min(free, key=lambda each: len(each.families))
        room = len(self._workers) < self._most and (deadly or time.monotonic() >= self._not_before)
        if room or not able:
            return None
        return min(able, key=lambda each: len(each.tasks))

    def _start(self, demand: Demand) -> LocalWorker:
        if len(self._workers) >= self._most:
            idle = [each for each in self._workers if not each.tasks]
            if not idle:
                raise Busy("no worker of this kind is free", 2.0)
            self._end(min(idle, key=lambda each: each.used_at))
        families = next(kind for kind in _KINDS if demand.families <= kind)
        self._started += 1
        worker = start_worker(
            self._started, families, folder=Path(self._folder.name), settings=self._settings, threads=self._threads
        )
        self._workers.append(worker)
        return worker

    def _bury(self, worker: LocalWorker) -> None:
        """Let a worker go that died or hangs; what it was at is counted, once, whoever comes first."""
        with self._lock:
            if worker not in self._workers:
                return
            now = time.monotonic()
            for task in worker.at_work:
                self._deaths[task] = self._deaths_of(task) + 1, now
            self._deaths = {task: told for task, told in self._deaths.items() if now - told[1] < _REFUSED_S}
            self._end(worker)
            self._failures += 1
            self._not_before = now + min(_LONGEST_WAIT_S, 0.1 * 2 ** min(self._failures - 1, 12))

    def _deaths_of(self, task: str) -> int:
        """Workers that died over it lately, one after another."""
        count, at = self._deaths.get(task, (0, 0.0))
        return count if time.monotonic() - at < _REFUSED_S else 0

    def _refuse_deadly(self, task: str, demand: Demand) -> None:
        if self._deaths_of(task) >= _DEATHS:
            raise MediaError(
                "workers die over it",
                where=demand.stream or demand.path,
                fix="Deliver the film anew, or take another look.",
            )

    def _end(self, worker: LocalWorker) -> None:
        self._workers.remove(worker)
        worker.end()
        for stream in [stream for stream, each in self._streams.items() if each is worker]:
            del self._streams[stream]

    def _watch(self) -> None:
        while not self._over.wait(_LOOK_S):
            for worker in list(self._workers):
                why = worker.trouble(self._stuck_s)
                if why:
                    _log.warning("worker %d is replaced: %s", worker.number, why)
                    worker.process.kill()  # whoever waits for it learns at once, and asks another
                    self._bury(worker)
            self._let_go()

    def _let_go(self) -> None:
        with self._lock:
            old = time.monotonic() - self._idle_s
            for worker in [each for each in self._workers if not each.tasks and each.used_at < old]:
                if len(self._workers) > 1:
                    self._end(worker)


def _task(demand: Demand) -> str:
    """What is counted as one: a segment of a stream, its sound, a film."""
    return f"{demand.path} {demand.stream} {demand.body.get('number', '')}"
