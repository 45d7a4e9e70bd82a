"""Workers as processes of this machine: started when somebody asks, kept warm, watched, replaced, and let go.

Each listens on a Unix socket in a folder that only its user may enter. A worker that dies takes its tasks with it and
no others; they go to another. A task over which two workers died is refused for a while: a film that crashes a decoder
must not take the pool away from everybody.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ops.errors import MediaError
from ops.style.model import Family
from serving.live.pool import Demand
from serving.live.wire import Answer, Busy, Endpoint, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from resources.settings import Settings

__all__ = ["LocalWorkers"]

_LIGHT = frozenset({Family.GRADE, Family.OVERLAY, Family.CAMERA, Family.FILTER})
_KINDS = (_LIGHT, frozenset(Family))
"""Networks bring PyTorch into a process, 600 MB and 4 s of starting: workers without them stay light."""

_UP_S = 60.0
_LOOK_S = 1.0
_SICK = 3
"""Looks in a row that a worker may leave unanswered, each 3 s long: a loaded machine is slow and not dead."""

_STUCK_S = 20.0
_IDLE_S = 120.0
_LONGEST_WAIT_S = 30.0
_PATIENCE_S = 3.0
"""A task waits so long for the next worker to be started; beyond that it is told to come back."""

_DEATHS = 2
_REFUSED_S = 60.0
_log = logging.getLogger(__name__)


@dataclass(eq=False)
class _Worker:
    """One process."""

    number: int
    families: frozenset[Family]
    process: subprocess.Popen[bytes]
    endpoint: Endpoint
    socket: Path
    at_work: int = 0
    used_at: float = field(default_factory=time.monotonic)
    sick: int = 0

    @property
    def alive(self) -> bool:
        return self.process.poll() is None


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
        self._workers: list[_Worker] = []
        self._streams: OrderedDict[str, _Worker] = OrderedDict()
        self._deaths: OrderedDict[str, tuple[int, float]] = OrderedDict()
        self._started = 0
        self._failures, self._not_before = 0, 0.0
        self._over = threading.Event()
        threading.Thread(target=self._watch, daemon=True, name="live-workers").start()

    def ask(self, demand: Demand) -> Answer:
        """As `Workers.ask`."""
        task = f"{demand.path} {demand.stream}"
        for _ in range(_DEATHS + 1):
            self._refuse_deadly(task, demand)
            time.sleep(max(0.0, min(_PATIENCE_S, self._not_before - time.monotonic())))
            with self._chosen(demand) as worker:
                try:
                    self._until_up(worker)
                    answer = worker.endpoint.ask("POST", demand.path, demand.body, timeout_s=demand.timeout_s)
                    self._failures = 0
                    return answer
                except Unreachable as error:
                    _log.warning("worker %d is lost: %s", worker.number, error)
                    self._bury(worker, task)
        raise self._deadly(demand)

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
                    "tasks": each.at_work,
                }
                for each in self._workers
            ]

    def warm(self) -> None:
        """Have a light worker ready before anybody asks."""
        with self._chosen(Demand("/film", {})) as worker:
            self._until_up(worker)

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
    def _chosen(self, demand: Demand) -> Iterator[_Worker]:
        with self._lock:
            worker = self._fitting(demand) or self._start(demand)
            worker.at_work += 1
            worker.used_at = time.monotonic()
            self._streams[demand.stream] = worker
            self._streams.move_to_end(demand.stream)
            if len(self._streams) > 1000:
                self._streams.popitem(last=False)
        try:
            yield worker
        finally:
            with self._lock:
                worker.at_work -= 1
                worker.used_at = time.monotonic()

    def _fitting(self, demand: Demand) -> _Worker | None:
        """The worker that the stream had, unless it is busy and another is free; None where one is to be started."""
        able = [each for each in self._workers if each.alive and demand.families <= each.families]
        free = [each for each in able if not each.at_work]
        own = self._streams.get(demand.stream)
        if own in able and (own in free or not free):
            return own
        if free:
            return min(free, key=lambda each: len(each.families))
        if len(self._workers) < self._most or not able:
            return None
        return min(able, key=lambda each: each.at_work)

    def _start(self, demand: Demand) -> _Worker:
        if time.monotonic() < self._not_before:
            raise Busy("workers die as they start", self._not_before - time.monotonic())
        if len(self._workers) >= self._most:
            idle = [each for each in self._workers if not each.at_work]
            if not idle:
                raise Busy("no worker of this kind is free", 2.0)
            self._end(min(idle, key=lambda each: each.used_at))
        families = next(kind for kind in _KINDS if demand.families <= kind)
        self._started += 1
        socket = Path(self._folder.name) / f"{self._started}.sock"
        command = [
            sys.executable, "-m", "serving.live.worker", "--families", ",".join(sorted(families)),
            "--socket", str(socket), "--home", str(self._settings.home), "--threads", str(self._threads),
            "--parent", str(os.getpid()),
        ]  # fmt: skip
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        worker = _Worker(self._started, families, process, Endpoint(f"unix:{socket}"), socket)
        self._workers.append(worker)
        return worker

    def _until_up(self, worker: _Worker) -> None:
        deadline = time.monotonic() + _UP_S
        while not worker.socket.exists():
            if not worker.alive or time.monotonic() > deadline or self._over.is_set():
                raise Unreachable("it did not start")
            time.sleep(0.02)

    def _bury(self, worker: _Worker, task: str) -> None:
        with self._lock:
            if worker in self._workers:
                self._end(worker)
                self._failures += 1
                self._not_before = time.monotonic() + min(_LONGEST_WAIT_S, 0.1 * 2 ** min(self._failures - 1, 12))
            if task:
                count, _ = self._deaths.get(task, (0, 0.0))
                self._deaths[task] = count + 1, time.monotonic()
                self._deaths.move_to_end(task)
                if len(self._deaths) > 1000:
                    self._deaths.popitem(last=False)

    def _refuse_deadly(self, task: str, demand: Demand) -> None:
        count, at = self._deaths.get(task, (0, 0.0))
        if count > _DEATHS and time.monotonic() - at < _REFUSED_S:
            raise self._deadly(demand)

    @staticmethod
    def _deadly(demand: Demand) -> MediaError:
        return MediaError(
            "workers die over it",
            where=demand.stream or demand.path,
            fix="Deliver the film anew, or take another look.",
        )

    def _end(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.process.kill()
        with suppress(subprocess.TimeoutExpired):
            worker.process.wait(5)
        worker.socket.unlink(missing_ok=True)
        for stream in [stream for stream, each in self._streams.items() if each is worker]:
            del self._streams[stream]

    def _watch(self) -> None:
        while not self._over.wait(_LOOK_S):
            for worker in list(self._workers):
                why = self._trouble(worker)
                if why:
                    _log.warning("worker %d is replaced: %s", worker.number, why)
                    worker.process.kill()  # whoever waits for it learns at once, and asks another
                    self._bury(worker, "")
            self._let_go()

    def _trouble(self, worker: _Worker) -> str:
        if not worker.alive:
            return f"it ended by itself ({worker.process.returncode})"
        if not worker.socket.exists():
            return ""
        try:
            told: Mapping[str, Any] = worker.endpoint.ask("GET", "/health", timeout_s=3.0).json()
        except Exception as error:  # noqa: BLE001  (whatever it says, it is not well)
            worker.sick += 1
            return f"it does not answer ({error})" if worker.sick >= _SICK else ""
        worker.sick = 0
        if told["stuck_s"] > self._stuck_s:
            return f"its task brought no frame for {told['stuck_s']:.0f} s"
        return ""

    def _let_go(self) -> None:
        with self._lock:
            old = time.monotonic() - self._idle_s
            for worker in [each for each in self._workers if not each.at_work and each.used_at < old]:
                if len(self._workers) > 1:
                    self._end(worker)
