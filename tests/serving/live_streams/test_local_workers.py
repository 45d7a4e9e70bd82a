"""The pool of one machine when workers die: who is blamed, for how long, and what goes on meanwhile."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from ops.errors import MediaError
from resources.settings import load_settings
from serving.live import local_worker, local_workers
from serving.live.local_worker import LocalWorker
from serving.live.local_workers import LocalWorkers
from serving.live.pool import Demand
from serving.live.wire import Answer, Busy, Unreachable

MADE = Answer(b"made", {})


class House:
    """What stands for the processes: each makes one task after another, and dies where the script says so."""

    def __init__(self) -> None:
        self.work: Callable[[Process, dict[str, Any]], None] = lambda *_: None
        self.comes_up = True
        self.running: list[Process] = []
        self.began: list[float] = []

    def start(self, command: list[str], **_: object) -> Process:
        process = Process(Path(command[command.index("--socket") + 1]))
        self.began.append(time.monotonic())
        if self.comes_up:
            process.socket.touch()
            self.running.append(process)
        else:
            process.kill()
        return process


class Process:
    pid = 1

    def __init__(self, socket: Path) -> None:
        self.socket, self.returncode = socket, None
        self.turn, self.asked = threading.Lock(), threading.Semaphore(0)

    def poll(self) -> int | None:
        return self.returncode

    def kill(self) -> None:
        self.returncode = -9

    terminate = kill

    def wait(self, _: float) -> int:
        return -9


class Endpoint:
    house: House

    def __init__(self, address: str) -> None:
        self.address = address

    def ask(self, method: str, path: str, body: Any = None, *, timeout_s: float) -> Answer:
        process = next(each for each in self.house.running if self.address == f"unix:{each.socket}")
        if path == "/health":
            return Answer(b'{"stuck_s": 0}', {})
        process.asked.release()
        with process.turn:
            if process.returncode is None:
                self.house.work(process, body)
        if process.returncode is not None:
            raise Unreachable("it broke off")
        return MADE


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    house = Endpoint.house = House()
    monkeypatch.setattr(local_worker.subprocess, "Popen", house.start)
    monkeypatch.setattr(local_worker, "Endpoint", Endpoint)
    return house


@pytest.fixture
def pool(house: House, tmp_path: Path) -> Iterator[LocalWorkers]:
    pool = LocalWorkers(load_settings(tmp_path, database_url=None), most=1)
    yield pool
    pool.close()


def segment(stream: str, number: int = 0, path: str = "/segments") -> Demand:
    return Demand(path, {"number": number}, stream=stream)


def die_over(*numbers: int) -> Callable[[Process, dict[str, Any]], None]:
    return lambda process, body: process.kill() if body["number"] in numbers else None


def test_only_what_a_worker_was_at_is_blamed_for_its_death(house: House, pool: LocalWorkers) -> None:
    waits = threading.Event()

    def work(process: Process, body: dict[str, Any]) -> None:
        if body["number"] == 666:
            waits.wait(5)
            process.kill()

    house.work = work
    with ThreadPoolExecutor(4) as threads:
        evil = threads.submit(pool.ask, segment("crashes decoders", 666))
        while not house.running:
            time.sleep(0.001)
        house.running[0].asked.acquire(timeout=5)
        innocent = [threads.submit(pool.ask, segment("innocent", number)) for number in range(3)]
        for _ in innocent:
            house.running[0].asked.acquire(timeout=5)
        waits.set()

        for each in innocent:  # refused for a moment at most, and never as if it were to blame
            assert each.exception(20) is None or isinstance(each.exception(), Busy)
        # it may have met workers that others had seen die: then it comes back, as below
        with suppress(Busy), pytest.raises(MediaError, match="workers die over it"):
            evil.result(20)

    assert [pool.ask(segment("innocent", number)) for number in range(3)] == [MADE] * 3
    with pytest.raises(MediaError):
        pool.ask(segment("crashes decoders", 666))
    assert pool.ask(segment("crashes decoders", 667)) == MADE


def test_deaths_are_forgotten_by_success_and_by_time(
    house: House, pool: LocalWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed = []

    def kill_once(process: Process, body: dict[str, Any]) -> None:
        if len(killed) < body["number"]:
            killed.append(process)
            process.kill()

    house.work = kill_once
    for deaths in (1, 2, 3, 4):  # a worker dies each time, and the same segment is made by the next one
        assert pool.ask(segment("s", deaths)) == MADE
    for _ in range(5):
        killed.clear()
        assert pool.ask(segment("same", 1)) == MADE

    house.work = die_over(7)
    with pytest.raises(MediaError):
        pool.ask(segment("s", 7))
    house.work = die_over()
    with pytest.raises(MediaError):
        pool.ask(segment("s", 7))
    monkeypatch.setattr(local_workers, "_REFUSED_S", 0.0)
    assert pool.ask(segment("s", 7)) == MADE


def test_who_has_a_worker_does_not_wait_because_another_died(house: House, tmp_path: Path) -> None:
    pool = LocalWorkers(load_settings(tmp_path, database_url=None), most=3)
    go = threading.Event()

    def work(process: Process, body: dict[str, Any]) -> None:
        if body["number"] == 1:
            go.wait(5)
        die_over(2)(process, body)

    house.work = work
    try:
        with ThreadPoolExecutor(2) as threads:
            slow = threads.submit(pool.ask, segment("a", 1))
            while not house.running:
                time.sleep(0.001)
            house.running[0].asked.acquire(timeout=5)
            with pytest.raises(MediaError):
                pool.ask(segment("b", 2))
            assert len(house.began) == 4, "what kills workers is given one of its own"

            other = threads.submit(pool.ask, segment("c", 3))  # no worker may be started yet: one lives
            assert house.running[0].asked.acquire(timeout=5)
            go.set()

            assert (slow.result(5), other.result(5)) == (MADE, MADE)
        assert len(house.began) == 4
    finally:
        go.set()
        pool.close()


def test_workers_that_do_not_come_up_are_no_streams_fault(house: House, pool: LocalWorkers) -> None:
    house.comes_up = False
    with pytest.raises(Busy):
        pool.ask(segment("s"))

    house.comes_up = True
    assert pool.ask(segment("s")) == MADE


def test_one_film_that_kills_workers_does_not_speak_for_another(house: House, pool: LocalWorkers) -> None:
    house.work = lambda process, body: process.kill() if body["number"] == "evil" else None
    with pytest.raises(MediaError):
        pool.ask(Demand("/film", {"number": "evil"}, stream="evil film"))

    assert pool.ask(Demand("/film", {"number": "good"}, stream="good film")) == MADE


@pytest.mark.parametrize("content", [b"not JSON", b"[]", b"{}", b'{"stuck_s": null}'])
def test_a_worker_whose_health_makes_no_sense_is_given_three_looks(tmp_path: Path, content: bytes) -> None:
    class Confused:
        def ask(self, *_: object, **__: object) -> Answer:
            return Answer(content, {})

    (tmp_path / "1.sock").touch()
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    worker = LocalWorker(1, frozenset(), process, Confused(), tmp_path / "1.sock")  # type: ignore[arg-type]

    looks = [worker.trouble(stuck_s=20.0) for _ in range(3)]
    worker.end()

    assert looks[:2] == ["", ""] and looks[2].startswith("it does not answer")
    assert worker.trouble(stuck_s=20.0).startswith("it ended by itself")


def test_a_pool_that_is_closed_starts_nothing_more(house: House, pool: LocalWorkers) -> None:
    pool.close()
    with pytest.raises(Busy, match="closing"):
        pool.ask(segment("s"))
    assert not house.began
