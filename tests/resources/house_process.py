"""A process of its own that uses a home's database, told what to do through a pipe."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Self

import psutil
import psycopg

import resources.migrations.upgrade  # noqa: F401 (before a user is switched that may not read the interpreter's files)
from resources.database import Database
from resources.settings import load_settings

# Forked from a clean process that has everything imported: a new interpreter would take a second each time.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload([__name__])


def become_nobody() -> None:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)


def adopt_orphans() -> None:
    """As a container's PID 1 does; this one never buries them."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def _live(pipe: Connection, home: Path, prepare: Callable[[], None] | None) -> None:
    if prepare is not None:
        prepare()
    database = Database.open(load_settings(home, database_url=None))
    pipe.send("open")
    while (statement := pipe.recv()) is not None:
        try:
            with database.connection() as connection:
                cursor = connection.execute(statement)
                answer = cursor.fetchall() if cursor.description else []
        except psycopg.OperationalError as error:
            answer = [(type(error).__name__,)]
        pipe.send(answer)
    database.close()


class HouseProcess:
    """Opens the database of `home` in a process of its own, after `prepare` there."""

    def __init__(self, home: Path, prepare: Callable[[], None] | None = None) -> None:
        self._pipe, end = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_live, args=(end, home, prepare), daemon=True)
        self._process.start()
        end.close()

    def wait_until_open(self) -> Self:
        assert self._pipe.recv() == "open"
        return self

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        self._pipe.send(statement)
        return self._pipe.recv()

    def leave(self) -> None:
        """Ends the process the clean way."""
        self._pipe.send(None)
        self._process.join(60)
        assert self._process.exitcode == 0

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        assert self._process.pid is not None
        os.kill(self._process.pid, how)
        self._process.join(60)


def postmasters(home: Path) -> list[int]:
    """The process ids of the servers whose data lies below this home; the dead that nobody buried do not count."""
    data = (home / "postgres" / "data").resolve()
    found = []
    for process in psutil.process_iter(["name", "status"]):
        if process.info["name"] != "postgres" or process.info["status"] == psutil.STATUS_ZOMBIE:
            continue
        try:
            if Path(process.cwd()) == data:
                found.append((process.pid, process.ppid()))
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    pids = {pid for pid, _ in found}
    return sorted(pid for pid, parent in found if parent not in pids)


def wait_for(condition: Callable[[], bool], limit_s: float = 60.0) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.005)
