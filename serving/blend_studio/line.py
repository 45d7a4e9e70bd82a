"""The worker process as the server sees it: asks go in, reports come out, and it can be ended."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import queue
import socket
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from subprocess import DEVNULL, Popen, TimeoutExpired

from serving.blend_studio.engine import Ask, Report

__all__ = ["Line"]

_ROOT = Path(__file__).resolve().parents[2]
_END_S = 2.0  # it ends with its socket; what does not is killed


class Line:
    """A process, and two threads that keep the event loop from waiting for it.

    Args:
        factory: `module:function` of the engine.
        hear: Takes reports, on the event loop.
        ended: Told, on the event loop, that the process is gone, unless `close` ended it.
    """

    def __init__(self, factory: str, hear: Callable[[Line, Report], None], ended: Callable[[Line], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._hear, self._ended = hear, ended
        self._asks: queue.SimpleQueue[Ask | None] = queue.SimpleQueue()
        self._closed = False
        ours, theirs = socket.socketpair()
        with theirs:
            path = os.pathsep.join([str(_ROOT), os.environ.get("PYTHONPATH", "")])
            self._process = Popen(
                [sys.executable, "-m", "serving.blend_studio.worker", factory, str(theirs.fileno())],
                stdin=DEVNULL,
                env=os.environ | {"PYTHONPATH": path},
                pass_fds=[theirs.fileno()],
            )
        self._socket, self._connection = ours, Connection(os.dup(ours.fileno()))
        for work in (self._read, self._write):
            threading.Thread(target=work, daemon=True).start()

    def send(self, ask: Ask) -> None:
        """Tell the process something, soon."""
        self._asks.put(ask)

    def kill(self) -> None:
        """End a process that hangs; `ended` is told."""
        self._process.kill()

    def close(self) -> None:
        """End it in peace; blocks for up to two seconds."""
        self._closed = True
        self._asks.put(None)
        try:
            self._process.wait(_END_S)
        except TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _write(self) -> None:
        try:
            while (ask := self._asks.get()) is not None:
                self._connection.send(ask)
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # the process is gone, which the reader notices

    def _read(self) -> None:
        try:
            while True:
                self._tell(self._hear, self._connection.recv())
        except (EOFError, OSError, pickle.UnpicklingError):
            self._process.kill()  # it has hung up, or talks nonsense
            self._process.wait()
            self._asks.put(None)
            if not self._closed:
                self._tell(self._ended)

    def _tell(self, whom: Callable[..., None], *what: Report) -> None:
        with contextlib.suppress(RuntimeError):  # the server has closed its loop, and the process goes with it
            self._loop.call_soon_threadsafe(whom, self, *what)
